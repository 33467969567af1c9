"""Light: an answer from the library, and a person as soon as the customer wants one."""

from __future__ import annotations

from cases.requests.customer import JudgeAnswer
from cases.requests.direction import End, Return
from complaints.acting import Actor
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")


def test_a_light_answer_is_accepted_and_the_case_closes_with_a_score(file: File) -> None:
    story = file("light")
    assert story.told == ["acknowledgement", "answer"]
    assert story.items() == []
    assert story.promises == ["kept"]
    story.ask(JudgeAnswer(accepted=True))
    story.until_asked()
    assert story.score(5) == "answered"
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.reason) == ("closed", "accepted", "score 5")
    assert story.told == ["acknowledgement", "answer", "survey", "closing"]
    for clock in ("acknowledge", "dispatch", "first_contact", "promise"):
        assert story.state_of(clock) == "met"
    assert story.state_of("resolve", 1) == "met"
    assert story.letters(to=case.owner) == []


def test_a_declined_light_answer_goes_to_a_person(file: File) -> None:
    story = file("light")
    story.ask(JudgeAnswer(accepted=False))
    assert story.case.tier == "medium"
    confirmed = story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.cycle) == ("closed", "accepted", 1)
    assert case.owner == confirmed.assignee
    assert story.told == ["acknowledgement", "answer", "answer", "survey", "closing"]
    assert story.promises == ["kept"]


def test_a_light_complaint_that_comes_back_is_not_sent_the_same_answer_again(file: File) -> None:
    story = file("light")
    story.ask(End("voided", OPS, "误判为测试"))
    story.ask(Return("unvoid", OPS, "并非测试"))
    assert story.told == ["acknowledgement", "answer"]
    story.ask(JudgeAnswer(accepted=True))
    story.until_asked()
    story.score(4)
    story.wait(minutes=15)
    assert story.case.outcome == "accepted"
