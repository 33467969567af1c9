"""The sender: takes letters that are due, sends them with no transaction open, and marks them.

Any number run side by side. A sender that dies leaves its letters to the next one after the lease; they
go again under the same key, so a provider gets each at least once and can tell a repeat.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from sqlmodel import Session

from cases.subject import at_work_on
from complaints.outbound import MOST_TRIES, next_try
from runtime.post.transport import Parcel, PostError, Transport, TryLater, Undeliverable
from store.database import Database
from store.outbox import Taken, begin, delivered, given_up, put_back, take
from store.process_time import process_time
from store.seams import Change, passed
from store.tables import Letter

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
LONGEST_SENDING = timedelta(minutes=1)
"""A letter is begun only while its lease has this much left; what is left over goes back at once."""
ALARMS = frozenset({"incident"})
"""Letters to staff that go to the addresses for alarms, where there are some."""

Hear = Callable[[Session, Letter, str], None]
"""(transaction, the letter that failed, why): tell its case, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Which transport carries what: by way of the letter, else the mailbox; `alarms` for those to operations."""

    mailbox: Transport
    by_way: Mapping[str, Transport]
    alarms: Transport | None = None

    def transport(self, letter: Taken) -> Transport:
        if self.alarms is not None and letter.audience == "staff" and letter.kind in ALARMS:
            return self.alarms
        return self.by_way.get(letter.way, self.mailbox)


class Outbox:
    """Wired once; what it remembers of letters is only which went and could not be marked so, because the store
    failed: those are marked when they are taken again, not sent again. `staff_mail` gives the address of a person,
    where there is one.
    """

    def __init__(
        self, database: Database, ways: Ways, *, machine_clock: Callable[[], datetime], hear: Hear,
        staff_mail: Callable[[str], str | None],
    ) -> None:  # fmt: skip
        self._database, self._ways, self._machine_clock = database, ways, machine_clock
        self._hear, self._staff_mail = hear, staff_mail
        self._unmarked: set[str] = set()

    def send_due(self, limit: int = 50) -> int:
        """Send up to `limit` letters that are due now; how many were taken, whatever became of them."""
        machine_now = self._machine_clock()
        with self._database.write(Change.TAKE_LETTERS) as session:
            process_now = process_time(session, machine_now)
            letters = take(
                session, process_now=process_now, machine_now=machine_now, lease=LEASE, limit=limit
            )
            if letters:
                begin(session, letters[0])
        for letter, following in zip_longest(letters, letters[1:]):
            self._send(letter, following)
        return len(letters)

    def _send(self, letter: Taken, following: Taken | None) -> None:
        """Send a letter, and count the try of the next one in the transaction that says what became of this."""
        with at_work_on(letter.ref):
            self._try(letter, following)

    def _try(self, letter: Taken, following: Taken | None) -> None:
        if letter.key in self._unmarked:
            self._mark(letter, following)
            return
        if self._machine_clock() + LONGEST_SENDING > letter.lease_until:
            with self._changing(Change.PUT_BACK, following) as session:
                put_back(session, letter, not_before=self._machine_clock(), error=None)
            return
        if letter.tries > MOST_TRIES:
            self._give_up(letter, following, Undeliverable("every sender that took it died"))
            return
        try:
            self._carry(letter)
        except Undeliverable as error:
            self._give_up(letter, following, error)
        except TryLater as error:
            wait = next_try(letter.tries)
            if wait is None:
                self._give_up(letter, following, error)
            else:
                with self._changing(Change.PUT_BACK, following) as session:
                    put_back(session, letter, not_before=self._machine_clock() + wait, error=str(error))
        else:
            self._mark(letter, following)

    def _mark(self, letter: Taken, following: Taken | None) -> None:
        """The letter went; remembered until the store has it."""
        self._unmarked.add(letter.key)
        with self._changing(Change.DELIVERED, following) as session:
            delivered(session, letter, process_now=process_time(session, self._machine_clock()))
        log.info("letter %s, %s by %s: delivered", letter.id, letter.kind, letter.way)
        self._unmarked.discard(letter.key)

    @contextmanager
    def _changing(self, change: Change, following: Taken | None) -> Iterator[Session]:
        with self._database.write(change) as session:
            yield session
            if following is not None:
                begin(session, following)

    def _carry(self, letter: Taken) -> None:
        transport = self._ways.transport(letter)
        to = self._address(letter, transport)
        if to is None and letter.audience == "staff":
            transport, to = self._ways.mailbox, letter.person
        if to is None:
            raise Undeliverable(f"no {transport.address} is known")
        parcel = Parcel(
            letter.key, letter.ref, letter.kind, to, letter.language, letter.subject, letter.body,
            letter.written_at,
        )  # fmt: skip
        passed("sending")
        try:
            transport.send(parcel)
        except PostError:
            raise
        except Exception as error:
            # A fault of one transport with one letter must not hold up the others; six tries, then a person.
            log.exception("letter %s: the transport for %s failed", letter.id, letter.way)
            raise TryLater(f"the transport failed: {type(error).__name__}") from error
        passed("sent")

    def _address(self, letter: Taken, transport: Transport) -> str | None:
        """What the transport needs to know of the receiver, as it is known now."""
        if letter.audience == "staff":
            mail = self._staff_mail(letter.person or "")
            return mail if transport.address == "email" else mail or letter.person or "operations"
        match transport.address:
            case "email":
                return letter.email
            case "phone":
                return letter.phone
            case _:
                return letter.email or letter.phone or letter.ref

    def _give_up(self, letter: Taken, following: Taken | None, error: PostError) -> None:
        log.warning("letter %s given up on way %s: %s", letter.id, letter.way, error)
        with self._changing(Change.GIVE_UP, following) as session:
            row = given_up(session, letter, error=str(error))
            if row is not None:
                self._hear(session, row, str(error))
