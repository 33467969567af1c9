"""Time in the step: levels due together, downtimes, playing time forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cases import sweeping
from cases.activities import Retry
from cases.errors import CaseAtFault
from cases.requests.work import ActOnItem
from cases.stored import act_or_keep
from complaints.errors import TooLate
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.process_time import advance_to, process_time
from store.queries.due import note_tick
from store.tables import Downtime, History, InboxRow
from tasks import BINDINGS
from tests.contract.casework import Built
from tests.contract.stories.conftest import File
from tests.contract.stories.test_step import later

# --- levels and downtimes


def test_of_levels_due_together_only_the_highest_fires_and_the_others_are_told_to_have_passed(
    file: File,
) -> None:
    story = file("medium")
    handler = story.act("confirm").assignee
    later(story, hours=19)
    story.house.casework.step(story.ref)
    story.house.work()
    assert [x.kind for x in story.letters(to=handler) if x.kind.startswith("ladder")] == ["ladder_75"]
    passed = [(line["clock"], line["level"]) for line in story.history("level_passed_over")]
    assert ("resolve", "50 %") in passed
    story.wait(hours=4)
    assert [x.kind for x in story.letters(to=handler) if x.kind.startswith("ladder")] == ["ladder_75"]


def test_a_night_of_downtime_takes_nobodys_work_for_a_quarter_of_an_hour(file: File, house: Built) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    with house.casework.database.write() as session:
        assert note_tick(session, "clock", house.clock.now, house.clock.now) is None
    later(story, hours=10)
    with house.casework.database.write() as session:
        downtime = note_tick(session, "clock", house.clock.now, house.clock.now)
        assert downtime is not None
    sweeping.settle(house.casework)
    assert story.item(item.id).assignee == item.assignee
    story.wait(minutes=14)
    story.act("confirm")
    assert story.dispatches(item.id) == [(item.assignee, "confirmed")]


def test_after_the_grace_of_a_downtime_the_work_does_go_on(file: File, house: Built) -> None:
    story = file("medium")
    item = story.open_item("confirm")
    later(story, hours=10)
    with house.casework.database.write() as session:
        session.add(Downtime(began_at=house.clock.now - timedelta(hours=10), ended_at=house.clock.now))
    sweeping.settle(house.casework)
    story.wait(minutes=15)
    assert story.open_item("confirm").assignee != item.assignee
    with pytest.raises(TooLate):
        story.act("confirm", item=item.id, by=item.assignee)


def test_a_short_gap_is_no_downtime(house: Built) -> None:
    with house.casework.database.write() as session:
        now = house.clock.now
        assert note_tick(session, "one", now, now) is None
        assert note_tick(session, "one", now + timedelta(minutes=2), now) is None
        assert note_tick(session, "two", now + timedelta(minutes=3), now) is None
        assert note_tick(session, "one", now + timedelta(minutes=6), now) is not None


# --- process time


def test_playing_goes_from_due_to_due_in_order(file: File, house: Built) -> None:
    first = file("medium")
    later(first, minutes=10)
    second = file("medium")
    begun = house.clock.now
    sweeping.play(house.casework, timedelta(hours=3))
    with house.casework.database.read() as session:
        fired = session.exec(select(History).where(History.what == "timer_fired")).all()
        now = process_time(session, house.clock.now)
    assert now == begun + timedelta(hours=3)
    assert len(fired) >= 8
    for line in fired:
        assert line.at == datetime.fromisoformat(str(line.data["due"]))
    assert len(first.dispatches(first.items("resolve")[0].id)) == 2
    assert len(second.dispatches(second.items("resolve")[0].id)) == 2
    advance = timedelta(hours=3)
    house.clock.now += advance  # machine time follows, so that what comes after has not happened yet
    with house.casework.database.write() as session:
        assert process_time(session, house.clock.now) == now + advance


def test_process_time_never_goes_back(house: Built) -> None:
    now = house.clock.now
    with house.casework.database.write() as session:
        advance_to(session, now + timedelta(days=2), now)
        advance_to(session, now + timedelta(days=1), now)
        assert process_time(session, now) == now + timedelta(days=2)
        advance_to(session, now - timedelta(days=1), now)
        assert process_time(session, now + timedelta(hours=1)) == now + timedelta(days=2, hours=1)


def test_a_confirm_that_came_while_its_case_was_at_fault_is_kept_and_counts(
    file: File, rewired: Callable[..., Built]
) -> None:
    """The reminder of 9:30 cannot be written; the confirm comes at 9:55; at 10:30 somebody repairs it."""
    broken = [True]

    def write(file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        if broken and inputs["template"] == "offer_reminder":
            raise TypeError("a template that does not fit")
        return BINDINGS["tell"].write(file, inputs, prepared)

    house = rewired(tell=Binding("tell", write))
    story = file("medium")
    item = story.open_item("confirm")
    assert item.id is not None
    later(story, minutes=30)
    sweeping.settle(house.casework)
    (incident,) = story.incidents
    assert incident.kind == "fault"
    later(story, minutes=25)
    came = story.now
    request = ActOnItem(item.id, "confirm", story.actor(item.assignee))
    kept = act_or_keep(house.casework, story.ref, request, "key-1")
    assert isinstance(kept, InboxRow)
    assert act_or_keep(house.casework, story.ref, request, "key-1") is not None
    with pytest.raises(CaseAtFault):
        act_or_keep(
            house.casework, story.ref, ActOnItem(item.id, "decline", request.who, reason="x"), "key-2"
        )
    later(story, minutes=35)
    broken.clear()
    story.ask(Retry("s-ye-qing"))
    main = story.item(item.id)
    assert (main.status, main.assignee, main.confirmed_at) == ("confirmed", item.assignee, came)
    assert story.state_of("confirm", item.id) == "met"
    assert story.letters("offer_expired") == []
