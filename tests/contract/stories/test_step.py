"""The step: one case, one transaction, everything stored or due in the order in which it took effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlmodel import col, select

from bpmn.events import Completed
from cases import sweeping
from cases.casework import CaseMessage
from cases.errors import NotWanted
from cases.passage import Passage
from cases.requests.work import ActOnItem
from cases.stored import act_or_keep, keep
from complaints.errors import Refusal
from store.case_file import CaseFile
from store.database import Database
from store.tables import InboxRow
from tests.contract.conftest import rows_of
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File


@dataclass(frozen=True)
class Remark:
    """A request that writes one line of history."""

    actor: str

    def apply(self, file: CaseFile, _passage: Passage) -> int:
        file.log("remarked", version=file.case.version)
        return file.case.version


@dataclass(frozen=True)
class Stumble:
    """A request that writes everywhere and then fails."""

    actor: str = "s-ye-qing"

    def apply(self, file: CaseFile, passage: Passage) -> None:
        file.note("note", "halb getan")
        file.case.status = "closed"
        passage.feed(Completed(file.items()[0].activation or 0, {"action": "confirm", "by": self.actor}))
        raise NotWanted("not after all")


@dataclass(frozen=True)
class Finished:
    """Somebody reports an activation as done."""

    activation: int
    actor: str = "s-ye-qing"

    def apply(self, _file: CaseFile, passage: Passage) -> None:
        passage.feed(Completed(self.activation, {"action": "confirm", "by": self.actor}))


def later(story: Complaint, **length: float) -> None:
    """Time passes and nobody looks."""
    story.house.clock.now += timedelta(**length)


# --- one transaction


def test_a_step_that_fails_leaves_nothing(file: File, database: Database) -> None:
    story = file("medium")
    before, case = rows_of(database), story.case
    with pytest.raises(NotWanted):
        story.ask(Stumble())
    assert rows_of(database) == before
    after = story.case
    assert (after.version, after.status, after.instance, after.history_head) == (
        case.version, case.status, case.instance, case.history_head,
    )  # fmt: skip


def test_a_step_that_finds_nothing_to_do_changes_nothing(file: File, database: Database) -> None:
    story = file("medium")
    before, version = rows_of(database), story.case.version
    for _ in range(3):
        story.house.casework.step(story.ref)
    assert (rows_of(database), story.case.version) == (before, version)


def test_steps_of_one_case_wait_for_each_other(file: File) -> None:
    story = file("medium")
    version, writers = story.case.version, 6
    together = Barrier(writers)

    def remark(number: int) -> object:
        together.wait()
        return story.house.casework.step(story.ref, Remark(f"writer {number}"))

    with ThreadPoolExecutor(writers) as pool:
        seen = list(pool.map(remark, range(writers)))
    assert sorted(map(int, map(str, seen))) == list(range(version, version + writers))
    assert story.case.version == version + writers


def test_of_two_who_act_at_once_one_is_refused(file: File) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    asked = [
        ActOnItem(item.id, "confirm", story.actor(item.assignee)),
        ActOnItem(item.id, "decline", story.actor(item.assignee), reason="不是我的"),
    ]
    together = Barrier(2)

    def act(request: ActOnItem) -> str:
        together.wait()
        try:
            story.house.casework.step(story.ref, request)
        except Refusal:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, asked)) == ["done", "refused"]
    story.house.work()


# --- what is over stays over


def test_a_late_report_never_reaches_an_activity_that_is_over(file: File) -> None:
    story = file("medium")
    dead = story.open_item("confirm").activation
    assert dead is not None
    story.wait(hours=1)
    version = story.case.version
    with pytest.raises(NotWanted):
        story.ask(Finished(dead))
    assert story.case.version == version


def test_a_message_that_must_be_wanted_is_refused_when_it_is_not_and_never_kept(
    file: File, database: Database
) -> None:
    story = file("medium")
    before = rows_of(database)
    with pytest.raises(NotWanted, match="does not wait for 'options_chosen'"):
        story.ask(CaseMessage("customer", "options_chosen", {"choice": 1}))
    assert rows_of(database) == before


def test_a_message_to_itself_that_nobody_waits_for_is_dropped(file: File) -> None:
    story = file("severe")
    story.act("confirm", kind="lead")
    lead = story.case.owner
    for item in story.items("collaborate"):
        story.act("waive", item=item.id, by=lead, reason="客户要求直接答复", instead="现有资料")
    assert story.takes("resolve")
    story.act("ask", item=story.items("lead")[0].id, by=lead, department="billing", text="核对金额")
    asked = story.items("collaborate")[-1]
    story.act(
        "waive", item=asked.id, by=lead, reason="已核对", instead="无"
    )  # the lead waits for no change now
    assert story.takes("resolve")


# --- the order of effect


def test_a_confirm_that_came_before_the_expiry_beats_it_though_both_are_handled_later(file: File) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    later(story, minutes=55)
    with story.house.casework.database.write() as session:
        case = story.house.casework.find(session, story.ref)
        keep(session, case, ActOnItem(item.id, "confirm", story.actor(item.assignee)), story.now, "key-1")
    came = story.now
    later(story, minutes=35)
    story.house.casework.step(story.ref)
    story.house.work()
    main = story.item(item.id)
    assert (main.status, main.assignee, main.confirmed_at) == ("confirmed", item.assignee, came)
    assert story.dispatches(item.id) == [(item.assignee, "confirmed")]
    assert story.state_of("confirm", item.id) == "met"
    assert story.clock("confirm", item.id).stopped_at == came
    assert story.letters("offer_expired") == []
    assert len(story.letters("offer")) == 1


def test_a_confirm_that_came_after_the_expiry_is_refused_though_both_are_handled_later(file: File) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    later(story, minutes=61)
    with story.house.casework.database.write() as session:
        case = story.house.casework.find(session, story.ref)
        keep(session, case, ActOnItem(item.id, "confirm", story.actor(item.assignee)), story.now, "key-1")
    story.house.casework.step(story.ref)
    story.house.work()
    assert story.dispatches(item.id)[0] == (item.assignee, "expired")
    assert story.open_item("confirm").assignee != item.assignee
    assert story.history("action_refused")[0]["why"] in ("TooLate", "NotYours", "NotWanted")


def test_a_confirm_to_the_minute_wins_against_its_own_expiry(file: File) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    due = story.clock("confirm", item.id).due_at
    assert due is not None
    with story.house.casework.database.write() as session:
        case = story.house.casework.find(session, story.ref)
        keep(session, case, ActOnItem(item.id, "confirm", story.actor(item.assignee)), due, "key-1")
    later(story, hours=2)
    story.house.casework.step(story.ref)
    story.house.work()
    assert story.item(item.id).status == "confirmed"
    assert story.state_of("confirm", item.id) == "met"


def test_an_action_kept_twice_under_one_key_is_one_action(file: File) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    request = ActOnItem(item.id, "confirm", story.actor(item.assignee))
    with story.house.casework.database.write() as session:
        case = story.house.casework.find(session, story.ref)
        first = keep(session, case, request, story.now, "key-1").id
        assert keep(session, case, request, story.now, "key-1").id == first
        with pytest.raises(ValueError, match="words"):
            keep(session, case, ActOnItem(item.id, "decline", request.who, reason="x"), story.now, "key-2")


def test_acting_on_a_healthy_case_keeps_nothing_and_refuses_as_ever(file: File, database: Database) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    request = ActOnItem(item.id, "confirm", story.actor(item.assignee))
    assert act_or_keep(story.house.casework, story.ref, request, "k") is None
    with pytest.raises(Refusal):
        act_or_keep(story.house.casework, story.ref, request, "l")
    assert rows_of(database)["inbox"] == 0


def put(story: Complaint, name: str, at: datetime, key: str | None = None, **payload: object) -> None:
    with story.house.casework.database.write() as session:
        number = rows_of(story.house.casework.database)["inbox"]
        session.add(InboxRow(
            case_id=story.case.id, name=name, key=key, payload=payload, actor="customer", source="tests",
            external_id=f"{name}-{number}-{at.isoformat()}", effective_at=at,
        ))  # fmt: skip


def inbox(story: Complaint) -> list[tuple[str, str | None]]:
    with story.house.casework.database.read() as session:
        rows = session.exec(select(InboxRow).order_by(col(InboxRow.effective_at), col(InboxRow.id))).all()
    return [(row.name, row.outcome) for row in rows]


def test_stored_messages_are_heard_in_the_order_in_which_they_took_effect(file: File) -> None:
    story = file("medium")
    story.act("confirm")
    story.resolve(remedy="apology")
    story.until_asked()
    begun = story.now
    put(story, "survey_corrected", begun + timedelta(minutes=12), "1", score=5, leave=False)
    put(story, "survey_answered", begun + timedelta(minutes=2), "1", score=2, leave=False)
    later(story, minutes=13)
    sweeping.settle(story.house.casework)
    assert inbox(story) == [("survey_answered", "consumed"), ("survey_corrected", "consumed")]
    survey = story.survey
    assert (survey.first_score, survey.score, survey.answered_at) == (2, 5, begun + timedelta(minutes=2))
    assert story.case.outcome == "accepted"


def test_a_stored_message_that_nobody_waits_for_is_marked_unwanted_and_never_tried_again(file: File) -> None:
    story, other = file("medium"), file("medium")
    put(story, "options_chosen", story.now, choice=1)
    put(other, "options_chosen", story.now, choice=1)
    story.house.casework.step(story.ref)
    assert inbox(story) == [("options_chosen", "unwanted"), ("options_chosen", None)]
    version = story.case.version
    story.house.casework.step(story.ref)
    assert story.case.version == version
    sweeping.settle(story.house.casework)
    assert inbox(story) == [("options_chosen", "unwanted")] * 2
