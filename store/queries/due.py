"""What the clock process looks for: cases with something due, activities nobody took, letters to go, downtimes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import Session, col, func, select

from store.queries.runs import SEVERE_FIRST
from store.tables import ActivityRow, Case, Downtime, InboxRow, Incident, Letter, Tick
from store.tables.case import UNBEGUN

DIRECT_AFTER = timedelta(seconds=15)
"""How long a ready activity waits for Prefect before any clock runs it directly."""
DOWNTIME_OVER = timedelta(minutes=2)
CROWD = 50
"""New complaints in a second that make a crowd at the front door."""
TICKING = timedelta(seconds=5)
"""A clock that did not tick for so long has no share."""
HELD_UP = timedelta(minutes=1)
"""How long a new complaint's first step may be put off for a crowd."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of all cases that one of several clocks looks at first: those whose id begins with one of these."""

    digits: str

    def holds(self, case_id: Any) -> ColumnElement[bool]:
        if self.digits == HEX:
            return true()
        return func.substr(case_id, 1, 1).in_(list(self.digits))


HEX = "0123456789abcdef"
WHOLE = Share(HEX)


def due_cases(
    session: Session, process_now: datetime, limit: int, *, first_steps: int | None = None, share: Share = WHOLE
) -> Sequence[str]:  # fmt: skip
    """Ids of cases with a due timer or an unhandled inbox row, the longest due first; not those at fault.

    With `first_steps` at most so many that were only accepted, and while a crowd stands at the front door those alone
    that have waited a minute. Of a `share` the cases with a due timer are its own.
    """
    at_fault = select(Incident.case_id).where(Incident.kind == "fault", col(Incident.closed_at).is_(None))
    timers = select(Case.next_due_at, Case.id).where(
        col(Case.next_due_at) <= process_now, col(Case.id).not_in(at_fault), share.holds(Case.id)
    )
    longest_first = col(Case.next_due_at)
    if first_steps is None:
        found = [*session.exec(timers.order_by(longest_first).limit(limit)).all()]
    else:
        begun = or_(col(Case.instance_no) > 0, col(Case.ended))
        found = [*session.exec(timers.where(begun).order_by(longest_first).limit(limit)).all()]
        waited = process_now - HELD_UP if crowded(session, process_now) else process_now
        unbegun = timers.where(UNBEGUN, col(Case.received_at) <= waited)
        found += session.exec(unbegun.order_by(longest_first).limit(first_steps)).all()
    timed = [case for _, case in sorted(found)]
    heard = (
        select(InboxRow.case_id)
        .where(col(InboxRow.handled_at).is_(None), col(InboxRow.case_id).not_in(at_fault))
        .distinct()
        .limit(limit)
    )
    return [*timed, *(case for case in session.exec(heard).all() if case not in set(timed))]


def crowded(session: Session, process_now: datetime) -> bool:
    """Whether very many complaints came within the last second."""
    newest = select(Case.id).where(col(Case.received_at) > process_now - timedelta(seconds=1)).limit(CROWD)
    return len(session.exec(newest).all()) == CROWD


class Unclaimed(NamedTuple):
    case_id: str
    activation: int
    tier: str | None
    """None while the complaint is not graded."""


def unclaimed(
    session: Session,
    machine_now: datetime,
    limit: int,
    waited: timedelta = DIRECT_AFTER,
    share: Share = WHOLE,
) -> Sequence[Unclaimed]:
    """Activities of a share that were ready for `waited` and nobody claimed, or of anybody whose claimant is gone;
    severe first."""
    ready = (
        select(ActivityRow.case_id, ActivityRow.activation, Case.tier)
        .join(Case, col(Case.id) == col(ActivityRow.case_id))
        .where(
            col(ActivityRow.state) == "ready",
            col(ActivityRow.not_before) <= machine_now,
            col(ActivityRow.ready_since) <= machine_now - waited,
            share.holds(ActivityRow.case_id),
        )
        .order_by(SEVERE_FIRST, col(ActivityRow.id))
        .limit(limit)
    )
    lost = (
        select(ActivityRow.case_id, ActivityRow.activation, Case.tier)
        .join(Case, col(Case.id) == col(ActivityRow.case_id))
        .where(col(ActivityRow.state) == "claimed", col(ActivityRow.lease_until) < machine_now)
        .limit(limit)
    )
    return [Unclaimed(*row) for query in (ready, lost) for row in session.exec(query).all()]


def owned_by(session: Session, people: Collection[str]) -> Sequence[str]:
    """Ids of open complaints that one of these people answers for, oldest first; not those at fault."""
    at_fault = select(Incident.case_id).where(Incident.kind == "fault", col(Incident.closed_at).is_(None))
    query = select(Case.id).where(
        Case.kind == "complaint",
        col(Case.ended).is_(False),
        col(Case.owner).in_(people),
        col(Case.id).not_in(at_fault),
    )
    return session.exec(query.order_by(col(Case.received_at), col(Case.id))).all()


def under_way(session: Session, machine_now: datetime) -> bool:
    """Whether somebody holds an activity under a live lease."""
    query = select(ActivityRow.id).where(
        col(ActivityRow.state) == "claimed", col(ActivityRow.lease_until) >= machine_now
    )
    return session.exec(query.limit(1)).first() is not None


def next_instant(session: Session, process_now: datetime) -> datetime | None:
    """The next instant after now at which a timer is due or a letter may go."""
    timer = session.exec(select(func.min(Case.next_due_at)).where(col(Case.next_due_at) > process_now)).one()
    letter = session.exec(
        select(func.min(Letter.send_at)).where(Letter.state == "waiting", col(Letter.send_at) > process_now)
    ).one()
    return min((at for at in (timer, letter) if at is not None), default=None)


def share_of(session: Session, name: str, machine_now: datetime) -> Share:
    """What this clock looks at first, beside the others that ticked within the last seconds."""
    ticking = select(Tick.name).where(col(Tick.at) > machine_now - TICKING).order_by(Tick.name)
    names = [*session.exec(ticking).all()][: len(HEX)]
    return Share(HEX[names.index(name) :: len(names)]) if name in names else WHOLE


def note_tick(session: Session, name: str, machine_now: datetime, process_now: datetime) -> Downtime | None:
    """Say that a clock looked. A gap of over two minutes since any clock looked is kept as a downtime."""
    newest = session.exec(select(func.max(Tick.at))).one()
    row = session.get(Tick, name) or Tick(name=name, at=machine_now)
    row.at = max(row.at, machine_now)  # a clock set back takes no look back
    session.add(row)
    if newest is None or machine_now - newest <= DOWNTIME_OVER:
        return None
    gap = machine_now - newest
    downtime = Downtime(began_at=process_now - gap, ended_at=process_now)
    session.add(downtime)
    return downtime
