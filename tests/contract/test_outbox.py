"""One key is delivered once: whoever sends, however often they fail or die, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from sqlmodel import Session, select

from complaints.outbound import MOST_TRIES, RETRIES
from runtime.post.outbox import LEASE, Outbox, Ways
from runtime.post.transport import Parcel, Transport, TryLater, Undeliverable
from store import seams
from store.database import Database, StoreUnreachable
from store.outbox import send_by, take, undelivered
from store.process_time import advance_to
from store.tables import Customer, Letter
from tests.contract.rows import NOON, Clock, a_case, a_letter


class Killed(BaseException):
    """The process died; nothing of it runs any more."""


class Post:
    """A transport that remembers what it carried, and fails as it is told to."""

    def __init__(self, address: str = "email") -> None:
        self.address = address
        self.carried: list[Parcel] = []
        self.before: Callable[[Parcel], None] = lambda parcel: None
        self.after: Callable[[Parcel], None] = lambda parcel: None
        self._lock = Lock()

    def send(self, parcel: Parcel) -> None:
        self.before(parcel)
        with self._lock:
            self.carried.append(parcel)
        self.after(parcel)

    @property
    def keys(self) -> list[str]:
        return [parcel.key for parcel in self.carried]


class Office:
    """An outbox with its transports, and what its cases were told."""

    def __init__(
        self, database: Database, clock: Clock, *, by_way: dict[str, Transport] | None = None
    ) -> None:
        self.database, self.clock, self.heard = database, clock, list[str]()
        self.mail, self.mailbox, self.alarms = Post("email"), Post(""), Post("")
        ways = Ways(self.mailbox, by_way or {"email": self.mail, "sms": Post("phone")}, self.alarms)
        self.outbox = Outbox(database, ways, machine_clock=clock, hear=self._hear, staff_mail=self._mail_of)

    def _hear(self, _session: Session, letter: Letter, why: str) -> None:
        self.heard.append(f"{letter.key}: {why}")

    def _mail_of(self, person: str) -> str | None:
        return "zhao-lei@amends.example" if person == "s-zhao-lei" else None

    def letter(self, key: str = "AM-2611-000001/1/1/progress") -> Letter:
        with self.database.read() as session:
            return session.exec(select(Letter).where(Letter.key == key)).one()


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database, Clock())


def refuse(error: Exception) -> Callable[[Parcel], None]:
    def before(_parcel: Parcel) -> None:
        raise error

    return before


def kill(_parcel: Parcel) -> None:
    raise Killed


def test_a_due_letter_goes_to_the_address_known_now(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session, email="old@example.org")
        a_letter(session, case)
    with office.database.write() as session:
        case = session.merge(case)
        customer = session.get_one(Customer, case.customer_id)
        customer.email = "new@example.org"
        session.add(customer)
    assert office.outbox.send_due() == 1
    assert [parcel.to for parcel in office.mail.carried] == ["new@example.org"]
    assert office.letter().state == "delivered"
    assert office.letter().delivered_at == NOON


def test_nothing_goes_before_its_time(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session)
        a_letter(session, case, "tomorrow", send_at=NOON + timedelta(days=1))
        a_letter(session, case, "backing off", not_before=NOON + timedelta(seconds=10))
    assert office.outbox.send_due() == 0
    office.clock.advance(timedelta(seconds=10))
    office.outbox.send_due()
    assert office.mail.keys == ["backing off"]


def test_a_letter_waits_in_process_time_and_backs_off_in_machine_time(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session)
        a_letter(session, case, "tomorrow", send_at=NOON + timedelta(days=1))
        a_letter(session, case, "backing off", not_before=NOON + timedelta(seconds=10))
        advance_to(session, NOON + timedelta(days=1), NOON)
    office.outbox.send_due()
    assert office.mail.keys == ["tomorrow"]
    assert office.letter("tomorrow").delivered_at == NOON + timedelta(days=1)


def test_two_senders_side_by_side_never_send_one_key_twice(office: Office) -> None:
    keys = [f"letter {number}" for number in range(40)]
    with office.database.write() as session:
        case = a_case(session)
        for key in keys:
            a_letter(session, case, key)
    with ThreadPoolExecutor(4) as senders:
        counts = list(senders.map(lambda _: office.outbox.send_due(7), range(12)))
    assert sorted(office.mail.keys) == sorted(keys)
    assert sum(counts) == len(keys)


def test_a_sender_killed_before_it_marks_sends_again_under_the_same_key(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session))
    office.mail.after = kill
    with pytest.raises(Killed):
        office.outbox.send_due()
    office.mail.after = lambda parcel: None
    assert office.outbox.send_due() == 0, "the lease still holds"
    office.clock.advance(LEASE)
    assert office.outbox.send_due() == 1
    assert office.mail.keys == [office.letter().key] * 2
    assert office.letter().state == "delivered"


def test_a_sender_killed_before_it_sends_loses_nothing(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session))
    office.mail.before = kill
    with pytest.raises(Killed):
        office.outbox.send_due()
    office.mail.before = lambda parcel: None
    office.clock.advance(LEASE)
    office.outbox.send_due()
    assert len(office.mail.carried) == 1


def test_a_sender_that_wakes_after_its_lease_does_not_mark_what_another_holds(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        a_letter(session, a_case(session))
    slow = Office(database, office.clock)

    def overtaken(_parcel: Parcel) -> None:
        office.clock.advance(LEASE)
        with database.write() as session:
            now = office.clock.now
            assert len(take(session, process_now=now, machine_now=now, lease=LEASE, limit=5)) == 1

    slow.mail.after = overtaken
    slow.outbox.send_due()
    assert office.letter().state == "sending"
    assert office.letter().fence == 2


def test_what_does_not_fit_into_the_lease_goes_back_untried(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session)
        a_letter(session, case, "first")
        a_letter(session, case, "second")

    def slow(_parcel: Parcel) -> None:
        office.clock.advance(LEASE - timedelta(seconds=30))

    office.mail.after = slow
    office.outbox.send_due()
    assert [office.letter("first").state, office.letter("second").state] == ["delivered", "waiting"]
    assert office.letter("second").attempt == 0
    office.mail.after = lambda parcel: None
    office.outbox.send_due()
    assert office.mail.keys == ["first", "second"]


def test_a_failed_try_waits_longer_each_time_then_the_case_hears(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session))
    office.mail.before = refuse(TryLater("greylisted"))
    waits = []
    for _ in range(MOST_TRIES):
        assert office.heard == []
        assert office.outbox.send_due() == 1
        assert office.outbox.send_due() == 0, "it waits"
        letter = office.letter()
        waits.append(letter.not_before - office.clock.now)
        office.clock.advance(max(waits[-1], timedelta(0)))
    assert tuple(waits[: len(RETRIES)]) == RETRIES
    assert office.letter().state == "failed"
    assert office.heard == [f"{office.letter().key}: greylisted"]


def test_a_refused_address_is_not_tried_again(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session))
    office.mail.before = refuse(Undeliverable("no such mailbox"))
    office.outbox.send_due()
    assert office.letter().state == "failed"
    assert len(office.heard) == 1


def test_a_fault_of_the_transport_holds_up_no_other_letter(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session)
        a_letter(session, case, "bad")
        a_letter(session, case, "good")

    def fault(parcel: Parcel) -> None:
        if parcel.key == "bad":
            raise KeyError("a bug")

    office.mail.before = fault
    office.outbox.send_due()
    assert office.letter("good").state == "delivered"
    assert office.letter("bad").error == "the transport failed: KeyError"


def test_a_letter_that_kills_every_sender_is_given_up(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session))
    office.mail.before = kill
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            office.outbox.send_due()
        office.clock.advance(LEASE)
    office.outbox.send_due()
    assert office.letter().state == "failed"
    assert len(office.heard) == 1


def test_a_customer_without_the_address_is_undeliverable(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session, email=None))
    office.outbox.send_due()
    assert office.heard == [f"{office.letter().key}: no email is known"]


def test_the_same_key_goes_by_another_way(office: Office) -> None:
    with office.database.write() as session:
        a_letter(session, a_case(session))
    office.mail.before = refuse(Undeliverable("no such mailbox"))
    office.outbox.send_due()
    with office.database.write() as session:
        letter = session.exec(select(Letter)).one()
        send_by(session, letter, "mailbox", machine_now=office.clock.now)
    office.outbox.send_due()
    assert office.mailbox.keys == [office.letter().key]
    assert office.letter().tried == ["email"]


def test_staff_get_mail_where_they_have_an_address_and_else_the_mailbox(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session)
        a_letter(session, case, "to zhao", audience="staff", person="s-zhao-lei", kind="offer")
        a_letter(session, case, "to nobody", audience="staff", person="s-new", kind="offer")
        a_letter(session, case, "alarm", audience="staff", person="s-zhao-lei", kind="incident")
    office.outbox.send_due()
    assert [(p.key, p.to) for p in office.mail.carried] == [("to zhao", "zhao-lei@amends.example")]
    assert [(p.key, p.to) for p in office.mailbox.carried] == [("to nobody", "s-new")]
    assert office.alarms.keys == ["alarm"]


@pytest.mark.parametrize("status", ["withdrawn", "void", "merged"])
@pytest.mark.parametrize("kind", ["survey", "survey_reminder"])
def test_no_survey_goes_to_a_case_that_ended_otherwise(office: Office, status: str, kind: str) -> None:
    with office.database.write() as session:
        case = a_case(session, status=status)
        a_letter(session, case, kind=kind)
        a_letter(session, case, "the last word", kind="notice")
    office.outbox.send_due()
    assert office.mail.keys == ["the last word"]
    assert office.letter().state == "dropped"


def test_a_hold_set_after_writing_keeps_letters_to_the_customer_back(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session, hold=True)
        a_letter(session, case)
        a_letter(session, case, "to staff", audience="staff", person="s-zhao-lei", kind="offer")
    office.outbox.send_due()
    assert office.mail.keys == ["to staff"]
    assert office.letter().state == "held"


def test_the_clock_can_tell_that_nothing_is_left_to_send(office: Office) -> None:
    with office.database.write() as session:
        case = a_case(session)
        a_letter(session, case)
        a_letter(session, case, "tomorrow", send_at=NOON + timedelta(days=1))
    with office.database.read() as session:
        assert undelivered(session, process_now=NOON, machine_now=NOON)
    office.outbox.send_due()
    with office.database.read() as session:
        assert not undelivered(session, process_now=NOON, machine_now=NOON)
        assert undelivered(session, process_now=NOON + timedelta(days=1), machine_now=NOON)


# --- what comes late


def test_a_short_message_that_a_downtime_made_late_waits_for_contact_hours(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        case = a_case(session, phone="13800000001")
        a_letter(session, case, "rings", way="sms", kind="progress")
        may_ring = a_letter(session, case, "acknowledges", way="sms", kind="acknowledgement")
        may_ring.any_hour = True
        a_letter(session, case, "is silent", kind="progress")
    office.clock.advance(timedelta(hours=15))  # three in the morning in Shanghai
    assert office.outbox.send_due() == 2
    assert [office.letter(key).state for key in ("rings", "acknowledges", "is silent")] == [
        "waiting", "delivered", "delivered",
    ]  # fmt: skip
    assert office.letter("rings").send_at == NOON + timedelta(hours=20)
    office.clock.advance(timedelta(hours=5))
    assert office.outbox.send_due() == 1
    assert office.letter("rings").state == "delivered"


def test_a_letter_that_kills_every_sender_spends_no_try_of_the_letters_behind_it(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        case = a_case(session)
        a_letter(session, case, "kills")
        a_letter(session, case, "behind it", send_at=NOON + timedelta(seconds=1))
    office.clock.advance(timedelta(seconds=1))
    office.mail.before = lambda parcel: kill(parcel) if parcel.key == "kills" else None
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            office.outbox.send_due()
        office.clock.advance(LEASE)
    assert office.outbox.send_due() == 2
    assert (office.letter("kills").state, office.letter("behind it").state) == ("failed", "delivered")
    assert office.heard == ["kills: every sender that took it died"]
    assert office.letter("behind it").attempt == 1


def test_a_letter_that_went_while_the_store_could_not_say_so_is_marked_and_not_sent_again(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        a_letter(session, a_case(session), "went")
    failing = [MOST_TRIES + 2]

    def fail(seam: str) -> None:
        if seam == "delivered.before" and failing[0]:
            failing[0] -= 1
            raise StoreUnreachable("the disk is full")

    seams.watch(fail)
    try:
        while failing[0]:
            with pytest.raises(StoreUnreachable):
                office.outbox.send_due()
            office.clock.advance(LEASE)
    finally:
        seams.unwatch(fail)
    assert office.outbox.send_due() == 1
    assert office.letter("went").state == "delivered"
    assert office.mail.keys == ["went"]
    assert office.heard == []
