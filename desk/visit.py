"""A customer's visit: the token read, the form judged, the way back to the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from cases.errors import CaseNotFound
from cases.stored import Saying, said_or_kept
from desk.desk import Desk
from desk.rendering import headers, problem_page
from desk.texts import preferred
from desk.tokens import BadToken, Pass
from desk.words import LONGEST_WORDS, is_keepable

LEADS_NOWHERE = (BadToken, CaseNotFound)


class Unusable(Exception):
    """A form that changes nothing; `text` is the key of what the page says about it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who holds a genuine link."""

    desk: Desk
    given: Pass

    @property
    def track(self) -> str:
        """The page of the progress, relative to any customer page."""
        return self.link("t", 0)

    def link(self, page: str, cycle: int, ref: str | None = None) -> str:
        return f"../{page}/{self.desk.tokens.token(page, ref or self.given.ref, cycle)}"

    def nonce(self) -> str:
        return self.desk.tokens.nonce(self.given)

    def check_nonce(self, nonce: str) -> None:
        """`Unusable` unless this page gave the nonce out. Whether it was spent is judged in the step."""
        if not self.desk.tokens.is_genuine(nonce, self.given):
            raise Unusable("problem.stale")

    def say(self, request: Saying, nonce: str) -> Response | None:
        """Let the complaint hear it. Where that is at fault it is kept, and the page that says so is the answer."""
        ref, casework = self.given.ref, self.desk.casework
        if not said_or_kept(casework, ref, request, f"{ref}/{nonce}"):
            return None
        with casework.reading(ref) as file:
            language = file.case.language
        return problem_page(self.desk, language, "kept", 202, track=self.track)


def visit(desk: Desk, page: str, token: str) -> Visit:
    """`BadToken` for what is no link of ours."""
    return Visit(desk, desk.tokens.read(page, token))


def absent(desk: Desk, request: Request) -> HTMLResponse:
    """The page for a link that leads nowhere, whatever the reason."""
    return problem_page(desk, preferred(request.headers.get("accept-language", "")), "absent", 404)


def checked_words(text: str) -> str:
    """A customer's words without the blanks around them; `Unusable` for what cannot be kept."""
    text = text.replace("\r\n", "\n").strip()
    if not is_keepable(text):
        raise Unusable("problem.unreadable")
    if len(text) > LONGEST_WORDS:
        raise Unusable("problem.too_long")
    return text


def back(query: str = "") -> Response:
    """To the same page by GET, so that reloading sends nothing again."""
    return RedirectResponse(f"?{query}", status_code=303, headers=headers())


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a posted form; no files. None of a form that cannot be read: no page of ours sent it."""
    try:
        async with request.form(max_files=0) as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except HTTPException:  # what Starlette makes of a broken form
        return {}


Fields = Annotated[dict[str, str], Depends(_fields)]
"""What a customer's form sent, whatever it sent: each page says itself what is missing."""
