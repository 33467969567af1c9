"""Business calendars with the public holidays of a country, China's make-up working days among them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time

import holidays

from bpmn.calendar import Calendar, CalendarError, Day

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def around_the_clock(name: str, zone: str) -> Calendar:
    return Calendar(name=name, version="24x7", zone=zone)


def business_calendar(
    name: str,
    zone: str,
    week: tuple[Day, ...],
    country: str,
    years: Sequence[int],
    *,
    off: Iterable[date] = (),
    make_up: Mapping[date, Day | None] | None = None,
) -> Calendar:
    """Working hours without the public holidays of `country` (ISO 3166, "CN") in `years`.

    Make-up working days come from the library as far as it knows them: for China from 2001 to the last
    year that the State Council has announced (2026 in holidays 0.109); they keep Monday's hours.
    `off` and `make_up` add dates and win over the library. `years` says how far ahead holidays are known:
    dates outside them follow the plain week, so publish a new version each year. The version is a digest
    of the content.
    """
    wanted = set(years)
    if not wanted:
        raise CalendarError(f"calendar {name}: name at least one year to take holidays for")
    try:
        public = holidays.country_holidays(country, years=wanted)
    except NotImplementedError as unknown:
        raise CalendarError(
            f"calendar {name}: no public holidays are known for {country!r}; write a code like CN"
        ) from unknown
    own_days = dict(make_up or {})
    own_off = set(off)
    worked: dict[date, Day | None] = {
        day: None for day in public.weekend_workdays if day.year in wanted and day not in own_off
    }
    worked.update(own_days)
    closed = {day for day in public if day.year in wanted and day not in worked} | own_off
    return Calendar(
        name=name,
        version=_digest(zone, week, closed, worked),
        zone=zone,
        week=week,
        holidays=frozenset(closed),
        make_up=worked,
    )


def working_week(hours: Mapping[str, str]) -> tuple[Day, ...]:
    """Seven days from text, as `{"mon-fri": "09:00-12:00 13:00-18:00", "sat": "10:00-24:00"}`.

    Days not named are off.
    """
    week: list[Day] = [()] * 7
    for days, text in hours.items():
        first, _, last = days.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise CalendarError(
                f"{days!r} is no day of the week: write mon or mon-fri, of {', '.join(_DAYS)}"
            )
        for day in range(_DAYS.index(first), _DAYS.index(last or first) + 1):
            week[day] = parse_hours(text)
    return tuple(week)


def parse_hours(text: str) -> Day:
    """Intervals of one day from `09:00-12:00 13:00-18:00`; 24:00 is the end of the day."""
    try:
        pairs = [interval.split("-") for interval in text.split()]
        return tuple((_time(opens), _time(closes)) for opens, closes in pairs)
    except ValueError as wrong:
        raise CalendarError(f"{text!r} are no working hours: write 09:00-12:00 13:00-18:00") from wrong


def _time(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _digest(zone: str, week: tuple[Day, ...], closed: set[date], worked: Mapping[date, Day | None]) -> str:
    content = repr((zone, week, sorted(closed), sorted(worked.items(), key=lambda entry: entry[0])))
    return hashlib.sha256(content.encode()).hexdigest()[:12]
