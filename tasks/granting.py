"""Carrying out what was granted: each thing is a work item with its own date."""

from __future__ import annotations

from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Decision, Option, WorkItem

FREE_REMEDIES = frozenset({"apology"})
"""Remedies that are given by the answer itself; any other is a work item to carry out."""


def release_grants(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Start every granted item that is not carried out yet, also of an earlier cycle. How many are open."""
    open_items = [i for i in file.items(kind="fulfil") if i.status in ("waiting", "confirmed", "offered")]
    for item in open_items:
        item.status, item.activation, item.actions = "confirmed", None, []
        item.confirmed_at = item.confirmed_at or file.now
        file.raise_message("grant_released", {"item": item.id, "department": item.department})
    return {"granted": len(open_items)}


def grants_state(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Whether everything granted is carried out, and when the last of it was."""
    items = file.items(kind="fulfil")
    complete = all(i.status in ("done", "waived", "cancelled") for i in items)
    done_at = max((i.finished_at for i in items if i.finished_at), default=file.now)
    if complete:
        file.case.fulfilled_at = done_at
    return {"complete": complete, "done_at": done_at}


def finish_grant(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """One thing is carried out; whoever waits for all of them looks again."""
    file.end_item(file.item(int(str(inputs["item"]))), "done")
    file.raise_message("grant_changed")
    return {}


def grant(file: CaseFile, decision: Decision, option: Option) -> None:
    """What the option holds beside words becomes work to carry out."""
    if not option.remedy or option.remedy in FREE_REMEDIES:
        return
    item = WorkItem(
        case_id=file.case.id, kind="fulfil", cycle=file.case.cycle, department=file.case.department,
        skill=file.case.skill, about=decision.item_id, assignee=decision.by, created_at=file.now,
        remedy=option.remedy, amount=option.amount,
    )  # fmt: skip
    file.records.numbered(item)
    file.log("granted", item=item.id, remedy=option.remedy, amount=option.amount)


BINDINGS = (
    Binding("release_grants", release_grants),
    Binding("grants_state", grants_state),
    Binding("finish_grant", finish_grant),
)
