"""What moves the clocks of running cases: a new version of a calendar, and the end of a downtime."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bpmn.calendar import Calendar
from complaints.clock import Clock


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that a new calendar version moved, with its due time before and after."""

    clock: Clock
    due_before: datetime | None
    due_after: datetime | None


def rearmed(clocks: Iterable[Clock], calendar: Calendar) -> tuple[tuple[Clock, ...], tuple[Moved, ...]]:
    """All clocks, the open ones of the calendar's name on its new version, and the list of what moved."""
    result: list[Clock] = []
    moved: list[Moved] = []
    for clock in clocks:
        anew = clock.under(calendar) if clock.calendar.name == calendar.name else clock
        result.append(anew)
        if anew.due_at != clock.due_at:
            moved.append(Moved(anew, clock.due_at, anew.due_at))
    return tuple(result), tuple(moved)


def after_downtime(due_at: datetime, up_again_at: datetime, calendar: Calendar, grace: timedelta) -> datetime:
    """When a level that takes work away from a person may act, if it fell due while the system was down."""
    return due_at if due_at > up_again_at else calendar.add(up_again_at, grace)
