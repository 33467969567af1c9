"""Withdrawn, void, merged, closed; and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.errors import CaseEnded, CaseNotFound, NotTheLead, NotWanted
from cases.requests.customer import AnswerSurvey, CustomerWrites, JudgeAnswer
from cases.requests.direction import End, Return
from complaints.acting import Actor
from complaints.errors import ReasonMissing
from store.tables import ClockRow
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")


def worked_on(file: File) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.wait(hours=3)
    return story


def surveyed(file: File) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    return story


def test_the_customer_withdraws_and_everything_asked_of_people_ends(file: File) -> None:
    story = worked_on(file)
    story.ask(End("withdrawn", OPS, "客户自行解决", by_customer=True))
    case = story.case
    assert (case.status, case.outcome, case.reason) == ("withdrawn", None, "withdrawn by customer")
    assert case.ended
    assert [item.status for item in story.items()] == ["cancelled"]
    assert story.told == ["acknowledgement"]
    for name in ("resolve", "promise"):
        assert story.state_of(name, 1 if name == "resolve" else "") == "cancelled"
    story.wait(days=10)
    assert story.told == ["acknowledgement"]


def test_a_withdrawal_by_staff_is_confirmed_and_undone_within_seven_days_in_the_same_cycle(
    file: File,
) -> None:
    story = worked_on(file)
    before: ClockRow = story.clock("resolve", 1)
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    assert story.told == ["acknowledgement", "withdrawal_confirmed"]
    story.wait(hours=6)
    story.ask(Return("undo", OPS, "客户否认撤诉"))
    case = story.case
    assert (case.status, case.cycle, case.ended, case.closed_at) == ("handling", 1, False, None)
    after = story.clock("resolve", 1)
    assert (after.started_at, after.due_at, after.round) == (before.started_at, before.due_at, 1)
    assert story.state_of("promise") == "running"
    assert story.open_item("resolve").assignee == case.owner, "whoever had it has it again"
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert (story.case.status, story.case.outcome) == ("closed", "accepted")
    assert story.promises == ["kept"]


def test_a_case_that_comes_back_to_its_reviewer_stays_in_review(file: File) -> None:
    story = file("medium")
    for cycle in (1, 2, 3):
        if story.takes("confirm", kind="resolve") or story.takes("confirm", kind="lead"):
            story.act("confirm", kind="lead" if story.case.tier == "severe" else "resolve")
        for item in story.items("collaborate"):
            if item.status not in ("done", "waived"):
                story.act("waive", item=item.id, by=story.case.owner, reason="直接答复", instead="现有资料")
        story.resolve(remedy="apology")
        if story.takes("approve"):
            story.act("approve")
        story.until_asked()
        story.score(2)
        story.wait(minutes=15)
        assert story.case.cycle == min(cycle + 1, 3)
    assert story.case.status == "reviewing"
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    story.ask(Return("undo", OPS, "客户否认撤诉"))
    assert story.case.status == "reviewing"
    assert story.takes("resolve", kind="review")


def test_a_withdrawn_complaint_whose_library_answer_was_declined_goes_back_to_its_specialist(
    file: File,
) -> None:
    story = file("light")
    story.ask(JudgeAnswer(accepted=False))
    handler = story.act("confirm").assignee
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    story.ask(Return("undo", OPS, "客户否认撤诉"))
    assert story.open_item("resolve").assignee == handler


def test_a_withdrawal_cannot_be_undone_after_seven_days(file: File) -> None:
    story = worked_on(file)
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    story.wait(days=7, seconds=1)
    with pytest.raises(NotWanted):
        story.ask(Return("undo", OPS, "太晚"))
    assert story.case.status == "withdrawn"


def test_what_was_granted_is_still_carried_out_after_a_withdrawal(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="refund", amount=12_900)
    story.ask(End("withdrawn", OPS, "客户满意，撤诉", by_customer=True))
    assert (story.case.status, story.case.ended) == ("withdrawn", False)
    assert story.case.waiting
    story.act("done", kind="fulfil")
    assert story.case.ended
    assert story.items("fulfil")[0].status == "done"
    story.wait(days=10)
    assert "survey" not in story.told


def test_a_withdrawal_undone_while_remedies_are_carried_out_loses_neither(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="refund", amount=12_900)
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    story.ask(Return("undo", OPS, "客户否认撤诉"))
    grant = story.items("fulfil")[0]
    assert grant.status == "confirmed"
    assert story.case.status == "fulfilling", "it goes on where it was"
    story.act("done", item=grant.id)
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert (story.case.status, story.case.outcome) == ("closed", "accepted")
    assert story.item(grant.id).status == "done"


def test_void_is_silent_and_reversible_and_adopts_the_clocks(file: File) -> None:
    story = file("medium")
    due = story.clock("resolve", 1).due_at
    story.ask(End("voided", OPS, "测试数据"))
    assert (story.case.status, story.case.reason, story.told) == ("void", "void", ["acknowledgement"])
    story.wait(hours=2)
    story.ask(Return("unvoid", OPS, "并非测试"))
    assert (story.case.status, story.case.cycle) == ("handling", 1)
    assert story.clock("resolve", 1).due_at == due
    assert story.open_item("confirm").status == "offered"


def test_a_severe_complaint_that_comes_back_takes_up_its_list_where_it_was(file: File) -> None:
    story = file("severe")
    story.act("confirm", kind="lead")
    first = next(item for item in story.items("collaborate") if item.row == "contain")
    story.act("confirm", item=first.id)
    story.act("done", item=first.id, text="已提供")
    listed = len(story.items("collaborate"))
    story.ask(End("voided", OPS, "误判为测试"))
    story.ask(Return("unvoid", OPS, "并非测试"))
    items = story.items("collaborate")
    assert len(items) == listed
    assert story.item(first.id).status == "done"
    assert {i.status for i in items if not i.depends_on and i.id != first.id} == {"offered"}
    assert not story.takes("resolve")


@pytest.mark.parametrize(
    ("how", "back"), [("withdrawn", "undo"), ("voided", "unvoid"), ("merged", "unmerge")]
)
def test_an_ended_complaint_is_never_surveyed(file: File, how: str, back: str) -> None:
    story = surveyed(file)
    story.ask(End(how, OPS, "结束", into=file("medium").ref if how == "merged" else None))
    assert story.case.ended
    assert story.survey.state == "void"
    with pytest.raises(CaseEnded):
        story.score(5)
    story.wait(days=8)
    told = story.told
    assert told.count("survey") == 1
    assert "survey_reminder" not in told
    assert "closing" not in told


@pytest.mark.parametrize("how", ["withdrawn", "voided", "merged"])
def test_ending_needs_a_reason_and_happens_once(file: File, how: str) -> None:
    story = file("medium")
    with pytest.raises(ReasonMissing):
        story.ask(End(how, OPS, " "))
    into = file("medium").ref if how == "merged" else None
    story.ask(End(how, OPS, "结束", into=into))
    with pytest.raises(CaseEnded):
        story.ask(End(how, OPS, "再次结束", into=into))


def test_a_lead_must_be_another_open_complaint_whoever_asks(file: File) -> None:
    story, other, third = file("medium"), file("unclear"), file("unclear")
    other.ask(End("merged", OPS, "同一订单", into=third.ref))
    third.ask(End("voided", OPS, "测试数据"))
    before = story.case.version
    for into in (None, story.ref, other.ref, third.ref):
        with pytest.raises(NotTheLead):
            story.ask(End("merged", OPS, "同一订单", into=into))
    for into in ("AM-2611-000000", "AM", "'; drop table cases"):
        with pytest.raises(CaseNotFound):
            story.ask(End("merged", OPS, "同一订单", into=into))
    assert (story.case.version, story.case.merged_into) == (before, None)


def test_a_merged_complaint_leads_to_the_other_and_returns_to_the_same_cycle(file: File) -> None:
    lead, story = file("medium"), file("medium")
    story.ask(End("merged", OPS, "同一订单", into=lead.ref))
    case = story.case
    assert (case.status, case.merged_into, case.reason) == ("merged", lead.ref, "merged")
    story.ask(Return("unmerge", OPS, "不是同一件事"))
    case = story.case
    assert (case.status, case.merged_into, case.cycle) == ("handling", None, 1)
    assert story.promises == ["open"]


def test_a_closed_complaint_is_reopened_as_the_next_cycle_with_clocks_of_its_own(file: File) -> None:
    story = surveyed(file)
    first = story.case.owner
    story.score(5)
    story.wait(minutes=15)
    story.wait(days=2)
    story.ask(Return("reopen", OPS, "问题再次出现"))
    case = story.case
    assert (case.status, case.cycle, case.outcome) == ("handling", 2, None)
    assert story.clock("resolve", 2).due_at == story.now + timedelta(hours=24)
    assert story.open_item("confirm").assignee != first
    assert story.state_of("first_contact") == "met"


def test_a_closed_complaint_is_not_reopened_after_thirty_days(file: File) -> None:
    story = surveyed(file)
    story.score(5)
    story.wait(days=31)
    with pytest.raises(NotWanted):
        story.ask(Return("reopen", OPS, "太晚"))


def test_a_message_after_the_end_is_kept_and_changes_nothing(file: File) -> None:
    story = worked_on(file)
    story.ask(End("withdrawn", OPS, "客户自行解决", by_customer=True))
    number = story.ask(CustomerWrites("谢谢你们", channel="app"))
    assert isinstance(number, int)
    assert story.case.status == "withdrawn"
    with pytest.raises(CaseEnded):
        story.ask(AnswerSurvey(cycle=1, score=5, leave=False, nonce="n"))


def test_a_score_given_just_before_a_withdrawal_stands_and_the_customer_is_asked_anew_after_its_undo(
    file: File,
) -> None:
    story = surveyed(file)
    story.score(2)
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    assert (story.survey.state, story.survey.score) == ("frozen", 2)
    story.ask(Return("undo", OPS, "客户否认撤诉"))
    assert story.case.status == "surveying", "it goes on where it was"
    assert story.state_of("resolve", 1) == "met"
    story.until_asked()
    assert story.score(5) == "answered"
    story.wait(minutes=15)
    assert (story.case.outcome, story.case.cycle) == ("accepted", 1)
    assert [line["score"] for line in story.history("scored")] == [2, 5]
