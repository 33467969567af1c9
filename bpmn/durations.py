"""ISO 8601 durations and repeating intervals, as a calendar needs them: months, days and seconds kept apart.

`P3D` and `PT72H` are two things: three days follow the calendar, 72 hours follow the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)"
    r"(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,12})(?:\.(?P<fraction>\d{1,6}))?S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(?P<repetitions>\d{1,9})?/(?P<interval>P.+)", re.ASCII)


class DurationError(ValueError):
    """The text is not an ISO 8601 duration or cycle that can be kept exactly."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time in calendar months, calendar days and exact seconds, all of one sign."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def __post_init__(self) -> None:
        parts = (self.months, self.days, self.seconds)
        if any(part < 0 for part in parts) and any(part > 0 for part in parts):
            raise DurationError(
                f"a duration goes one way: months {self.months}, days {self.days}, seconds "
                f"{self.seconds} have different signs"
            )

    @property
    def is_exact(self) -> bool:
        """Whether the length is known without a calendar (a day counted as 24 hours)."""
        return self.months == 0

    @property
    def timedelta(self) -> timedelta:
        """The length with a day counted as 24 hours; `DurationError` for a duration with months."""
        if not self.is_exact:
            raise DurationError(f"{self} has no fixed length: months need a date to count from")
        return timedelta(days=self.days, seconds=self.seconds)

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.days, -self.seconds)

    def __str__(self) -> str:
        sign = "-" if min(self.months, self.days, self.seconds) < 0 else ""
        return sign + _iso(abs(self.months), abs(self.days), abs(self.seconds), 0)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval: `R5/PT24H` is five times, `R/PT24H` (repetitions `None`) without end."""

    repetitions: int | None
    interval: Duration

    def __str__(self) -> str:
        return f"R{'' if self.repetitions is None else self.repetitions}/{self.interval}"


def parse_duration(text: str) -> Duration:
    """`P1Y2M3DT4H5M6S`, `P2W`, `-PT3H`; whole seconds only. A week is seven days, a year twelve months."""
    sign, months, days, seconds, microseconds = _parts(text)
    if microseconds:
        raise DurationError(f"{text.strip()!r} has a fraction of a second: write whole seconds")
    return Duration(sign * months, sign * days, sign * seconds)


def parse_timedelta(text: str) -> timedelta:
    """A duration without years and months, to the microsecond, as an exact length (a day is 24 hours)."""
    sign, months, days, seconds, microseconds = _parts(text)
    if months:
        raise DurationError(f"{text.strip()!r} has no fixed length: years and months need a date")
    try:
        return sign * timedelta(days=days, seconds=seconds, microseconds=microseconds)
    except OverflowError as overflow:
        raise DurationError(f"{text.strip()!r} is longer than can be kept") from overflow


def format_timedelta(length: timedelta) -> str:
    """ISO 8601 of an exact length in days, hours, minutes and seconds: `P1DT2H`, `PT0S`, `-PT0.5S`."""
    sign, length = ("-", -length) if length < timedelta(0) else ("", length)
    return sign + _iso(0, length.days, length.seconds, length.microseconds)


def parse_cycle(text: str) -> Cycle:
    """`R5/PT24H` or `R/PT24H`; the interval must be longer than nothing."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise DurationError(f"{text.strip()!r} is not a cycle: write R5/PT24H, or R/PT24H for no end")
    repetitions = None if match["repetitions"] is None else int(match["repetitions"])
    if repetitions == 0:
        raise DurationError(f"{text.strip()!r} never happens: write R1 or more, or R for no end")
    interval = parse_duration(match["interval"])
    if max(interval.months, interval.days, interval.seconds) <= 0:
        raise DurationError(f"the interval of {text.strip()!r} must be longer than nothing")
    return Cycle(repetitions, interval)


def _parts(text: str) -> tuple[int, int, int, int, int]:
    """Sign, months, days, seconds, microseconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise DurationError(f"{text.strip()!r} is not an ISO 8601 duration: write PT3H, P3D or P1Y2M")

    def count(unit: str) -> int:
        return int(match[unit] or 0)

    months = count("years") * 12 + count("months")
    days = count("weeks") * 7 + count("days")
    seconds = count("hours") * 3600 + count("minutes") * 60 + count("seconds")
    return (-1 if match["sign"] else 1), months, days, seconds, int((match["fraction"] or "").ljust(6, "0"))


def _iso(months: int, days: int, seconds: int, microseconds: int) -> str:
    years, months = divmod(months, 12)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{microseconds:06d}".rstrip("0") if microseconds else ""
    date = "".join(f"{amount}{unit}" for amount, unit in ((years, "Y"), (months, "M"), (days, "D")) if amount)
    time = "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M")) if amount)
    if seconds or fraction:
        time += f"{seconds}{fraction}S"
    if not date and not time:
        return "PT0S"
    return f"P{date}" + (f"T{time}" if time else "")
