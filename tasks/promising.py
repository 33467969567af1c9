"""Acknowledgement and promises: what the customer is told, and by when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bpmn.durations import Duration
from complaints.routes import last_sending_time
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Promise

MOST_MOVES = 2
"""How often the system itself may move a promise (process.md, 1)."""
NOTICE = timedelta(hours=2)
"""How long before a promise is due the customer hears of a new date; the drawing's own timer says the same."""


def make_promise(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """A preliminary answer is promised within `within` of receipt, never later than the resolve clock's due."""
    row = file.start_clock("promise", duration=file.duration_of(inputs, "within"))
    assert row.due_at is not None, "a promise never pauses"
    file.records.add(
        Promise(case_id=file.case.id, what="preliminary_answer", told_at=file.now, due_at=row.due_at)
    )
    file.log("promised", due=row.due_at)
    return {}


def acknowledge(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Ref, tracking link, what happens next, by when: in the customer's language on their channel."""
    promise = open_promise(file)
    due = promise.due_at if promise else file.now
    file.tell.to_customer(
        "acknowledgement", {"due": spoken_time(due, file.customer.zone, file.case.language)}
    )
    file.case.acknowledged_at = file.case.acknowledged_at or file.now
    return {}


def move_promise(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The customer is told a new date: twice at most by the system itself, once more for each signature.

    `moved` is also true when nothing is left to move: answered, or promised anew since it was planned.
    """
    promise, planned = open_promise(file), inputs.get("promised")
    if promise is None or (planned is not None and planned != promise.due_at):
        return {"moved": True}
    if _moves(file) >= MOST_MOVES and not inputs["signed"]:
        return {"moved": False}
    row = file.extend_clock("promise", None, Duration(seconds=int(timedelta(hours=24).total_seconds())))
    if row is None or row.due_at is None:
        return {"moved": False}
    replace_promise(file, promise, row.due_at, by="supervisor" if inputs["signed"] else "amends")
    due = spoken_time(row.due_at, file.customer.zone, file.case.language)
    file.tell.to_customer("notice", {"due": due}, template="promise_moved")
    return {"moved": True}


def _moves(file: CaseFile) -> int:
    """How often the system has moved the present promise; one that was answered in an earlier cycle is over."""
    moves = 0
    for promise in file.records.of(Promise):
        answered = promise.state in ("kept", "broken") and promise.moved_by is None
        moves = 0 if answered else moves + (promise.moved_by == "amends")
    return moves


def plan_notice(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """When the customer hears of a new date, should one be needed: `NOTICE` before the promise is due, or at the
    end of the contact hours before where their phone must not ring then (process.md, 7)."""
    promise = open_promise(file)
    if promise is None:
        return {"early": False, "at": None, "promised": None}
    tell_at, zone = promise.due_at - NOTICE, file.customer.zone
    at = last_sending_time(file.tell.private_way(), tell_at, zone)
    dated = bool(file.decide("contact", {"kind": "promise_moved"})["dated"])
    return {"early": dated and at < tell_at, "at": max(at, file.now), "promised": promise.due_at}


def set_promise_date(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The owner promises another date; the customer hears of it."""
    promise, due = open_promise(file), inputs["due"]
    if promise is None or not isinstance(due, datetime):
        return {}
    by = due - max(promise.due_at, file.now)
    row = file.extend_clock("promise", None, Duration(seconds=int(by.total_seconds())))
    replace_promise(file, promise, row.due_at if row and row.due_at else due, by=file.actor)
    told = {"due": spoken_time(due, file.customer.zone, file.case.language)}
    file.tell.to_customer("notice", told, template="promise_moved")
    return {}


def replace_promise(file: CaseFile, promise: Promise, due: datetime, *, by: str) -> None:
    """The old promise is moved if this is told before it was due, else broken; the new one is open."""
    promise.state = "moved" if file.now <= promise.due_at else "broken"
    promise.decided_at, promise.moved_by = file.now, by
    file.records.add(Promise(case_id=file.case.id, what=promise.what, told_at=file.now, due_at=due))
    file.log(f"promise_{promise.state}", before=promise.due_at, due=due, by=by)


def keep_promise(file: CaseFile) -> None:
    """The customer has been answered: an open promise is kept, or broken when it is late."""
    promise = open_promise(file)
    if promise is None:
        return
    promise.state = "kept" if file.now <= promise.due_at else "broken"
    promise.decided_at = file.now
    file.stop_clock("promise")
    file.log(f"promise_{promise.state}", due=promise.due_at)


def open_promise(file: CaseFile) -> Promise | None:
    return next((p for p in file.records.of(Promise) if p.state == "open"), None)


def spoken_time(at: datetime, zone: str, language: str) -> str:
    """An instant as people write it where the customer lives."""
    local = at.astimezone(ZoneInfo(zone))
    if language.startswith("zh"):
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%d %B %H:%M}".lstrip("0")


BINDINGS = (
    Binding("make_promise", make_promise),
    Binding("acknowledge", acknowledge, inline=False),
    Binding("move_promise", move_promise),
    Binding("plan_notice", plan_notice),
    Binding("set_promise_date", set_promise_date),
)
