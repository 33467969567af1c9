"""Severe: a lead and a collaboration list of several departments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints.errors import ReasonMissing, Refusal
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File


def led(file: File) -> Complaint:
    story = file("severe")
    story.act("confirm", kind="lead")
    return story


def row(story: Complaint, name: str) -> int:
    found = next(item for item in story.items("collaborate") if item.row == name)
    assert found.id is not None
    return found.id


def deliver(story: Complaint, name: str) -> None:
    story.act("confirm", item=row(story, name))
    story.wait(hours=1)
    story.act("done", item=row(story, name), text="已提供")


def test_a_task_force_of_several_departments_with_a_decline_and_a_waiver(file: File) -> None:
    story = led(file)
    lead = story.case.owner
    assert story.told == ["acknowledgement", "plan_made"]
    listed = {item.row: item for item in story.items("collaborate")}
    assert len({item.department for item in listed.values()}) >= 3
    released = {name for name, item in listed.items() if item.status == "offered"}
    assert released == {name for name, item in listed.items() if not item.depends_on}
    assert "examine" not in released

    declined = story.act("decline", item=row(story, "service_record"), reason="已移交他人").assignee
    again = story.item(row(story, "service_record"))
    assert (again.status, again.assignee != declined) == ("offered", True)
    first = ("contain", "service_record", "customer_account", "staff_account")
    for name in first:
        story.act("confirm", item=row(story, name))
    story.act("done", kind="judge", judged="misrouted")
    story.wait(hours=1)
    for name in first:
        story.act("done", item=row(story, name), text="已提供")
    deliver(story, "examine")
    waived = row(story, "cost")
    with pytest.raises(ReasonMissing):
        story.act("waive", item=waived, by=lead)
    story.act("waive", item=waived, by=lead, reason="无费用发生", instead="按标准赔付")
    assert story.item(waived).status == "waived"
    deliver(story, "cause")
    assert story.case.waiting == ["contributions of the task force", "quality to confirm"]
    deliver(story, "prevent")
    assert story.told == ["acknowledgement", "plan_made", "fix_done"]

    story.resolve(remedy="compensation", amount=50_000)
    story.act("done", kind="fulfil")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.owner, case.tier) == ("closed", "accepted", lead, "severe")
    assert story.told == [
        "acknowledgement", "plan_made", "fix_done", "answer", "fulfilled", "survey", "closing",
    ]  # fmt: skip
    assert story.state_of("resolve", 1) == "met"
    assert {item.status for item in story.items("collaborate")} == {"done", "waived"}


def test_a_waived_item_releases_what_waited_for_it_and_its_person_is_told(file: File) -> None:
    story = led(file)
    lead = story.case.owner
    story.act("confirm", item=row(story, "service_record"))
    story.act("done", item=row(story, "service_record"), text="已提供")
    asked = story.item(row(story, "customer_account")).assignee
    story.act("waive", item=row(story, "customer_account"), by=lead, reason="客户在住院", instead="就诊记录")
    assert story.item(row(story, "examine")).status == "offered"
    assert [letter.kind for letter in story.letters(to=asked)].count("item_waived") == 1


def test_an_item_that_is_done_cannot_be_waived(file: File) -> None:
    story = led(file)
    deliver(story, "contain")
    with pytest.raises(Refusal):
        story.act("waive", item=row(story, "contain"), by=story.case.owner, reason="不需要", instead="无")


def test_the_ladder_of_three_days_reaches_lead_head_and_executive(file: File) -> None:
    story = led(file)
    lead = story.case.owner
    due = story.clock("resolve", 1).due_at
    assert due == story.case.received_at + timedelta(days=3)
    story.wait(hours=36)
    assert "ladder_50" in [letter.kind for letter in story.letters(to=lead)]
    story.wait(hours=18)
    assert "ladder_75" in [letter.kind for letter in story.letters(to=story.head)]
    story.wait(hours=18)
    assert story.open_item("takeover", kind="overdue_lead").duty == "executive"
    story.act("extend", kind="overdue_lead", reason="等待检测报告")
    assert story.clock("resolve", 1).due_at == story.now + timedelta(hours=24)


def test_a_late_contribution_warns_head_and_lead_and_may_still_come(file: File) -> None:
    story = led(file)
    item = row(story, "contain")
    story.act("confirm", item=item)
    story.wait(hours=4)
    lead = story.case.owner
    assert [x.kind for x in story.letters(to=lead)].count("ladder_100") == 1
    story.act("done", item=item, text="迟交")
    assert story.item(item).status == "done"
    assert story.state_of("deliver", item) == "breached"
