"""One unasked letter a day: which day is free, by the calendar of the customer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from complaints.routes import day_of, free_day

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"


def test_a_free_day_is_today() -> None:
    at = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    assert free_day(at, SHANGHAI, {date(2026, 11, 17), date(2026, 11, 19)}) == at


@pytest.mark.parametrize(
    ("taken", "opens"),
    [
        ({date(2026, 11, 18)}, datetime(2026, 11, 19, 0, tzinfo=UTC)),
        ({date(2026, 11, 18), date(2026, 11, 19)}, datetime(2026, 11, 20, 0, tzinfo=UTC)),
    ],
)
def test_a_taken_day_leads_to_the_morning_of_the_first_free_one(taken: set[date], opens: datetime) -> None:
    assert free_day(datetime(2026, 11, 18, 3, tzinfo=UTC), SHANGHAI, taken) == opens


def test_the_day_is_that_of_the_customer() -> None:
    late = datetime(2026, 11, 18, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    assert day_of(late, SHANGHAI) == date(2026, 11, 19)
    assert free_day(late, SHANGHAI, {date(2026, 11, 18)}) == late
    assert free_day(late, SHANGHAI, {date(2026, 11, 19)}) == datetime(2026, 11, 20, 0, tzinfo=UTC)


def test_the_morning_is_eight_oclock_across_a_change_of_the_clock() -> None:
    at = datetime(2026, 10, 24, 10, tzinfo=UTC)
    assert free_day(at, BERLIN, {date(2026, 10, 24)}) == datetime(2026, 10, 25, 7, tzinfo=UTC)
