"""Letters on their way out: taken under a lease and a fence, marked under the same fence.

Leases and waits are machine time, the moment a letter may go and went is process time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, SQLModel, and_, col, or_, select

from complaints.outbound import may_still_go
from complaints.routes import day_of, free_day, sending_time
from store.tables import Case, Customer, Letter

LETTERS = SQLModel.metadata.tables["letters"]
HELD = and_(
    LETTERS.c.id == bindparam("number"), LETTERS.c.fence == bindparam("held_by"), LETTERS.c.state == "sending"
)
BEGIN = update(LETTERS).where(HELD).values(attempt=bindparam("tries"))
GONE = (
    update(LETTERS).where(HELD)
    .values(state="delivered", delivered_at=bindparam("went_at"), lease_until=None, error=None)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that this sender alone may send until `lease_until` (machine time)."""

    id: int
    fence: int
    lease_until: datetime
    tries: int
    """How often it was tried on this way, this time included."""
    key: str
    ref: str
    kind: str
    audience: str
    person: str | None
    way: str
    language: str
    subject: str
    body: str
    written_at: datetime
    links: Mapping[str, str]
    email: str | None
    phone: str | None
    """How the customer can be reached now; both None for letters to staff."""


def take(
    session: Session, *, process_now: datetime, machine_now: datetime, lease: timedelta, limit: int
) -> list[Taken]:
    """Up to `limit` letters that are due, oldest first; what another sender holds is passed over.

    One that would ring outside of the customer's contact window waits for it, one that nobody asked for waits for a
    day of its own.

    A letter whose lease ran out was taken by a sender that died: it goes again, under the same key.
    """
    waiting = and_(
        Letter.state == "waiting", col(Letter.send_at) <= process_now, col(Letter.not_before) <= machine_now
    )
    abandoned = and_(Letter.state == "sending", col(Letter.lease_until) <= machine_now)
    query = (
        select(Letter)
        .where(Letter.direction == "out", or_(waiting, abandoned))
        .order_by(col(Letter.send_at), col(Letter.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    letters = session.exec(query).all()
    cases = _by_id(session, {letter.case_id for letter in letters if letter.case_id is not None})
    taken = []
    for letter in letters:
        if letter.case_id is None:
            taken.append(_lent(letter, machine_now + lease, letter.key.replace("/", "-"), None))
            session.add(letter)
            continue
        case, customer = cases[letter.case_id]
        if not may_still_go(letter.kind, case.status):
            letter.state = "dropped"
        elif case.hold and letter.audience == "customer":
            letter.state = "held"
        elif (opens := _opens(session, letter, customer, process_now)) > process_now:
            letter.state, letter.lease_until, letter.send_at = "waiting", None, opens
        else:
            taken.append(_lent(letter, machine_now + lease, case.ref, customer))
        session.add(letter)
    return taken


def _opens(session: Session, letter: Letter, customer: Customer | None, process_now: datetime) -> datetime:
    """When the letter may go: now, or the next contact hours if a downtime, a retry or another way made it late, or the
    next day if another unasked one of its case went today already."""
    if letter.audience != "customer" or letter.any_hour or customer is None:
        return process_now
    at = process_now
    if letter.unasked:
        query = select(Letter).where(
            Letter.case_id == letter.case_id, Letter.id != letter.id, col(Letter.unasked),
            or_(Letter.state == "sending", col(Letter.delivered_at) > process_now - timedelta(days=2)),
        )  # fmt: skip
        others = session.exec(query).all()
        at = free_day(at, customer.zone, {day_of(x.delivered_at or at, customer.zone) for x in others})
    return sending_time(letter.channel, at, customer.zone, exempt=False)


def begin(session: Session, letter: Taken) -> None:
    """Count the try that comes now. Not counted when it is taken: a sender that dies over the first letter of many,
    again and again, has not tried the others.
    """
    session.flush()  # it may have been taken in this transaction
    session.connection().execute(BEGIN, {**_named(letter), "tries": letter.tries})


def delivered(session: Session, letter: Taken, *, process_now: datetime) -> bool:
    """The letter went out. False when somebody else has taken it since: then theirs is the word that counts."""
    done = session.connection().execute(GONE, {**_named(letter), "went_at": process_now})
    return done.rowcount == 1


def put_back(session: Session, letter: Taken, *, not_before: datetime, error: str | None) -> bool:
    """The letter did not go and waits. Without an error it was begun and never tried: the try does not count."""
    row = _held(session, letter)
    if row is None:
        return False
    row.state, row.lease_until, row.not_before = "waiting", None, not_before
    if error is None:
        row.attempt -= 1
    else:
        row.error = error[:500]
    session.add(row)
    return True


def given_up(session: Session, letter: Taken, *, error: str) -> Letter | None:
    """The letter will not go on this way; the row, for whoever decides what next."""
    row = _held(session, letter)
    if row is None:
        return None
    row.state, row.lease_until, row.error = "failed", None, error[:500]
    session.add(row)
    return row


def send_by(session: Session, letter: Letter, way: str, *, machine_now: datetime) -> None:
    """Try a letter that failed once more, by another way and under the same key."""
    letter.tried = [*letter.tried, letter.channel]
    letter.channel, letter.state, letter.attempt, letter.not_before = way, "waiting", 0, machine_now
    session.add(letter)


def undelivered(session: Session, *, process_now: datetime, machine_now: datetime) -> bool:
    """Whether a letter should have gone by now: what `clock advance` waits for."""
    query = select(Letter.id).where(
        Letter.direction == "out",
        or_(
            Letter.state == "sending",
            and_(
                Letter.state == "waiting",
                col(Letter.send_at) <= process_now,
                col(Letter.not_before) <= machine_now,
            ),
        ),
    )
    return session.exec(query.limit(1)).first() is not None


def _named(letter: Taken) -> dict[str, object]:
    return {"number": letter.id, "held_by": letter.fence}


def _held(session: Session, letter: Taken) -> Letter | None:
    query = select(Letter).where(
        Letter.id == letter.id, Letter.fence == letter.fence, Letter.state == "sending"
    )
    return session.exec(query.with_for_update()).first()


def _by_id(session: Session, ids: set[str]) -> dict[str, tuple[Case, Customer | None]]:
    if not ids:
        return {}
    query = select(Case, Customer).outerjoin(Customer, col(Customer.id) == col(Case.customer_id))
    found: Sequence[tuple[Case, Customer | None]] = session.exec(query.where(col(Case.id).in_(ids))).all()
    return {case.id: (case, customer) for case, customer in found}


def _lent(letter: Letter, until: datetime, ref: str, customer: Customer | None) -> Taken:
    """The letter, which is this sender's alone until then."""
    assert letter.id is not None, "it was read from the store"
    letter.state, letter.lease_until = "sending", until
    letter.fence += 1
    receiver = customer if letter.audience == "customer" else None
    return Taken(
        id=letter.id, fence=letter.fence, lease_until=until, tries=letter.attempt + 1, key=letter.key,
        ref=ref, kind=letter.kind, audience=letter.audience, person=letter.person, way=letter.channel,
        language=letter.language, subject=letter.subject, body=letter.body, written_at=letter.created_at,
        links=letter.links, email=receiver.email if receiver else None,
        phone=receiver.phone if receiver else None,
    )  # fmt: skip
