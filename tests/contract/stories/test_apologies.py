"""Apologies: their level and their speaker are those of the table, not of whoever happens to write."""

from __future__ import annotations

import pytest

from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File


def named(story: Complaint, person: str | None) -> str:
    return story.house.casework.books.organisation.person(str(person)).name


def executive(story: Complaint) -> str:
    with story.house.casework.reading(story.ref) as file:
        holder = file.holder("executive")
    assert holder is not None
    return holder.id


def scored(file: File, score: int) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(score)
    story.wait(minutes=15)
    return story


def test_in_the_first_cycle_whoever_handled_it_says_sorry_in_the_answer(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    assert f"我是{named(story, story.case.owner)}，向您道歉" in story.letters("answer")[0].body
    assert story.history("apologised") == [{"level": 1, "by": story.case.owner}]


@pytest.mark.parametrize(("score", "level"), [(3, 2), (1, 3)])
def test_after_a_low_score_the_head_apologises_and_for_a_severe_case_the_executive(
    file: File, score: int, level: int
) -> None:
    story = scored(file, score)
    speaker, whole = (story.head, "售后部") if level == 2 else (executive(story), "公司")
    assert story.history("apologised")[-1] == {"level": level, "by": speaker}
    assert f"我是{named(story, speaker)}，代表{whole}向您郑重道歉" in story.letters("apology")[0].body


@pytest.mark.parametrize(("loss", "level"), [(100_000, 2), (500_000, 3)])
def test_a_great_loss_raises_the_apology(file: File, loss: int, level: int) -> None:
    story = file("severe", amount=loss)
    story.act("confirm", kind="lead")
    for item in story.items("collaborate"):
        story.act("waive", item=item.id, by=story.case.owner, reason="直接答复", instead="现有资料")
    story.resolve(remedy="apology")
    speaker = story.head if level == 2 else executive(story)
    assert story.history("apologised") == [{"level": level, "by": speaker}]


def test_another_remedy_carries_no_apology(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="refund", amount=6_000)
    assert story.history("apologised") == []
    assert "道歉：" not in story.letters("answer")[0].body
