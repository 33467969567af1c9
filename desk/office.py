"""What a page of staff works with: who is signed in, in which language, and how it answers.

A router of staff pages is `APIRouter(route_class=StaffRoute, dependencies=[Depends(handing(office))])`; its handlers
take `StaffOf`. Who is not signed in is led to the sign-in and back; a refusal becomes a page.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from cases.casework import Casework
from complaints.acting import Actor
from complaints.errors import Refusal
from complaints.problems import problem_of
from complaints.roles import Right, Role, demand, may
from desk.desk import Office, OfficeOf
from desk.rendering import environment, headers, style
from desk.sessions import COOKIE, Session, is_genuine
from desk.texts import STAFF, Texts, preferred, texts_of
from desk.visit import Fields
from desk.words import LONGEST_WORDS, is_keepable

SIGN_IN = "/desk/sign-in"
LANGUAGE_COOKIE = "amends_language"
LANGUAGES = ("zh", "en")
SHEET = "staff.css"
_SAFE = ("GET", "HEAD")


class NotSignedIn(Refusal):
    """Nobody, or no longer."""

    code = "no-access"

    def __init__(self) -> None:
        super().__init__(f"sign in at {SIGN_IN} with a live role key (amends keys add --role R NAME)")


class ForeignForm(Refusal):
    """A form that none of our pages sent, or a page from an earlier session."""

    code = "foreign-form"

    def __init__(self) -> None:
        super().__init__("this form is from another session: open the page again and send it from there")


class Untypable(Refusal):
    """A field of a form that cannot be kept as it was typed."""

    code = "wrong-body"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody signed in, at one request."""

    office: Office
    session: Session
    language: str
    address: str
    """The page in the other language."""

    @property
    def t(self) -> Texts:
        return texts_of(self.language, STAFF)

    @property
    def casework(self) -> Casework:
        return self.office.casework

    @property
    def who(self) -> Actor:
        """As the rules of who may act see them."""
        return self.session.who.acting

    def demand(self, right: Right) -> None:
        """`NotAllowed` unless the role carries the right."""
        demand(Role(self.who.role), right)

    def may(self, right: Right) -> bool:
        return may(Role(self.who.role), right)

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        """A page in their language. `told` and `wrong` may be given to any."""
        return staff_page(
            self.office, template, self.language, status=status, signed_in=self.session, address=self.address, **context
        )  # fmt: skip


def staff_page(
    office: Office, template: str, language: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    shown = {
        "t": texts_of(language, STAFF), "language": language, "style": style(SHEET), "signed_in": None, "address": "?",
        "firm": office.casework.books.name("word", "firm", language), "told": None, "wrong": None, **context,
    }  # fmt: skip
    html = environment().get_template(template).render(**shown, person=_person(office, shown["signed_in"]))
    return HTMLResponse(html, status_code=status, headers=headers(SHEET))


def _person(office: Office, session: object) -> str:
    """What people call whoever is signed in: the key's own name, or the person's where that is just their id."""
    if not isinstance(session, Session):
        return ""
    people, name = office.casework.books.organisation.people, session.who.name
    return people[name].name if name in people else name


def language_of(request: Request) -> str:
    """The one asked for in the address, else the one last asked for, else the browser's."""
    for chosen in (request.query_params.get("language"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return preferred(request.headers.get("accept-language", ""))


def _in_the_other_language(request: Request) -> str:
    other = texts_of(language_of(request), STAFF)("other_language_code")
    return f"?{request.url.include_query_params(language=other).query}"


def same_site(request: Request) -> bool:
    """Whether the browser says that a page of ours sent it; a caller that is no browser says nothing."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def _staff(request: Request, office: OfficeOf, fields: Fields) -> Staff:
    """`NotSignedIn`; `ForeignForm` for a POST without the token of this session."""
    session = office.sessions.read(request.cookies.get(COOKIE))
    if session is None:
        raise NotSignedIn
    if request.method not in _SAFE and not (
        same_site(request) and is_genuine(session, fields.get("csrf", ""))
    ):
        raise ForeignForm
    return Staff(office, session, language_of(request), _in_the_other_language(request))


StaffOf = Annotated[Staff, Depends(_staff)]


def _typed(fields: Fields) -> dict[str, str]:
    """`Untypable` for what no database and no screen can keep."""
    for name, text in fields.items():
        if len(text) > LONGEST_WORDS:
            raise Untypable(f"{name[:20]!r} is over {LONGEST_WORDS:,} characters: shorten it")
        if not is_keepable(text):
            raise Untypable(f"{name[:20]!r} holds control characters: remove them")
    return fields


Typed = Annotated[dict[str, str], Depends(_typed)]
"""The fields of a form of staff, each fit to be kept."""


class StaffRoute(APIRoute):
    """A page of staff: refusals are pages, the way to the sign-in leads back, a chosen language stays."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except NotSignedIn:
                response = _to_sign_in(request)
            except Refusal as error:
                response = await run_in_threadpool(_refused, request, error)
            if (language := request.query_params.get("language")) in LANGUAGES:
                response.set_cookie(
                    LANGUAGE_COOKIE, language, max_age=31_536_000, path="/desk", samesite="lax", httponly=True
                )  # fmt: skip
            return response

        return answer


def _to_sign_in(request: Request) -> RedirectResponse:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    after = f"?after={quote(wanted, safe='')}" if request.method in _SAFE else ""
    return RedirectResponse(f"{SIGN_IN}{after}", status_code=303, headers=headers(SHEET))


def _refused(request: Request, error: Refusal) -> HTMLResponse:
    office: Office = request.state.serving
    found = problem_of(error)
    return staff_page(
        office, "refused.html", language_of(request), status=found.status,
        signed_in=office.sessions.read(request.cookies.get(COOKIE)), message=error.message,
    )  # fmt: skip
