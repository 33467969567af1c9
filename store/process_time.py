"""Process time: machine time plus an offset that an adjustable clock keeps in one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from store.tables import ClockOffset, Downtime, LiveBundle


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for every case at the moment of a step."""

    now: datetime
    """Process time."""
    live: str | None
    """Hash of the live bundle, if one was published."""
    downtime: tuple[datetime, datetime] | None
    """From when to when, in process time, no clock looked the last time that happened."""


NEWEST = col(Downtime.ended_at) == select(func.max(Downtime.ended_at)).scalar_subquery()
CIRCUMSTANCES = select(
    select(ClockOffset.seconds).where(ClockOffset.id == 1).scalar_subquery(),
    select(LiveBundle.hash).where(LiveBundle.id == 1).scalar_subquery(),
    select(func.min(Downtime.began_at)).where(NEWEST).scalar_subquery(),
    select(func.max(Downtime.ended_at)).scalar_subquery(),
)


def circumstances(session: Session, machine_now: datetime) -> Circumstances:
    """Everything that a step must know beside its case, read in its transaction."""
    seconds, live, began, ended = session.connection().execute(CIRCUMSTANCES).one()
    gap = (began, ended) if began is not None and ended is not None else None
    return Circumstances(machine_now + timedelta(seconds=seconds or 0.0), live, gap)


def process_time(session: Session, machine_now: datetime) -> datetime:
    """The time clocks, timers, promises and surveys live in, read in the transaction that uses it."""
    row = session.get(ClockOffset, 1)
    return machine_now if row is None else machine_now + timedelta(seconds=row.seconds)


def advance_to(session: Session, instant: datetime, machine_now: datetime) -> None:
    """Move process time forward to `instant`. It never goes back: an earlier instant changes nothing."""
    row = session.get(ClockOffset, 1) or ClockOffset(seconds=0.0, changed_at=machine_now)
    row.seconds = max(row.seconds, (instant - machine_now).total_seconds())
    row.changed_at = machine_now
    session.add(row)
