"""Clocks: what a pause, an extension, a re-grade and a new calendar do to the due time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.calendar import Calendar
from bpmn.durations import Duration, parse_duration
from complaints.clock import Basis, Clock, ClockError, ClockState
from complaints.errors import NaiveTime
from complaints.rearming import after_downtime, rearmed
from process_definitions.calendars import around_the_clock, working_week
from process_definitions.vocabulary import CLOCKS
from process_definitions.why import why_words

DUTY = around_the_clock("duty", "Asia/Shanghai")
OFFICE = Calendar("office", "1", "Asia/Shanghai", working_week({"mon-fri": "09:00-17:00"}))
LEVELS = ("50 %", "75 %", "100 %")


def at(text: str) -> datetime:
    """A local time in the week of Monday 2026-11-16."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def resolve(calendar: Calendar = DUTY, duration: str = "PT24H", start: str = "16 10:00") -> Clock:
    return Clock("resolve", 1, at(start), parse_duration(duration), calendar)


# Pauses


def test_three_hours_of_pause_inside_working_time_move_the_due_by_three_hours() -> None:
    clock = resolve(OFFICE, "PT8H").pause(at("16 11:00")).resume(at("16 14:00"))
    assert resolve(OFFICE, "PT8H").due_at == at("17 10:00")
    assert clock.due_at == at("17 13:00")


def test_a_pause_outside_working_time_moves_nothing() -> None:
    clock = resolve(OFFICE, "PT8H").pause(at("16 18:00")).resume(at("17 08:00"))
    assert clock.due_at == at("17 10:00")


def test_a_paused_clock_is_not_due_and_arms_nothing() -> None:
    clock = resolve().pause(at("16 12:00"))
    assert clock.due_at is None
    assert clock.at_share(Fraction(1, 2)) is None
    assert clock.before(parse_duration("PT2H")) is None
    assert clock.state(at("30 12:00")) is ClockState.PAUSED


def test_a_share_reached_before_the_pause_keeps_its_instant() -> None:
    clock = resolve().pause(at("17 00:00"))
    assert clock.at_share(Fraction(1, 2)) == at("16 22:00")
    assert clock.at_share(Fraction(3, 4)) is None


def test_a_pause_after_the_due_time_saves_nobody() -> None:
    clock = resolve().pause(at("17 11:00"))
    assert clock.due_at == at("17 10:00")
    assert clock.state(at("17 12:00")) is ClockState.BREACHED
    assert clock.resume(at("18 11:00")).due_at == at("17 10:00")
    assert resolve().pause(at("17 10:00")).due_at == at("17 10:00")


def test_resolved_straight_from_the_pause_leaves_the_whole_pause_out() -> None:
    clock = resolve().pause(at("16 12:00")).stop(at("18 12:00"))
    assert clock.effective_time(at("20 00:00")) == timedelta(hours=2)
    assert clock.state(at("20 00:00")) is ClockState.MET


def test_effective_time_leaves_out_a_pause_that_still_lasts() -> None:
    assert resolve().pause(at("16 12:00")).effective_time(at("18 12:00")) == timedelta(hours=2)


def test_pausing_never_moves_a_promise() -> None:
    promise = replace(resolve(), name="promise", pausable=False)
    assert promise.pause(at("16 12:00")) == promise


def test_pausing_or_resuming_twice_changes_nothing() -> None:
    paused = resolve().pause(at("16 12:00"))
    assert paused.pause(at("16 13:00")) == paused
    running = paused.resume(at("16 14:00"))
    assert running.resume(at("16 15:00")) == running


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=8, unique=True), st.sampled_from([DUTY, OFFICE]))
def test_a_clock_stopped_at_its_due_time_has_used_exactly_its_duration(
    minutes: list[int], calendar: Calendar
) -> None:
    clock = resolve(calendar, "PT100H")
    marks = sorted(minutes)
    for begun, ended in zip(marks[::2], marks[1::2], strict=False):
        clock = clock.pause(clock.started_at + timedelta(minutes=begun))
        clock = clock.resume(clock.started_at + timedelta(minutes=ended))
    due = clock.due_at
    assert due is not None
    assert clock.effective_time(due) == timedelta(hours=100)
    assert clock.stop(due).state(due) is ClockState.MET
    assert clock.stop(due + timedelta(seconds=1)).state(due) is ClockState.BREACHED


# Shares and levels


@pytest.mark.parametrize(
    ("level", "expected"),
    [("50 %", "16 14:00"), ("75%", "16 16:00"), ("100 %", "17 10:00"), ("before PT2H", "16 16:00")],
)
def test_a_level_is_a_share_of_the_clocks_own_working_time(level: str, expected: str) -> None:
    assert resolve(OFFICE, "PT8H").at_level(level) == at(expected)


def test_before_a_short_clocks_due_is_not_before_its_start() -> None:
    assert resolve(duration="PT1H").at_level("before PT2H") == at("16 10:00")


@pytest.mark.parametrize("level", ["half", "150 %", "before lunch", ""])
def test_a_level_that_means_nothing_is_refused(level: str) -> None:
    with pytest.raises((ClockError, ValueError)):
        resolve().at_level(level)


def test_after_a_nights_downtime_only_the_highest_level_fires() -> None:
    level, clock = resolve().fire(LEVELS, at("18 08:00"))
    assert level == "100 %"
    assert clock.fire(LEVELS, at("18 08:05")) == (None, clock)


def test_each_level_fires_once() -> None:
    level, clock = resolve().fire(LEVELS, at("16 22:00"))
    assert level == "50 %"
    assert clock.fire(LEVELS, at("16 23:00"))[0] is None
    assert clock.fire(LEVELS, at("17 04:00"))[0] == "75 %"


def test_nothing_fires_on_a_clock_that_is_paused_or_over() -> None:
    assert resolve().pause(at("16 12:00")).fire(LEVELS, at("18 08:00"))[0] is None
    assert resolve().stop(at("16 12:00")).fire(LEVELS, at("18 08:00"))[0] is None
    assert resolve().cancel(at("16 12:00")).fire(LEVELS, at("18 08:00"))[0] is None


# States


def test_a_tie_goes_to_the_person() -> None:
    assert resolve().stop(at("17 10:00")).state(at("18 10:00")) is ClockState.MET
    assert resolve().state(at("17 10:00")) is ClockState.RUNNING
    assert resolve().state(at("17 10:01")) is ClockState.BREACHED


def test_the_first_stop_stands() -> None:
    stopped = resolve().stop(at("16 11:00"))
    assert stopped.stop(at("20 11:00")) == stopped
    assert stopped.cancel(at("20 11:00")) == stopped


def test_a_cancelled_clock_is_neither_met_nor_breached() -> None:
    cancelled = resolve().pause(at("16 11:00")).cancel(at("16 12:00"))
    assert cancelled.due_at is None
    assert cancelled.state(at("30 10:00")) is ClockState.CANCELLED


# Extensions


def test_an_extension_comes_on_top_of_what_is_left_and_fires_levels_anew() -> None:
    _, clock = resolve().fire(LEVELS, at("17 04:00"))
    longer = clock.extend(parse_duration("PT24H"), at("17 06:00"))
    assert longer.due_at == at("18 10:00")
    assert (longer.generation, longer.extensions, longer.fired) == (1, 1, frozenset())
    assert longer.at_share(Fraction(1, 2)) == at("17 20:00")
    assert not longer.late_before


def test_an_overdue_clock_is_extended_from_now_and_its_lateness_is_not_forgotten() -> None:
    longer = resolve().extend(parse_duration("PT24H"), at("17 12:00"))
    assert longer.due_at == at("18 12:00")
    assert longer.state(at("17 13:00")) is ClockState.RUNNING
    assert longer.late_before


def test_a_clock_extended_while_paused_keeps_what_was_left_and_the_rest_of_the_pause() -> None:
    clock = resolve().pause(at("16 12:00")).extend(parse_duration("PT24H"), at("16 20:00"))
    assert clock.due_at is None
    # 22 h were left, 24 h come on top; the pause ends at 17 10:00
    assert clock.resume(at("17 10:00")).due_at == at("19 08:00")


def test_a_pause_that_ended_before_an_extension_counts_once() -> None:
    clock = resolve().pause(at("16 12:00")).resume(at("16 15:00"))
    longer = clock.extend(parse_duration("PT24H"), at("16 20:00"))
    assert longer.due_at == at("18 13:00")
    assert longer.effective_time(at("16 20:00")) == timedelta(hours=7)


# Re-grades


def test_a_regrade_counts_from_the_start_when_that_lies_ahead() -> None:
    assert resolve().regraded(parse_duration("P3D"), at("16 20:00")).due_at == at("19 10:00")


def test_a_regrade_never_puts_a_due_date_in_the_past() -> None:
    clock = resolve().regraded(parse_duration("PT4H"), at("16 20:00"))
    assert clock.basis is Basis.FLOOR
    assert clock.due_at == at("16 21:00")
    assert clock.at_share(Fraction(1, 2)) == at("16 20:30")


def test_a_regrade_on_business_hours_leaves_a_quarter_of_working_time() -> None:
    clock = resolve(OFFICE, "PT24H").regraded(parse_duration("PT4H"), at("16 16:30"))
    assert clock.due_at == at("17 09:30")


def test_levels_that_a_regrade_puts_ahead_fire_anew_and_those_behind_do_not() -> None:
    _, clock = resolve().fire(LEVELS, at("17 04:00"))
    assert clock.fired == {"50 %", "75 %"}
    longer = clock.regraded(parse_duration("PT30H"), at("17 05:00"))
    assert longer.at_level("50 %") == at("17 01:00")
    assert longer.fired == {"50 %"}
    assert longer.fire(LEVELS, at("17 09:00"))[0] == "75 %"


def test_regrading_to_the_same_duration_changes_nothing() -> None:
    clock = resolve()
    assert clock.regraded(clock.duration, at("16 20:00")) is clock
    floored = clock.regraded(parse_duration("PT4H"), at("16 20:00"))
    assert floored.regraded(parse_duration("PT4H"), at("16 20:30")) is floored


def test_a_paused_clock_stays_paused_through_a_regrade() -> None:
    clock = resolve().pause(at("16 12:00")).regraded(parse_duration("PT3H"), at("16 20:00"))
    assert clock.due_at is None
    assert clock.resume(at("16 22:00")).due_at == at("16 23:00")


@given(
    st.integers(1, 200),
    st.integers(1, 200),
    st.integers(0, 300),
    st.booleans(),
    st.sampled_from([DUTY, OFFICE]),
)
def test_whatever_is_regraded_is_due_a_quarter_of_its_duration_from_now_at_the_earliest(
    before: int, after: int, passed: int, paused: bool, calendar: Calendar
) -> None:
    clock = resolve(calendar, f"PT{before}H")
    now = clock.started_at + timedelta(hours=passed)
    if paused:
        clock = clock.pause(clock.started_at + timedelta(hours=passed / 2))
    if before == after:
        return
    due = clock.regraded(Duration(seconds=after * 3600), now).resume(now).due_at
    assert due is not None
    assert calendar.elapsed(now, due) >= timedelta(hours=after) / 4


# Mergers


def test_a_clock_begun_earlier_is_due_earlier_unless_its_terms_were_changed() -> None:
    clock = resolve()
    assert clock.begun_at(at("16 04:00")).due_at == at("17 04:00")
    assert clock.begun_at(at("16 11:00")) is clock
    extended = clock.extend(parse_duration("PT24H"), at("16 20:00"))
    assert extended.begun_at(at("16 04:00")).due_at == extended.due_at
    assert clock.stop(at("16 11:00")).begun_at(at("16 04:00")).started_at == clock.started_at
    with pytest.raises(NaiveTime):
        clock.begun_at(datetime(2026, 11, 16))


def test_a_clock_brought_forward_is_due_then_also_when_that_lies_behind() -> None:
    _, clock = resolve().fire(LEVELS, at("16 23:00"))
    sooner = clock.due_by(at("17 03:00"), at("16 23:00"))
    assert sooner.due_at == at("17 03:00")
    assert sooner.at_level("75 %") == at("17 02:00")
    assert sooner.at_level("before PT2H") == at("17 01:00")
    assert sooner.fired == frozenset(), "half of what is left lies ahead"
    late = clock.due_by(at("16 20:00"), at("16 23:00"))
    assert late.due_at == at("16 20:00")
    assert late.state(at("16 23:00")) is ClockState.BREACHED
    assert clock.due_by(at("18 10:00"), at("16 23:00")) is clock
    assert "merged into this one" in late.why().sentence(why_words("en"))
    with pytest.raises(NaiveTime):
        clock.due_by(datetime(2026, 11, 16), at("16 23:00"))


def test_a_clock_that_is_over_is_neither_extended_nor_regraded() -> None:
    with pytest.raises(ClockError, match="has ended"):
        resolve().stop(at("16 11:00")).extend(parse_duration("PT1H"), at("16 12:00"))
    with pytest.raises(ClockError, match="has ended"):
        resolve().cancel(at("16 11:00")).regraded(parse_duration("PT1H"), at("16 12:00"))


# Calendars and downtimes


def test_a_new_calendar_version_rearms_running_clocks_and_lists_what_moved() -> None:
    late = Calendar("office", "2", "Asia/Shanghai", working_week({"mon-fri": "10:00-18:00"}))
    running = resolve(OFFICE, "PT8H", "16 12:00")
    stopped = running.stop(at("16 15:00"))
    other = resolve(DUTY)
    clocks, moved = rearmed([running, stopped, other], late)
    assert [clock.due_at for clock in clocks] == [at("17 12:00"), at("17 12:00"), at("17 10:00")]
    assert moved == ()
    earlier = resolve(OFFICE, "PT8H", "16 09:00")
    (_,), (one,) = rearmed([earlier], late)
    assert (one.due_before, one.due_after) == (at("16 17:00"), at("16 18:00"))


def test_after_downtime_work_is_not_taken_away_before_the_grace_is_over() -> None:
    grace = timedelta(minutes=15)
    assert after_downtime(at("17 03:00"), at("17 08:00"), OFFICE, grace) == at("17 09:15")
    assert after_downtime(at("17 10:00"), at("17 08:00"), OFFICE, grace) == at("17 10:00")


# Why


def test_every_clock_explains_its_due_time_in_both_languages() -> None:
    started = resolve()
    clocks = [
        started,
        started.pause(at("16 12:00")),
        started.pause(at("16 12:00")).resume(at("16 15:00")),
        started.extend(parse_duration("P1DT30M"), at("16 20:00")),
        started.regraded(parse_duration("PT4H"), at("16 20:00")),
        started.cancel(at("16 12:00")),
    ]
    for name in CLOCKS:
        for language in ("zh-CN", "en"):
            sentences = [replace(clock, name=name).why().sentence(why_words(language)) for clock in clocks]
            assert len(set(sentences)) == len(clocks)
            assert not any("{" in sentence for sentence in sentences)


def test_the_sentence_holds_the_pause_and_the_due_time() -> None:
    clock = resolve().pause(at("16 12:00")).resume(at("16 15:00"))
    sentence = clock.why().sentence(why_words("en"))
    assert "24 h from 2026-11-16 10:00" in sentence
    assert "plus 3 h" in sentence
    assert "due 2026-11-17 13:00 (Asia/Shanghai)" in sentence


# Refused


def test_naive_times_are_refused() -> None:
    with pytest.raises(NaiveTime):
        Clock("resolve", 1, datetime(2026, 11, 16), parse_duration("PT1H"), DUTY)
    with pytest.raises(NaiveTime):
        resolve().pause(datetime(2026, 11, 16))
    with pytest.raises(NaiveTime):
        resolve().state(datetime(2026, 11, 16))


@pytest.mark.parametrize("duration", [Duration(), Duration(seconds=-5)])
def test_a_clock_without_length_is_refused(duration: Duration) -> None:
    with pytest.raises(ClockError, match="longer than nothing"):
        Clock("resolve", 1, at("16 10:00"), duration, DUTY)


def test_pauses_out_of_order_are_refused() -> None:
    with pytest.raises(ClockError, match="follow each other"):
        replace(resolve(), pauses=((at("16 12:00"), None), (at("16 13:00"), None)))
    with pytest.raises(ClockError, match="follow each other"):
        resolve().pause(at("16 12:00")).resume(at("16 11:00"))


def test_all_instants_are_in_utc() -> None:
    due = resolve().due_at
    assert due is not None
    assert due.tzinfo is UTC


def test_a_clock_that_its_own_expiry_stopped_is_breached() -> None:
    clock = Clock("confirm", 7, at("16T10:00"), parse_duration("PT1H"), DUTY)
    due = at("16T11:00")
    assert clock.stop(due).state(due) is ClockState.MET
    assert replace(clock, fired=frozenset({"100 %"})).stop(due).state(due) is ClockState.BREACHED
