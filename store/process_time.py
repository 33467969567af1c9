"""Process time: machine time plus an offset that an adjustable clock keeps in one row.

It never goes back. When a machine's clock is set back, process time stands still at the newest look of any clock
process until the machine has caught up: what was promised, sent and counted keeps its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select as columns  # SQLModel's own knows four at most
from sqlmodel import Session, col, func, select

from store.tables import ClockOffset, Downtime, LiveBundle, Tick


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
CIRCUMSTANCES = columns(
    select(ClockOffset.seconds).where(ClockOffset.id == 1).scalar_subquery(),
    select(LiveBundle.hash).where(LiveBundle.id == 1).scalar_subquery(),
    select(func.min(Downtime.began_at)).where(NEWEST).scalar_subquery(),
    select(func.max(Downtime.ended_at)).scalar_subquery(),
    select(func.max(Tick.at)).scalar_subquery(),
)
OFFSET_AND_LOOK = select(
    select(ClockOffset.seconds).where(ClockOffset.id == 1).scalar_subquery(),
    select(func.max(Tick.at)).scalar_subquery(),
)


def circumstances(session: Session, machine_now: datetime) -> Circumstances:
    """Everything that a step must know beside its case, read in its transaction."""
    seconds, live, began, ended, looked = session.connection().execute(CIRCUMSTANCES).one()
    gap = (began, ended) if began is not None and ended is not None else None
    return Circumstances(_standing(machine_now, looked) + timedelta(seconds=seconds or 0.0), live, gap)


def process_time(session: Session, machine_now: datetime) -> datetime:
    """The time clocks, timers, promises and surveys live in, read in the transaction that uses it."""
    seconds, looked = session.exec(OFFSET_AND_LOOK).one()
    return _standing(machine_now, looked) + timedelta(seconds=seconds or 0.0)


def advance_to(session: Session, instant: datetime, machine_now: datetime) -> None:
    """Move process time forward to `instant`. It never goes back: an earlier instant changes nothing."""
    row = session.get(ClockOffset, 1) or ClockOffset(seconds=0.0, changed_at=machine_now)
    base = _standing(machine_now, session.exec(select(func.max(Tick.at))).one())
    row.seconds = max(row.seconds, (instant - base).total_seconds())
    row.changed_at = machine_now
    session.add(row)


def _standing(machine_now: datetime, looked: datetime | None) -> datetime:
    """Machine time, or the newest look of a clock process when the machine says less."""
    return machine_now if looked is None else max(machine_now, looked)
