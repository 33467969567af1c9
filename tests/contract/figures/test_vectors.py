"""The vectors of the metrics, and months in which next to nothing happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bpmn.calendar import Calendar
from complaints.errors import NaiveTime
from store.queries.figures import (
    FIGURES,
    BacklogMismatch,
    Dimension,
    NoSuchBreakdown,
    NotAPeriod,
    Part,
    Period,
    Spread,
    Unit,
    UnknownFigure,
    backlog_identity,
    case_refs,
    figure,
    figures,
    mismatched,
)
from store.tables import ChannelCount, ClockRow, Dispatch, HookReceipt, Promise, WorkItem
from tests.contract.figures.rows import DAY, MARCH, NOON, Month

ALWAYS = Calendar(name="always", version="24x7", zone="Asia/Shanghai")
HOUR = timedelta(hours=1)


def whole(session: Session, name: str) -> Part:
    return figure(session, name, MARCH).whole


def a_clock(case_id: str, number: int, **values: Any) -> ClockRow:
    return ClockRow(**{
        "case_id": case_id, "name": "resolve", "key": str(number), "started_at": NOON, "duration": "PT24H",
        "calendar": "always", "due_at": NOON + DAY, **values,
    })  # fmt: skip


def test_recommendation_is_promoters_less_detractors(session: Session) -> None:
    month = Month(session)
    for nps in (10, 9, 9, 8, 7, 6, 0):
        month.survey(month.closed(), 5, nps=nps)
    found = whole(session, "nps")
    assert (found.numerator, found.denominator) == (1, 7)
    assert round(found.value or 0) == 14


def test_satisfaction_is_over_answers_and_the_response_rate_over_what_was_delivered(
    session: Session,
) -> None:
    month = Month(session)
    for score in (5, 5, 4, 3, 2, None, None, None):
        month.survey(month.closed(outcome="unanswered" if score is None else "accepted"), score)
    month.survey(month.closed(outcome="unanswered"), None, delivered=False)
    satisfied, answered = whole(session, "csat"), whole(session, "response_rate")
    assert satisfied.value == 0.6
    assert (answered.numerator, answered.denominator, answered.value) == (5, 8, 0.625)


def test_the_last_cycle_is_what_satisfaction_means_and_the_first_stands_beside_it(session: Session) -> None:
    month = Month(session)
    case = month.closed(cycle=2)
    month.survey(case, 2)
    month.survey(case, 5, cycle=2)
    given_up = month.closed(cycle=2, outcome="unanswered")
    month.survey(given_up, 1)
    month.survey(given_up, None, cycle=2)
    last, first, again = (whole(session, name) for name in ("csat", "csat_first_cycle", "redispatch_rate"))
    assert (last.numerator, last.denominator) == (1, 1)
    assert (first.numerator, first.denominator) == (0, 2)
    assert (again.numerator, again.denominator) == (2, 3)


def test_clocks_overdue_and_open_count_and_clocks_not_due_do_not(session: Session) -> None:
    month = Month(session)
    case = month.case()
    for number in range(8):
        month.add(a_clock(case.id, number, stopped_at=NOON + DAY))
    month.add(a_clock(case.id, 8, stopped_at=NOON + DAY + HOUR))
    for number in (9, 10):
        month.add(a_clock(case.id, number))
    for number in range(11, 15):
        month.add(a_clock(case.id, number, due_at=MARCH.end + DAY))
    found = figure(session, "clock_attainment", MARCH, by=Dimension.CLOCK)
    assert (found.whole.numerator, found.whole.denominator) == (8, 11)
    assert f"{found.whole.value:.1%}" == "72.7%"
    assert [(part.key, part.value) for part in found.parts] == [("resolve", 8 / 11)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"stopped_at": NOON + DAY}, (1, 1)),  # a tie goes to the person
        ({"stopped_at": NOON + DAY, "fired": ["100 %"]}, (0, 1)),  # unless its own expiry stopped it
        ({"stopped_at": NOON + HOUR, "late_before": True, "late_at": NOON}, (0, 1)),
        ({"due_at": MARCH.end + DAY, "late_before": True, "late_at": NOON + DAY}, (0, 1)),
        ({"due_at": None, "late_before": True, "late_at": NOON}, (0, 1)),  # and paused since
        ({"due_at": None}, (0, 0)),
        ({"due_at": None, "cancelled": True}, (0, 0)),
        ({"due_at": MARCH.end + DAY, "stopped_at": NOON}, (1, 1)),
        ({"due_at": MARCH.end - HOUR, "stopped_at": MARCH.end + HOUR}, (0, 1)),
        ({"due_at": MARCH.start - HOUR, "stopped_at": NOON}, (0, 0)),  # decided when its due passed
    ],
)
def test_a_clock_is_decided_by_its_timestamps(
    session: Session, values: dict[str, object], expected: tuple[int, int]
) -> None:
    month = Month(session)
    month.add(a_clock(month.case().id, 1, **values))
    found = whole(session, "clock_attainment")
    assert (found.numerator, found.denominator) == expected


def test_in_a_running_month_nothing_is_overdue_before_its_time(session: Session) -> None:
    running = Period(MARCH.start, MARCH.end, MARCH.zone, as_of=NOON + HOUR)
    month = Month(session)
    case = month.case()
    month.add(a_clock(case.id, 1))
    month.add(Promise(case_id=case.id, what="preliminary_answer", told_at=NOON, due_at=NOON + DAY))
    month.add(Promise(case_id=case.id, what="preliminary_answer", told_at=NOON, due_at=NOON, state="open"))
    clocks, promises = (figure(session, name, running).whole for name in ("clock_attainment", "promise_kept"))
    assert clocks.denominator == 0
    assert clocks.value is None
    assert (promises.numerator, promises.denominator, promises.pending) == (0, 1, 1)


def test_the_backlog_follows_from_what_came_and_went(session: Session) -> None:
    before = MARCH.start - 5 * DAY
    month = Month(session)
    stock = [month.case(before) for _ in range(40)]
    came = [month.case() for _ in range(120)]
    gone = [month.case(before - DAY) for _ in range(6)]
    for case in gone:
        month.turn(case, "closed", before)
        month.turn(case, "re_entered", NOON, reason="reopen")
    ending = iter([*stock, *came])
    for what, status, number in (
        ("closed", "closed", 110),
        ("withdrawn", "withdrawn", 3),
        ("merged", "merged", 5),
    ):
        for _ in range(number):
            month.end(next(ending), what, status, NOON + DAY)
    found = backlog_identity(session, MARCH)
    age = whole(session, "backlog_age")
    found.check()
    assert (found.open_start, found.received, found.reopened, found.open_end) == (40, 120, 6, 48)
    assert (found.closed, found.withdrawn, found.merged) == (110, 3, 5)
    assert age.n == 48


def test_a_history_that_does_not_lead_there_is_named(session: Session) -> None:
    month = Month(session)
    silent = month.case(what=None)
    twice = month.closed()
    month.turn(twice, "closed", NOON + 4 * DAY)
    month.closed()
    found, refs = backlog_identity(session, MARCH), mismatched(session, MARCH)
    assert refs == [silent.ref, twice.ref]
    assert found.difference == 2
    with pytest.raises(BacklogMismatch, match="1 complaints are open at the end, -1 follow"):
        found.check()


def test_a_complaint_in_survey_is_open_but_has_no_age(session: Session) -> None:
    month = Month(session)
    asked, waits = month.case(), month.case()
    survey = month.survey(asked, None)
    survey.sent_at, survey.expires_at, survey.state = MARCH.end - DAY, MARCH.end + 6 * DAY, "sent"
    month.add(survey)
    found = backlog_identity(session, MARCH)
    by_age = figure(session, "backlog", MARCH, by=Dimension.AGE)
    refs = case_refs(session, "backlog_age", MARCH)
    assert (found.open_end, found.in_survey) == (2, 1)
    assert [(part.key, part.value) for part in by_age.parts] == [("7_to_30_days", 1)]
    assert refs == [waits.ref]


def test_percentiles_are_values_that_occurred_and_business_time_is_that_of_the_calendar(
    session: Session,
) -> None:
    office = Calendar(
        name="office", version="1", zone="Asia/Shanghai",
        week=((((datetime(2026, 1, 1, 9).time(), datetime(2026, 1, 1, 17).time()),)),) * 5 + ((), ()),
    )  # fmt: skip
    friday = datetime(2026, 3, 13, 8, 30, tzinfo=UTC)  # 16:30 in Shanghai
    month = Month(session)
    month.case(friday, acknowledged_at=friday + timedelta(minutes=10))
    month.case(friday, acknowledged_at=friday + timedelta(days=2, hours=17))  # Monday 9:30
    month.case(friday)
    found = figure(session, "acknowledgement_time", MARCH, calendar=office).whole
    always = figure(session, "acknowledgement_time", MARCH, calendar=ALWAYS).whole
    assert found.calendar == always.business == Spread(600, 65 * 3600, 65 * 3600)
    assert found.business == Spread(600, 3600, 3600)
    assert (found.n, found.pending, found.value) == (2, 1, 600)


def test_business_time_of_what_took_years_is_that_of_the_calendar(session: Session) -> None:
    """Working time is looked up for a year before the period, and what began earlier is counted all the same."""
    office = Calendar(
        name="office", version="1", zone=MARCH.zone, week=(((time(9), time(12)), (time(13), time(18))),) * 5 + ((), ()),
        holidays=frozenset({date(2024, 1, 1), date(2025, 1, 1)}),
    )  # fmt: skip
    month = Month(session)
    for back in (1, 30, 401, 900, 1_500):
        month.case(occurred_at=NOON - back * DAY)
    expected = [int(office.elapsed(NOON - back * DAY, NOON).total_seconds()) for back in (401, 1_500)]
    found = figures(session, MARCH, office)["intake_lag"][0].whole
    assert found.calendar == Spread(401 * 86_400, 1_500 * 86_400, 1_500 * 86_400)
    assert found.business == Spread(expected[0], expected[1], expected[1])


def test_nothing_is_said_of_what_was_imported_that_nobody_knows(session: Session) -> None:
    month = Month(session)
    month.closed(imported=True)
    found = {name: one for name, (one, _) in figures(session, MARCH, None).items()}
    assert (found["received"].whole.n, found["closed"].whole.n, found["completion"].whole.value) == (
        1,
        1,
        1.0,
    )
    for name in ("self_service", "self_service_silent", "taken_further", "needing_superior", "intake_lag"):
        assert (found[name].whole.n, found[name].whole.value) == (0, None), name
    month.closed()
    assert figure(session, "self_service", MARCH).whole.n == 1


def test_withdrawn_ones_stand_apart_and_members_of_a_mass_matter_count(session: Session) -> None:
    month = Month(session)
    month.closed()
    month.closed(merged_into=None, reason="member of a mass matter")
    month.end(month.case(), "withdrawn", "withdrawn", NOON + DAY)
    month.end(month.case(), "voided", "void", NOON + DAY)
    month.end(month.case(), "merged", "merged", NOON + DAY)
    found, gone = whole(session, "completion"), case_refs(session, "completion", MARCH, which="withdrawn")
    assert (found.numerator, found.denominator, found.withdrawn) == (2, 2, 1)
    assert len(gone) == 1


def test_declines_count_as_buck_passing_once_they_are_judged_so(session: Session) -> None:
    month = Month(session)
    case = month.case()
    month.add(WorkItem(id=1, case_id=case.id, kind="resolve", created_at=NOON))
    for how, judged in (
        ("declined", "passed_on"), ("declined", "misrouted"), ("declined", None), ("confirmed", None),
    ):  # fmt: skip
        month.add(Dispatch(
            case_id=case.id, item_id=1, department="logistics", person="s-1", offered_at=NOON,
            ended_at=NOON + HOUR, how=how, judged=judged,
        ))  # fmt: skip
    passed = figure(session, "buck_passing", MARCH, by=Dimension.HANDLER)
    assert (passed.whole.value, passed.whole.pending) == (0.25, 1)
    assert [(part.key, part.n) for part in passed.parts] == [("s-1", 4)]


def test_a_channel_with_too_many_hides_no_loss_of_another(session: Session) -> None:
    month = Month(session)
    for channel, told, kept in (("app", 4, 3), ("email", 1, 2)):
        month.add(ChannelCount(channel=channel, day="2026-03-10", count=told, reported_at=NOON))
        for number in range(kept):
            name = f"{channel}-{number}"
            month.add(HookReceipt(
                channel=channel, external_id=name, webhook_id=name, kind="complaint", digest="-",
                received_at=NOON, occurred_at=NOON,
            ))  # fmt: skip
    found = figure(session, "intake_loss", MARCH, by=Dimension.CHANNEL)
    assert found.whole.value == 0.2
    assert [(part.key, part.value) for part in found.parts] == [("app", 0.25), ("email", 0)]


def test_a_month_without_complaints_is_n_a_or_nothing(session: Session) -> None:
    month = Month(session)
    month.end(month.case(), "merged", "merged", NOON + DAY)
    for name, definition in FIGURES.items():
        for by in (None, definition.dimensions[0]):
            found = figure(session, name, MARCH, by=by, calendar=ALWAYS)
            assert found.whole.n == 0, name
            assert found.whole.value == (0 if found.unit in (Unit.COUNT, Unit.MONEY) else None), name
            assert all(part.n == 0 for part in found.parts), name
            assert (found.reason is None) == (found.whole.denominator is not None), name


def test_a_month_with_one_complaint(session: Session) -> None:
    month = Month(session)
    case = month.closed(acknowledged_at=NOON + HOUR, resolved_at=NOON + DAY, tier="medium")
    month.survey(case, 4, nps=9)
    found = {name: figure(session, name, MARCH, calendar=ALWAYS).whole for name in FIGURES}
    backlog_identity(session, MARCH).check()
    assert {name: found[name].value for name in ("received", "closed", "completion", "csat", "nps", "backlog")} == {
        "received": 1, "closed": 1, "completion": 1, "csat": 1, "nps": 100, "backlog": 0,
    }  # fmt: skip
    assert found["resolution_time"].calendar == Spread(86_400, 86_400, 86_400)
    assert found["acknowledgement_time"].value == 3_600
    assert found["cycles_to_acceptance"].value == 1


def test_months_are_those_of_the_zone_whatever_the_clock_does() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    hours = {
        month: Period.month(2025, month, "Europe/Berlin", now).end
        - Period.month(2025, month, "Europe/Berlin", now).start
        for month in (3, 10, 12)
    }  # fmt: skip
    assert hours == {3: 743 * HOUR, 10: 745 * HOUR, 12: 744 * HOUR}
    december = Period.month(2025, 12, "Asia/Shanghai", now)
    assert december.end == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert len(list(Period.month(2025, 10, "Europe/Berlin", now).days())) == 31


def test_wrong_questions_are_refused_with_what_to_ask_instead(session: Session) -> None:
    with pytest.raises(UnknownFigure, match="csat"):
        figure(session, "csatt", MARCH)
    with pytest.raises(NoSuchBreakdown, match="choose category"):
        figure(session, "csat", MARCH, by=Dimension.CLOCK)
    with pytest.raises(NoSuchBreakdown, match="counts no complaints"):
        case_refs(session, "intake_loss", MARCH)
    with pytest.raises(NaiveTime):
        Period(datetime(2026, 3, 1), MARCH.end, MARCH.zone, MARCH.as_of)
    with pytest.raises(NotAPeriod, match="1 to 12"):
        Period.month(2026, 13, MARCH.zone, NOON)
    with pytest.raises(NotAPeriod, match="no time zone"):
        Period.month(2026, 3, "Shanghai", NOON)
    with pytest.raises(NotAPeriod, match="later end"):
        Period(MARCH.end, MARCH.start, MARCH.zone, NOON)
