"""Medium: one specialist, the supervisor when time is up, and other departments when asked."""

from __future__ import annotations

import pytest

from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Case


def confirmed(play: Play, **given: object) -> Case:
    case = play("medium", **given)
    case.do("confirm_offer", "confirm")
    return case


def test_the_whole_life_of_a_medium_complaint(play: Play) -> None:
    case = confirmed(play, grants=("billing",))
    case.wait("PT3H")
    case.do("resolve", "resolve")
    assert sorted(case.waiting_for()) == [
        "billing to carry out what was granted", "what was granted to be carried out",
    ]  # fmt: skip
    case.wait("PT2H")
    case.do("carry_out", "done")
    assert case.waiting_for() == ["time to ask the customer"]
    case.wait("PT2H")
    case.send("survey_answered", key=1, score=4, leave=False)
    case.wait("PT15M")
    assert case.end == "closed"
    assert case.letters == [
        "acknowledge", "offer to handler", "send_answer", "fulfilled to customer", "send_survey", "closing to customer",
        "invite_nps",
    ]  # fmt: skip
    assert case.clocks["resolve", 1].stopped_at is not None


def test_the_ladder_reminds_twice_and_then_asks_the_supervisor(play: Play) -> None:
    case = confirmed(play)
    case.wait("PT24H")
    assert [letter for letter in case.letters if letter.startswith("ladder_") and letter.endswith("owner")] == [
        "ladder_50 to owner", "ladder_75 to owner",
    ]  # fmt: skip
    assert case.waiting_for() == ["supervisor to act: overdue"]
    assert not any(task.element == "resolve" for task in case.ready.values())


def test_a_supervisor_takes_over_and_resolves_under_a_clock_that_runs(play: Play) -> None:
    case = confirmed(play)
    case.wait("PT24H")
    case.act_on_duty("overdue", "takeover", handler="zhou")
    assert case.waiting_for() == [f"{case.department()} to resolve"]
    assert {"resolve_50", "resolve_75", "resolve_100"} <= set(case.armed())
    case.do("resolve", "resolve")
    assert "answer.answered" in case.path


def test_a_supervisor_extends_once_and_cannot_extend_again(play: Play) -> None:
    case = confirmed(play)
    case.wait("PT24H")
    case.act_on_duty("overdue", "extend")
    assert case.waiting_for() == [f"{case.department()} to resolve"]
    case.wait("PT24H")
    assert case.waiting_for() == ["supervisor to act: overdue_again"]
    case.act_on_duty("overdue_again", "lift")
    assert "severe.begun" in case.path


def test_time_that_runs_out_before_anyone_confirmed_offers_again_after_the_extension(play: Play) -> None:
    case = play("medium", assign=lambda case, task: None)
    case.do("confirm_offer", "decline")
    case.do("confirm_offer", "decline")
    case.act_on_duty("assign", "assign", handler="ma")
    case.wait("PT24H")
    case.act_on_duty("overdue", "extend")
    assert case.waiting_for() == [f"{case.department()} to confirm"]


def test_lifting_it_makes_it_severe_and_ends_the_specialists_work(play: Play) -> None:
    case = confirmed(play)
    case.wait("PT24H")
    case.act_on_duty("overdue", "lift")
    assert case.visited("complaint.lifted_to_severe", "complaint.record_tier", "severe.begun") == [
        "complaint.lifted_to_severe", "complaint.record_tier", "severe.begun",
    ]  # fmt: skip
    assert case.waiting_for() == [f"{case.department()} to confirm"]


def test_a_department_that_is_asked_delivers_beside_the_specialist(play: Play) -> None:
    case = confirmed(play)
    case.ask_department("warehouse")
    assert sorted(case.waiting_for()) == sorted([f"{case.department()} to resolve", "warehouse to confirm"])
    case.do("confirm_offer", "confirm")
    case.do("deliver", "done")
    assert case.waiting_for() == [f"{case.department()} to resolve"]
    case.do("resolve", "resolve")
    assert "answer.answered" in case.path


def test_resolving_ends_what_was_still_asked(play: Play) -> None:
    case = confirmed(play)
    case.ask_department("warehouse")
    case.do("resolve", "resolve")
    assert case.waiting_for() == ["time to ask the customer"]


@pytest.mark.parametrize(("decision", "tier"), [("done", "medium"), ("lift", "severe")])
def test_asking_more_than_two_departments_is_the_supervisors_decision(
    play: Play, decision: str, tier: str
) -> None:
    case = confirmed(play)
    for department in ("warehouse", "carrier", "billing"):
        case.ask_department(department)
    assert "supervisor to act: widen" in case.waiting_for()
    case.act_on_duty("widen", decision)
    assert case.tier() == tier
    assert ("severe.begun" in case.path) == (tier == "severe")
    assert ("billing to confirm" in case.waiting_for()) == (tier == "medium")


@pytest.mark.parametrize(("decision", "tier"), [("done", "medium"), ("lift", "severe")])
def test_an_overdue_contribution_is_the_supervisors_decision(play: Play, decision: str, tier: str) -> None:
    case = confirmed(play)
    case.clocks["resolve", 1] = case.clocks["resolve", 1].extend(case.days(3), case.now)
    case.ask_department("warehouse")
    case.do("confirm_offer", "confirm")
    case.wait("PT24H")
    assert case.visited("item.overdue") == ["item.overdue"]
    assert "warehouse to deliver" in case.waiting_for()
    case.act_on_duty("widen", decision)
    assert case.tier() == tier


def test_regrading_ends_the_tier_and_begins_the_other(play: Play) -> None:
    case = confirmed(play)
    case.send(
        "regraded", key="anew", tier="severe", urgency="urgent", impact="high", category="logistics",
        department="quality", skill="safety",
    )  # fmt: skip
    assert case.visited("complaint.regraded", "severe.begun") == ["complaint.regraded", "severe.begun"]
    assert case.waiting_for() == ["quality to confirm"]
