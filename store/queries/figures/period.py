"""The span of time that a figure is about: whole local days and months, whatever the clocks do in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from complaints.errors import NaiveTime, Refusal


class NotAPeriod(Refusal):
    """The span asked for has no figures."""

    code = "not-a-period"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, `end` not included, as seen at `as_of` (process time).

    `zone` is the time zone of the report: its days and months begin at local midnight. What falls due after
    `as_of` is not decided yet, also where the period goes on.
    """

    start: datetime
    end: datetime
    zone: str
    as_of: datetime

    def __post_init__(self) -> None:
        if any(at.tzinfo is None for at in (self.start, self.end, self.as_of)):
            raise NaiveTime("the period of a figure")
        _zone(self.zone)
        if self.start >= self.end:
            raise NotAPeriod(
                f"a period ends after it starts, not at {self.end.isoformat()}: give a later end"
            )

    @classmethod
    def month(cls, year: int, month: int, zone: str, as_of: datetime) -> Period:
        """A calendar month of the zone: 743, 744 or 745 hours where October or March changes the clock."""
        if not 1 <= month <= 12:
            raise NotAPeriod(f"{year}-{month} is no month: write 1 to 12")
        place = _zone(zone)
        after = (year + 1, 1) if month == 12 else (year, month + 1)
        start, end = (datetime(*first, 1, tzinfo=place).astimezone(UTC) for first in ((year, month), after))
        return cls(start, end, zone, as_of)

    @property
    def place(self) -> ZoneInfo:
        return _zone(self.zone)

    @property
    def until(self) -> datetime:
        """Up to when something can have fallen due."""
        return min(self.end, self.as_of)

    def days(self) -> Iterator[tuple[str, datetime, datetime]]:
        """The local days that lie wholly inside: as 2026-11-22, with begin and end in UTC."""
        place = _zone(self.zone)
        day = self.start.astimezone(place).date()
        while True:
            begins, ends = (
                datetime.combine(date, time(0), tzinfo=place).astimezone(UTC)
                for date in (day, day + timedelta(days=1))
            )
            if ends > self.end:
                return
            if begins >= self.start:
                yield day.isoformat(), begins, ends
            day += timedelta(days=1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise NotAPeriod(f"{name!r} is no time zone; write one like Asia/Shanghai") from unknown
