"""The document as PDF, from the same HTML as the page."""

from __future__ import annotations

from complaints.errors import Fault
from review import html
from review.document import Document

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS = "fonts-noto-cjk"


class NoPdf(Fault):
    """This machine lacks what draws a PDF."""

    code = "no-pdf"
    told = f"this machine cannot make a PDF: operations install {LIBRARIES}"


def render(document: Document) -> bytes:
    """`NoPdf` names the packages where the system libraries are absent."""
    try:
        # Loading it looks for Pango, which a bare machine lacks; nothing else needs it.
        from weasyprint import HTML
    except OSError as absent:
        raise NoPdf(
            f"no PDF without Pango: apt-get install {LIBRARIES} {FONTS} (the fonts are for Chinese); "
            "the formats html, md and xlsx need nothing"
        ) from absent
    made = HTML(string=html.whole(document)).write_pdf(uncompressed_pdf=False)
    assert isinstance(made, bytes), "written to nowhere else"
    return made
