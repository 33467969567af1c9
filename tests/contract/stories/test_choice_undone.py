"""A case that ended while its customer was choosing, and came back: it goes on with that choice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.requests.customer import ChooseOption
from cases.requests.direction import End, Regrade, Return
from cases.requests.work import ProposedOption
from complaints.acting import Actor
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
OPTIONS = (
    ProposedOption("寄回检测后退款", "refund", 12_900, recommended=True, costs_customer=True),
    ProposedOption("折价保留", "compensation", 5_000),
)


def choosing(file: File, tier: str = "medium") -> Complaint:
    story = file(tier)
    story.act("confirm", kind="lead" if tier == "severe" else None)
    for item in story.items("collaborate"):
        story.act("waive", item=item.id, by=story.case.owner, reason="直接答复", instead="现有资料")
    story.wait(hours=1)
    story.resolve(options=OPTIONS)
    assert story.case.status == "waiting_customer"
    return story


def there_and_back(story: Complaint) -> None:
    story.ask(End("withdrawn", OPS, "客户电话撤诉"))
    story.wait(hours=5)
    story.ask(Return("undo", OPS, "客户否认撤诉"))


@pytest.mark.parametrize("tier", ["medium", "severe"])
def test_it_goes_on_with_that_choice_with_its_person_and_all_the_time_to_choose(
    file: File, tier: str
) -> None:
    story = choosing(file, tier)
    owner, listed = story.case.owner, len(story.items("collaborate"))
    there_and_back(story)
    case = story.case
    assert (case.status, case.owner, case.waiting) == ("waiting_customer", owner, ["customer to choose"])
    assert (story.told.count("options"), story.state_of("resolve", 1)) == (2, "paused")
    assert (story.clock("choose", 1).due_at or story.now) >= story.now + timedelta(days=3)
    assert len(story.items("collaborate")) == listed, "the list is not opened again"
    story.ask(ChooseOption(2))
    assert [item.amount for item in story.items("fulfil")] == [5_000]
    main = [item for item in story.items() if item.kind in ("resolve", "lead")]
    assert [item.status for item in main] == ["cancelled", "done"]
    story.act("done", kind="fulfil")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert (story.case.status, story.case.outcome) == ("closed", "accepted")


def test_a_customer_who_was_being_called_for_their_choice_may_choose_again(file: File) -> None:
    story = choosing(file)
    story.house.clock.now = story.clock("choose", 1).due_at or story.now
    story.wait(seconds=0)
    story.act("done", kind="call")
    there_and_back(story)
    assert story.case.waiting == ["customer to choose"]


def test_what_a_second_person_approved_is_not_approved_again(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(
        options=(ProposedOption("全额赔付", "compensation", 9_000_000, recommended=True), OPTIONS[1])
    )
    story.act("approve")
    there_and_back(story)
    assert story.case.waiting == ["customer to choose"]
    story.ask(ChooseOption(1))
    assert [item.amount for item in story.items("fulfil")] == [9_000_000]


def test_after_a_proposal_it_goes_back_to_whoever_decides(file: File) -> None:
    story = choosing(file)
    story.ask(ChooseOption(0, proposal="上门取件"))
    there_and_back(story)
    assert (story.case.status, story.told.count("options")) == ("handling", 1)
    assert story.takes("resolve")


def test_a_proposal_after_the_return_goes_back_to_the_same_person(file: File) -> None:
    story = choosing(file)
    owner = story.case.owner
    there_and_back(story)
    story.ask(ChooseOption(0, proposal="上门取件"))
    assert story.open_item("resolve").assignee == owner


def test_a_choice_that_a_new_grade_ended_does_not_come_back(file: File) -> None:
    story = choosing(file)
    story.ask(Regrade(OPS, "涉及人身安全", {"tier": "severe"}))
    assert story.clock("choose", 1).stopped_at == story.now
    there_and_back(story)
    assert (story.case.status, story.told.count("options")) == ("handling", 1)
