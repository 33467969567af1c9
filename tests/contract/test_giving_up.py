"""A letter that fails reports to its case: another way first, then a person; never a loop of alarms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from complaints.outbound import MOST_TRIES
from runtime.post.giving_up import next_way_or_incident
from runtime.post.outbox import Outbox, Ways
from runtime.post.transport import Parcel, TryLater, Undeliverable
from store.tables import Case, History, Incident, Letter
from tests.contract.doors import Door, all_of


class Broken:
    """A transport that takes nothing."""

    address = ""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, parcel: Parcel) -> None:
        raise self.error


@pytest.fixture
def broken(door: Door) -> Outbox:
    """Every way fails for good."""
    return _outbox(door, Undeliverable("refused"))


def _outbox(door: Door, error: Exception) -> Outbox:
    casework = door.built.casework
    return Outbox(
        casework.database, Ways(Broken(error), {}), machine_clock=door.built.clock,
        hear=next_way_or_incident(casework), staff_mail=lambda person: None,
    )  # fmt: skip


def send_all(outbox: Outbox) -> None:
    for _ in range(20):
        if outbox.send_due() == 0:
            return
    raise AssertionError("letters without end")


def test_every_way_is_tried_once_then_a_person_is_told(door: Door, broken: Outbox) -> None:
    door.file()
    door.built.work()
    send_all(broken)
    letter = next(letter for letter in all_of(door, Letter) if letter.kind == "acknowledgement")
    assert letter.state == "failed"
    assert [*letter.tried, letter.channel] == ["email", "sms"]
    reasons = [incident.reason for incident in all_of(door, Incident) if incident.kind == "undeliverable"]
    assert any(f"letter {letter.id}" in reason for reason in reasons)


def test_an_alarm_that_fails_raises_no_alarm_about_itself(door: Door, broken: Outbox) -> None:
    door.file()
    door.built.work()
    send_all(broken)
    alarms = [letter for letter in all_of(door, Letter) if letter.kind == "incident"]
    others = [
        letter for letter in all_of(door, Letter) if letter.kind != "incident" and letter.direction == "out"
    ]
    assert {letter.state for letter in alarms} == {"failed"}
    assert len(alarms) <= len(others)


def test_the_history_says_which_way_was_given_up_and_holds_no_address(door: Door, broken: Outbox) -> None:
    door.file()
    door.built.work()
    send_all(broken)
    lines = [line for line in all_of(door, History) if line.what in ("letter_redirected", "letter_failed")]
    assert {line.what for line in lines} == {"letter_redirected", "letter_failed"}
    assert "example.org" not in str([line.data for line in lines])


def test_a_way_that_only_fails_for_now_is_kept_until_it_is_given_up(door: Door) -> None:
    door.file()
    door.built.work()
    outbox = _outbox(door, TryLater("busy"))
    for _ in range(MOST_TRIES):
        with door.built.casework.database.read() as session:
            query = select(Letter.channel).where(Letter.kind == "acknowledgement").order_by(col(Letter.id))
            assert session.exec(query).first() == "email"
        outbox.send_due()
        door.built.clock.now += timedelta(hours=3)
    acknowledgement = next(letter for letter in all_of(door, Letter) if letter.kind == "acknowledgement")
    assert acknowledgement.tried == ["email"]


def test_the_run_shows_that_a_way_was_given_up(door: Door, broken: Outbox) -> None:
    door.file()
    door.built.work()
    (before,) = all_of(door, Case)
    send_all(broken)
    (after,) = all_of(door, Case)
    assert after.version > before.version
