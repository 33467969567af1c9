"""What a clock does: step what is due, run directly what Prefect leaves lying, play time forward.

A sweep only narrows; the step reads again and judges. So any number of clocks may sweep side by side.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from cases import activities
from cases.casework import Casework
from cases.gathering import gather, newly_graded
from cases.improving import hear, named_again, open_owed, owed_by
from cases.requests.standing_in import StandIn, who_stands_in
from store.anchors import anchor_day
from store.database import StoreUnreachable
from store.outbox import undelivered
from store.process_time import advance_to, process_time
from store.queries import due
from store.seams import Change
from store.tables import Case, Incident

T = TypeVar("T")
BATCH = 200
log = logging.getLogger("amends.clock")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many cases were stepped, activities run directly, faults met."""

    stepped: int = 0
    performed: int = 0
    faults: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.stepped + other.stepped, self.performed + other.performed, self.faults + other.faults
        )

    def __bool__(self) -> bool:
        return bool(self.stepped or self.performed or self.faults)


def step_due(
    casework: Casework, limit: int = BATCH, *, first_steps: int | None = None, share: due.Share = due.WHOLE
) -> Swept:  # fmt: skip
    """Make mass matters of what was newly graded, and step each case that has something due.

    With `first_steps` it begins at most so many new ones, and puts them off while very many come in. What is due of a
    `share` goes first, and then what is left of others'. A case whose step is at fault gets an incident and is left
    alone.
    """
    new = newly_graded(casework)
    gathered = _each(casework, [(new, partial(gather, casework))] if new is not None else [])
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
        found = _of(share, lambda of: due.due_cases(session, now, limit, first_steps=first_steps, share=of))
    return gathered + _each(casework, [(id, partial(casework.step_if_due, id)) for id in found])


def _of(share: due.Share, look: Callable[[due.Share], Sequence[T]]) -> Sequence[T]:
    """What lies in a share, or else what lies anywhere."""
    found = look(share)
    return found if found or share == due.WHOLE else look(due.WHOLE)


def follow_improvements(casework: Casework) -> Swept:
    """Open the actions that withdrawn complaints owe, and tell those whose cause is back.

    One at fault gets an incident and is left alone.
    """
    jobs: list[tuple[str, Callable[[], bool]]] = [
        *((id, partial(open_owed, casework, id)) for id in owed_by(casework)),
        *((id, partial(hear, casework, id, finding)) for id, finding in named_again(casework)),
    ]
    return _each(casework, jobs)


def _each(casework: Casework, jobs: Sequence[tuple[str, Callable[[], bool]]]) -> Swept:
    """Do each, named by its case. What is at fault becomes an incident of that case, and the others go on."""
    stepped = faults = 0
    for case_id, job in jobs:
        try:
            stepped += job()
        except (OperationalError, StoreUnreachable):
            raise  # the store's fault, not the case's
        except Exception as error:  # whatever it is, it is this case's alone: the others must go on
            _fault(casework, case_id, error)
            faults += 1
    return Swept(stepped=stepped, faults=faults)


def run_unclaimed(
    casework: Casework, limit: int = BATCH, *, waited: timedelta = due.DIRECT_AFTER, who: str = "clock",
    door_first: bool = False, share: due.Share = due.WHOLE,
) -> Swept:  # fmt: skip
    """Carry out activities that were ready for `waited` and nobody claimed, and what follows from each; `door_first`
    lets them wait longer while very many complaints come in. Those of a `share` go first.

    While others wait to be graded only a severe complaint goes on from its grade, so that these are found in time.
    """
    with casework.database.read() as session:
        now = casework.machine_clock()
        if door_first and due.crowded(session, process_time(session, now)):
            waited = max(waited, due.HELD_UP)
        found = _of(share, lambda of: due.unclaimed(session, now, limit, waited, of))
    ungraded = sum(one.tier is None for one in found)
    done = 0
    for one in found:
        ungraded -= one.tier is None
        goes_on = _if_severe if one.tier is None and ungraded else _always
        done += activities.carry_through(casework, one.case_id, one.activation, who, goes_on)
    return Swept(performed=done)


def _if_severe(case: Case) -> bool:
    return case.tier == "severe"


def _always(_case: Case) -> bool:
    return True


def stand_in_for_absent(casework: Casework) -> Swept:
    """Hand what the absent answer for to whoever stands in. A complaint for which nobody can stays where it is."""
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
        away = casework.books.organisation.away(now)
        found = due.owned_by(session, away) if away else ()
    return _each(casework, [(id, partial(_stand_in, casework, id)) for id in found])


def _stand_in(casework: Casework, case_id: str) -> bool:
    """Whether somebody could, and now does."""
    with casework.reading(case_id) as file:
        if who_stands_in(file) is None:
            return False
    return casework.step(case_id, StandIn()) is not None


def settle(
    casework: Casework,
    deliver: Callable[[], int] | None = None,
    pause: Callable[[], None] = lambda: None,
    patience: timedelta = timedelta(0),
) -> Swept:
    """Until nothing is due, ready or, given a way to `deliver`, undelivered at the present process time.

    Activities that nobody claims within `patience` of machine time are run directly; `pause` is called while
    somebody else has them, or may still take them, and while a letter is in the hands of another sender.
    """
    total = stand_in_for_absent(casework)
    while True:
        swept = step_due(casework) + follow_improvements(casework) + run_unclaimed(casework, waited=patience)
        total += swept
        if (deliver is not None and deliver()) or swept:
            continue
        with casework.database.read() as session:
            now = casework.machine_clock()
            waits = (
                due.under_way(session, now)
                or due.unclaimed(session, now, 1, timedelta(0))
                or due.due_cases(session, process_time(session, now), 1)  # in the hands of another clock
            )
            posted = deliver is None or not undelivered(
                session, process_now=process_time(session, now), machine_now=now
            )
        if posted and not waits:
            return total
        pause()


def play(
    casework: Casework,
    length: timedelta,
    deliver: Callable[[], int] | None = None,
    pause: Callable[[], None] = lambda: None,
    patience: timedelta = timedelta(0),
) -> Swept:
    """Move process time forward by `length`, from due to due, everything in its order."""
    with casework.database.read() as session:
        target = process_time(session, casework.machine_clock()) + length
    total = settle(casework, deliver, pause, patience)
    while True:
        with casework.database.write() as session:
            machine_now = casework.machine_clock()
            now = process_time(session, machine_now)
            upcoming = _next_instant(casework, session, now)
            over = upcoming is None or upcoming > target
            instant = target if over or upcoming is None else upcoming
            advance_to(session, instant, machine_now)
        total += settle(casework, deliver, pause, patience)
        if over:
            return total


def _next_instant(casework: Casework, session: Session, now: datetime) -> datetime | None:
    """When a timer is next due, a letter may go, or somebody's absence begins."""
    found = (due.next_instant(session, now), casework.books.organisation.next_absence(now))
    return min((at for at in found if at is not None), default=None)


def anchor_yesterday(casework: Casework) -> bool:
    """Chain all heads under the date of yesterday. False when that day has its anchor."""
    with casework.database.write(Change.ANCHOR) as session:
        now = process_time(session, casework.machine_clock())
        return anchor_day(session, casework.secret, now - timedelta(days=1), now) is not None


def _fault(casework: Casework, case_id: str, error: Exception) -> None:
    """Keep the fault on the case, once, with an owner; Retry lets the clock try again."""
    with casework.database.write(Change.FAULT) as session:
        case = casework.find(session, case_id, lock=True)
        log.error("the step of case %s is at fault", case_id, exc_info=error, extra={"ref": case.ref})
        file = casework.open_file(session, case)
        known = [
            i for i in file.records.of(Incident) if i.kind == "fault" and i.closed_at is None
        ]  # fmt: skip
        if not known:
            incident: Incident = file.open_incident("fault", f"{type(error).__name__}: {error}")
            log.error("incident %s on %s", incident.id, case.ref, extra={"ref": case.ref})
