"""Where the store holds what a customer filled in or what was said about them, and how it is taken out.

Every place has an eraser. It takes words, names and addresses out where they stand; rows, times, amounts,
grades and scores stay, so figures and the history chains do. Other rooms register erasers of their own places
(`runtime` those of the folder of letters). A column that may hold text and has no eraser fails the tests.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from store import answers
from store.tables import (
    ActivityRow,
    Case,
    CaseText,
    Customer,
    CustomerKey,
    Decision,
    HookConflict,
    HookReceipt,
    Incident,
    Letter,
    Note,
    Option,
    Survey,
)

ERASED = "[erased]"
"""What stands where words were."""
ERASED_ID = "erased:"
"""Begins the keyed digest that stands where a channel's own id was."""
KINDS = ("id", "phone", "email")
"""Kinds of keys, in the order in which they are locked."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data is erased: a customer with one of their cases, or with `case` None what hangs on them alone."""

    session: Session
    customer: Customer
    case: Case | None
    keys: frozenset[tuple[str, str]]
    """(kind, value) of what channels know them by, in small letters."""
    secret: bytes
    machine_now: datetime


@dataclass(frozen=True, slots=True)
class Eraser:
    """One place. `find` gives what still holds words there, `wipe` takes them out of one piece found.

    A piece that was wiped is not found again, so an erasure may be repeated after a crash.
    """

    place: str
    find: Callable[[Subject], Sequence[Any]]
    wipe: Callable[[Subject, Any], None]
    columns: frozenset[str] = frozenset()
    """The columns of the store that it answers for, as `letters.body`."""

    def erase(self, subject: Subject) -> int:
        """Take everything out; how many pieces there were."""
        found = self.find(subject)
        for piece in found:
            self.wipe(subject, piece)
        return len(found)


Erasers = tuple[Eraser, ...]


def erased_id(secret: bytes, channel: str, given: str) -> str:
    """What stands in place of a channel's id of an event: known again when it comes again, readable to nobody."""
    digest = hmac.new(secret, f"event\0{channel}\0{given}".encode(), hashlib.sha256)
    return ERASED_ID + digest.hexdigest()[:40]


def customer_digest(secret: bytes, kind: str, value: str) -> str:
    """Keyed digest of a key of a customer."""
    return hmac.new(secret, f"customer\0{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:40]


def sorted_keys(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The one order in which everybody locks the keys of a customer."""
    return sorted(keys, key=lambda key: (KINDS.index(key[0]) if key[0] in KINDS else len(KINDS), key[1]))


# --- columns of the rows of a case


def _columns(
    place: str, table: type[SQLModel], rows: Callable[[Subject, Case], Sequence[Any]], **blank: Any
) -> Eraser:
    """Sets columns to what they hold when nothing is known; a text that must be there becomes `ERASED`."""

    def find(subject: Subject) -> Sequence[Any]:
        if subject.case is None:
            return []
        found = rows(subject, subject.case)
        return [row for row in found if any(getattr(row, name) not in (None, v) for name, v in blank.items())]

    def wipe(subject: Subject, row: Any) -> None:
        for name, value in blank.items():
            if getattr(row, name) is not None:
                setattr(row, name, type(value)(value) if isinstance(value, list | dict) else value)
        subject.session.add(row)

    return Eraser(place, find, wipe, frozenset(f"{table.__tablename__}.{name}" for name in blank))


def _of(table: type[SQLModel]) -> Callable[[Subject, Case], Sequence[Any]]:
    """Rows of a case, by its id."""
    columns: Any = table

    def rows(subject: Subject, case: Case) -> Sequence[Any]:
        return subject.session.exec(select(table).where(columns.case_id == case.id)).all()

    return rows


def _options(subject: Subject, case: Case) -> Sequence[Option]:
    decisions = select(Decision.id).where(Decision.case_id == case.id)
    return subject.session.exec(select(Option).where(col(Option.decision_id).in_(decisions))).all()


# --- letters that have not gone


def _unsent(subject: Subject) -> Sequence[Letter]:
    if subject.case is None:
        return []
    query = select(Letter).where(
        Letter.case_id == subject.case.id, col(Letter.state).in_(("waiting", "held", "sending"))
    )
    return subject.session.exec(query).all()


def _drop(subject: Subject, letter: Letter) -> None:
    letter.state, letter.lease_until, letter.fence = "dropped", None, letter.fence + 1
    subject.session.add(letter)


def being_sent(session: Session, case: Case, machine_now: datetime) -> bool:
    """Whether a sender holds a letter of the case in its hands just now."""
    query = select(Letter.id).where(
        Letter.case_id == case.id, Letter.state == "sending", col(Letter.lease_until) > machine_now
    )
    return session.exec(query.limit(1)).first() is not None


# --- what channels sent


def _case_ids(subject: Subject) -> Sequence[Case]:
    case = subject.case
    return [case] if case is not None and not case.external_id.startswith(ERASED_ID) else []


def _wipe_case_id(subject: Subject, case: Case) -> None:
    case.external_id = erased_id(subject.secret, case.channel, case.external_id)
    subject.session.add(case)


def _receipts(subject: Subject) -> Sequence[HookReceipt]:
    """Those of the case; with no case, bodies that opened nothing and name one of the customer's keys."""
    if subject.case is not None:
        query = select(HookReceipt).where(HookReceipt.case_id == subject.case.id)
        return [row for row in subject.session.exec(query).all() if _legible(row)]
    kept = select(HookReceipt).where(col(HookReceipt.case_id).is_(None), col(HookReceipt.kept).is_not(None))
    return [row for row in subject.session.exec(kept).all() if _names(row.kept or "", subject.keys)]


def _legible(row: HookReceipt) -> bool:
    return row.kept is not None or not (
        row.external_id.startswith(ERASED_ID) and row.webhook_id.startswith(ERASED_ID)
    )


def _wipe_receipt(subject: Subject, row: HookReceipt) -> None:
    row.kept = None
    if not row.external_id.startswith(ERASED_ID):
        row.external_id = erased_id(subject.secret, row.channel, row.external_id)
    if not row.webhook_id.startswith(ERASED_ID):
        row.webhook_id = erased_id(subject.secret, row.channel, row.webhook_id)
    subject.session.add(row)


def _conflicts(subject: Subject) -> Sequence[HookConflict]:
    """Those under a receipt of the case; with no case, whatever else names one of the customer's keys."""
    if subject.case is not None:
        receipts = select(HookReceipt.id).where(HookReceipt.case_id == subject.case.id)
        query = select(HookConflict).where(
            col(HookConflict.receipt_id).in_(receipts), HookConflict.body != ERASED
        )
        return subject.session.exec(query).all()
    found = subject.session.exec(select(HookConflict).where(HookConflict.body != ERASED)).all()
    return [row for row in found if _names(row.body, subject.keys)]


def _wipe_conflict(subject: Subject, row: HookConflict) -> None:
    row.body = ERASED
    subject.session.add(row)


def _names(body: str, keys: frozenset[tuple[str, str]]) -> bool:
    """Whether the body of an event says that it comes from whoever has one of these keys."""
    event = json.loads(body)
    customer = event.get("customer") if isinstance(event, Mapping) else None
    given = customer if isinstance(customer, Mapping) else {}
    return any((kind, str(given.get(kind) or "").strip().lower()) in keys for kind in KINDS)


# --- answers to programs, and the customer


def _answers(subject: Subject) -> Sequence[Any]:
    return [] if subject.case is None else answers.showing(subject.session, subject.case.ref)


def _delete(subject: Subject, row: Any) -> None:
    subject.session.delete(row)


def _person(subject: Subject) -> Sequence[Customer]:
    held = (subject.customer.name, subject.customer.phone, subject.customer.email)
    return [subject.customer] if subject.case is None and any(held) else []


def _wipe_person(subject: Subject, customer: Customer) -> None:
    customer.name = customer.phone = customer.email = None
    subject.session.add(customer)


def _keys(subject: Subject) -> Sequence[CustomerKey]:
    if subject.case is not None:
        return []
    query = select(CustomerKey).where(CustomerKey.customer_id == subject.customer.id)
    return subject.session.exec(query).all()


ERASERS: Erasers = (
    _columns(
        "complaint", CaseText, _of(CaseText), text=ERASED, order_id=None, wants=None, attachments=[], extra={},
    ),
    _columns("product and region", Case, lambda _subject, case: [case], product=None, region=None),
    Eraser("channel's id", _case_ids, _wipe_case_id, frozenset({"cases.external_id"})),
    Eraser("letters not sent", _unsent, _drop),
    _columns("letters", Letter, _of(Letter), subject=ERASED, body=ERASED, links={}, error=ERASED),
    _columns("notes", Note, _of(Note), text=ERASED),
    _columns("survey comments", Survey, _of(Survey), comment=ERASED),
    _columns("options", Option, _options, text=ERASED),
    _columns("errors", ActivityRow, _of(ActivityRow), error=ERASED),
    _columns("incidents", Incident, _of(Incident), reason=ERASED),
    Eraser(
        "receipts", _receipts, _wipe_receipt,
        frozenset({"hook_receipts.kept", "hook_receipts.external_id", "hook_receipts.webhook_id"}),
    ),
    Eraser("conflicts", _conflicts, _wipe_conflict, frozenset({"hook_conflicts.body"})),
    Eraser("repeatable answers", _answers, _delete, frozenset({"idempotent_answers.body"})),
    Eraser("customer", _person, _wipe_person, frozenset({"customers.name", "customers.phone", "customers.email"})),
    Eraser("customer's keys", _keys, _delete, frozenset({"customer_keys.value"})),
)  # fmt: skip
"""The places in the store. Keys of a customer come last: until then a rerun finds them by what it was given."""
