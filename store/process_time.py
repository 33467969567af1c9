"""Process time: machine time plus an offset that an adjustable clock keeps in one row."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from store.tables import ClockOffset


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
