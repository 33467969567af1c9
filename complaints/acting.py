"""Who may act on a work item."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from complaints.errors import NotYours
from complaints.organisation import Organisation
from complaints.staffing import head_of, holder

OVERSEERS = frozenset({"ops", "admin"})
"""Roles that may act for others; the history names who did."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a staff id, or the name of a key, and the role it carries."""

    name: str
    role: str

    @property
    def oversees(self) -> bool:
        return self.role in OVERSEERS


def check_may_act(
    actor: Actor, organisation: Organisation, *, item: int, assignee: str | None, duty: str | None,
    department: str | None, now: datetime,
) -> None:  # fmt: skip
    """The one it is assigned to; a head of the department; whoever holds the item's duty now; ops and admin.

    `NotYours` otherwise.
    """
    allowed: Collection[str | None] = {assignee}
    if actor.name in allowed or actor.oversees:
        return
    if department is not None and department in organisation.departments:
        head = head_of(organisation, department, now).person
        if head is not None and head.id == actor.name and actor.role in ("head", *OVERSEERS):
            return
    if duty is not None:
        on_duty = holder(organisation, duty, now, department).person
        if on_duty is not None and on_duty.id == actor.name:
            return
    raise NotYours(str(item), actor.name, assignee)
