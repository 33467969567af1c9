"""`/desk/checks`: closed complaints to be looked at again, given to people, recorded once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from cases import checking
from cases.checking import KINDS, MOST_STEPS, TIERS, RecordCheck, WrongFinding, draw
from cases.errors import CaseNotFound
from cases.view.checks import check, checks
from complaints.errors import ReasonMissing
from complaints.roles import Right
from desk.office import SHEET, Staff, StaffOf, StaffRoute
from desk.rendering import headers
from desk.visit import Fields, Unusable, checked_words
from review.verdicts import wanted
from review.words import Words
from store.queries.checks import last_drawn
from store.queries.figures import figure
from store.queries.reading import LARGEST_NUMBER
from store.queries.review.months import month_of, period_of, shifted
from store.seams import Change

routes = APIRouter(prefix="/desk/checks", route_class=StaffRoute, include_in_schema=False)
LISTED = 100
MONTHS = 12
"""So many months back one may draw from the page; earlier ones by command."""
HELD_TO = ("quality_deviation", "quality_coverage", "grading_accuracy")
"""What the checks of a month are for, with their targets."""


@routes.get("")
def listed(
    staff: StaffOf, all: bool = False, done: bool = False,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
) -> Response:  # fmt: skip
    """One's own that are open; `done` adds what is recorded, `all` those of others for who reads everything."""
    reads_all = staff.may(Right.READ_ALL)
    everybody = all and reads_all
    page = checks(
        staff.casework, assignee=None if everybody else staff.who.name, open_only=not done, after=after, limit=LISTED
    )  # fmt: skip
    rows = [{**one, **_spoken(staff, one)} for one in page["items"]]
    return staff.page(
        "checks.html", rows=rows, all=everybody, done=done, reads_all=reads_all, more=page["next"],
        held=_held(staff) if reads_all else None, months=_months(staff) if staff.may(Right.CHANGE) else [],
    )  # fmt: skip


@routes.post("")
def draw_month(staff: StaffOf, fields: Fields) -> Response:
    """Draw all three samples of a month. Drawing again changes nothing."""
    staff.demand(Right.CHANGE)
    for kind in KINDS:
        draw(staff.casework, fields.get("month", ""), kind, staff.who, zone=staff.office.press.months.zone)
    return _to("/desk/checks?all=1&done=1")


@routes.get("/{number}")
def show(staff: StaffOf, number: str) -> Response:
    return _page(staff, _seen(staff, number))


@routes.post("/{number}")
def record(staff: StaffOf, number: str, fields: Fields) -> Response:
    """What does not fit is told on the page, which keeps what was filled in."""
    staff.demand(Right.WORK)
    seen = _seen(staff, number)
    try:
        found = FOUND[seen["kind"]](fields)
        request = RecordCheck(seen["id"], staff.who, text=checked_words(fields.get("text", "")), **found)
        with staff.casework.database.write(Change.STEP) as session:
            checking.record(staff.casework, session, request)
    except (WrongFinding, ReasonMissing):
        return _page(staff, seen, fields, f"check.wrong_{seen['kind']}")
    except Unusable as error:
        return _page(staff, seen, fields, f"check.{error.text.rpartition('.')[2]}")
    return _to(f"/desk/checks/{seen['id']}")


def _quality(fields: Mapping[str, str]) -> dict[str, Any]:
    deviation = {"yes": True, "no": False}.get(fields.get("deviation", ""))
    return {
        "deviation": deviation, "steps_required": _steps(fields, "required"),
        "steps_covered": _steps(fields, "covered"),
    }  # fmt: skip


def _steps(fields: Mapping[str, str], name: str) -> int | None:
    """None for what is no number of steps; the record says what it needs."""
    text = fields.get(name, "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_STEPS)) else None
    return number if number is not None and number <= MOST_STEPS else None


FOUND: Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "retrospective": lambda _fields: {}, "quality": _quality, "accuracy": lambda fields: {"tier": fields.get("tier")},
}  # fmt: skip


def _seen(staff: Staff, number: str) -> dict[str, Any]:
    known = number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_NUMBER))
    if not known or not 0 < int(number) <= LARGEST_NUMBER:
        raise CaseNotFound(f"there is no check {number[:20]!r}: list them again")
    return check(staff.casework, int(number), actor=staff.who)


def _page(
    staff: Staff, seen: Mapping[str, Any], filled: Mapping[str, str] | None = None, wrong: str | None = None
) -> Response:
    """`filled` and `wrong` of a form that was sent and could not be taken."""
    words = _words(staff)
    mine = seen["assignee"] == staff.who.name or staff.who.oversees
    facts = [
        ("cases.received", _moment(staff, words, seen["received_at"])),
        ("check.closed", _moment(staff, words, seen["closed_at"])),
        ("complaint.channel", words.group("channel", seen["channel"])),
        ("check.value", words.group("customer_group", seen["value"])), ("check.repeats", str(seen["repeats"])),
        ("complaint.cycle", str(seen["cycle"])),
    ]  # fmt: skip
    return staff.page(
        "check.html", status=422 if wrong else 200, wrong=wrong, seen={**seen, **_spoken(staff, seen)}, facts=facts,
        filled=filled or {}, tiers=[(tier, words.group("tier", tier)) for tier in reversed(TIERS)],
        may_record=mine and seen["done_at"] is None and staff.may(Right.WORK),
        may_read=seen["kind"] != "accuracy" or seen["done_at"] is not None,
    )  # fmt: skip


def _spoken(staff: Staff, one: Mapping[str, Any]) -> dict[str, str]:
    """What people read for the keys of a check."""
    words, t = _words(staff), staff.t
    found = ""
    if one["done_at"] is not None:
        match one["kind"]:
            case "quality":
                found = t(
                    "check.found_deviation" if one["deviation"] else "check.found_none",
                    covered=one["steps_covered"], required=one["steps_required"],
                )  # fmt: skip
            case "accuracy":
                agrees = one["tier"] == one["graded_tier"]
                tiers = {name: words.group("tier", one[name]) for name in ("tier", "graded_tier")}
                found = t("check.found_right" if agrees else "check.found_wrong", **tiers)
            case _:
                found = t("check.found_written")
    return {
        "of": t(f"check.{one['kind']}"), "of_month": words.month(one["month"]), "found": found,
        "person": words.group("handler", one["assignee"]), "due": _moment(staff, words, one["due_at"]),
        "done": _moment(staff, words, one["done_at"]),
        "by": words.group("handler", one["done_by"]) if one["done_by"] else "",
    }  # fmt: skip


def _held(staff: Staff) -> dict[str, Any]:
    """How the month that was drawn from last stands against the targets, as far as its checks are recorded."""
    words, press, lines = _words(staff), staff.office.press, []
    now = press.now()
    with press.database.read() as session:
        month = last_drawn(session) or press.months.last_closed(now)
        period = period_of(month, press.months.zone, now)
        for name in HELD_TO:
            one = figure(session, name, period)
            lines.append({
                "name": words(f"figures.{name}"), "value": words.value("share", one.whole.value),
                "target": wanted(words, "share", name, bare=True), "n": one.whole.n, "pending": one.whole.pending,
                "href": f"/desk/review/{month}/figures/{name}",
            })  # fmt: skip
    return {"month": words.month(month), "lines": lines}


def _months(staff: Staff) -> list[tuple[str, str]]:
    """Months that are over, newest first."""
    press, words = staff.office.press, _words(staff)
    running = month_of(press.now(), press.months.zone)
    names = [shifted(running, -back) for back in range(1, MONTHS + 1)]
    return [(name, words.month(name)) for name in names]


def _moment(staff: Staff, words: Words, at: str | None) -> str:
    return words.moment(datetime.fromisoformat(at), staff.office.press.months.zone) if at else ""


def _words(staff: Staff) -> Words:
    return Words(staff.office.press.books, staff.language)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303, headers=headers(SHEET))
