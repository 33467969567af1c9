"""Signing in at the desk with a role key, and out again. There are no user accounts: the key is the person's."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from desk.desk import OfficeOf
from desk.office import SHEET, SIGN_IN, ForeignForm, StaffOf, StaffRoute, language_of, same_site, staff_page
from desk.rendering import headers
from desk.sessions import COOKIE, LASTS
from desk.visit import Fields

FIRST_PAGE = "/desk"

routes = APIRouter(route_class=StaffRoute, include_in_schema=False)


@routes.get(SIGN_IN)
def show(request: Request, office: OfficeOf, after: str = "") -> Response:
    return staff_page(office, "sign_in.html", language_of(request), after=_ours(after))


@routes.post(SIGN_IN)
def sign_in(request: Request, office: OfficeOf, fields: Fields) -> Response:
    """To where one wanted to go, or the form again. It says of no key why it opens nothing."""
    if not same_site(request):
        raise ForeignForm
    after, cookie = _ours(fields.get("after", "")), office.sessions.open(fields.get("key", ""))
    if cookie is None:
        return staff_page(
            office, "sign_in.html", language_of(request), status=403, after=after, wrong="sign_in.wrong"
        )  # fmt: skip
    response = RedirectResponse(after or FIRST_PAGE, status_code=303, headers=headers(SHEET))
    response.set_cookie(
        COOKIE, cookie, max_age=int(LASTS.total_seconds()), path="/", httponly=True, samesite="lax",
        secure=office.secure,
    )  # fmt: skip
    return response


@routes.post("/desk/sign-out")
def sign_out(_staff: StaffOf) -> Response:
    response = RedirectResponse(SIGN_IN, status_code=303, headers=headers(SHEET))
    response.delete_cookie(COOKIE, path="/")
    return response


def _ours(after: str) -> str:
    """A page of the desk to go to; nothing for any other address."""
    parts = urlsplit(after)
    usable = not parts.scheme and not parts.netloc and (parts.path + "/").startswith(FIRST_PAGE + "/")
    return after if usable and "\\" not in after and after.isprintable() and len(after) <= 400 else ""
