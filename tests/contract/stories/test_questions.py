"""Questions to the customer: the time to resolve stands still, and only the thing asked for sets it going again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.errors import NotWanted
from cases.requests.asking import AnswerQuestion
from cases.requests.customer import CustomerWrites
from cases.requests.direction import Regrade
from complaints.acting import Actor
from complaints.errors import Refusal
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
ASKED = {"thing": "外包装照片", "text": "请拍下外包装的破损处"}


def main(story: Complaint) -> int:
    found = [i for i in story.items() if i.kind in ("resolve", "lead")][-1].id
    assert found is not None
    return found


def asked(file: File, tier: str = "medium") -> Complaint:
    story = file(tier)
    story.act("confirm", kind="lead" if tier == "severe" else None)
    story.wait(hours=2)
    story.act("ask", item=main(story), **ASKED)
    return story


def answer(story: Complaint, key: str = "a-1") -> object:
    return story.ask(AnswerQuestion("照片已上传", "tracking_page", key=key))


def test_the_time_to_resolve_stands_still_until_what_was_asked_for_comes(file: File) -> None:
    story = asked(file)
    due = story.case.received_at + timedelta(hours=24)
    assert (story.case.status, story.state_of("resolve", 1)) == ("waiting_customer", "paused")
    assert story.case.waiting[0].startswith("after-sales to resolve")
    assert "customer to send what was asked for" in story.case.waiting
    assert story.state_of("promise") == "running", "a promise never pauses"
    question = story.letters("question")[0]
    assert "外包装照片" in question.body
    story.wait(hours=5)
    answer(story)
    assert (story.case.status, story.state_of("resolve", 1)) == ("handling", "running")
    assert story.clock("resolve", 1).due_at == due + timedelta(hours=5)
    assert "question_answered" in [letter.kind for letter in story.letters(to=story.case.owner)]
    with pytest.raises(NotWanted):
        answer(story, "a-2")
    story.resolve(remedy="apology")
    assert story.state_of("resolve", 1) == "met"


def test_the_clocks_of_contributions_stand_still_with_it_one_that_begins_meanwhile_too(file: File) -> None:
    story = file("severe")
    story.act("confirm", kind="lead")
    first, second, *_ = (i.id for i in story.items("collaborate") if "confirm" in i.actions)
    story.act("confirm", item=first)
    story.wait(minutes=50)
    due = story.clock("deliver", first).due_at
    assert due is not None
    story.act("ask", item=main(story), **ASKED)
    story.act("confirm", item=second)
    assert [story.state_of("deliver", item) for item in (first, second)] == ["paused", "paused"]
    assert story.item(first).due_at is None
    begun = story.now
    story.wait(hours=60)
    assert [story.clock("deliver", item).fired for item in (first, second)] == [[], []]
    answer(story)
    assert [story.state_of("deliver", item) for item in (first, second)] == ["running", "running"]
    assert story.clock("deliver", first).due_at == story.item(first).due_at == due + timedelta(hours=60)
    fresh = story.clock("deliver", second)
    assert fresh.started_at == begun
    assert story.now < (fresh.due_at or begun)


def test_another_message_does_not_set_it_going_again(file: File) -> None:
    story = asked(file)
    story.ask(CustomerWrites("你们到底什么时候处理？", channel="app"))
    assert (story.case.status, story.state_of("resolve", 1)) == ("waiting_customer", "paused")
    story.act("note", item=main(story), text="客户来电口述了破损情况", reason="answered")
    assert (story.case.status, story.state_of("resolve", 1)) == ("handling", "running")


def test_silence_is_reminded_once_and_after_72_hours_the_work_goes_on_without(file: File) -> None:
    story = asked(file)
    begun = story.now
    story.wait(hours=36)
    assert story.told.count("question_reminder") == 1
    story.wait(hours=36)
    assert (story.case.status, story.state_of("resolve", 1)) == ("handling", "running")
    assert story.clock("resolve", 1).due_at == begun + timedelta(hours=72 + 22)
    assert "question_expired" in [letter.kind for letter in story.letters(to=story.case.owner)]
    with pytest.raises(NotWanted, match="used up"):
        story.act("ask", item=main(story), **ASKED)
    story.resolve(remedy="apology")
    assert story.state_of("resolve", 1) == "met"


def test_a_second_question_needs_the_supervisor_and_has_what_the_first_left_of_the_time(file: File) -> None:
    story = asked(file)
    with pytest.raises(NotWanted):
        story.act("ask", item=main(story), **ASKED)
    story.wait(hours=50)
    answer(story)
    story.act("ask", item=main(story), thing="订单截图", text="请发订单页截图")
    assert story.told.count("question") == 1
    assert story.state_of("resolve", 1) == "running"
    agreeing = story.open_item("approve", kind="question")
    assert agreeing.duty == "supervisor"
    story.act("approve", kind="question")
    assert story.told.count("question") == 2
    story.wait(hours=21, minutes=59)
    assert story.state_of("resolve", 1) == "paused"
    story.wait(minutes=1)
    assert story.state_of("resolve", 1) == "running"


def test_a_refused_second_question_is_not_asked(file: File) -> None:
    story = asked(file)
    answer(story)
    story.act("ask", item=main(story), thing="订单截图", text="请发订单页截图")
    story.act("refuse", kind="question", reason="订单系统里有")
    assert story.told.count("question") == 1
    assert "question_refused" in [letter.kind for letter in story.letters(to=story.case.owner)]


@pytest.mark.parametrize("tier", ["medium", "severe"])
def test_whoever_answers_without_it_ends_the_waiting(file: File, tier: str) -> None:
    story = asked(file, tier)
    if tier == "severe":
        for item in story.items("collaborate"):
            story.act("waive", item=item.id, by=story.case.owner, reason="直接答复", instead="现有资料")
    story.resolve(remedy="apology")
    assert story.case.status == "surveying"
    assert story.state_of("resolve", 1) == "met"
    with pytest.raises(Refusal):
        answer(story)
    story.wait(days=2)
    assert "question_reminder" not in story.told


def test_another_tier_ends_the_waiting_too(file: File) -> None:
    story = asked(file)
    story.wait(hours=3)
    story.ask(Regrade(OPS, "涉及人身安全", {"tier": "severe"}))
    assert (story.case.status, story.state_of("resolve", 1)) == ("handling", "running")
    assert story.clock("question", 1).stopped_at == story.now


def test_only_who_has_the_work_asks_and_names_the_thing(file: File) -> None:
    story = file("medium")
    with pytest.raises(NotWanted):
        story.act("ask", item=main(story), **ASKED)
    story.act("confirm")
    with pytest.raises(Refusal):
        story.act("ask", item=main(story), thing="照片", text=" ")
