"""From the first second to the dispatch: read, graded, promised, acknowledged, and never held up."""

from __future__ import annotations

import pytest

from bpmn.effects import Ready
from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Answer, Case
from tests.unit.definitions.world import MEDIUM_FACTS

RECEPTION = [
    f"complaint.{element}"
    for element in ("received", "identify", "read", "judge_urgency", "judge_impact", "set_tier", "route",
                    "record_grade", "set_promise", "make_promise", "acknowledge", "handle")
]  # fmt: skip


def never_read(case: Case, task: Ready) -> Answer | None:
    return None


@pytest.mark.parametrize("tier", ["light", "medium", "severe"])
def test_a_complaint_is_read_graded_promised_acknowledged_and_handed_to_its_tier(
    play: Play, tier: str
) -> None:
    case = play(tier)
    assert case.visited(*RECEPTION) == RECEPTION
    assert case.instance.root.data is not None
    assert case.instance.root.data["tier"] == tier
    assert f"{tier}.begun" in case.path
    assert case.statuses[:2] == ["received", "handling"]
    assert case.letters[0] == "acknowledge"
    assert case.clocks["acknowledge", None].stopped_at == case.now
    assert case.clocks["dispatch", None].stopped_at == case.now


def test_reading_that_takes_too_long_goes_on_as_provisional_medium(play: Play) -> None:
    case = play(read=never_read)
    assert case.waiting_for() == ["complaint to be read"]
    case.wait("PT5M")
    assert not case.visited("complaint.judge_urgency", "complaint.set_tier")
    assert "medium.begun" in case.path
    assert sorted(case.waiting_for()) == sorted([f"{case.department()} to confirm", "grader to act: grade"])


def test_a_provisional_grade_is_confirmed_by_a_person_while_the_complaint_is_dispatched(play: Play) -> None:
    case = play(read={**MEDIUM_FACTS, "confidence": 5})
    assert case.letters == ["acknowledge", "offer to handler"]
    case.act_on_duty("grade", "done")
    case.do("confirm_offer", "confirm")
    assert case.waiting_for() == [f"{case.department()} to resolve"]


def test_a_grade_that_nobody_confirms_climbs_to_the_executive_five_times_and_then_is_an_incident(
    play: Play,
) -> None:
    case = play(read={**MEDIUM_FACTS, "confidence": 5}, raise_incident=never_read)
    case.do("confirm_offer", "confirm")
    case.do("resolve", "resolve")
    case.wait("P6D")
    asked = list(case.duties.values())
    assert asked == ["grader", "coordinator", "supervisor", *["executive"] * 5]
    assert case.visited("duty.raise_incident") == ["duty.raise_incident"]
    case.answers["raise_incident"] = {}
    case.send("customer_message", message=1)
    assert list(case.duties.values()) == [*asked, "executive"]


def test_the_third_complaint_of_a_customer_is_given_to_whoever_keeps_customers(play: Play) -> None:
    case = play(
        identify={"value": "standard", "authority": False, "repeats": 3}, read={**MEDIUM_FACTS, "repeats": 3}
    )
    assert "retention to act: retain" in case.waiting_for()
    case.act_on_duty("retain", "done")
    assert "complaint.customer_kept" in case.path


def test_the_system_moves_a_promise_twice_and_then_the_supervisor_signs(play: Play) -> None:
    case = play("severe", contributions=("logistics",))
    case.do("confirm_offer", "confirm")
    case.clocks.pop(("resolve", 1))
    case.wait("P6D")
    moves = case.visited("complaint.move_promise")
    assert len(moves) == 3
    assert case.letters.count("promise_75 to owner") >= 1
    assert "complaint.sign_promise" in case.path


def test_the_head_hears_of_a_customer_nobody_spoke_to(play: Play) -> None:
    case = play()
    case.do("confirm_offer", "confirm")
    case.wait("PT12H")
    assert case.letters.count("ladder_100 to head") == 1
