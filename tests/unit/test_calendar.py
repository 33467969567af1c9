"""Calendars: the golden vectors of docs on metrics, and what must hold for any of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.calendar import Calendar, CalendarError, Day
from bpmn.durations import Duration, parse_duration
from process_definitions.calendars import around_the_clock, business_calendar, parse_hours, working_week

SHANGHAI = "Asia/Shanghai"
NINE_TO_FIVE = working_week({"mon-fri": "09:00-17:00"})
OFFICE = Calendar("office", "1", SHANGHAI, NINE_TO_FIVE)
SHOP = Calendar("shop", "1", SHANGHAI, working_week({"mon-sun": "08:00-18:00"}))


def local(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def hours(number: float) -> Duration:
    return Duration(seconds=round(number * 3600))


# Golden vectors. 2026-11-20 is a Friday.


@pytest.mark.parametrize(
    ("calendar", "start", "length", "expected"),
    [
        (OFFICE, "2026-11-20 16:30", "PT1H", "2026-11-23 09:30"),
        (SHOP, "2026-11-20 16:00", "PT4H", "2026-11-21 10:00"),
        (OFFICE, "2026-11-20 16:00", "PT8H", "2026-11-23 16:00"),
        (OFFICE, "2026-11-16 10:00", "P3D", "2026-11-19 17:00"),
        (OFFICE, "2026-11-20 09:00", "PT8H", "2026-11-20 17:00"),
        (OFFICE, "2026-11-21 12:00", "P1D", "2026-11-23 17:00"),
        (OFFICE, "2026-11-20 12:00", "P1DT2H", "2026-11-24 11:00"),
        (OFFICE, "2026-11-22 03:00", "PT0S", "2026-11-22 03:00"),
    ],
)
def test_business_time_counts_only_while_the_office_is_open(
    calendar: Calendar, start: str, length: str, expected: str
) -> None:
    assert calendar.add(local(start), parse_duration(length)) == local(expected).astimezone(UTC)


def test_around_the_clock_no_minute_is_lost_over_midnight() -> None:
    calendar = around_the_clock("duty", SHANGHAI)
    assert calendar.add(local("2026-11-20 23:59"), Duration(seconds=120)) == local(
        "2026-11-21 00:01"
    ).astimezone(UTC)
    assert calendar.elapsed(local("2026-11-20 23:59"), local("2026-11-21 00:01")) == timedelta(minutes=2)


@pytest.mark.parametrize(("length", "expected"), [("PT24H", "2026-03-29 13:00"), ("P1D", "2026-03-29 12:00")])
def test_a_day_is_not_24_hours_when_summer_time_begins(length: str, expected: str) -> None:
    berlin = around_the_clock("duty", "Europe/Berlin")
    due = berlin.add(local("2026-03-28 12:00", "Europe/Berlin"), parse_duration(length))
    assert due == local(expected, "Europe/Berlin").astimezone(UTC)


@pytest.mark.parametrize(("year", "expected"), [(2026, "2026-02-28 10:00"), (2028, "2028-02-29 10:00")])
def test_a_month_from_the_31st_ends_on_the_last_of_february(year: int, expected: str) -> None:
    calendar = around_the_clock("duty", SHANGHAI)
    assert calendar.add(local(f"{year}-01-31 10:00"), Duration(months=1)) == local(expected).astimezone(UTC)


def test_a_month_on_business_hours_that_ends_on_a_saturday_ends_on_monday_at_close() -> None:
    assert OFFICE.add(local("2026-01-31 10:00"), Duration(months=1)) == local("2026-03-02 17:00").astimezone(
        UTC
    )


def test_twelve_months_end_in_the_same_month_of_the_next_year() -> None:
    calendar = around_the_clock("duty", SHANGHAI)
    for month in range(1, 13):
        start = local(f"2026-{month:02}-15 10:00")
        assert calendar.add(start, Duration(months=12)) == start.replace(year=2027).astimezone(UTC)


def test_a_chinese_make_up_sunday_is_a_working_day() -> None:
    china = business_calendar("china", SHANGHAI, NINE_TO_FIVE, "CN", [2026])
    assert china.add(local("2026-09-19 12:00"), hours(1)) == local("2026-09-20 10:00").astimezone(UTC)


def test_national_day_week_is_off_and_its_make_up_saturday_is_worked() -> None:
    china = business_calendar("china", SHANGHAI, NINE_TO_FIVE, "CN", [2026])
    assert china.add(local("2026-09-30 16:00"), hours(2)) == local("2026-10-08 10:00").astimezone(UTC)
    assert china.spans(date(2026, 10, 10))
    assert not china.spans(date(2026, 10, 11))


def test_a_lunch_break_does_not_count() -> None:
    split = Calendar("split", "1", SHANGHAI, working_week({"mon-fri": "09:00-12:00 13:00-18:00"}))
    assert split.add(local("2026-11-20 11:30"), hours(1)) == local("2026-11-20 13:30").astimezone(UTC)
    assert split.elapsed(local("2026-11-20 11:30"), local("2026-11-20 13:30")) == timedelta(hours=1)


def test_the_hour_that_summer_time_skips_is_not_worked() -> None:
    night = Calendar("night", "1", "Europe/Berlin", working_week({"mon-sun": "00:00-06:00"}))
    day = date(2026, 3, 29)
    (span,) = night.spans(day)
    assert span[1] - span[0] == timedelta(hours=5)


def test_an_interval_inside_the_skipped_hour_has_no_length_and_none_overlaps() -> None:
    odd = Calendar(
        "odd", "1", "Europe/Berlin", working_week({"mon-sun": "01:30-02:15 02:20-02:40 02:50-04:00"})
    )
    spans = odd.spans(date(2026, 3, 29))
    assert [closes - opens for opens, closes in spans] == [timedelta(minutes=30), timedelta(minutes=60)]
    assert spans[0][1] <= spans[1][0]


def test_the_hour_that_winter_time_repeats_is_worked_twice() -> None:
    night = Calendar("night", "1", "Europe/Berlin", working_week({"mon-sun": "00:00-06:00"}))
    ((opens, closes),) = night.spans(date(2026, 10, 25))
    assert closes - opens == timedelta(hours=7)


def test_a_day_the_zone_left_out_has_no_working_time() -> None:
    samoa = Calendar("samoa", "1", "Pacific/Apia", NINE_TO_FIVE)
    assert samoa.spans(date(2011, 12, 30)) == ()
    start = local("2011-12-29 16:00", "Pacific/Apia")
    assert samoa.add(start, hours(2)) == local("2012-01-02 10:00", "Pacific/Apia").astimezone(UTC)


def test_a_clock_turned_back_over_midnight_loses_no_minute() -> None:
    """In St. John's 00:01 on 30 October 2005 became 23:01 on the 29th, so the date itself went back."""
    open_always = Calendar("open", "1", "America/St_Johns", working_week({"mon-sun": "00:00-24:00"}))
    for minutes in range(0, 180, 10):
        start = datetime(2005, 10, 30, 1, 30, tzinfo=UTC) + timedelta(minutes=minutes)
        for length in (timedelta(minutes=1), timedelta(minutes=45), timedelta(hours=30)):
            assert open_always.elapsed(start, start + length) == length
            assert open_always.add(start, length) == start + length
            assert open_always.before(start + length, length) == start


# Backwards


@pytest.mark.parametrize(
    ("end", "length", "expected"),
    [
        ("2026-11-23 09:30", "PT1H", "2026-11-20 16:30"),
        ("2026-11-22 12:00", "PT2H", "2026-11-20 15:00"),
        ("2026-11-19 17:00", "P1D", "2026-11-18 17:00"),
        ("2026-11-23 10:00", "P1D", "2026-11-20 17:00"),
    ],
)
def test_before_counts_working_time_backwards(end: str, length: str, expected: str) -> None:
    assert OFFICE.before(local(end), parse_duration(length)) == local(expected).astimezone(UTC)


def test_a_month_before_the_31st_of_march_is_the_last_of_february() -> None:
    calendar = around_the_clock("duty", SHANGHAI)
    assert calendar.before(local("2026-03-31 10:00"), Duration(months=1)) == local(
        "2026-02-28 10:00"
    ).astimezone(UTC)


# What holds for any

ZONES = st.sampled_from(
    [
        SHANGHAI,
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Africa/Cairo",
        "UTC",
    ]
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
CLOCK_TIMES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
DAYS = st.lists(CLOCK_TIMES, max_size=6, unique=True).map(
    lambda times: tuple(zip(sorted(times)[::2], sorted(times)[1::2], strict=False))
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = draw(ZONES)
    if draw(st.booleans()):
        return around_the_clock("any", zone)
    open_day: Day = ((time(9), time(17)),)
    week = (*draw(st.tuples(*[DAYS] * 6)), open_day)
    dates = st.dates(date(2005, 1, 1), date(2028, 12, 31))
    off = draw(st.frozensets(dates, max_size=30))
    make_up: dict[date, Day | None] = dict.fromkeys(draw(st.frozensets(dates, max_size=10)) - off, open_day)
    return Calendar("any", "1", zone, week, off, make_up)


@given(calendars(), MOMENTS, st.integers(0, 400 * 3600))
def test_the_time_elapsed_until_due_is_the_duration(
    calendar: Calendar, start: datetime, seconds: int
) -> None:
    due = calendar.add(start, Duration(seconds=seconds))
    assert calendar.elapsed(start, due) == timedelta(seconds=seconds)


@given(calendars(), MOMENTS, st.integers(0, 400 * 3600))
def test_the_time_elapsed_since_before_is_the_duration(
    calendar: Calendar, end: datetime, seconds: int
) -> None:
    begin = calendar.before(end, Duration(seconds=seconds))
    assert calendar.elapsed(begin, end) == timedelta(seconds=seconds)


@given(
    calendars(),
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_elapsed_time_adds_up_over_any_moment_between(
    calendar: Calendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = start + first, start + first + second
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


@given(calendars(), MOMENTS, st.integers(1, 12), st.integers(1, 12))
def test_more_days_never_end_earlier(calendar: Calendar, start: datetime, days: int, more: int) -> None:
    due = calendar.add(start, Duration(days=days))
    assert start < due < calendar.add(start, Duration(days=days + more))


# Refused


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(CalendarError, match="no time zone"):
        OFFICE.add(datetime(2026, 11, 20), hours(1))


def test_elapsed_time_never_runs_backwards() -> None:
    with pytest.raises(CalendarError, match="goes forward"):
        OFFICE.elapsed(local("2026-11-20 10:00"), local("2026-11-20 09:00"))


@pytest.mark.parametrize("length", [Duration(seconds=-1), Duration(days=40_000), Duration(months=1300)])
def test_negative_and_endless_durations_are_refused(length: Duration) -> None:
    with pytest.raises(CalendarError):
        OFFICE.add(local("2026-11-20 10:00"), length)


def test_a_calendar_with_a_minute_a_week_refuses_what_it_can_never_reach() -> None:
    hardly = Calendar("hardly", "1", SHANGHAI, working_week({"mon": "09:00-09:01"}))
    with pytest.raises(CalendarError, match="too little working time"):
        hardly.add(local("2026-11-20 10:00"), hours(2000))


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"zone": "Asia/Shangai"}, "no time zone"),
        ({"week": ((),) * 7}, "never opens"),
        ({"week": NINE_TO_FIVE[:5]}, "7 days"),
        ({"week": (((time(22), time(6)),), *NINE_TO_FIVE[1:])}, "split a night shift"),
        ({"week": (((time(9), time(12)), (time(11), time(17))), *NINE_TO_FIVE[1:])}, "overlaps"),
        ({"week": (((time(9), time(0)), (time(11), time(17))), *NINE_TO_FIVE[1:])}, "overlaps"),
        ({"week": None, "holidays": frozenset({date(2026, 1, 1)})}, "around the clock"),
        ({"holidays": frozenset({date(2026, 1, 1)}), "make_up": {date(2026, 1, 1): None}}, "both a holiday"),
        ({"week": ((), *NINE_TO_FIVE[1:]), "make_up": {date(2026, 1, 3): None}}, "own hours"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(changes: dict[str, object], cause: str) -> None:
    good: dict[str, object] = {"name": "office", "version": "1", "zone": SHANGHAI, "week": NINE_TO_FIVE}
    with pytest.raises(CalendarError, match=cause):
        Calendar(**{**good, **changes})  # type: ignore[arg-type]


# The factory


def test_public_holidays_come_from_the_library_and_own_dates_win() -> None:
    germany = business_calendar(
        "office", "Europe/Berlin", NINE_TO_FIVE, "DE", [2026],
        off=[date(2026, 12, 24)], make_up={date(2026, 5, 1): parse_hours("10:00-12:00")},
    )  # fmt: skip
    assert not germany.spans(date(2026, 10, 3))
    assert not germany.spans(date(2026, 12, 24))
    assert germany.spans(date(2026, 5, 1))[0][1] == local("2026-05-01 12:00", "Europe/Berlin").astimezone(UTC)


def test_a_december_day_worked_for_new_year_is_known_from_the_year_after() -> None:
    china = business_calendar("china", SHANGHAI, NINE_TO_FIVE, "CN", [2011])
    assert china.spans(date(2011, 12, 31))


def test_other_content_is_another_version_and_the_same_content_the_same() -> None:
    def version(*years: int) -> str:
        return business_calendar("office", SHANGHAI, NINE_TO_FIVE, "CN", years).version

    assert version(2026) == version(2026)
    assert version(2026) != version(2025, 2026)


@pytest.mark.parametrize("text", ["9-17", "09:00", "09:00-25:00", "nine-five"])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(CalendarError, match="no working hours"):
        parse_hours(text)


def test_an_unknown_day_or_country_is_refused() -> None:
    with pytest.raises(CalendarError, match="no day of the week"):
        working_week({"monday": "09:00-17:00"})
    with pytest.raises(CalendarError, match="no public holidays"):
        business_calendar("office", SHANGHAI, NINE_TO_FIVE, "XX", [2026])
