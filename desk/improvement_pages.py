"""`/desk/findings` and `/desk/improvements`: from what a review found to the action, and the action until it worked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from cases.casework import Request
from cases.errors import NotWanted
from cases.improving import REVIEW, Opening, improvement_ref, open_improvement, parts_of
from cases.requests.improving import ActOnStep, CauseReturned, Plan
from cases.view import complaint, improvements
from cases.view.readers import check_sees
from complaints.roles import Right
from desk.office import SHEET, Staff, StaffOf, StaffRoute, Typed
from desk.rendering import headers
from review.composing import Links
from review.telling import BEHIND, told
from review.words import Words
from store.queries.figures import FIGURES, Dimension
from store.queries.improvements import actions_by_finding
from store.seams import Change

routes = APIRouter(prefix="/desk", route_class=StaffRoute, include_in_schema=False)
USUAL_TIME = timedelta(days=30)
USUAL_CHANGE = -25
"""What the form proposes; whoever opens the action says what it is to be."""
LISTED = 100
LONGEST_NUMBER = 8
"""Digits that are read of a percentage; one that is so long is too large already."""
END_OF_DAY = time(18)
"""An action that is due on a day is due at the end of its office hours."""


@routes.get("/findings/{month}")
def findings(staff: StaffOf, month: str) -> Response:
    """What the review of a month found, each with the actions that were opened from it."""
    staff.demand(Right.READ_ALL)
    press, words = staff.office.press, _words(staff)
    found = press.month(month)
    with press.database.read() as session:
        actions = actions_by_finding(session, month)
    listed = []
    for finding in found.facts["findings"]:
        name = f"{month}/{finding['kind']}/{finding['key']}"
        listed.append({
            "told": told(words, finding, Links("", month)), "actions": actions.get(name, ()),
            "open": f"/desk/improvements/new?{urlencode({'finding': name})}",
        })  # fmt: skip
    return staff.page(
        "findings.html", month=month, title=words.month(month), findings=listed, running=not found.facts["over"],
        may_open=staff.may(Right.CHANGE),
    )  # fmt: skip


@routes.get("/improvements")
def actions(staff: StaffOf, all: bool = False) -> Response:
    page = improvements(staff.casework, actor=staff.who, open_only=not all, limit=LISTED)
    words = _words(staff)
    rows = [{**one, **_spoken(staff, words, one)} for one in page["items"]]
    return staff.page(
        "improvements.html", rows=rows, all=all, may_open=staff.may(Right.CHANGE), more=page["next"] is not None,
        shares=[(name, _share(words, page[name])) for name in ("rectification", "on_time")],
    )  # fmt: skip


@routes.get("/improvements/new")
def new(staff: StaffOf, finding: Annotated[str, Query(max_length=300)] = "") -> Response:
    """The form, filled in from a finding as far as it says."""
    staff.demand(Right.CHANGE)
    words, now = _words(staff), staff.office.press.now()
    filled = {"finding": finding, "due": f"{(now + USUAL_TIME).astimezone(_zone(staff)):%Y-%m-%d}"}
    month, kind, key = parts_of(finding)
    known = _known(staff, month, kind, key)
    said = told(words, known, Links("", month)) if known is not None else None
    if said is not None:
        filled["title"] = said.heading[:200]
        by, _, group = key.partition("=")
        if kind in BEHIND:
            usable = by in set(FIGURES[BEHIND[kind][0]].dimensions)
            filled |= {"figure": BEHIND[kind][0], "expected": str(USUAL_CHANGE)}
            filled |= {"dimension": by, "group": group, "called": words.group(by, group)} if usable else {}
    return staff.page(
        "improvement_new.html", filled=filled, said=said, people=_people(staff), figures=_figures(words),
        dimensions=[(str(one), words(f"dimension.{one}")) for one in Dimension if one is not Dimension.MONTH],
    )  # fmt: skip


@routes.post("/improvements")
def open_action(staff: StaffOf, fields: Typed) -> Response:
    staff.demand(Right.CHANGE)
    given: Callable[[str], str | None] = lambda name: fields.get(name, "").strip() or None  # noqa: E731
    opening = Opening(
        title=fields.get("title", ""), what=fields.get("what", ""), owner=fields.get("owner", ""),
        due_at=_day(staff, fields.get("due", "")), who=staff.who, figure=given("figure"),
        dimension=given("dimension"), group_key=given("group"), expected_percent=_number(given("expected")),
        finding=given("finding"), origin="finding" if given("finding") else "person", language=staff.language,
    )  # fmt: skip
    with staff.casework.database.write(Change.STEP) as session:
        ref = open_improvement(staff.casework, session, opening).ref
    return _to(f"/desk/improvements/{ref}")


@routes.get("/improvements/{ref}")
def action(staff: StaffOf, ref: str) -> Response:
    seen = complaint(staff.casework, improvement_ref(ref), actor=staff.who, language=staff.language)
    words = _words(staff)
    takes = {name for item in seen["work_items"] for name in item["actions"]}
    rounds = [
        {**one, **{name: _moment(staff, words, one[name]) for name in ("agreed_at", "due_at", "done_at", "checked_at")},
         "measured": _value(words, seen["figure"], one["measured"])}
        for one in seen["rounds"]
    ]  # fmt: skip
    return staff.page(
        "improvement.html", seen={**seen, **_spoken(staff, words, seen)}, rounds=rounds, takes=takes,
        notes=[_note(staff, words, note) for note in seen["notes"]], found=_finding(staff, words, seen["finding"]),
        baseline=_value(words, seen["figure"], seen["baseline"]), people=_people(staff),
        may_change=staff.may(Right.CHANGE), spoken=staff.language == staff.casework.books.language,
        shares=bool(seen["figure"]) and FIGURES[seen["figure"]].unit not in ("count", "money"),
    )  # fmt: skip


@routes.post("/improvements/{ref}/{act}")
def act(staff: StaffOf, ref: str, act: str, fields: Typed) -> Response:
    """What the buttons of the page do. Refused here as everywhere: too late, not yours, no reason given."""
    text, who = fields.get("text", "").strip(), staff.who
    made: Mapping[str, Callable[[], tuple[Right, Request[Any]]]] = {
        "agree": lambda: (Right.WORK, ActOnStep("approve", who)),
        "refuse": lambda: (Right.WORK, ActOnStep("refuse", who, reason=text)),
        "done": lambda: (Right.WORK, ActOnStep("done", who, text=text)),
        "note": lambda: (Right.WORK, ActOnStep("note", who, text=text)),
        "reopen": lambda: (Right.CHANGE, CauseReturned(who, text)),
        "plan": lambda: (Right.CHANGE, Plan(
            who, text, owner=fields.get("owner", "").strip() or None,
            due_at=_day(staff, fields["due"]) if fields.get("due") else None,
        )),
    }  # fmt: skip
    if act not in made:
        raise NotWanted(f"there is nothing like {act[:20]!r} to do: go back to the page of the action")
    right, request = made[act]()
    staff.demand(right)
    written = improvement_ref(ref)
    with staff.casework.database.write(Change.STEP) as session:
        case = staff.casework.find(session, written, lock=True)
        check_sees(staff.casework, session, case, written, who)
        staff.casework.step_in(session, case, request)
    return _to(f"/desk/improvements/{written}")


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303, headers=headers(SHEET))


def _words(staff: Staff) -> Words:
    return Words(staff.office.press.books, staff.language)


def _zone(staff: Staff) -> ZoneInfo:
    return ZoneInfo(staff.office.press.months.zone)


def _moment(staff: Staff, words: Words, at: str | None) -> str:
    return words.moment(datetime.fromisoformat(at), staff.office.press.months.zone) if at else ""


def _spoken(staff: Staff, words: Words, one: Mapping[str, Any]) -> dict[str, str]:
    """What people read for the keys of an action."""
    figure = words(f"figures.{one['figure']}") if one["figure"] else ""
    group = words.group(one["dimension"], one["group"]) if one["dimension"] else ""
    expected = one["expected_percent"]
    return {
        "due": _moment(staff, words, one["due_at"]), "person": words.group("handler", one["owner"]),
        "state": staff.casework.books.name("status", one["status"], staff.language),
        "of_figure": " · ".join(part for part in (figure, group) if part),
        "wanted": "" if expected is None else words.change("count", 100 + expected, 100),
    }  # fmt: skip


def _known(staff: Staff, month: str, kind: str, key: str) -> Mapping[str, Any] | None:
    """The finding of that name, where its month has it."""
    if not kind:
        return None
    facts = staff.office.press.month(month).facts
    return next((f for f in facts["findings"] if (f["kind"], f["key"]) == (kind, key)), None)


def _finding(staff: Staff, words: Words, name: str | None) -> dict[str, str] | None:
    """What the action was opened from, in words, and where it stands; over the API it may have been named anything."""
    if name is None:
        return None
    month, kind, key = parts_of(name)
    if month not in staff.office.press.months.frozen():
        return {"said": name, "month": "", "href": ""}
    known = _known(staff, month, kind, key)
    said = told(words, known, Links("", month)).heading if known is not None else name
    return {"said": said, "month": words.month(month), "href": f"/desk/findings/{month}"}


def _note(staff: Staff, words: Words, note: Mapping[str, Any]) -> dict[str, str]:
    """What a later review noted is the name of its finding: it is told in words."""
    text = note["text"]
    if note["by"] == REVIEW.name:
        month, kind, key = parts_of(text)
        known = _known(staff, month, kind, key)
        what = told(words, known, Links("", month)).heading if known is not None else key
        text = staff.t("improvement.named_again", month=words.month(month), what=what)
    by = staff.t("review.title") if note["by"] == REVIEW.name else words.group("handler", note["by"])
    return {"at": _moment(staff, words, note["at"]), "by": by, "text": text}


def _value(words: Words, figure: str | None, value: float | None) -> str:
    return words.value(FIGURES[figure].unit, value) if figure else ""


def _share(words: Words, share: Mapping[str, Any]) -> dict[str, str]:
    met = None if share["value"] is None else share["value"] >= share["target"]
    return {
        "value": words.value("share", share["value"]), "target": words.share(share["target"]),
        "of": f"{share['numerator']} / {share['denominator']}",
        "tone": "" if met is None else "good" if met else "bad",
        "verdict": "" if met is None else words("report.met" if met else "report.missed"),
    }  # fmt: skip


def _people(staff: Staff) -> list[tuple[str, str]]:
    return sorted((person.id, person.name) for person in staff.casework.books.organisation.people.values())


def _figures(words: Words) -> list[tuple[str, str]]:
    return [(name, words(f"figures.{name}")) for name, found in FIGURES.items() if found.reason is None]


def _day(staff: Staff, text: str) -> datetime:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise NotWanted(f"{text[:20]!r} is no day: write it as 2026-12-20") from error
    return datetime.combine(day, END_OF_DAY, tzinfo=_zone(staff))


def _number(text: str | None) -> int | None:
    try:
        return int(text[:LONGEST_NUMBER]) if text is not None else None
    except ValueError as error:
        raise NotWanted(f"{str(text)[:20]!r} is no percentage: write -25 for a quarter less") from error
