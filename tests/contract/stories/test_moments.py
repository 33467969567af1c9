"""What may happen at any moment: promises that come close, messages, anger, provisional grades, re-grades."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.errors import NotWanted, WrongGrade
from cases.opening import Complainant
from cases.requests.customer import CustomerWrites
from cases.requests.direction import Hold, Reassign, Regrade
from complaints.acting import Actor
from complaints.errors import Refusal
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")


def test_a_promise_is_moved_by_a_message_two_hours_before_it_is_due(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    due = story.promise_rows[0].due_at
    story.house.clock.now = due - timedelta(hours=2, seconds=1)
    story.wait(seconds=0)
    assert story.promises == ["open"]
    story.wait(seconds=1)
    old, new = story.promise_rows
    assert (old.state, old.moved_by, new.state) == ("moved", "amends", "open")
    assert old.decided_at is not None
    assert old.decided_at < old.due_at
    assert new.due_at == due + timedelta(hours=24)
    assert story.told == ["acknowledgement", "promise_moved"]
    assert story.clock("promise").late_before is False


def test_the_system_moves_a_promise_twice_and_a_third_time_only_signed(file: File) -> None:
    story = file("severe")
    story.act("confirm", kind="lead")
    story.wait(hours=119)
    assert story.promises == ["moved", "moved", "open"]
    signing = story.open_item("done", kind="promise")
    assert signing.duty == "supervisor"
    assert story.told.count("promise_moved") == 2
    story.act("done", kind="promise")
    assert story.promises == ["moved", "moved", "moved", "open"]
    assert [row.moved_by for row in story.promise_rows] == ["amends", "amends", "supervisor", None]
    assert story.told.count("promise_moved") == 3


def test_a_promise_answered_after_it_was_due_is_broken(file: File) -> None:
    story = file("severe")
    story.act("confirm", kind="lead")
    lead = story.case.owner
    for item in story.items("collaborate"):
        story.act("waive", item=item.id, by=lead, reason="客户要求直接答复", instead="现有资料")
    story.wait(days=6, hours=1)
    assert story.promises == ["moved", "moved", "open"]
    story.resolve(remedy="apology")
    assert story.promises == ["moved", "moved", "broken"]
    assert story.state_of("promise") == "breached"


def test_a_message_of_the_customer_is_attached_and_the_owner_told_once(file: File) -> None:
    story = file("medium")
    owner = story.act("confirm").assignee
    story.ask(CustomerWrites("补充一下订单号", channel="app"))
    assert [letter.kind for letter in story.letters(to=owner)] == ["offer", "customer_message"]
    story.ask(CustomerWrites("谢谢", channel="app", kind="thanks"))
    assert [letter.kind for letter in story.letters(to=owner)] == ["offer", "customer_message"]
    assert story.case.status == "handling"


def test_an_angry_message_brings_a_person_within_a_quarter_of_an_hour_and_a_ladder_behind(file: File) -> None:
    story = file("medium")
    owner = story.act("confirm").assignee
    story.wait(hours=1)
    story.ask(CustomerWrites("你们太过分了，我要曝光！", channel="app", very_negative=True))
    hearer = story.open_item("done", kind="hear")
    assert (hearer.duty, hearer.due_at) == ("hearer", story.now + timedelta(minutes=15))
    assert "very_negative" in [letter.kind for letter in story.letters(to=owner)]
    story.wait(minutes=15)
    above = story.open_item("done", kind="hear")
    assert (above.duty, story.item(hearer.id).status) == ("supervisor", "expired")
    story.act("done", kind="hear", text="已致电安抚")
    assert story.case.first_contact_at == story.now
    assert not story.takes("done", kind="hear")
    assert story.takes("resolve")


def test_a_provisional_grade_is_dispatched_at_once_and_confirmed_by_a_person(file: File) -> None:
    story = file("unclear")
    case = story.case
    assert (case.tier, case.provisional) == ("medium", True)
    assert story.takes("confirm")
    grading = story.open_item("done", kind="grade")
    assert (grading.duty, grading.due_at) == ("grader", story.now + timedelta(minutes=10))
    story.act("done", kind="grade")
    assert story.case.provisional is False
    assert story.takes("confirm")


def test_a_provisional_grade_that_a_person_corrects_needs_no_more_confirming(file: File) -> None:
    story = file("unclear")
    story.ask(Regrade(OPS, "退款纠纷", {"tier": "severe", "urgency": "urgent", "category": "after_sales"}))
    case = story.case
    assert (case.tier, case.provisional, case.category) == ("severe", False, "after_sales")
    assert not story.takes("done", kind="grade")
    story.wait(minutes=30)
    assert not story.takes("done", kind="grade")
    assert story.open_item("confirm").kind == "lead"


def test_an_unconfirmed_grade_goes_up_the_ladder(file: File) -> None:
    story = file("unclear")
    story.wait(minutes=10)
    assert story.open_item("done", kind="grade").duty == "coordinator"


def test_a_regrade_within_tier_and_department_leaves_the_work_with_its_person(file: File) -> None:
    story = file("medium")
    handler = story.act("confirm").assignee
    story.ask(Regrade(OPS, "更急", {"urgency": "urgent"}))
    case = story.case
    assert (case.urgency, case.owner) == ("urgent", handler)
    assert [(i.assignee, i.status) for i in story.items()] == [(handler, "confirmed")]
    assert story.clock("first_contact").due_at == case.received_at + timedelta(hours=2)
    story.resolve(remedy="apology")
    assert story.case.urgency == "urgent"


def test_a_regrade_to_another_tier_keeps_the_clock_and_takes_the_new_duration(file: File) -> None:
    story = file("medium")
    handler = story.act("confirm").assignee
    story.wait(hours=20)
    story.ask(Regrade(OPS, "涉及人身安全", {"tier": "severe"}))
    clock = story.clock("resolve", 1)
    assert (clock.round, clock.due_at) == (1, story.case.received_at + timedelta(days=3))
    assert story.case.tier == "severe"
    lead = story.items("lead")[0]
    assert (lead.assignee, lead.status, story.case.owner) == (handler, "confirmed", handler)
    assert "work_kept" in [letter.kind for letter in story.letters(to=handler)]


def test_a_regrade_to_another_department_is_offered_there(file: File) -> None:
    story = file("medium")
    handler = story.act("confirm").assignee
    story.ask(Regrade(OPS, "其实是账单问题", {"department": "billing"}))
    offered = story.open_item("confirm")
    assert (offered.department, offered.status) == ("billing", "offered")
    assert offered.assignee != handler


def test_a_regrade_late_in_the_day_puts_no_due_date_into_the_past(file: File) -> None:
    story = file("severe")
    story.act("confirm", kind="lead")
    story.wait(hours=48)
    story.ask(Regrade(OPS, "并不严重", {"tier": "medium"}))
    assert story.clock("resolve", 1).due_at == story.now + timedelta(hours=6)
    assert not [item for item in story.items("collaborate") if item.actions]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tier": "gigantic"},
        {"category": "weather"},
        {"colour": "red"},
        {"department": "moon"},
        {"department": ""},
        {"skill": "juggling"},
    ],
)
def test_a_regrade_to_what_does_not_exist_is_refused(file: File, changes: dict[str, str]) -> None:
    story = file("medium")
    before = story.case.version
    with pytest.raises(Refusal):
        story.ask(Regrade(OPS, "错误", changes))
    assert story.case.version == before


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("tier", "light, medium, severe"),
        ("urgency", "low, normal, urgent"),
        ("impact", "none, single, high, batch"),
        ("category", "logistics, "),
    ],
)
@pytest.mark.parametrize("value", ["soon", "", "Severe"])
def test_a_refused_grade_names_every_value_that_would_do(
    file: File, name: str, allowed: str, value: str
) -> None:
    with pytest.raises(WrongGrade, match=f"no {name}: choose one of .*{allowed}"):
        file("medium").ask(Regrade(OPS, "错误", {name: value}))


def colleague(story: Complaint, *, elsewhere: bool) -> str:
    """Somebody without a part, of the department that has the case or of another."""
    people = story.house.casework.books.organisation.people.values()
    return next(
        p.id for p in people
        if p.id != story.case.owner and p.limit != 0 and not p.is_absent(story.now)
        and (p.department != story.case.department) is elsewhere
    )  # fmt: skip


def test_a_reassigned_complaint_keeps_its_clock(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    due = story.clock("resolve", 1).due_at
    story.wait(hours=4)
    other = colleague(story, elsewhere=False)
    story.ask(Reassign(OPS, other, "交接"))
    assert (story.case.owner, story.open_item("resolve").assignee) == (other, other)
    assert story.clock("resolve", 1).due_at == due


def test_reassigned_across_departments_the_person_has_an_hour_to_confirm(file: File) -> None:
    story = file("medium")
    before = str(story.act("confirm").assignee)
    due, promised = story.clock("resolve", 1).due_at, story.clock("promise").due_at
    story.wait(hours=4)
    other = colleague(story, elsewhere=True)
    department = story.house.casework.books.organisation.person(other).department
    story.ask(Reassign(OPS, other, "属于他们的业务"))
    item = story.open_item("confirm")
    assert (item.assignee, item.department, story.case.department) == (other, department, department)
    assert story.clock("confirm", item.id).due_at == story.now + timedelta(hours=1)
    assert story.case.owner == before, "until it is confirmed"
    assert (story.clock("resolve", 1).due_at, story.clock("promise").due_at) == (due, promised)
    assert story.letters("offer", to=other)
    story.act("confirm")
    assert (story.case.owner, story.open_item("resolve").assignee) == (other, other)
    story.ask(Reassign(OPS, before, "退回原部门"))
    assert story.open_item("confirm").assignee == before, "asked again, though they had it before"


def test_reassigned_across_departments_and_not_confirmed_it_goes_to_the_next_one_there(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    other = colleague(story, elsewhere=True)
    story.ask(Reassign(OPS, other, "属于他们的业务"))
    story.wait(hours=1)
    item = story.open_item("confirm")
    people = story.house.casework.books.organisation.people
    assert item.assignee != other
    assert people[str(item.assignee)].department == people[other].department


def test_a_hold_keeps_letters_to_the_customer_until_it_is_lifted(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.ask(Hold(OPS, "诉讼保全"))
    story.resolve(remedy="apology")
    answer = story.letters("answer")[0]
    assert answer.state == "held"
    story.ask(Hold(OPS, "解除", on=False))
    assert story.letters("answer")[0].state == "waiting"


def test_the_third_complaint_within_ninety_days_tells_retention_once(file: File) -> None:
    customer = Complainant(id="c-loyal", name="王芳", phone="13800000001")
    stories = [file("unclear", customer=customer) for _ in range(4)]
    kept = [story.takes("done", kind="retain") for story in stories]
    assert kept == [False, False, True, False]


def test_nobody_may_act_on_what_is_not_asked(file: File) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    for action in ("resolve", "done", "approve", "takeover"):
        with pytest.raises(NotWanted):
            story.act(action, item=item.id, reason="x", solution="x")
