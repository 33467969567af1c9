"""Medium: one specialist, and what happens when nobody confirms, nobody answers or others are needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.errors import NotWanted
from complaints.errors import Refusal, TooLate
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File


def test_confirmed_answered_carried_out_and_scored_five(file: File) -> None:
    story = file("medium")
    story.wait(minutes=20)
    handler = story.act("confirm").assignee
    assert story.case.owner == handler
    story.wait(hours=2)
    story.resolve(remedy="refund", amount=12_900)
    assert story.promises == ["kept"]
    story.wait(hours=5)
    story.act("done", kind="fulfil")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.decision, case.owner) == ("closed", "accepted", "upheld", handler)
    assert story.told == ["acknowledgement", "answer", "fulfilled", "survey", "closing"]
    assert [letter.kind for letter in story.letters(to=handler)] == ["offer"]
    assert [item.status for item in story.items()] == ["done", "done"]
    for clock in ("acknowledge", "dispatch", "first_contact", "promise"):
        assert story.state_of(clock) == "met"
    main, grant = story.items()
    assert story.state_of("confirm", main.id) == "met"
    assert story.state_of("deliver", grant.id) == "met"
    assert story.state_of("resolve", 1) == "met"
    assert story.survey.rated == handler


def test_an_unconfirmed_offer_goes_to_a_second_choice_and_a_late_confirm_names_the_new_owner(
    file: File,
) -> None:
    story = file("medium")
    first = story.open_item("confirm").assignee
    story.wait(minutes=30)
    assert [letter.kind for letter in story.letters(to=first)] == ["offer", "offer_reminder"]
    story.wait(minutes=30)
    item = story.open_item("confirm")
    second = item.assignee
    assert second != first
    assert [letter.kind for letter in story.letters(to=story.head)] == ["offer_expired"]
    with pytest.raises(TooLate) as refused:
        story.act("confirm", by=first, item=item.id)
    assert refused.value.owner == second
    story.act("confirm")
    assert story.dispatches(item.id) == [(first, "expired"), (second, "confirmed")]
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(4)
    story.wait(minutes=15)
    assert (story.case.outcome, story.case.owner) == ("accepted", second)
    assert story.told == ["acknowledgement", "answer", "survey", "closing"]


def test_two_declines_in_any_mix_let_the_coordinator_assign_bindingly(file: File) -> None:
    story = file("medium")
    first = story.act("decline", reason="不属于我们的范围").assignee
    second = story.open_item("confirm").assignee
    story.wait(hours=1)  # the second lets it expire
    duty = story.open_item("assign")
    assert duty.kind == "assign"
    main = story.items("resolve")[0]
    assert story.dispatches(main.id) == [(first, "declined"), (second, "expired")]
    story.act("assign", handler="s-wang-fang")
    main = story.item(main.id)
    assert (main.assignee, main.status) == ("s-wang-fang", "confirmed")
    assert [letter.kind for letter in story.letters(to="s-wang-fang")] == ["offer_assigned"]
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert (story.case.outcome, story.case.owner) == ("accepted", "s-wang-fang")
    assert story.told == ["acknowledgement", "answer", "survey", "closing"]


def test_a_coordinator_who_does_not_act_is_followed_by_the_supervisor_who_is_told_once(file: File) -> None:
    story = file("medium")
    story.act("decline", reason="不属于我们的范围")
    story.act("decline", reason="也不属于我们")
    coordinator = story.open_item("assign")
    story.wait(minutes=30)
    supervisor = story.open_item("assign")
    assert (coordinator.duty, supervisor.duty) == ("coordinator", "supervisor")
    assert story.item(coordinator.id).status == "expired"
    with pytest.raises(TooLate) as refused:
        story.act("assign", item=coordinator.id, handler="s-wang-fang")
    assert refused.value.owner == supervisor.assignee
    story.act("assign", handler="s-wang-fang")
    assert story.case.owner == "s-wang-fang"
    assert [letter.kind for letter in story.letters(to=supervisor.assignee)].count("duty_work") == 1


def overdue(file: File) -> Complaint:
    story = file("medium")
    story.act("confirm")
    story.wait(hours=24)
    return story


def test_the_ladder_reminds_the_owner_at_50_and_75_and_the_supervisor_at_100(file: File) -> None:
    story = overdue(file)
    handler = story.items("resolve")[0].assignee
    ladder = [x.kind for x in story.letters(to=handler) if x.kind.startswith(("ladder", "promise"))]
    assert sorted(ladder) == ["ladder_50", "ladder_75", "promise_75"]
    assert story.open_item("takeover").duty == "supervisor"
    with pytest.raises(Refusal):
        story.act("resolve", item=story.items("resolve")[0].id, solution="太晚了")


def test_a_supervisor_takes_an_overdue_complaint_over_and_tells_the_customer_a_new_date(file: File) -> None:
    story = overdue(file)
    story.wait(minutes=30)
    supervisor = story.act("takeover", reason="超时未答复").assignee
    main = story.items("resolve")[0]
    assert (main.assignee, main.status, story.case.owner) == (supervisor, "confirmed", supervisor)
    assert story.told.count("promise_moved") == story.promises.count("moved")
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    assert story.case.outcome == "accepted"
    assert story.promises[-1] == "kept"
    assert story.state_of("resolve", 1) == "met"
    assert story.clock("resolve", 1).late_before is True


def test_a_supervisor_extends_once_and_not_again(file: File) -> None:
    story = overdue(file)
    story.act("extend", reason="等待供应商")
    assert story.promise_rows[-1].due_at == story.clock("resolve", 1).due_at
    assert story.open_item("resolve").assignee == story.case.owner
    assert story.clock("resolve", 1).due_at == story.now + timedelta(hours=24)
    story.wait(hours=24)
    again = story.open_item("takeover")
    assert (again.kind, again.actions) == ("overdue_again", ["takeover", "lift"])
    with pytest.raises(NotWanted):
        story.act("extend", item=again.id, reason="再等等")
    story.act("takeover", reason="我来处理")
    story.resolve(remedy="apology")
    assert story.promises[-1] == "kept"


def test_a_supervisor_lifts_an_overdue_complaint_to_a_task_force(file: File) -> None:
    story = overdue(file)
    story.act("lift", reason="牵涉多个部门")
    assert story.case.tier == "severe"
    old, lead = story.items("resolve")[0], story.items("lead")[0]
    assert (old.status, lead.status, lead.assignee) == ("cancelled", "confirmed", old.assignee)
    assert story.clock("resolve", 1).due_at == story.case.received_at + timedelta(days=3)
    assert story.case.owner == lead.assignee
    assert len(story.items("collaborate")) > 3


def test_asking_another_department_gives_three_days_and_the_customer_is_told_once(file: File) -> None:
    story = file("medium")
    handler = story.act("confirm").assignee
    main = story.items("resolve")[0]
    story.act("ask", item=main.id, department="logistics", text="请提供签收记录")
    assert story.clock("resolve", 1).due_at == story.case.received_at + timedelta(days=3)
    assert story.told == ["acknowledgement", "promise_moved"]
    assert story.promises == ["moved", "open"]
    asked = story.act("confirm")
    assert (asked.kind, asked.department) == ("collaborate", "logistics")
    story.wait(hours=3)
    story.act("done", kind="collaborate", text="签收记录已附上")
    assert story.items("collaborate")[0].status == "done"
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(4)
    story.wait(minutes=15)
    assert (story.case.outcome, story.case.owner) == ("accepted", handler)
    assert story.promises == ["moved", "kept"]
    assert story.state_of("resolve", 1) == "met"
    assert story.told == ["acknowledgement", "promise_moved", "answer", "survey", "closing"]


def test_an_overdue_contribution_is_judged_by_the_supervisor_while_the_work_goes_on(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.act("ask", item=story.items("resolve")[0].id, department="logistics", text="请提供签收记录")
    story.act("confirm")
    story.wait(hours=24)
    judged = story.open_item("lift", kind="widen")
    assert judged.duty == "supervisor"
    story.act("done", kind="widen")
    story.act("done", kind="collaborate", text="迟到的记录")
    story.resolve(remedy="apology")
    assert story.case.resolved_at == story.now


def test_the_third_department_asked_lets_the_supervisor_lift_it_and_what_was_asked_goes_on_the_list(
    file: File,
) -> None:
    story = file("medium")
    story.act("confirm")
    main = story.items("resolve")[0].id
    for department in ("logistics", "billing"):
        story.act("ask", item=main, department=department, text="请协助")
        story.act("confirm", kind="collaborate")
    story.act("done", item=story.items("collaborate")[0].id, text="已查")
    story.act("ask", item=main, department="quality", text="请协助")
    story.act("lift", kind="widen", reason="超过两个部门")
    assert story.case.tier == "severe"
    listed = story.items("collaborate")
    assert {item.department for item in listed if item.status == "offered"} >= {"billing", "quality"}
    assert len([item for item in listed if not (item.row or "").startswith("asked")]) > 3
