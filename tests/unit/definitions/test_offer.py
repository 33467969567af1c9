"""An offer: confirmed within the hour, or passed on, and in the end assigned bindingly."""

from __future__ import annotations

from bpmn.effects import Ready
from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Answer, Case


def test_half_an_hour_reminds_and_a_late_person_loses_the_offer_to_the_next(play: Play) -> None:
    case = play()
    case.wait("PT1H")
    assert case.letters == [
        "acknowledge", "offer to handler", "offer_reminder to handler", "offer_expired to head", "offer to handler",
    ]  # fmt: skip
    assert case.people == 2
    assert case.visited("offer.take_back") == ["offer.take_back"]


def test_the_next_person_has_an_hour_of_their_own(play: Play) -> None:
    case = play()
    case.wait("PT1H")
    case.wait("PT59M")
    case.do("confirm_offer", "confirm")
    assert case.waiting_for() == [f"{case.department()} to resolve"]


def test_two_declines_bring_the_coordinator_who_assigns_bindingly(play: Play) -> None:
    case = play()
    case.do("confirm_offer", "decline")
    case.do("confirm_offer", "decline")
    assert case.waiting_for() == ["coordinator to act: assign"]
    case.act_on_duty("assign", "assign", handler="ma")
    assert case.letters[-1] == "offer_assigned to handler"
    assert case.waiting_for() == [f"{case.department()} to resolve"]


def test_a_decline_and_an_expiry_together_are_two(play: Play) -> None:
    case = play()
    case.wait("PT1H")
    case.do("confirm_offer", "decline")
    assert case.waiting_for() == ["coordinator to act: assign"]


def test_an_empty_pool_alerts_at_once_and_goes_to_the_coordinator(play: Play) -> None:
    case = play(choose_handler={"found": False, "handler": None})
    assert case.letters == ["acknowledge", "empty_pool to head"]
    assert case.waiting_for() == ["coordinator to act: assign"]


def test_a_coordinator_who_does_not_act_is_followed_by_the_next_duty(play: Play) -> None:
    case = play(choose_handler={"found": False, "handler": None})
    case.wait("PT2H")
    assert case.visited("duty.escalate") == ["duty.escalate"]
    assert case.waiting_for() == ["supervisor to act: assign"]


def test_a_decline_is_judged_by_the_coordinator_beside_the_work_once_somebody_has_it(play: Play) -> None:
    def raised(case: Case, task: Ready) -> Answer:
        case.raise_message("declined", item=task.inputs["item"])
        return {}

    case = play(have_judged=raised)
    case.do("confirm_offer", "decline")
    assert not case.visited("offer.have_judged"), "not before somebody has it"
    case.do("confirm_offer", "confirm")
    waiting = sorted(case.waiting_for())
    assert waiting == sorted([f"{case.department()} to resolve", "coordinator to act: judge"])
    case.do("resolve", "resolve")
    case.act_on_duty("judge", "done")
    assert case.visited("complaint.decline_judged") == ["complaint.decline_judged"]


def test_what_nobody_declined_is_judged_by_nobody(play: Play) -> None:
    case = play()
    case.do("confirm_offer", "confirm")
    assert not case.visited("offer.have_judged")
