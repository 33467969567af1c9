"""Percentiles by nearest rank, and the working seconds of a calendar.

No table holds business time. It depends on the calendar, which is data outside of the database and gets new
versions (make-up days, holidays), and most durations here belong to no clock that could have kept it when it
stopped. So begin and end are each looked up in the working seconds of the calendar: two binary searches.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bpmn.calendar import Calendar
from store.queries.figures.result import Spread

PERCENTS = (50, 90, 95)


def rank(percent: int, n: int) -> int:
    """Which of n values in order is the percentile: 1 is the smallest."""
    return -(-percent * n // 100)


def spread_of(ordered: Sequence[int]) -> Spread:
    """The percentiles of values from the smallest on."""
    if not ordered:
        return Spread()
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

    @property
    def spans(self) -> Iterator[tuple[int, int, int]]:
        """Each span of working time: when it begins and ends, and how much was worked before."""
        return zip(self._opens, self._closes, self._before, strict=True)

    def between(self, begun: int, ended: int) -> int:
        """Working seconds from one instant to another."""
        return self._until(ended) - self._until(begun)

    def _until(self, at: int) -> int:
        place = bisect_right(self._opens, at) - 1
        if place < 0:
            return 0
        return self._before[place] + min(at, self._closes[place]) - self._opens[place]
