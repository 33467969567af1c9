"""Options: the customer chooses, proposes, or says nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.errors import NotWanted
from cases.requests.customer import ChooseOption
from cases.requests.work import ProposedOption
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

FREE = (
    ProposedOption("全额退款", "refund", 12_900, recommended=True),
    ProposedOption("换货并送券", "coupon", 3_000),
)
COSTLY = (
    ProposedOption("寄回检测后退款", "refund", 12_900, recommended=True, costs_customer=True),
    ProposedOption("折价保留", "compensation", 5_000),
)


def offered(file: File, options: tuple[ProposedOption, ...] = FREE) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.wait(hours=1)
    story.resolve(options=options)
    assert story.case.status == "waiting_customer"
    return story


def end_well(story: Complaint) -> None:
    story.act("done", kind="fulfil")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert (story.case.status, story.case.outcome) == ("closed", "accepted")


def test_the_customer_chooses_and_what_they_chose_is_granted(file: File) -> None:
    story = offered(file)
    assert story.state_of("resolve", 1) == "paused"
    story.wait(hours=6)
    story.ask(ChooseOption(2))
    granted = story.items("fulfil")[0]
    assert (granted.remedy, granted.amount) == ("coupon", 3_000)
    assert story.state_of("resolve", 1) == "met"
    end_well(story)
    assert story.told == ["acknowledgement", "options", "answer", "fulfilled", "survey", "closing"]


def test_a_choice_outside_the_list_or_a_second_one_is_refused(file: File) -> None:
    story = offered(file)
    for wrong in (ChooseOption(3), ChooseOption(0)):
        with pytest.raises(NotWanted):
            story.ask(wrong)
    story.ask(ChooseOption(1))
    with pytest.raises(NotWanted):
        story.ask(ChooseOption(2))


def test_a_proposal_of_the_customers_own_brings_it_back_to_the_specialist(file: File) -> None:
    story = offered(file)
    story.ask(ChooseOption(0, proposal="退一半，东西我留着"))
    assert story.case.status == "handling"
    story.resolve(remedy="refund", amount=6_000)
    assert [item.amount for item in story.items("fulfil")] == [6_000]
    end_well(story)


def test_a_cycle_has_two_rounds_of_proposals_and_then_only_the_choice(file: File) -> None:
    story = offered(file)
    assert "也可以提出自己的想法" in story.letters("options")[0].body
    for proposal in ("退一半，东西我留着", "全退，再送一张券"):
        story.ask(ChooseOption(0, proposal=proposal))
        story.wait(hours=1)
        story.resolve(options=FREE)
    assert "也可以提出自己的想法" not in story.letters("options")[2].body
    with pytest.raises(NotWanted, match="no more proposals"):
        story.ask(ChooseOption(0, proposal="再加一百"))
    assert story.case.status == "waiting_customer"
    story.ask(ChooseOption(1))
    end_well(story)


def test_a_proposal_by_phone_is_one_of_the_two(file: File) -> None:
    story = offered(file, COSTLY)
    story.ask(ChooseOption(0, proposal="上门取件"))
    story.wait(hours=1)
    story.resolve(options=COSTLY)
    story.wait(hours=1)
    story.house.clock.now = story.clock("choose", 1).due_at or story.now
    story.wait(seconds=0)
    for wrong in (3, 0):
        with pytest.raises(NotWanted):
            story.act("done", kind="call", choice=wrong)
    story.act("done", kind="call", choice=0, text="希望到店退货")
    assert story.case.status == "handling"
    story.resolve(options=FREE)
    with pytest.raises(NotWanted, match="no more proposals"):
        story.ask(ChooseOption(0, proposal="再加一百"))


def test_no_choice_brings_a_reminder_after_a_day_and_the_recommended_option_after_three_working_days(
    file: File,
) -> None:
    story = offered(file)
    begun = story.now
    story.wait(hours=24)
    assert story.told == ["acknowledgement", "options", "options_reminder"]
    due = story.clock("choose", 1).due_at
    assert due is not None
    assert due >= begun + timedelta(days=3)
    story.house.clock.now = due
    story.wait(seconds=0)
    granted = story.items("fulfil")[0]
    assert (granted.remedy, granted.amount) == ("refund", 12_900)
    end_well(story)
    assert story.told == [
        "acknowledgement", "options", "options_reminder", "options_default", "answer", "fulfilled", "survey",
        "closing",
    ]  # fmt: skip


def test_no_choice_where_the_recommended_option_costs_the_customer_something_brings_a_call(
    file: File,
) -> None:
    story = offered(file, COSTLY)
    story.wait(hours=1)
    due = story.clock("choose", 1).due_at
    assert due is not None
    story.house.clock.now = due
    story.wait(seconds=0)
    call = story.open_item("done", kind="call")
    assert call.duty == "caller"
    assert story.items("fulfil") == []
    story.act("done", kind="call", choice=2, text="客户选择折价保留")
    assert [item.amount for item in story.items("fulfil")] == [5_000]
    end_well(story)
    assert "options_default" not in story.told


def test_whoever_is_not_reached_in_three_calls_in_three_days_is_answered_in_writing_and_closed(
    file: File,
) -> None:
    story = offered(file, COSTLY)
    story.house.clock.now = story.clock("choose", 1).due_at or story.now
    story.wait(seconds=0)
    begun = story.now
    for _ in range(2):
        story.act("done", kind="call", text="无人接听")
        assert (story.case.waiting, story.state_of("resolve", 1)) == (
            ["time to call the customer again"], "paused",
        )  # fmt: skip
        story.wait(days=1)
    assert story.now - begun == timedelta(days=2)
    story.act("done", kind="call")
    case = story.case
    assert (case.status, case.outcome, case.reason) == ("closed", "unanswered", "customer not reached")
    assert story.items("fulfil") == [], "nothing is granted that they did not choose"
    answer = story.letters("answer")[0]
    assert COSTLY[0].text in answer.body
    assert story.told == ["acknowledgement", "options", "options_reminder", "answer_unreached", "closing"]
    assert (story.survey.state, story.survey.sent_at) == ("expired", None)


def test_a_third_call_that_reaches_the_customer_takes_their_choice(file: File) -> None:
    story = offered(file, COSTLY)
    story.house.clock.now = story.clock("choose", 1).due_at or story.now
    story.wait(seconds=0)
    for _ in range(2):
        story.act("done", kind="call")
        story.wait(days=1)
    story.act("done", kind="call", choice=1)
    end_well(story)
