"""The owner of an answer sets another date for it (process.md, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.events import Message
from cases.errors import NotWanted
from cases.passage import Passage
from complaints.errors import need_reason
from store.case_file import CaseFile
from store.tables import Promise, WorkItem

if TYPE_CHECKING:
    from cases.requests.work import ActOnItem


def promise_anew(ask: ActOnItem, file: CaseFile, passage: Passage, item: WorkItem) -> None:
    """A later date than the promised one, with a reason, and never after the time to resolve."""
    need_reason(ask.reason, "a new date")
    ref, due = file.case.ref, ask.until
    promise = next((p for p in file.records.of(Promise) if p.state == "open"), None)
    if item.status != "confirmed":
        raise NotWanted(f"work item {item.id} is {item.status}: who has confirmed it may set a new date")
    if promise is None:
        raise NotWanted(f"{ref}: no promise is open; the customer has their answer")
    if due is None:
        raise NotWanted("a new date for the customer is needed (--until), as in 2026-11-22T18:00+08:00")
    if due <= max(promise.due_at, file.now):
        raise NotWanted(f"{ref} is promised by {promise.due_at.isoformat()}: the new date must be later")
    resolve = file.clocks.row("resolve", file.case.cycle)
    if resolve is not None and resolve.due_at is not None and due > resolve.due_at:
        raise NotWanted(
            f"{ref} must be resolved by {resolve.due_at.isoformat()}: promise no later date, or have the time "
            "extended by the supervisor"
        )
    if not passage.feed(Message("promise_set", {"due": due})):
        raise NotWanted(f"{ref}: no new date can be set while it is {file.case.status}")
    file.note("reason", ask.reason, item_id=item.id, by=ask.actor)
