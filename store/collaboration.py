"""The collaboration list of a cycle: work items of several departments, seen as the rules see them."""

from __future__ import annotations

from bpmn.durations import parse_duration
from complaints.items import Item, ItemState, Waiver, released
from store.case_file import CaseFile


def list_of(file: CaseFile) -> tuple[Item, ...]:
    """The collaboration list of the present cycle as the rules see it."""
    return tuple(
        Item(
            id=item.row or str(item.id), department=item.department or "",
            duration=parse_duration(item.duration or "PT24H"), depends_on=tuple(item.depends_on),
            state=ItemState(item.status), waiver=Waiver("recorded") if item.status == "waived" else None,
        )
        for item in file.items(kind="collaborate", cycle=file.case.cycle)
    )  # fmt: skip


def release(file: CaseFile) -> None:
    """Start every item that waits for nothing any more. Called after each change of the list."""
    ready = {item.id for item in released(list_of(file))}
    for item in file.items(kind="collaborate", cycle=file.case.cycle):
        if item.row in ready and item.status == "waiting" and item.offered_at is None and item.row:
            item.offered_at = file.now
            file.log("item_released", item=item.id, row=item.row, department=item.department)
            file.raise_message(
                "item_released", {"item": item.id, "department": item.department, "skill": item.skill}
            )
