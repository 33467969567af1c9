"""User tasks and the work items people see: asking someone, and no longer asking them."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.effects import Ready
from process_definitions.vocabulary import DUTY_WORK
from store.case_file import CaseFile
from store.tables import WorkItem


def ask(file: CaseFile, ready: Ready) -> WorkItem:
    """Put the user task to the holder of its work item: which actions would finish it, and by when."""
    number = ready.inputs.get("item")
    if not isinstance(number, int):
        raise ValueError(f"{ready.process}/{ready.element}: a user task needs the number of its work item")
    item = file.item(number)
    wanted = wanted_of(item, ready.properties)
    item.activation, item.actions = ready.activation, wanted
    if "confirm" in wanted:
        item.status = "offered"
    elif item.status in ("waiting", "offered", "declined", "expired"):
        item.status = "confirmed"
    file.log("work_asked", item=item.id, person=item.assignee, actions=wanted)
    return item


def wanted_of(item: WorkItem, properties: Mapping[str, str]) -> list[str]:
    """The actions that finish a user task of these properties, as far as work of this kind takes them."""
    wanted = [a.strip() for a in properties.get("actions", "").split(",") if a.strip()]
    return [a for a in wanted if a in DUTY_WORK[item.kind]] if item.kind in DUTY_WORK else wanted


def no_longer_ask(file: CaseFile, activation: int, *, expired: bool) -> None:
    """The user task is gone: whoever acts on it now is too late.

    Work on duty is gone with it: the next rung of its ladder gets an item of its own. `expired`: its time ran out.
    """
    for item in file.items():
        if item.activation == activation:
            item.activation, item.actions = None, []
            if item.duty is not None:
                file.end_item(item, "expired" if expired else "cancelled")
            elif item.status == "offered" and not expired:
                file.end_offer(item, "withdrawn")
                item.status, item.assignee = "waiting", None


def end_all(file: CaseFile) -> None:
    """The process is over: whatever is still asked of anyone is cancelled. Granted remedies stay."""
    for item in file.items():
        if item.status in ("waiting", "offered", "confirmed"):
            file.end_item(item, "cancelled")


def set_due_dates(file: CaseFile) -> None:
    """Show each open item its own clock: confirm, deliver or duty; else the cycle's resolve clock."""
    for item in file.items():
        if item.status not in ("offered", "confirmed"):
            continue
        if item.status == "offered":
            row = file.clocks.row("confirm", item.id)
        else:
            row = file.clocks.row("deliver", item.id) or file.clocks.row("duty", item.id)
            row = row or file.clocks.row("resolve", item.cycle)
        due = row.due_at if row is not None and row.stopped_at is None else None
        if item.due_at != due:
            item.due_at = due
