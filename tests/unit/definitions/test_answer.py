"""The decision: approved where it must be, chosen by the customer where there is a choice, then sent."""

from __future__ import annotations

from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Case

SURVEY_PLANNED = ["time to ask the customer"]


def resolved(play: Play, **given: object) -> Case:
    case = play("medium", **given)
    case.do("confirm_offer", "confirm")
    case.do("resolve", "resolve")
    return case


def with_options(play: Play, **given: object) -> Case:
    return resolved(
        play,
        look_at_decision={"over_limit": False, "approved": False, "options": 3, "may_propose": True},
        **given,
    )


def test_above_the_limit_a_second_person_approves(play: Play) -> None:
    case = resolved(
        play, look_at_decision={"over_limit": True, "approved": False, "options": 1, "may_propose": True}
    )
    assert case.waiting_for() == ["approver to act: approve"]
    case.act_on_duty("approve", "approve")
    assert case.waiting_for() == SURVEY_PLANNED


def test_a_refused_decision_goes_back_to_the_same_handler(play: Play) -> None:
    case = resolved(
        play, look_at_decision={"over_limit": True, "approved": False, "options": 1, "may_propose": True}
    )
    case.act_on_duty("approve", "refuse")
    assert case.waiting_for() == [f"{case.department()} to resolve"]
    assert case.people == 1
    assert "resolve_100" in case.armed()


def test_a_choice_waits_for_the_customer_with_the_resolve_clock_paused(play: Play) -> None:
    case = with_options(play)
    assert case.statuses[-1] == "waiting_customer"
    assert case.waiting_for() == ["customer to choose"]
    assert case.clocks["resolve", 1].paused_since == case.now
    case.send("options_chosen", choice=2)
    assert case.clocks["resolve", 1].paused_since is None
    assert case.letters[-2:] == ["offer_options", "send_answer"]
    assert case.waiting_for() == SURVEY_PLANNED


def test_a_proposal_of_the_customers_own_goes_back_to_the_handler(play: Play) -> None:
    case = with_options(play)
    case.send("options_chosen", choice=0)
    assert case.waiting_for() == [f"{case.department()} to resolve"]
    assert case.statuses[-1] == "handling"


def test_a_proposal_beyond_the_rounds_is_answered_with_what_was_decided(play: Play) -> None:
    spent = {"over_limit": False, "approved": False, "options": 3, "may_propose": False}
    case = resolved(play, look_at_decision=spent)
    case.send("options_chosen", choice=0)
    assert case.visited("answer.proposed", "answer.answered") == ["answer.answered"]


def test_no_choice_takes_the_recommended_option_when_it_costs_the_customer_nothing(play: Play) -> None:
    case = with_options(play)
    case.wait("P3D")
    assert [letter for letter in case.letters if "option" in letter or letter == "send_answer"] == [
        "offer_options", "options_reminder to customer", "options_default to customer", "send_answer",
    ]  # fmt: skip
    assert "answer.answered" in case.path


def test_no_choice_is_asked_by_phone_when_the_recommended_option_costs_the_customer_something(
    play: Play,
) -> None:
    case = with_options(play, take_recommended={"free_of_cost": False})
    case.wait("P3D")
    assert "caller to act: call" in case.waiting_for()
    case.act_on_duty("call", "done", choice=1)
    assert case.visited("answer.record_choice", "answer.answered") == [
        "answer.record_choice",
        "answer.answered",
    ]


def test_after_three_calls_a_day_apart_the_answer_goes_out_in_writing(play: Play) -> None:
    case = with_options(play, take_recommended={"free_of_cost": False})
    case.wait("P3D")
    for _ in range(2):
        case.act_on_duty("call", "done")
        assert "time to call the customer again" in case.waiting_for()
        assert case.clocks["resolve", 1].paused_since == case.now
        case.wait("P1D")
    assert case.clocks["resolve", 1].paused_since is None
    case.act_on_duty("call", "done")
    assert case.letters[-1] == "answer_unreached"
    assert "answer.answered_in_writing" in case.path
    assert "answer.record_choice" not in case.path


def test_a_lead_decides_again_without_a_new_offer_or_a_new_list(play: Play) -> None:
    case = play(
        "severe", look_at_decision={"over_limit": True, "approved": False, "options": 1, "may_propose": True}
    )
    case.do("confirm_offer", "confirm")
    case.do("lead_resolve", "resolve")
    case.act_on_duty("approve", "refuse")
    assert case.waiting_for() == [f"lead in {case.department()} to answer"]
    assert case.visited("severe.open_list") == ["severe.open_list"]
