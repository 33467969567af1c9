"""`/desk/review`: the monthly review as a page, each figure with the complaints behind it."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from complaints.errors import Refusal
from complaints.roles import Right
from desk.office import SHEET, Staff, StaffOf, StaffRoute
from desk.rendering import headers
from desk.words import Visible
from review import html
from review.breakdowns import figure_tables
from review.composing import Links
from review.document import Cell, Document, Section, Table, Text
from review.month import Month
from review.printing import MEDIA_TYPES
from review.verdicts import wanted
from review.words import Words
from store.queries.figures import FIGURES, Dimension, Unit, UnknownFigure, case_refs, longest
from store.queries.reading import cases_by_ref
from store.queries.review.months import month_of, shifted

LISTED = 50
"""Complaints on a page of a list."""
PLACE = re.compile(r"-?[0-9]{1,12}")
"""Seconds, in the link to a further page of the longest."""

routes = APIRouter(prefix="/desk/review", route_class=StaffRoute, include_in_schema=False)

Which = Literal["counted", "numerator", "rest", "pending", "withdrawn"]


class NoSuchForm(Refusal):
    code = "not-found"


class NoSuchPage(Refusal):
    code = "not-found"


@routes.get("")
def months(staff: StaffOf, month: Annotated[Annotated[str, Visible], Query(max_length=20)] = "") -> Response:
    """The months one may look at, newest first: the running one, and those that were printed or are just over. With
    `month`, as its form sends it, that one."""
    staff.demand(Right.READ_ALL)
    if month:
        to = f"/desk/review/{quote(month, safe='')}"
        return RedirectResponse(to, status_code=303, headers=headers(SHEET))
    press, words = staff.office.press, _words(staff)
    running = month_of(press.now(), press.months.zone)
    frozen = press.months.frozen()
    names = sorted({running, shifted(running, -1), *frozen}, reverse=True)
    listed = [
        {"name": name, "title": words.month(name), "frozen": name in frozen, "running": name == running}
        for name in names
    ]
    return staff.page("review_months.html", months=listed, running=running)


@routes.get("/{month}")
def report(staff: StaffOf, month: str) -> Response:
    staff.demand(Right.READ_ALL)
    name, _, form = month.partition(".")
    found = staff.office.press.month(name)
    if form:
        return _file(staff, found, form)
    document = staff.office.press.document(found, staff.language, base="")
    return _page(staff, found, document)


@routes.get("/{month}/figures/{name}")
def figure(staff: StaffOf, month: str, name: str) -> Response:
    """One figure by every dimension it has."""
    staff.demand(Right.READ_ALL)
    if name not in FIGURES:
        raise UnknownFigure(name)
    found, words = staff.office.press.month(month), _words(staff)
    one, links = found.facts["figures"][name], Links("", month)
    unit, whole = one["unit"], one["whole"]
    value = words(f"reason.{one['reason']}") if one["reason"] else words.value(unit, whole["value"])
    beside = " · ".join(
        f"{words(f'report.{label}')} {words.value(unit, whole[label])}"
        for label in ("month_before", "year_before")
    )
    goal = wanted(words, unit, name)
    lead = " · ".join(part for part in (value, words(f"cohort.{one['cohort']}"), beside, goal) if part)
    blocks = figure_tables(words, name, one, links)
    section = Section("figure", words(f"figures.{name}"), blocks, lead)
    return _page(staff, found, _alone(staff, words, found, section), back=True)


@routes.get("/{month}/cases")
def cases(
    request: Request,
    staff: StaffOf,
    month: str,
    figure: str,
    which: Which = "counted",
    by: Dimension | None = None,
    key: Annotated[Annotated[str, Visible] | None, Query(max_length=500)] = None,
    after: Annotated[Annotated[str, Visible], Query(max_length=40)] = "",
) -> Response:
    """The complaints behind a number, as they stand now: those of a frozen month may have moved on since.

    Behind a duration the longest come first, with how long it took.
    """
    staff.demand(Right.READ_ALL)
    press, words = staff.office.press, _words(staff)
    found = press.month(month)
    lasts = figure in FIGURES and FIGURES[figure].unit is Unit.SECONDS and which == "counted"
    period, seconds = press.months.period(found), dict[str, int]()
    with press.database.read() as session:
        if lasts:
            seconds = dict(longest(
                session, figure, period, by=by, key=key or None, after=_place(after), limit=LISTED + 1
            ))  # fmt: skip
            refs = list(seconds)
        else:
            refs = case_refs(
                session, figure, period, which=which, by=by, key=key or None, after=after, limit=LISTED + 1
            )
        known = {row.ref: row for row in cases_by_ref(session, refs[:LISTED])}
    rows = [known[ref] for ref in refs[:LISTED] if ref in known]
    t = staff.t
    names = ("ref", "received", "tier", "category", "department", "status", *(("took",) if lasts else ()))
    listed = Table("", tuple(t(f"cases.{name}") for name in names), tuple(
        (
            Cell(row.ref, href=f"/desk/complaints/{row.ref}"), Cell(words.moment(row.received_at, press.months.zone)),
            Cell(words.group("tier", row.tier)), Cell(words.group("category", row.category)),
            Cell(words.group("department", row.department)), Cell(words.status(row.status)),
            *([Cell(words.value(Unit.SECONDS, seconds[row.ref]))] if lasts else []),
        )
        for row in rows
    ))  # fmt: skip
    title = words(f"figures.{figure}")
    if by is not None:
        group = words("qualified", by=words(f"dimension.{by}"), group=words.group(str(by), key or None))
        title += f" · {group}"
    lead = " ".join([t(f"cases.{which}"), *([t("cases.longest")] if lasts else [])])
    blocks = (listed,) if rows else (Text(t("cases.none")),)
    document = _alone(staff, words, found, Section("cases", title, blocks, lead))
    more = None
    if len(refs) > LISTED:
        last = refs[LISTED - 1]
        more = request.url.include_query_params(after=f"{seconds[last]}~{last}" if lasts else last)
    return _page(staff, found, document, back=True, more=f"{more.path}?{more.query}" if more else None)


def _place(after: str) -> tuple[int, str] | None:
    """Where a page of the longest begins, as the link to it says."""
    if not after:
        return None
    seconds, found, ref = after.partition("~")
    if not found or not PLACE.fullmatch(seconds):
        raise NoSuchPage("no list of complaints goes on there: follow its link, or leave `after` out")
    return int(seconds), ref


def _page(
    staff: Staff, month: Month, document: Document, *, back: bool = False, more: str | None = None
) -> Response:
    press = staff.office.press
    running = month_of(press.now(), press.months.zone)
    return staff.page(
        "review.html", document=document, body=html.body(document), back=back, more=more,
        forms=() if back else tuple(MEDIA_TYPES), before=shifted(month.name, -1),
        following=shifted(month.name, 1) if month.name < running else None, words=_words(staff),
    )  # fmt: skip


def _file(staff: Staff, month: Month, form: str) -> Response:
    if form not in MEDIA_TYPES:
        raise NoSuchForm(f"there is no report as {form[:10]!r}: ask for {', '.join(MEDIA_TYPES)}")
    press = staff.office.press
    made = press.render(press.document(month, staff.language), form)
    name = f"review-{month.name}-{staff.language}.{form}"
    return Response(made, media_type=MEDIA_TYPES[form], headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    })  # fmt: skip


def _alone(staff: Staff, words: Words, month: Month, section: Section) -> Document:
    whole = staff.office.press.document(month, staff.language, base="")
    return Document(
        whole.month,
        whole.period,
        whole.language,
        whole.title,
        whole.subtitle,
        whole.firm,
        whole.stamp,
        (section,),
    )


def _words(staff: Staff) -> Words:
    return Words(staff.office.press.books, staff.language)
