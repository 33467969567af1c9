"""Light: nobody acts, and the customer can always have a person."""

from __future__ import annotations

from tests.unit.definitions.conftest import Play


def test_an_accepted_answer_of_the_library_is_surveyed_and_closed(play: Play) -> None:
    case = play("light")
    assert case.letters == ["acknowledge", "send_library_answer"]
    assert case.waiting_for() == ["customer to accept the answer"]
    case.send("answer_accepted")
    case.wait("PT2H")
    case.send("survey_answered", key=1, score=5, leave=False)
    case.wait("PT15M")
    assert case.end == "closed"
    assert case.letters == [
        "acknowledge",
        "send_library_answer",
        "send_survey",
        "closing to customer",
        "invite_nps",
    ]
    assert case.statuses == ["received", "handling", "handling", "fulfilling", "surveying", "closed"]
    assert not [entered for entered in case.path if entered.startswith(("medium.", "duty."))]


def test_silence_for_two_hours_counts_as_settled(play: Play) -> None:
    case = play("light")
    case.wait("PT2H")
    assert case.visited("light.answered", "callback.begun") == ["light.answered", "callback.begun"]


def test_a_declined_answer_makes_it_medium_with_the_resolve_clock_running_again(play: Play) -> None:
    case = play("light")
    assert not case.clocks["resolve", 1].is_open
    case.send("answer_declined")
    assert case.visited("complaint.lifted_to_medium", "complaint.record_tier", "medium.begun") == [
        "complaint.lifted_to_medium", "complaint.record_tier", "medium.begun",
    ]  # fmt: skip
    assert case.clocks["resolve", 1].is_open
    assert case.waiting_for() == [f"{case.department()} to confirm"]


def test_no_confident_solution_makes_it_medium_at_once(play: Play) -> None:
    case = play("light", draft_answer={"found": True, "confidence": 40, "solution": "coupon_resend"})
    assert case.letters == ["acknowledge", "offer to handler"]
    assert case.waiting_for() == [f"{case.department()} to confirm"]
