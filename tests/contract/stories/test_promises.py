"""Promises: the owner's own new date, one for each cycle, and notices that ring at no hour of the night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cases.errors import NotWanted
from cases.opening import Complainant
from cases.requests.direction import Return
from cases.view.customer import progress
from complaints.acting import Actor
from complaints.errors import Refusal
from tests.contract.stories.complaint import TEXTS, Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
HOURS = timedelta(hours=1)


def three_quarters(file: File) -> Complaint:
    """A severe complaint, 75 % of its promise used up; three days to resolve."""
    story = file("severe", text="商家扣费不退还，多名客户投诉同一问题，媒体已曝光，要求赔偿一万元")
    story.act("confirm", kind="lead")
    story.wait(hours=36)
    return story


def test_at_three_quarters_the_owner_is_reminded_and_sets_a_new_date_with_a_reason(file: File) -> None:
    story = three_quarters(file)
    lead = story.items("lead")[0]
    assert "promise_75" in [letter.kind for letter in story.letters(to=story.case.owner)]
    due = story.promise_rows[0].due_at
    until = due + 6 * HOURS
    story.act("extend", item=lead.id, reason="承运方明早给凭证", until=until)
    assert story.promises == ["moved", "open"]
    assert story.promise_rows[0].moved_by == lead.assignee
    assert story.promise_rows[1].due_at == until
    assert story.clock("promise").due_at == until
    assert story.told.count("promise_moved") == 1
    story.wait(hours=12)
    assert story.promises == ["moved", "open"], "the notice of the system follows the new date"


def test_a_new_date_needs_a_reason_lies_later_and_never_after_the_time_to_resolve(file: File) -> None:
    story = three_quarters(file)
    item, due = story.items("lead")[0].id, story.promise_rows[0].due_at
    resolve = story.clock("resolve", 1).due_at
    assert resolve is not None
    for wrong in (
        {"until": due + HOURS}, {"reason": "x"}, {"reason": "x", "until": due - HOURS},
        {"reason": "x", "until": resolve + HOURS},
    ):  # fmt: skip
        with pytest.raises(Refusal):
            story.act("extend", item=item, **wrong)
    with pytest.raises(Refusal):
        story.act("extend", item=item, by="s-sun-yue", reason="x", until=due + HOURS)
    assert story.promises == ["open"]
    assert story.told.count("promise_moved") == 0


def test_the_second_cycle_has_a_promise_of_its_own_that_the_apology_tells(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(2)
    story.wait(minutes=15)
    assert story.case.cycle == 2
    assert story.promises == ["kept", "open"]
    due = story.promise_rows[1].due_at
    assert due == story.now + 24 * HOURS
    assert due <= (story.clock("resolve", 2).due_at or due)
    assert progress(story.house.casework, story.ref).due == due, "the customer's page gives a date"
    apology = story.letters("apology")[0]
    assert f"{due.astimezone(UTC) + 8 * HOURS:%H:%M}" in apology.body
    story.act("confirm")
    story.wait(hours=22)
    assert story.promises == ["kept", "moved", "open"], "told before it is due"


def test_a_reopened_complaint_is_promised_anew_and_the_customer_told(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(5)
    story.wait(days=1)
    story.ask(Return("reopen", OPS, "问题再次出现"))
    assert story.promises == ["kept", "open"]
    assert story.told[-1] == "taken_up"
    assert story.case.resolved_at is None


def test_where_a_phone_must_not_ring_the_new_date_is_told_in_the_contact_hours_before(file: File) -> None:
    story = file("unclear", channel="hotline")
    assert story.letters("acknowledgement")[0].channel == "sms"
    story.house.clock.now = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)  # 04:00 where the customer is
    later = file(
        "medium", channel="hotline", customer=Complainant(id="c-night", name="李", phone="13900000001")
    )
    due = later.promise_rows[0].due_at
    assert due == datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    later.act("confirm")
    later.wait(hours=16, minutes=59)
    assert later.promises == ["open"]
    later.wait(minutes=1)  # 21:00
    assert later.promises == ["moved", "open"]
    notice = later.letters("notice")[0]
    assert notice.send_at == later.now < due
    later.wait(hours=6)
    assert later.told.count("promise_moved") == 1


def test_an_answer_before_the_night_leaves_nothing_to_tell(file: File) -> None:
    story = file("medium", channel="hotline")
    story.house.clock.now = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
    later = file(
        "medium", channel="hotline", customer=Complainant(id="c-night", name="李", phone="13900000001")
    )
    later.act("confirm")
    later.wait(hours=12)
    later.resolve(remedy="apology")
    later.wait(hours=8)
    assert "promise_moved" not in later.told
    assert not later.takes("done", kind="promise")


def test_an_authority_is_never_light_and_its_deadline_runs_until_the_answer(file: File) -> None:
    story = file("unclear", text=TEXTS["light"], channel="authority_12315")
    assert story.case.tier == "medium"
    clock = story.clock("authority")
    assert clock.due_at == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # five working days, at close
    story.act("confirm")
    story.resolve(remedy="apology")
    assert story.state_of("authority") == "met"


def test_a_slow_answer_to_an_authority_reaches_the_head_and_then_the_executive(file: File) -> None:
    story = file("unclear", text=TEXTS["light"], channel="authority_12315")
    story.act("confirm")
    due = story.clock("authority").due_at
    assert due is not None
    story.house.clock.now = due - timedelta(hours=1)
    story.wait(seconds=0)
    assert "ladder_75" in [letter.kind for letter in story.letters(to=story.head)]
    story.wait(hours=1)
    with story.house.casework.reading(story.ref) as opened:
        executive = opened.holder("executive")
    assert executive is not None
    assert "ladder_100" in [letter.kind for letter in story.letters(to=executive.id)]
    with pytest.raises(NotWanted):
        story.act("extend", item=story.items("resolve")[0].id, reason="x", until=story.now + HOURS)
