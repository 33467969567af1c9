"""History of another system: closed complaints written as they were, with a chain of their own. No process runs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, select

from cases.casework import Casework
from complaints.errors import near
from complaints.reference import NUMBERS, make_ref
from complaints.survey import SURVEY_RULES
from store.anchors import IMPORTED
from store.erasers import erased_id
from store.history import Chronicle
from store.tables import (
    Case,
    CaseText,
    Customer,
    CustomerKey,
    Decision,
    HookReceipt,
    Note,
    Survey,
)

ACTOR = "import"
BATCH = 500
"""Complaints of one transaction."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who complained. Their number is the other system's, and is told apart from those of other sources."""

    id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    value: str = "standard"


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed complaint. `(source, external_id)` is its key; `marks` are columns of the case by name."""

    source: str
    external_id: str
    channel: str
    language: str
    text: str
    customer: Person
    received_at: datetime
    closed_at: datetime
    status: str
    outcome: str
    cycles: int
    marks: dict[str, object] = field(default_factory=dict)
    about: dict[str, object] = field(default_factory=dict)
    """Order and amount: columns of the text of the case."""
    owner: str | None = None
    answer: str | None = None
    cause: str | None = None
    score: int | None = None
    nps: int | None = None


def receipt_channel(source: str) -> str:
    """Where the keys of a source are kept; no channel of ours is called so."""
    return f"import/{source}"


def what_is_wrong(casework: Casework, one: Closed, now: datetime) -> tuple[tuple[str, str], ...]:
    """(field, cause with its cure) of what this installation does not know."""
    wrong: list[tuple[str, str]] = []
    organisation, department = casework.books.organisation, one.marks.get("department")
    if casework.books.channel(one.channel) is None:
        wrong.append(("channel", f"there is no channel {one.channel!r}: map it to one of channels.toml"))
    if department is not None and department not in organisation.departments:
        cure = near(str(department), organisation.departments)
        wrong.append(
            ("department", f"there is no department {str(department)!r}{cure}: map it to one of ours")
        )
    if one.owner is not None and one.owner not in organisation.people:
        cure = near(one.owner, organisation.people)
        wrong.append(
            ("owner", f"there is no person {one.owner!r}{cure}: map them to staff ids, or leave them out")
        )
    if one.closed_at > now:
        wrong.append(
            ("closed_at", f"{one.closed_at.isoformat()} is still to come: only closed history is imported")
        )
    return tuple(wrong)


def known(session: Session, casework: Casework, one: Closed) -> bool:
    """Whether it was imported before, also when its customer was erased since."""
    channel = receipt_channel(one.source)
    names = (one.external_id, erased_id(casework.secret, channel, one.external_id))
    query = select(HookReceipt.id).where(HookReceipt.channel == channel, HookReceipt.external_id.in_(names))  # type: ignore[attr-defined]
    return session.exec(query).first() is not None


def import_closed(casework: Casework, batch: Sequence[Closed], now: datetime) -> list[str | None]:
    """Write a batch in one transaction: the ref of each, None for one that was here before. Safe to repeat."""
    with casework.database.write() as session:
        bundle = casework.shelf.live(session)
        refs: list[str | None] = []
        for one in batch:
            if known(session, casework, one):
                refs.append(None)
                continue
            refs.append(_write(casework, session, one, bundle, now))
        return refs


def _write(casework: Casework, session: Session, one: Closed, bundle: str, now: datetime) -> str:
    customer, channel = _customer(session, one), receipt_channel(one.source)
    case = Case(
        id=str(uuid4()), ref=_free_ref(session, one.received_at), bundle=bundle, imported=True, ended=True,
        customer_id=customer.id, channel=one.channel, external_id=one.external_id, language=one.language,
        occurred_at=one.received_at, received_at=one.received_at, cycle_started_at=one.received_at,
        status=one.status, closed_at=one.closed_at, cycle=one.cycles, value=customer.value, owner=one.owner,
        outcome=one.outcome if one.status == "closed" else None,
        reason="closed before the import" if one.status == "closed" else "withdrawn by customer",
    )  # fmt: skip
    for name, value in one.marks.items():
        setattr(case, name, value)
    session.add(case)
    session.flush()
    session.add(CaseText.model_validate({"case_id": case.id, "text": one.text, **one.about}))
    digest = hmac.digest(casework.secret, f"{one.source}\0{one.external_id}".encode(), hashlib.sha256).hex()
    session.add(HookReceipt(
        channel=channel, external_id=one.external_id, webhook_id=one.external_id, kind="import",
        digest=digest, received_at=now, occurred_at=one.received_at, case_id=case.id,
    ))  # fmt: skip
    _add_words(session, case, one)
    _add_history(session, casework.secret, case, one, now)
    session.add(case)
    return case.ref


def _add_words(session: Session, case: Case, one: Closed) -> None:
    """What was answered, decided and scored, in the tables where the figures look for it."""
    by = one.owner or ACTOR
    for kind, text in (("solution", one.answer), ("cause", one.cause)):
        if text:
            session.add(
                Note(case_id=case.id, cycle=case.cycle, kind=kind, text=text, by=by, at=one.closed_at)
            )
    if case.resolved_at is not None:
        session.add(Decision(
            case_id=case.id, cycle=case.cycle, decision=case.decision or "upheld", by=by, at=case.resolved_at,
            sent_at=case.resolved_at,
        ))  # fmt: skip
    if one.score is not None or one.nps is not None:
        session.add(Survey(
            case_id=case.id, cycle=case.cycle, rated=one.owner, ask_at=one.closed_at, sent_at=one.closed_at,
            answered_at=one.closed_at if one.score is not None else None, first_score=one.score, score=one.score,
            nps=one.nps, nps_answered_at=one.closed_at if one.nps is not None else None,
            leave=one.score is not None and one.score <= SURVEY_RULES.low, state="frozen",
        ))  # fmt: skip


def _add_history(session: Session, secret: bytes, case: Case, one: Closed, now: datetime) -> None:
    """Received, graded, ended: the turns that the backlog follows from, under the dates they had; and since when the
    chain is here."""
    chain = Chronicle(session, case, secret)

    def add(what: str, at: datetime, **data: object) -> None:
        chain.add(what, at=at, actor=ACTOR, data=data)

    add("received", one.received_at, channel=one.channel, source=one.source, digest=chain.digest(one.text))
    if case.tier is not None:
        add(
            "graded", one.received_at, before=None, tier=case.tier, urgency=case.urgency, impact=case.impact,
            category=case.category, department=case.department, provisional=False,
        )  # fmt: skip
    if one.status == "closed":
        add("closed", one.closed_at, outcome=case.outcome, cycle=case.cycle)
    else:
        add("withdrawn", one.closed_at, by="customer")
    add(IMPORTED, now, source=one.source)


def _customer(session: Session, one: Closed) -> Customer:
    """Found by number, phone or address; what is known of them already is newer and stays."""
    given = one.customer
    number = f"{one.source}/{given.id or 'of ' + one.external_id}"
    keys = [
        (kind, value.strip().lower())
        for kind, value in (("id", number), ("phone", given.phone), ("email", given.email))
        if value and value.strip()
    ]
    found: Customer | None = None
    unknown: list[tuple[str, str]] = []
    for key in keys:
        row = session.get(CustomerKey, key, with_for_update=True)
        if row is None:
            unknown.append(key)
        elif found is None:
            found = session.get(Customer, row.customer_id)
    if found is None:
        found = Customer(
            id=str(uuid4()), name=given.name, phone=given.phone, email=given.email, value=given.value,
            language=one.language, created_at=one.received_at,
        )  # fmt: skip
        session.add(found)
        session.flush()
    session.add_all(CustomerKey(kind=kind, value=value, customer_id=found.id) for kind, value in unknown)
    return found


def _free_ref(session: Session, at: datetime) -> str:
    while True:
        ref = make_ref(at, secrets.randbelow(NUMBERS))
        if session.exec(select(Case.id).where(Case.ref == ref)).first() is None:
            return ref
