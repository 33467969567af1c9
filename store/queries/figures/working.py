"""Working time of a calendar, looked up by PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, false, func, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from bpmn.calendar import Calendar
from store.queries.figures.period import Period
from store.queries.figures.seconds import Expression
from store.queries.figures.spreads import WorkingSeconds

KNOWN = timedelta(days=400)
"""So long before a period working time is looked up: few complaints take longer."""
EVER = -(2**62)
"""Before every instant."""


class Working:
    """Between instants from `first` to `last`, all in seconds since 1970."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        self._first, self._last, self._always = first, last, calendar.always_on
        spans = [] if self._always else list(WorkingSeconds(calendar, first, last).spans)
        self._opens = _numbers([EVER, *(opens for opens, _, _ in spans)])
        # Worked at an instant: what lies since the span began and what was worked before it, at most all of both.
        self._shifts = _numbers([EVER, *(opens - before for opens, _, before in spans)])
        self._most = _numbers([0, *(before + closes - opens for opens, closes, before in spans)])

    @classmethod
    def around(cls, period: Period, calendar: Calendar) -> Working:
        last = max(period.end, period.as_of)
        return cls(calendar, int((period.start - KNOWN).timestamp()), int(last.timestamp()))

    def between(self, begun: Expression, ended: Expression) -> ColumnElement[int]:
        """Working seconds from one instant to another that is not before."""
        return ended - begun if self._always else self._until(ended) - self._until(begun)

    def is_beyond(self, begun: Expression, ended: Expression) -> ColumnElement[bool]:
        return false() if self._always else or_(begun < self._first, ended > self._last)

    def _until(self, at: Expression) -> ColumnElement[int]:
        place = func.width_bucket(at, self._opens)
        return func.least(at - self._shifts[place], self._most[place], type_=BigInteger())


def _numbers(values: Sequence[int]) -> Any:
    return Grouping(literal(list(values), ARRAY(BigInteger)))  # in brackets, else its type takes the index
