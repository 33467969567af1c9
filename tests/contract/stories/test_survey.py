"""The callback: asked, reminded, expired, corrected, left as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.errors import CaseEnded, NotWanted
from cases.opening import Complainant
from cases.requests.customer import AnswerNps, AnswerSurvey
from cases.requests.direction import Return
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from complaints.survey import NotAScore
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")


def asked(file: File) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    return story


def test_no_answer_is_reminded_on_day_three_and_closed_unanswered_on_day_seven(file: File) -> None:
    story = asked(file)
    story.wait(days=3)
    assert story.told == ["acknowledgement", "answer", "survey", "survey_reminder"]
    story.wait(days=4)
    case = story.case
    assert (case.status, case.outcome, story.survey.state) == ("closed", "unanswered", "expired")
    assert story.told == ["acknowledgement", "answer", "survey", "survey_reminder", "closing"]
    with pytest.raises(CaseEnded):
        story.score(5)


def test_three_corrected_to_four_within_the_quarter_hour_counts_as_four(file: File) -> None:
    story = asked(file)
    assert story.score(3) == "answered"
    story.wait(minutes=14)
    assert story.score(4) == "corrected"
    survey = story.survey
    assert (survey.first_score, survey.score, survey.corrected, survey.state) == (3, 4, True, "frozen")
    assert (story.case.status, story.case.outcome, story.case.cycle) == ("closed", "accepted", 1)
    assert "apology" not in story.told


def test_a_score_is_corrected_once_only(file: File) -> None:
    story = asked(file)
    story.score(3)
    story.score(2)
    with pytest.raises((NotWanted, CaseEnded)):
        story.score(5)
    assert story.survey.score == 2


def test_after_the_quarter_hour_the_score_stands(file: File) -> None:
    story = asked(file)
    story.score(3, leave=True)
    story.wait(minutes=15)
    with pytest.raises(CaseEnded):
        story.score(5)
    assert story.survey.score == 3


def test_three_and_leave_it_closes_as_accepted_low(file: File) -> None:
    story = asked(file)
    story.score(3, leave=True)
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.cycle) == ("closed", "accepted_low", 1)
    assert "apology" not in story.told
    assert story.told[-1] == "closing"


def test_a_replayed_answer_counts_once(file: File) -> None:
    story = asked(file)
    assert story.score(5, nonce="once") == "answered"
    assert story.score(1, nonce="once") == "repeated"
    assert story.survey.score == 5
    story.wait(minutes=15)
    assert story.score(1, nonce="once") == "repeated"
    assert story.case.outcome == "accepted"


@pytest.mark.parametrize("score", [0, 6, 4.5, "five", True, None])
def test_what_is_no_score_is_refused_and_changes_nothing(file: File, score: object) -> None:
    story = asked(file)
    before = story.case.history_count
    with pytest.raises(NotAScore):
        story.ask(AnswerSurvey(cycle=1, score=score, leave=False, nonce="bad"))
    assert story.case.history_count == before


def test_the_survey_of_an_earlier_cycle_cannot_answer_the_present_one(file: File) -> None:
    story = asked(file)
    story.score(2)
    story.wait(minutes=15)
    assert story.case.cycle == 2
    with pytest.raises(NotWanted):
        story.ask(AnswerSurvey(cycle=1, score=5, leave=False, nonce="late"))


def test_five_days_after_closing_the_customer_is_asked_once_whether_they_would_recommend(file: File) -> None:
    story = asked(file)
    story.score(5)
    story.wait(minutes=15)
    closed = story.now
    assert story.case.status == "closed"
    invitation = story.letters("nps")[0]
    assert timedelta(days=5) <= invitation.send_at - closed <= timedelta(days=7)
    with pytest.raises(NotWanted):
        story.ask(AnswerNps(9, choose_again=True, nonce="early"))
    story.wait(days=6)
    assert story.ask(AnswerNps("9", choose_again=True, nonce="n-1")) == "answered"
    assert story.ask(AnswerNps("9", choose_again=True, nonce="n-1")) == "repeated"
    with pytest.raises(NotWanted):
        story.ask(AnswerNps("0", choose_again=False, nonce="n-2"))
    survey = story.survey
    assert (survey.nps, survey.choose_again, survey.score) == (9, True, 5)
    assert story.case.status == "closed"
    story.ask(Return("reopen", OPS, "问题再次出现"))
    story.act("confirm")
    story.resolve(remedy="apology")
    story.act("approve")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert len(story.letters("nps")) == 1, "once a case"


def test_a_complaint_reopened_before_the_day_is_asked_after_its_new_end(file: File) -> None:
    story = asked(file)
    story.score(5)
    story.wait(days=1)
    story.ask(Return("reopen", OPS, "问题再次出现"))
    assert [letter.state for letter in story.letters("nps")] == ["dropped"]
    story.act("confirm")
    story.resolve(remedy="apology")
    story.act("approve")
    story.until_asked()
    story.score(4)
    story.wait(minutes=15)
    assert [letter.state for letter in story.letters("nps")] == ["dropped", "waiting"]


@pytest.mark.parametrize("answer", [11, -1, "ten", None])
def test_a_recommendation_is_a_whole_number_from_0_to_10(file: File, answer: object) -> None:
    story = asked(file)
    story.score(5)
    story.wait(days=6)
    with pytest.raises(NotAScore):
        story.ask(AnswerNps(answer, choose_again=True, nonce="n"))


def test_a_customer_without_any_way_back_is_called_by_somebody_without_a_part(file: File) -> None:
    story = file("medium", channel="hotline", customer=Complainant(id="c-9", name="王芳"))
    story.act("confirm")
    story.resolve(remedy="apology")
    story.wait(hours=3)
    call = story.open_item("done", kind="ask_score")
    assert "survey" not in story.told
    assert call.id is not None
    assert call.assignee != story.case.owner
    with pytest.raises(NotWanted):
        story.ask(ActOnItem(call.id, "done", Actor(str(story.case.owner), "ops"), score=5))
    story.act("done", kind="ask_score", score=4, text="客户满意")
    assert (story.case.status, story.case.outcome, story.survey.score) == ("closed", "accepted", 4)


def test_whoever_is_not_reached_by_phone_is_called_a_second_time_a_day_later(file: File) -> None:
    story = file("medium", channel="hotline", customer=Complainant(id="c-9", name="王芳"))
    story.act("confirm")
    story.resolve(remedy="apology")
    story.wait(hours=3)
    first = story.act("done", kind="ask_score", text="无人接听")
    assert story.case.waiting == ["time to call the customer again"]
    story.wait(hours=23)
    assert not story.takes("done")
    story.wait(hours=1)
    assert story.open_item("done", kind="ask_score").id != first.id
    story.act("done", kind="ask_score")
    case = story.case
    assert (case.status, case.outcome, case.reason) == ("closed", "unanswered", "customer not reached")
    assert story.survey.state == "expired"


def test_a_second_call_takes_the_score(file: File) -> None:
    story = file("medium", channel="hotline", customer=Complainant(id="c-9", name="王芳"))
    story.act("confirm")
    story.resolve(remedy="apology")
    story.wait(hours=3)
    story.act("done", kind="ask_score")
    story.wait(days=1)
    story.act("done", kind="ask_score", score=4)
    assert (story.case.status, story.case.outcome, story.survey.score) == ("closed", "accepted", 4)
