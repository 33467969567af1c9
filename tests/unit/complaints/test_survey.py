"""The verdict on a survey's answer, and the hours in which a customer may be contacted."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.errors import NaiveTime
from complaints.survey import (
    NotAScore,
    SurveyRules,
    Verdict,
    inside_contact_window,
    last_contact_time,
    next_contact_time,
    parse_nps,
    parse_score,
    verdict,
)

ZONE = "Asia/Shanghai"


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("score", "leave", "cycle", "expected"),
    [
        (5, False, 1, Verdict.ACCEPTED),
        (4, True, 3, Verdict.ACCEPTED),
        (3, False, 1, Verdict.NEXT_CYCLE),
        (1, False, 2, Verdict.NEXT_CYCLE),
        (3, False, 3, Verdict.REVIEW),
        (3, True, 1, Verdict.ACCEPTED_LOW),
        (1, True, 3, Verdict.ACCEPTED_LOW),
        (None, False, 1, Verdict.UNANSWERED),
        (None, True, 3, Verdict.UNANSWERED),
    ],
)
def test_three_or_less_is_not_settled_unless_the_customer_leaves_it(
    score: int | None, leave: bool, cycle: int, expected: Verdict
) -> None:
    assert verdict(score, leave=leave, cycle=cycle) is expected


def test_the_rules_are_data() -> None:
    strict = SurveyRules(low=4, cycles=1)
    assert verdict(4, leave=False, cycle=1, rules=strict) is Verdict.REVIEW


@pytest.mark.parametrize("value", [0, 6, -1, "five", "6", "", "٣", "４", 4.0, 4.5, True, None, [4]])
def test_what_is_no_score_is_refused(value: object) -> None:
    with pytest.raises(NotAScore, match="from 1 to 5"):
        parse_score(value)


def test_scores_come_as_numbers_or_form_digits() -> None:
    assert [parse_score(value) for value in (1, 5, "3")] == [1, 5, 3]
    assert [parse_nps(value) for value in (0, "10")] == [0, 10]
    with pytest.raises(NotAScore, match="from 0 to 10"):
        parse_nps(11)


def test_cycles_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        verdict(3, leave=False, cycle=0)


@pytest.mark.parametrize(
    ("at", "inside"),
    [("20 07:59", False), ("20 08:00", True), ("20 21:00", True), ("20 21:01", False), ("20 02:00", False)],
)
def test_the_contact_window_is_the_customers_own_morning_to_evening(at: str, inside: bool) -> None:
    assert inside_contact_window(local(at).astimezone(UTC), ZONE) is inside


@pytest.mark.parametrize(
    ("at", "following", "last"),
    [
        ("20 06:00", "20 08:00", "19 21:00"),
        ("20 12:00", "20 12:00", "20 12:00"),
        ("20 22:00", "21 08:00", "20 21:00"),
    ],
)
def test_a_message_waits_for_the_window_and_a_dated_one_goes_in_the_last_before(
    at: str, following: str, last: str
) -> None:
    assert next_contact_time(local(at), ZONE) == local(following)
    assert last_contact_time(local(at), ZONE) == local(last)


def test_what_is_exempt_goes_at_once() -> None:
    assert next_contact_time(local("20 03:00"), ZONE, exempt=True) == local("20 03:00")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([ZONE, "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]),
)
def test_every_contact_time_lies_inside_the_window(at: datetime, zone: str) -> None:
    following, last = next_contact_time(at, zone), last_contact_time(at, zone)
    assert last <= at <= following
    assert inside_contact_window(following, zone)
    assert inside_contact_window(last, zone)


def test_naive_times_are_refused() -> None:
    with pytest.raises(NaiveTime):
        inside_contact_window(datetime(2026, 11, 20), ZONE)
