"""The pages of staff: sign-in, and what comes after it."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from cases.casework import Casework
from desk import check_pages, complaint_page, improvement_pages, review_pages, signing_in
from desk.desk import Office, handing
from desk.office import StaffOf, StaffRoute
from desk.sessions import Sessions
from review.printing import Press

PARTS = (
    signing_in.routes, review_pages.routes, complaint_page.routes, improvement_pages.routes, check_pages.routes,
)  # fmt: skip
_home = APIRouter(route_class=StaffRoute, include_in_schema=False)


@_home.get("/desk")
def home(staff: StaffOf) -> Response:
    return staff.page("home.html")


def router(casework: Casework, sessions: Sessions, press: Press, *, secure: bool) -> APIRouter:
    """All pages of staff over one casework. `secure`: browsers reach it by https only."""
    pages = APIRouter(
        route_class=StaffRoute, dependencies=[Depends(handing(Office(casework, sessions, press, secure)))]
    )
    for part in (*PARTS, _home):
        pages.include_router(part)
    return pages
