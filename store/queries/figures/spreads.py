"""Percentiles by nearest rank: calendar time ranked in SQL, business time in working seconds of a calendar.

No table holds business time. It depends on the calendar, which is data outside of the database and gets new
versions (make-up days, holidays), and most durations here belong to no clock that could have kept it when it
stopped. So begin and end are streamed, and each is looked up in the working seconds of the calendar: two
binary searches a complaint, eight bytes kept of it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlmodel import Session

from bpmn.calendar import Calendar
from store.queries.figures.result import Part, Spread
from store.queries.figures.units import NO, YES

PERCENTS = (50, 90, 95)
AT_A_TIME = 5_000
"""Rows read from the database at a time."""


def spread_parts(session: Session, units: Subquery, calendar: Calendar | None, *, summed: bool) -> list[Part]:
    """One part a group, by key: durations in calendar time and, with a `calendar`, in business time."""
    column = units.c
    lengths = _lengths(units, summed=summed)
    found = _ranked(session, lengths)
    business: Mapping[str | None, Spread] = {}
    if calendar is not None:
        business = {key: spread for key, (_, spread) in found.items()}
        if not calendar.always_on:
            business = _worked(session, units, calendar, summed=summed)
    pending, withdrawn = (column.pending == YES) & (column.apart == NO), column.apart == YES
    counted = column.ref.distinct() if summed else column.ref
    beside = select(
        column.key, func.count(counted).filter(pending), func.count(counted).filter(withdrawn)
    ).group_by(column.key)  # fmt: skip
    return sorted(
        (
            _part(key, *found.get(key, (0, Spread())), waiting, apart,
                  business.get(key, Spread()) if calendar is not None else None)
            for key, waiting, apart in session.execute(beside).all()
        ),
        key=lambda part: (part.key is None, part.key or ""),
    )  # fmt: skip


def count_parts(session: Session, units: Subquery) -> list[Part]:
    """One part a group, by key: percentiles of what the units add (cycles)."""
    column = units.c
    amounts = select(column.key, column.adds.label("length")).where(column.apart == NO, column.counted == YES)
    found = _ranked(session, amounts)
    withdrawn = select(column.key, func.sum(column.apart)).group_by(column.key)
    return sorted(
        (
            _part(key, *found.get(key, (0, Spread())), 0, int(apart), None)
            for key, apart in session.execute(withdrawn).all()
        ),
        key=lambda part: (part.key is None, part.key or ""),
    )


def rank(percent: int, n: int) -> int:
    """Which of n values in order is the percentile: 1 is the smallest."""
    return -(-percent * n // 100)


def _part(
    key: str | None, n: int, spread: Spread, pending: int, withdrawn: int, business: Spread | None
) -> Part:  # fmt: skip
    return Part(
        key=key, n=n, denominator=n, value=spread.median, calendar=spread, business=business, pending=pending,
        withdrawn=withdrawn,
    )  # fmt: skip


def _measured(units: Subquery) -> ColumnElement[bool]:
    column = units.c
    return (column.apart == NO) & column.begun.is_not(None) & column.ended.is_not(None)


def _lengths(units: Subquery, *, summed: bool) -> Select[Any]:
    column = units.c
    length = column.ended - column.begun
    if not summed:
        return select(column.key, length.label("length")).where(_measured(units))
    query = select(column.key, func.sum(length).label("length")).where(_measured(units))
    return query.group_by(column.key, column.ref)


def _ranked(session: Session, lengths: Select[Any]) -> dict[str | None, tuple[int, Spread]]:
    """(n, percentiles) of each group, ranked by the database."""
    plain = lengths.subquery("lengths")
    ordered = select(
        plain.c.key,
        plain.c.length,
        func.row_number().over(partition_by=plain.c.key, order_by=plain.c.length).label("place"),
        func.count().over(partition_by=plain.c.key).label("n"),
    ).subquery("ordered")
    column = ordered.c
    chosen = (
        func.max(column.length).filter(column.place == (column.n * percent + 99) // 100)
        for percent in PERCENTS
    )
    query = select(column.key, column.n, *chosen).group_by(column.key, column.n)
    return {key: (n, Spread(*map(int, values))) for key, n, *values in session.execute(query).all()}


def _worked(
    session: Session, units: Subquery, calendar: Calendar, *, summed: bool
) -> dict[str | None, Spread]:  # fmt: skip
    column = units.c
    bounds = select(func.min(column.begun), func.max(column.ended)).where(_measured(units))
    first, last = session.execute(bounds).one()
    if first is None:
        return {}
    working = WorkingSeconds(calendar, first, last)
    query = select(column.key, column.ref, column.begun, column.ended).where(_measured(units))
    if summed:
        query = query.order_by(column.key, column.ref)
    rows = session.execute(query, execution_options={"yield_per": AT_A_TIME})
    lengths: dict[str | None, array[int]] = defaultdict(lambda: array("q"))
    if summed:
        for (key, _), pieces in groupby(rows, key=lambda row: (row.key, row.ref)):
            lengths[key].append(sum(working.between(row.begun, row.ended) for row in pieces))
    else:
        for key, _, begun, ended in rows:
            lengths[key].append(working.between(begun, ended))
    return {key: _spread(found) for key, found in lengths.items()}


def _spread(lengths: array[int]) -> Spread:
    ordered = sorted(lengths)
    return Spread(*(ordered[rank(percent, len(ordered)) - 1] for percent in PERCENTS))


class WorkingSeconds:
    """How much working time lies before each instant from `first` to `last` (epoch seconds)."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        self._opens, self._closes, self._before = array("q"), array("q"), array("q")
        zone, day_long = ZoneInfo(calendar.zone), timedelta(days=1)
        # One day of margin each side, as the calendar itself takes: a zone may turn its clock back over midnight.
        day = datetime.fromtimestamp(first, UTC).astimezone(zone).date() - day_long
        end = datetime.fromtimestamp(last, UTC).astimezone(zone).date() + day_long
        worked = 0
        while day <= end:
            for opens, closes in calendar.spans(day):
                begin, finish = int(opens.timestamp()), int(closes.timestamp())
                self._opens.append(begin)
                self._closes.append(finish)
                self._before.append(worked)
                worked += finish - begin
            day += day_long

    def between(self, begun: int, ended: int) -> int:
        """Working seconds from one instant to another."""
        return self._until(ended) - self._until(begun)

    def _until(self, at: int) -> int:
        place = bisect_right(self._opens, at) - 1
        if place < 0:
            return 0
        return self._before[place] + min(at, self._closes[place]) - self._opens[place]
