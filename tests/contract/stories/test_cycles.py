"""Low scores: the next cycle by table and by other people, and the reviewer after the third."""

from __future__ import annotations

import pytest

from complaints.errors import EarlierCycle, Refusal
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File


def scored(file: File, score: int = 3) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(score)
    story.wait(minutes=15)
    return story


def work_through(story: Complaint, score: int) -> None:
    """One cycle of whatever tier, to its score."""
    story.act("confirm", kind="lead" if story.case.tier == "severe" else "resolve")
    while not story.takes("resolve"):
        item = next(i for i in story.items("collaborate") if i.actions)
        story.act(str(item.actions[0]), item=item.id)
    story.resolve(remedy="apology")
    if story.takes("approve"):
        story.act("approve")
    story.until_asked()
    story.score(score)
    story.wait(minutes=15)


def test_three_brings_an_apology_and_a_second_cycle_by_somebody_without_part_under_the_supervisor(
    file: File,
) -> None:
    story = scored(file)
    first = story.items("resolve")[0].assignee
    case = story.case
    assert (case.status, case.cycle, case.tier) == ("handling", 2, "medium")
    assert story.told[-1] == "apology"
    assert [letter.kind for letter in story.letters(to=story.head)] == ["low_score"]
    second = story.act("confirm").assignee
    assert second != first
    assert story.state_of("resolve", 2) == "running"
    story.resolve(remedy="apology")
    approval = story.open_item("approve")
    assert approval.duty == "supervisor"
    assert approval.assignee not in {first, second}
    story.act("approve")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.cycle, case.owner) == ("closed", "accepted", 2, second)
    assert story.told == [
        "acknowledgement", "answer", "survey", "apology", "answer", "survey", "closing",
    ]  # fmt: skip
    assert [story.state_of("resolve", cycle) for cycle in (1, 2)] == ["met", "met"]


@pytest.mark.parametrize(("score", "tier"), [(3, "medium"), (2, "medium"), (1, "severe")])
def test_the_tier_of_the_second_cycle_is_what_the_table_says(file: File, score: int, tier: str) -> None:
    assert scored(file, score).case.tier == tier


def test_who_had_a_part_in_an_earlier_cycle_can_neither_be_given_nor_take_over_the_next(file: File) -> None:
    story = scored(file)
    first = story.items("resolve")[0].assignee
    story.act("decline", reason="忙")
    story.act("decline", reason="忙")
    with pytest.raises(EarlierCycle):
        story.act("assign", handler=first)
    assert story.takes("assign")


def test_an_approver_of_the_second_cycle_does_not_approve_in_the_third(file: File) -> None:
    story = scored(file)
    work_through(story, 3)
    assert (story.case.cycle, story.case.tier) == (3, "severe")
    hands = {item.assignee for item in story.items() if item.kind in ("resolve", "approve")}
    assert story.open_item("confirm").assignee not in hands
    story.act("confirm", kind="lead")
    while not story.takes("resolve"):
        item = next(i for i in story.items("collaborate") if i.actions)
        story.act(str(item.actions[0]), item=item.id)
    story.resolve(remedy="compensation", amount=900_000)
    approval = story.open_item("approve")
    assert approval.assignee not in hands
    story.act("approve")
    assert story.items("fulfil")[-1].amount == 900_000


def test_after_the_third_cycle_a_reviewer_without_part_answers_finally(file: File) -> None:
    story = scored(file)
    work_through(story, 3)
    work_through(story, 2)
    case = story.case
    assert (case.status, case.cycle) == ("reviewing", 3)
    review = story.open_item("resolve", kind="review")
    assert review.duty == "reviewer"
    assert review.assignee not in {
        i.assignee for i in story.items() if i.kind in ("resolve", "lead", "approve")
    }
    with pytest.raises(Refusal):
        story.act("resolve", kind="review", solution=" ")
    story.act("resolve", kind="review", solution="复核：维持原处理，外部途径 12315", decision="partly")
    case = story.case
    assert (case.status, case.outcome, case.decision) == ("closed", "final", "partly")
    assert story.told[-1] == "final_answer"
    assert story.told.count("apology") == 2
    assert len(story.letters("survey")) == 3
    assert story.survey.cycle == 3
