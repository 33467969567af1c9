"""Vectors of what is learnt: small months whose answers are known beforehand."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from store.queries.figures import Dimension, figure
from store.tables import Case, Check, FrozenMonth, Improvement, ImprovementRound, MonthFinding
from tests.contract.figures.rows import DAY, MARCH, NOON, Month


def action(month: Month, number: int, **given: object) -> Improvement:
    case = Case(
        id=f"action {number}", kind="improvement", ref=f"IM-2603-{number:06d}", bundle="b", channel="improvement",
        external_id=str(number), occurred_at=NOON, received_at=NOON, status="agreed",
    )  # fmt: skip
    month.add(case)
    row = Improvement.model_validate({
        "case_id": case.id, "origin": "finding", "title": "…", "what": "…", "owner": "s-1", "due_at": NOON,
        "opened_by": "s-2", "opened_at": NOON, **given,
    })  # fmt: skip
    month.add(row)
    return row


def test_rectified_are_the_hot_issues_whose_action_was_proven_each_once(session: Session) -> None:
    month = Month(session)
    month.add(FrozenMonth(month="2026-03", zone="Asia/Shanghai", as_of=NOON, data="{}", hash="-"))
    month.add(FrozenMonth(month="2026-02", zone="Asia/Shanghai", as_of=NOON, data="{}", hash="-"))
    named = [("hot_volume", f"category={n}") for n in range(5)]
    for place, (kind, key) in enumerate((*named, ("weak_slow", "hour=3")), 1):
        month.add(MonthFinding(month="2026-03", kind=kind, key=key, position=place, sure="certain", cases=9))
    month.add(
        MonthFinding(month="2026-02", kind=named[0][0], key=named[0][1], position=1, sure="likely", cases=9)
    )
    action(month, 1, finding="2026-03/hot_volume/category=0", proven_at=NOON)
    action(month, 2, finding="2026-02/hot_volume/category=0", proven_at=NOON)  # the same issue a month before
    action(month, 3, finding="2026-03/hot_volume/category=1", proven_at=NOON)
    action(month, 4, finding="2026-03/hot_volume/category=2")
    action(month, 5, finding="2026-03/weak_slow/hour=3", proven_at=NOON)  # no hot issue
    found = figure(session, "rectification", MARCH, by=Dimension.REASON)
    assert (found.whole.numerator, found.whole.denominator, found.whole.value) == (2, 5, 0.4)
    assert [(part.key, part.value) for part in found.parts] == [("hot_volume", 0.4)]


def test_an_action_is_on_time_by_its_date_and_what_is_not_due_is_pending(session: Session) -> None:
    month = Month(session)
    dates = ((NOON, NOON), (NOON, NOON + DAY), (NOON, None), (MARCH.end - DAY / 24, NOON), (MARCH.end, NOON))
    for number, (due, done) in enumerate(dates):
        row = action(month, number)
        month.add(ImprovementRound(
            case_id=row.case_id, round=1, owner="s-1", agreed_by="s-2", agreed_at=NOON - DAY, due_at=due, done_at=done
        ))  # fmt: skip
    found = figure(session, "actions_on_time", MARCH)
    assert (found.whole.numerator, found.whole.denominator, found.whole.value) == (2, 4, 0.5)


def test_a_grade_checked_stands_for_its_stratum(session: Session) -> None:
    month = Month(session)
    rows = (("medium", "medium", 40), ("medium", "severe", 10), ("severe", "severe", 1), ("light", None, 9))
    for graded, right, stands_for in rows:
        case = month.case(tier=graded)
        month.add(Check(
            case_id=case.id, kind="accuracy", month="2026-03", stands_for=stands_for, graded_tier=graded,
            assignee="s-1", drawn_at=NOON, due_at=NOON, done_at=NOON if right else None, tier=right,
        ))  # fmt: skip
    accuracy, recall = (figure(session, name, MARCH).whole for name in ("grading_accuracy", "severe_recall"))
    assert (accuracy.numerator, accuracy.denominator, accuracy.pending) == (41, 51, 1)
    assert (recall.numerator, recall.denominator) == (1, 11)
    assert recall.value == pytest.approx(1 / 11)


def test_quality_is_deviations_by_checks_and_steps_by_steps(session: Session) -> None:
    month = Month(session)
    for deviation, required, covered in ((False, 10, 10), (True, 10, 7), (False, 20, 20), (None, None, None)):
        month.add(Check(
            case_id=month.closed().id, kind="quality", month="2026-03", assignee="s-1", drawn_at=NOON, due_at=NOON,
            done_at=None if deviation is None else NOON, deviation=deviation, steps_required=required,
            steps_covered=covered,
        ))  # fmt: skip
    deviation_, coverage = (
        figure(session, name, MARCH).whole for name in ("quality_deviation", "quality_coverage")
    )
    assert (deviation_.numerator, deviation_.denominator, deviation_.pending) == (1, 3, 1)
    assert (coverage.numerator, coverage.denominator, coverage.value) == (37, 40, 0.925)


def test_what_comes_again_after_its_fix_was_done_is_told_apart(session: Session) -> None:
    month = Month(session)
    row = action(month, 1, dimension="category", group_key="logistics")
    month.add(ImprovementRound(
        case_id=row.case_id, round=1, owner="s-1", agreed_by="s-2", agreed_at=NOON, due_at=NOON, done_at=NOON
    ))  # fmt: skip
    for category, later in (
        ("logistics", DAY),
        ("logistics", -DAY),
        ("billing", DAY),
        ("logistics", 0 * DAY),
    ):
        month.case(NOON + later, category=category)
    found = figure(session, "repeat_after_fix", MARCH, by=Dimension.CATEGORY)
    assert (found.whole.numerator, found.whole.denominator) == (1, 4)
    assert {part.key: part.numerator for part in found.parts} == {"billing": 0, "logistics": 1}
