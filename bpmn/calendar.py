"""Working time: business hours with holidays and make-up days in a time zone, or around the clock.

All results are in UTC. Inside, every step is taken on UTC instants: subtracting two datetimes of one
zone in Python goes by the clock on the wall and is an hour wrong across a change of summer time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bpmn.durations import Duration

Day = tuple[tuple[time, time], ...]
"""Working intervals of a day as local (opens, closes), in order; a close of 00:00 is the end of the day."""

Span = tuple[datetime, datetime]
"""One working interval of a date, in UTC."""

_MIDNIGHT = time(0)
_ONE_DAY = timedelta(days=1)
_LONGEST = timedelta(days=36_525)


class CalendarError(ValueError):
    """The calendar contradicts itself, or was asked for something that has no answer."""


@dataclass(frozen=True)
class Calendar:
    """When time counts. `week` holds Monday to Sunday; `None` is around the clock (24x7).

    `holidays` are dates off. `make_up` are dates worked against the week (Chinese 调休), each with its
    own hours, or `None` for Monday's. A changed calendar gets a new `version`.
    """

    name: str
    version: str
    zone: str
    week: tuple[Day, ...] | None = None
    holidays: frozenset[date] = frozenset()
    make_up: Mapping[date, Day | None] = field(default_factory=dict, hash=False)
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _spans: dict[date, tuple[Span, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "_zone", ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise CalendarError(
                f"calendar {self.name}: {self.zone!r} is no time zone; write one like Asia/Shanghai"
            ) from unknown
        if self.week is None:
            if self.holidays or self.make_up:
                raise CalendarError(
                    f"calendar {self.name} is around the clock: leave out holidays and make-up days"
                )
            return
        if len(self.week) != 7:
            raise CalendarError(
                f"calendar {self.name}: a week has 7 days, Monday first, not {len(self.week)}"
            )
        if not any(self.week):
            raise CalendarError(f"calendar {self.name} never opens: give at least one day of the week hours")
        for hours in (*self.week, *(hours for hours in self.make_up.values() if hours)):
            _check_hours(self.name, hours)
        if both := sorted(self.holidays & self.make_up.keys()):
            raise CalendarError(f"calendar {self.name}: {both[0]} is both a holiday and a make-up day")
        if any(hours is None for hours in self.make_up.values()) and not self.week[0]:
            raise CalendarError(
                f"calendar {self.name}: Monday is closed, so each make-up day needs its own hours"
            )

    @property
    def always_on(self) -> bool:
        return self.week is None

    def add(self, start: datetime, length: Duration | timedelta) -> datetime:
        """The instant that lies `length` after `start`.

        Months first (the day clamped to the month's last), then days, then seconds as working time. A
        `timedelta` is working time. Around the clock, days and months keep the local time of day. On
        business hours they end at close of business: `PnD` on the n-th working day after the day of
        `start`, months alone on the same day of that month or the next working day.
        """
        at = _instant(start)
        if isinstance(length, timedelta):
            return self._forward(at, _bounded(length))
        _check_length(length)
        if length.months or length.days:
            at = self._by_days(at, length.months, length.days)
        return self._forward(at, timedelta(seconds=length.seconds))

    def before(self, end: datetime, length: Duration | timedelta) -> datetime:
        """The instant that lies `length` before `end`, the latest one that does.

        The mirror of `add`; on business hours `PnD` is the close of business that leaves n working
        days up to the close of `end`'s own day.
        """
        at = _instant(end)
        if isinstance(length, timedelta):
            return self._backward(at, _bounded(length))
        _check_length(length)
        if length.months or length.days:
            at = self._by_days(at, -length.months, -length.days)
        return self._backward(at, timedelta(seconds=length.seconds))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; `CalendarError` when `end` lies before `start`."""
        begin, finish = _instant(start), _instant(end)
        if finish < begin:
            raise CalendarError(
                f"elapsed time goes forward: {finish.isoformat()} is before {begin.isoformat()}"
            )
        if self.always_on:
            return finish - begin
        # One day of margin each side: a zone may turn its clock back over midnight.
        day, last = self._date(begin) - _ONE_DAY, self._date(finish) + _ONE_DAY
        worked = timedelta(0)
        while day <= last:
            for opens, closes in self.spans(day):
                if opens < finish and closes > begin:
                    worked += min(closes, finish) - max(opens, begin)
            day += _ONE_DAY
        return worked

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working intervals of a local date, in UTC and in order; empty on a day off."""
        known = self._spans.get(day)
        if known is None:
            pairs = ((self._at(day, opens), self._close(day, closes)) for opens, closes in self._hours(day))
            known = self._spans[day] = tuple((opens, closes) for opens, closes in pairs if opens < closes)
        return known

    def _hours(self, day: date) -> Day:
        if self.week is None:
            return ((_MIDNIGHT, _MIDNIGHT),)
        if day in self.make_up:
            return self.make_up[day] or self.week[0]
        return () if day in self.holidays else self.week[day.weekday()]

    def _date(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _close(self, day: date, at: time) -> datetime:
        return self._at(day + _ONE_DAY, at) if at == _MIDNIGHT else self._at(day, at)

    def _at(self, day: date, at: time) -> datetime:
        """A local time as an instant; one that the change to summer time skips is the moment of that change.

        So later local times are never earlier instants, and no working minute counts twice.
        """
        local = datetime.combine(day, at, self._zone)
        instant = local.astimezone(UTC)
        earliest = local.replace(fold=1).astimezone(UTC)
        if earliest >= instant:  # it exists; of two, the first
            return instant
        offset = earliest.astimezone(self._zone).utcoffset()
        low, high = 0, int((instant - earliest).total_seconds())
        while high - low > 1:
            middle = (low + high) // 2
            moved = (earliest + timedelta(seconds=middle)).astimezone(self._zone).utcoffset() != offset
            low, high = (low, middle) if moved else (middle, high)
        return earliest + timedelta(seconds=high)

    def _by_days(self, at: datetime, months: int, days: int) -> datetime:
        local = at.astimezone(self._zone)
        day = _month_shift(local.date(), months)
        if self.always_on:
            day += timedelta(days=days)
            return datetime.combine(day, local.time().replace(fold=0), self._zone).astimezone(UTC)
        step = _ONE_DAY if months + days > 0 else -_ONE_DAY
        left = abs(days)
        for working in self._days(day + step if left else day, step):
            if spans := self.spans(working):
                left -= 1
                if left <= 0:
                    return spans[-1][1]
        raise CalendarError(self._too_sparse(at))

    def _forward(self, at: datetime, length: timedelta) -> datetime:
        if not length or self.always_on:
            return at + length
        for day in self._days(self._date(at) - _ONE_DAY, _ONE_DAY):
            for opens, closes in self.spans(day):
                begin = max(opens, at)
                if begin < closes:
                    if length <= closes - begin:
                        return begin + length
                    length -= closes - begin
        raise CalendarError(self._too_sparse(at))

    def _backward(self, at: datetime, length: timedelta) -> datetime:
        if not length or self.always_on:
            return at - length
        for day in self._days(self._date(at) + _ONE_DAY, -_ONE_DAY):
            for opens, closes in reversed(self.spans(day)):
                finish = min(closes, at)
                if opens < finish:
                    if length <= finish - opens:
                        return finish - length
                    length -= finish - opens
        raise CalendarError(self._too_sparse(at))

    def _days(self, day: date, step: timedelta) -> Iterator[date]:
        """Dates from `day` on, for two centuries at most or to the end of Python's own calendar."""
        bound = date.max - 2 * _ONE_DAY if step > timedelta(0) else date.min + 2 * _ONE_DAY
        for _ in range(min(2 * _LONGEST.days, abs((bound - day).days))):
            yield day
            day += step

    def _too_sparse(self, at: datetime) -> str:
        return f"calendar {self.name} has too little working time within two centuries of {at.isoformat()}"


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise CalendarError(f"{at.isoformat()} has no time zone: calendars take aware datetimes only")
    return at.astimezone(UTC)


def _bounded(length: timedelta) -> timedelta:
    if not timedelta(0) <= length <= _LONGEST:
        raise CalendarError(f"{length} is not between nothing and a century; to go back use before()")
    return length


def _check_length(length: Duration) -> None:
    if min(length.months, length.days, length.seconds) < 0:
        raise CalendarError(f"{length} is negative: use before() to go back, add() to go on")
    if length.months * 31 + length.days + length.seconds // 86_400 > _LONGEST.days:
        raise CalendarError(f"{length} is longer than a century")


def _check_hours(calendar: str, hours: Day) -> None:
    last = _MIDNIGHT
    for number, (opens, closes) in enumerate(hours):
        shown = f"{opens:%H:%M}-{closes:%H:%M}"
        if opens.tzinfo or closes.tzinfo or opens.microsecond or closes.microsecond:
            raise CalendarError(f"calendar {calendar}: {shown} must be local times in whole seconds")
        if closes <= opens and closes != _MIDNIGHT:
            raise CalendarError(
                f"calendar {calendar}: {shown} ends before it begins; split a night shift at 00:00"
            )
        if number and (last == _MIDNIGHT or opens < last):
            raise CalendarError(f"calendar {calendar}: {shown} overlaps the interval before it")
        last = closes


def _month_shift(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return day.replace(year=year, month=month + 1, day=min(day.day, (first_of_next - _ONE_DAY).day))
