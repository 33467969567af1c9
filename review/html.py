"""The document as HTML: its body for a page of the desk, or a file that stands by itself."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from review.document import Document


@cache
def style() -> str:
    return files("review").joinpath("pages/report.css").read_text("utf-8").strip()


def body(document: Document) -> str:
    """Everything from the summary on, to stand inside a page that has `style()`."""
    return _environment().get_template("body.html").render(document=document)


def whole(document: Document) -> str:
    """One file with everything in it, which is what the PDF is made from."""
    return (
        _environment()
        .get_template("whole.html")
        .render(document=document, style=style(), body=body(document))
    )


def _as_image(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("review", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["as_image"] = _as_image
    environment.filters["kind_of"] = lambda block: type(block).__name__.lower()
    return environment
