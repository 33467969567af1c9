"""ISO 8601 durations keep days and hours apart and refuse what they cannot keep exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.durations import (
    Cycle,
    Duration,
    DurationError,
    format_timedelta,
    parse_cycle,
    parse_duration,
    parse_timedelta,
)

COUNTS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("PT3H", (0, 0, 10800)),
        ("P3D", (0, 3, 0)),
        ("PT72H", (0, 0, 259200)),
        ("P1Y2M3DT4H5M6S", (14, 3, 14706)),
        ("P2W", (0, 14, 0)),
        ("-PT30M", (0, 0, -1800)),
        (" PT0S ", (0, 0, 0)),
    ],
)
def test_each_unit_lands_in_its_own_part(text: str, parts: tuple[int, int, int]) -> None:
    assert parse_duration(text) == Duration(*parts)


def test_three_days_are_not_seventy_two_hours() -> None:
    assert parse_duration("P3D") != parse_duration("PT72H")
    assert parse_duration("P3D").timedelta == parse_duration("PT72H").timedelta


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P3", "3D", "P1DT", "PT3D", "P1.5D", "PT0.5S", "P-1D", "p3d"]
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        parse_duration(text)


def test_a_duration_with_months_has_no_length_of_its_own() -> None:
    assert not Duration(months=1).is_exact
    with pytest.raises(DurationError, match="months need a date"):
        _ = Duration(months=1).timedelta


def test_a_duration_goes_one_way() -> None:
    with pytest.raises(DurationError, match="different signs"):
        Duration(months=1, days=-1)


@pytest.mark.parametrize(
    ("text", "cycle"),
    [("R5/PT24H", Cycle(5, Duration(seconds=86400))), ("R/P1D", Cycle(None, Duration(days=1)))],
)
def test_a_cycle_counts_its_repetitions(text: str, cycle: Cycle) -> None:
    assert parse_cycle(text) == cycle
    assert str(cycle) == text


@pytest.mark.parametrize("text", ["R0/PT1H", "R5/PT0S", "R5/-PT1H", "PT1H", "R5", "R5/2026-01-01/PT1H"])
def test_a_cycle_that_would_never_move_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        parse_cycle(text)


@given(COUNTS, COUNTS, COUNTS, st.booleans())
def test_text_of_a_duration_reads_back_as_itself(months: int, days: int, seconds: int, back: bool) -> None:
    duration = Duration(months, days, seconds)
    duration = -duration if back else duration
    assert parse_duration(str(duration)) == duration


@given(st.timedeltas())
def test_text_of_a_length_reads_back_to_the_microsecond(length: timedelta) -> None:
    assert parse_timedelta(format_timedelta(length)) == length
