"""A complaint becomes a case: customer found, rows written, process started.

Under load the two halves come apart: what a channel sends is accepted in the receiver's transaction, many at once,
and the process begins with the case's first step, as of the moment it was received.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session, SQLModel

from cases.casework import Casework
from cases.identifying import Complainant as Complainant  # part of an arrival
from cases.identifying import identify
from complaints import staffing
from complaints.reference import NUMBERS, make_ref
from store.history import Line, digest, line_hash
from store.process_time import Circumstances, circumstances
from store.tables import Case

CASES = SQLModel.metadata.tables["cases"]
NEW_CASES = insert(CASES)
NEW_TEXTS = insert(SQLModel.metadata.tables["case_texts"])
NEW_LINES = insert(SQLModel.metadata.tables["history"])
TAKEN = select(CASES.c.ref).where(CASES.c.ref.in_(bindparam("drawn", expanding=True)))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A complaint as a channel reports it. `amount` is in minor units of the currency."""

    channel: str
    external_id: str
    occurred_at: datetime
    customer: Complainant
    text: str
    order_id: str | None = None
    product: str | None = None
    region: str | None = None
    wants: str | None = None
    amount: int | None = None
    attachments: tuple[object, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A complaint that was accepted, in its first cycle."""

    id: str
    ref: str
    cycle: int = 1


def accept(
    casework: Casework, session: Session, arrivals: Sequence[Arrival], at: Circumstances
) -> list[Opened]:
    """Write each complaint as a case that has not begun: from then on it has a ref, an owner and a text, and is due.

    Its first step begins the process as of `at.now`, whoever takes that step and whenever. No two of the arrivals
    may have a customer key in common. `IntegrityError` when somebody else just now learnt of the same customer.
    """
    bundle = at.live or casework.shelf.live(session)
    customers = identify(session, [arrival.customer for arrival in arrivals], at.now)
    refs = _free_refs(session, at.now, len(arrivals))
    on_duty = staffing.holder(casework.books.organisation, "coordinator", at.now).person
    opened = [Opened(str(uuid4()), ref) for ref in refs]
    cases: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    for arrival, customer_id, new in zip(arrivals, customers, opened, strict=True):
        line = Line(
            new.id, 1, at.now, "received", "", "", arrival.channel,
            {"channel": arrival.channel, "digest": digest(casework.secret, new.id, arrival.text)},
        )  # fmt: skip
        head = line_hash(casework.secret, "", line)
        lines.append({**line._asdict(), "hash": head})
        cases.append({
            "id": new.id, "ref": new.ref, "bundle": bundle, "customer_id": customer_id,
            "channel": arrival.channel, "external_id": arrival.external_id,
            "language": arrival.customer.language, "product": arrival.product, "region": arrival.region,
            "occurred_at": arrival.occurred_at, "received_at": at.now,
            "cycle_started_at": at.now, "next_due_at": at.now, "waiting": [],
            "owner": on_duty.id if on_duty else None, "history_count": 1, "history_head": head,
        })  # fmt: skip
        texts.append({
            "case_id": new.id, "text": arrival.text, "order_id": arrival.order_id, "wants": arrival.wants,
            "amount": arrival.amount, "attachments": list(arrival.attachments), "extra": dict(arrival.extra),
        })  # fmt: skip
    connection = session.connection()
    connection.execute(NEW_CASES, cases)
    connection.execute(NEW_TEXTS, texts)
    connection.execute(NEW_LINES, lines)
    return opened


def open_case(casework: Casework, session: Session, arrival: Arrival) -> Case:
    """Accept one complaint and run its process up to the first wait. The caller commits."""
    at = circumstances(session, casework.machine_clock())
    (opened,) = accept(casework, session, [arrival], at)
    case = casework.find(session, opened.id)
    casework.step_with(casework.open_file(session, case, at=at, new=True))
    return case


def _free_refs(session: Session, now: datetime, count: int) -> list[str]:
    """So many references that no case has."""
    free: list[str] = []
    while len(free) < count:
        drawn = {make_ref(now, secrets.randbelow(NUMBERS)) for _ in range(count - len(free))} - set(free)
        taken = session.connection().execute(TAKEN, {"drawn": list(drawn)}).scalars().all()
        free += sorted(drawn.difference(taken))
    return free
