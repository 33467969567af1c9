"""Templates to pages: escaped, without script, without anything from outside, kept by nobody."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from desk.desk import Desk
from desk.texts import texts_of
from desk.words import LONGEST_WORDS
from review import html

CUSTOMERS = "style.css"
"""Style sheet of the customers' pages."""


@cache
def style(sheet: str = CUSTOMERS) -> str:
    """That of staff holds the looks of reports too: a page has one style sheet."""
    own = files("desk").joinpath(f"pages/{sheet}").read_text("utf-8").strip()
    return own if sheet == CUSTOMERS else f"{own}\n{html.style()}"


@cache
def headers(sheet: str = CUSTOMERS) -> dict[str, str]:
    """Of every page. Its one style sheet is allowed by its digest."""
    digest = base64.b64encode(hashlib.sha256(style(sheet).encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        # Without a referrer a browser says no origin either, by which forms of staff are told from foreign ones.
        "Referrer-Policy": "no-referrer" if sheet == CUSTOMERS else "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


@cache
def environment() -> Environment:
    return Environment(
        loader=PackageLoader("desk", "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def page(desk: Desk, template: str, language: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page in a language. `ref`, `told` and `wrong` may be given to any: its complaint, and notices."""
    shown = {
        "t": texts_of(language),
        "firm": desk.casework.books.name("word", "firm", language),
        "style": style(),
        "most": LONGEST_WORDS,
        "ref": None,
        "told": None,
        "wrong": None,
        **context,
    }
    text = environment().get_template(template).render(shown)
    return HTMLResponse(text, status_code=status, headers=headers())


def problem_page(
    desk: Desk, language: str, which: str, status: int, *, track: str | None = None
) -> HTMLResponse:
    """One of the short pages that say why there is nothing else: `absent`, `gone`, `over`, `kept`."""
    t = texts_of(language)
    return page(
        desk, "message.html", language, status=status, title=t(f"problem.{which}_title"),
        heading=t(f"problem.{which}"), more=t(f"problem.{which}_more"), quote=None, track=track,
    )  # fmt: skip
