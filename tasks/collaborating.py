"""Work of several departments: the list of a task force, questions to others, taking over, more time."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.durations import Duration, parse_duration
from complaints.items import check, complete
from store.binding import Binding, Inputs, Outputs
from store.case_file import ASKED, CaseFile
from store.collaboration import list_of, release
from store.tables import WorkItem
from tasks.promising import open_promise, replace_promise, spoken_time

ASKED_LENGTH = parse_duration("P3D")
"""How long the answer may take once another department is asked (process.md, 4)."""


def open_list(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """The collaboration list of the table, each row a work item; what depends on nothing is released.

    What was asked of others before the complaint was lifted, or was open when it ended, is released again.
    """
    case = file.case
    present = file.items(kind="collaborate", cycle=case.cycle)
    for item in present:
        if item.status not in ("done", "waived"):
            item.status, item.assignee, item.offered_at, item.finished_at = "waiting", None, None, None
    if all(item.what == ASKED for item in present):
        question = {"category": case.category, "urgency": case.urgency}
        rows = file.decide("collaboration", question)["rows"]
        assert isinstance(rows, list | tuple)
        for number, row in enumerate(rows, start=1):
            assert isinstance(row, Mapping)
            named = str(row.get("row") or row["department"])
            file.records.numbered(WorkItem(
                case_id=case.id, kind="collaborate", cycle=case.cycle, row=named,
                department=str(row["department"]), skill=case.category, duration=str(row["duration"]),
                depends_on=[d.strip() for d in str(row.get("depends_on") or "").split(",") if d.strip()],
                what=str(row["what"]), created_at=file.now,
            ))  # fmt: skip
            file.log("item_listed", row=named, number=number)
        check(list_of(file), frozenset(file.books.organisation.departments))
    release(file)
    return {}


def list_state(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Whether every item of the present cycle is done or waived."""
    return {"complete": complete(list_of(file))}


def finish_item(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """An item is delivered: dependants are released, and whoever waits for the list looks again."""
    file.end_item(file.item(int(str(inputs["item"]))), "done")
    release(file)
    file.raise_message("item_changed")
    return {}


def widen(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Another department was asked: three days from the cycle's start, and the customer is told once."""
    case, item = file.case, file.item(int(str(inputs["item"])))
    asked = [i for i in file.items(kind="collaborate", cycle=case.cycle) if i.status != "cancelled"]
    if len(asked) == 1:
        row = file.clocks.row("resolve", case.cycle)
        if row is not None:
            file.clocks.change(row, lambda clock: clock.regraded(ASKED_LENGTH, file.now))
            file.log("clock_widened", clock="resolve", due=row.due_at)
        promise = open_promise(file)
        if promise is not None and row is not None and row.due_at is not None and row.due_at > promise.due_at:
            clock = file.clocks.row("promise")
            if clock is not None:
                by = Duration(seconds=int((row.due_at - promise.due_at).total_seconds()))
                file.extend_clock("promise", None, by)
                due = clock.due_at or row.due_at
                replace_promise(file, promise, due, by=file.actor)
                told = {"due": spoken_time(due, file.customer.zone, case.language)}
                file.tell.to_customer("notice", told, template="promise_moved", suffix=f"/{item.id}")
    return {"departments": len({i.department for i in asked})}


def take_over(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The work goes to the one who takes it over; it needs no confirming."""
    item = file.item(int(str(inputs["item"])))
    item.assignee, item.status, item.confirmed_at = str(inputs["handler"]), "confirmed", file.now
    file.take_ownership(item)
    file.log("taken_over", item=item.id, person=item.assignee)
    return {}


def extend_resolve(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """More time for the answer; a promise that is due before is moved with it, and the customer hears of it."""
    row = file.extend_clock("resolve", file.case.cycle, file.duration_of(inputs, "within"))
    promise, clock = open_promise(file), file.clocks.row("promise")
    if row is None or row.due_at is None or promise is None or clock is None or row.due_at <= promise.due_at:
        return {}
    by = Duration(seconds=int((row.due_at - max(promise.due_at, file.now)).total_seconds()))
    file.extend_clock("promise", None, by)
    replace_promise(file, promise, clock.due_at or row.due_at, by=file.actor)
    told = {"due": spoken_time(row.due_at, file.customer.zone, file.case.language)}
    file.tell.to_customer("notice", told, template="promise_moved")
    return {}


BINDINGS = (
    Binding("open_list", open_list),
    Binding("list_state", list_state),
    Binding("finish_item", finish_item),
    Binding("widen", widen),
    Binding("take_over", take_over),
    Binding("extend_resolve", extend_resolve),
)
