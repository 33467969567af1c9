"""Mass matters: many complaints of one cause follow one, keep what is theirs, and are answered together."""

from __future__ import annotations

from itertools import count

import pytest

from cases.errors import CaseEnded, CaseNotFound, NotWanted
from cases.opening import Complainant
from cases.requests.direction import End, Return
from cases.requests.following import Follow, Leave
from cases.sweeping import step_due
from complaints.acting import Actor
from tests.contract.casework import Built
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
NUMBERS = count(1)


def somebody() -> Complainant:
    """A customer of their own: many are hit by one cause."""
    number = next(NUMBERS)
    return Complainant(id=f"m-{number}", name="王芳", phone=f"139{number:08}")


def led(file: File) -> Complaint:
    story = file("severe", customer=somebody())
    story.act("confirm", kind="lead")
    for item in story.items("collaborate"):
        story.act("waive", item=item.id, by=story.case.owner, reason="直接答复", instead="现有资料")
    return story


def following(file: File, lead: Complaint) -> Complaint:
    story = file("medium", customer=somebody())
    story.act("confirm")
    story.ask(Follow(lead.ref, OPS, "同一批次"))
    return story


def hear(house: Built) -> None:
    """A clock steps the cases that were told something."""
    step_due(house.casework)
    house.work()


def test_members_wait_for_the_lead_and_are_answered_together_each_with_its_own_remedy_and_survey(
    house: Built, file: File
) -> None:
    lead = led(file)
    members = [following(file, lead) for _ in range(3)]
    for story in members:
        case = story.case
        assert (case.status, case.follows, case.owner) == ("handling", lead.ref, lead.case.owner)
        assert case.waiting == ["answer of the complaint it follows"]
        assert [item.status for item in story.items()] == ["cancelled"]
        assert story.promises == ["open"]
    house.pass_time(hours=1)
    lead.resolve(remedy="refund", amount=12_900, solution="同批次召回并全额退款")
    hear(house)
    for story in members:
        case = story.case
        assert (case.status, case.decision) == ("fulfilling", "upheld")
        assert story.promises == ["kept"]
        assert story.state_of("resolve", 1) == "met"
        assert [(i.kind, i.remedy, i.amount) for i in story.items("fulfil")] == [("fulfil", "refund", 12_900)]
        assert "同批次召回并全额退款" in story.letters("answer")[0].body
        assert story.letters("answer")[0].body != lead.letters("answer")[0].body, "its own reference"
    hear(house)
    assert [story.told.count("answer") for story in members] == [1, 1, 1]
    content, unhappy = members[0], members[1]
    for story in (content, unhappy):
        story.act("done", kind="fulfil")
        story.until_asked()
    content.score(5)
    unhappy.score(2)
    house.pass_time(minutes=15)
    assert content.case.outcome == "accepted"
    case = unhappy.case
    assert (case.status, case.cycle, case.follows) == ("handling", 2, None), "handled by itself from here on"
    assert unhappy.open_item("confirm").kind in ("resolve", "lead")


def test_a_member_that_is_taken_out_is_handled_by_itself_with_its_person(house: Built, file: File) -> None:
    lead = led(file)
    story = file("medium", customer=somebody())
    handler = story.act("confirm").assignee
    story.ask(Follow(lead.ref, OPS, "同一批次"))
    story.ask(Leave(OPS, "本人受伤，单独处理"))
    case = story.case
    assert (case.follows, case.owner, story.open_item("resolve").assignee) == (None, handler, handler)
    with pytest.raises(NotWanted):
        story.ask(Leave(OPS, "再次"))
    lead.resolve(remedy="apology")
    hear(house)
    assert "answer" not in story.told


def test_a_lead_never_ends_by_withdrawal_while_others_follow_it(file: File) -> None:
    lead = led(file)
    story = following(file, lead)
    for how in ("withdrawn", "voided", "merged"):
        with pytest.raises(NotWanted, match="leads"):
            lead.ask(End(how, OPS, "结束"))
    story.ask(End("withdrawn", OPS, "客户自行解决", by_customer=True))
    lead.ask(End("voided", OPS, "误报"))
    story.ask(Return("undo", OPS, "客户否认撤诉"))
    assert (story.case.status, story.case.follows) == ("handling", None)


def test_who_may_lead(file: File) -> None:
    lead, medium = led(file), file("medium", customer=somebody())
    story = following(file, lead)
    other = file("medium", customer=somebody())
    for wrong in (medium.ref, story.ref, other.ref):
        with pytest.raises(NotWanted):
            other.ask(Follow(wrong, OPS, "同一批次"))
    with pytest.raises(CaseNotFound, match="the complaint that leads"):
        other.ask(Follow("AM-2611-XXXXXX", OPS, "同一批次"))
    second = led(file)
    with pytest.raises(NotWanted, match="follow"):
        lead.ask(Follow(second.ref, OPS, "合并专项"))
    lead.resolve(remedy="apology")
    with pytest.raises(NotWanted, match="no answer to wait for"):
        other.ask(Follow(lead.ref, OPS, "太晚"))
    assert other.case.follows is None
    other.ask(End("withdrawn", OPS, "客户自行解决", by_customer=True))
    with pytest.raises((NotWanted, CaseEnded)):
        other.ask(Follow(second.ref, OPS, "已结束"))
