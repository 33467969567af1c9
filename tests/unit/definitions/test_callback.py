"""What the customer says decides: closed, another cycle, or a reviewer."""

from __future__ import annotations

import pytest

from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Case


def answered(play: Play, **given: object) -> Case:
    case = play("medium", **given)
    finish_cycle(case)
    return case


def finish_cycle(case: Case) -> None:
    case.do("confirm_offer", "confirm")
    for element in ("resolve", "lead_resolve"):
        if any(task.element == element for task in case.ready.values()):
            case.do(element, "resolve")
    if any(task.element == "act" and task.inputs["kind"] == "approve" for task in case.ready.values()):
        case.act_on_duty("approve", "approve")
    case.wait("PT2H")


def score(case: Case, points: int, *, cycle: int = 1, leave: bool = False) -> None:
    assert case.send("survey_answered", key=cycle, score=points, leave=leave)
    case.wait("PT15M")


@pytest.mark.parametrize("points", [4, 5])
def test_four_and_five_close_the_complaint(play: Play, points: int) -> None:
    case = answered(play)
    assert case.waiting_for() == ["survey answer"]
    score(case, points)
    assert case.end == "closed"
    assert "callback.accepted" in case.path


def test_an_answer_to_the_survey_of_another_cycle_is_not_taken(play: Play) -> None:
    case = answered(play)
    assert not case.send("survey_answered", key=2, score=5, leave=False)
    assert case.waiting_for() == ["survey answer"]


def test_silence_is_reminded_once_and_closed_unanswered(play: Play) -> None:
    case = answered(play)
    case.wait("P8D")
    assert case.end == "closed"
    assert case.letters[-4:] == ["send_survey", "remind_survey", "closing to customer", "invite_nps"]
    assert case.visited("callback.expire_survey", "callback.unanswered") == [
        "callback.expire_survey", "callback.unanswered",
    ]  # fmt: skip


def test_three_corrected_to_four_closes(play: Play) -> None:
    case = answered(play)
    case.send("survey_answered", key=1, score=3, leave=False)
    case.wait("PT10M")
    assert case.send("survey_corrected", key=1, score=4, leave=False)
    assert case.end == "closed"
    assert case.visited("callback.record_score", "callback.record_correction", "callback.freeze_survey") == [
        "callback.record_score", "callback.record_correction", "callback.freeze_survey",
    ]  # fmt: skip


def test_three_and_leave_it_closes_with_the_score_counted(play: Play) -> None:
    case = answered(play)
    score(case, 3, leave=True)
    assert case.end == "closed"
    assert "callback.accepted_low" in case.path


def test_three_begins_a_second_cycle_that_a_five_closes(play: Play) -> None:
    case = answered(play)
    score(case, 3)
    assert case.waiting_for() == [f"{case.department()} to confirm"]
    assert case.cycle() == 2
    assert ("resolve", 2) in case.clocks
    assert case.letters[-3:] == ["low_score to head", "apologise", "offer to handler"]
    finish_cycle(case)
    score(case, 5, cycle=2)
    assert case.end == "closed"
    assert case.visited("complaint.handle") == ["complaint.handle"] * 2


def test_a_second_cycle_of_medium_is_signed_by_the_supervisor(play: Play) -> None:
    case = answered(play)
    score(case, 2)
    case.do("confirm_offer", "confirm")
    case.do("resolve", "resolve")
    assert case.waiting_for() == ["supervisor to act: approve"]


def test_after_three_low_cycles_a_reviewer_answers_finally(play: Play) -> None:
    case = answered(play)
    score(case, 2)
    finish_cycle(case)
    score(case, 2, cycle=2)
    assert case.tier() == "severe"
    finish_cycle(case)
    score(case, 2, cycle=3)
    assert case.waiting_for() == ["reviewer to act: review"]
    assert case.statuses[-1] == "reviewing"
    case.act_on_duty("review", "resolve")
    assert case.end == "closed"
    assert case.letters[-2:] == ["final_answer to customer", "invite_nps"]
    assert "complaint.close_finally" in case.path


def test_a_customer_without_link_is_called(play: Play) -> None:
    def unreachable(case: Case, task: object) -> dict[str, object]:
        return {"ask_at": case.now, "reachable": False, "given_up": False}

    case = answered(play, plan_survey=unreachable)
    case.act_on_duty("ask_score", "done", score=5, leave=False)
    case.wait("PT15M")
    assert case.end == "closed"
    assert "send_survey" not in case.letters


def test_a_customer_nobody_reaches_is_closed_unanswered(play: Play) -> None:
    def unreachable(case: Case, task: object) -> dict[str, object]:
        return {"ask_at": case.now, "reachable": False, "given_up": False}

    case = answered(play, plan_survey=unreachable)
    case.act_on_duty("ask_score", "done")
    assert case.waiting_for() == ["time to call the customer again"]
    case.wait("P1D")
    case.act_on_duty("ask_score", "done")
    assert case.end == "closed"
    assert case.visited("reach.not_reached", "callback.expire_survey", "callback.unanswered") == [
        "reach.not_reached", "callback.expire_survey", "callback.unanswered",
    ]  # fmt: skip


def test_something_not_received_is_carried_out_again_before_the_customer_is_asked(play: Play) -> None:
    case = play("medium", grants=("billing",))
    case.do("confirm_offer", "confirm")
    case.do("resolve", "resolve")
    case.do("carry_out", "done")
    case.wait("PT1H")
    case.miss_grant()
    assert "billing to carry out what was granted" in case.waiting_for()
    assert "survey answer" not in case.waiting_for()
    case.do("carry_out", "done")
    assert case.waiting_for() == ["time to ask the customer"]
