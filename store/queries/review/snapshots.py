"""The picture of a day: taken once after its end, read for the course of the month. A missing one stays missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from store.queries.figures import Dimension, Period, figure
from store.tables import DailySnapshot

LOOKS_BACK_DAYS = 3
"""A day that nobody took a picture of is made up for this long (the history still tells how it stood)."""


def take(session: Session, zone: str, now: datetime) -> list[str]:
    """Take what is missing of the last local days that are over; their names, oldest first.

    A repeat finds nothing to do. Older gaps stay: the report says n/a for them.
    """
    back = Period(now - timedelta(days=LOOKS_BACK_DAYS + 1), now, zone, now)
    taken = []
    for day, begins, ends in list(back.days())[-LOOKS_BACK_DAYS:]:
        if session.get(DailySnapshot, day) is None:
            session.add(_picture(session, day, Period(begins, ends, zone, now), now))
            taken.append(day)
    return taken


def days_of(session: Session, period: Period) -> list[dict[str, Any]]:
    """Each local day of the period that is over: its snapshot, or the name alone where there is none."""
    names = [day for day, _, ends in period.days() if ends <= period.as_of]
    rows = session.exec(select(DailySnapshot).where(col(DailySnapshot.day).in_(names))).all()
    known = {row.day: row for row in rows if row.zone == period.zone}
    return [_told(day, known.get(day)) for day in names]


def _told(day: str, row: DailySnapshot | None) -> dict[str, Any]:
    names = ("received", "closed", "open", "in_survey", "age_median_seconds", "ages")
    return {"day": day, **{name: None if row is None else getattr(row, name) for name in names}}


def _picture(session: Session, day: str, period: Period, now: datetime) -> DailySnapshot:
    def whole(name: str) -> int:
        return figure(session, name, period).whole.n

    def groups(name: str, by: Dimension) -> dict[str, int]:
        return {part.key or "": part.n for part in figure(session, name, period, by=by).parts}

    age = figure(session, "backlog_age", period).whole.value
    return DailySnapshot(
        day=day, zone=period.zone, ends_at=period.end, taken_at=now, received=whole("received"),
        closed=whole("closed"), open=whole("backlog"), in_survey=whole("in_survey"),
        age_median_seconds=None if age is None else int(age), ages=groups("backlog", Dimension.AGE),
        tiers=groups("backlog", Dimension.TIER), departments=groups("backlog", Dimension.DEPARTMENT),
    )  # fmt: skip
