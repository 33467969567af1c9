"""A complaint becomes a case: customer found, row written, process started, all in the receiver's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, select

from cases.casework import Casework
from complaints.reference import NUMBERS, make_ref
from store.process_time import circumstances
from store.tables import Case, CaseText, Customer, CustomerKey


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complains, as the channel knows them. At least one of `id`, `phone`, `email` finds them again."""

    id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    value: str = "standard"
    language: str = "zh"


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


def open_case(casework: Casework, session: Session, arrival: Arrival) -> Case:
    """Write the case and run its process up to the first wait. The caller commits."""
    machine_now = casework.machine_clock()
    at = circumstances(session, machine_now)
    now = at.now
    customer = _identify(session, arrival.customer, now)
    case = Case(
        id=str(uuid4()), ref=_free_ref(session, now), bundle=at.live or casework.shelf.live(session),
        customer_id=customer.id, channel=arrival.channel, external_id=arrival.external_id,
        language=arrival.customer.language, occurred_at=arrival.occurred_at, received_at=now,
        cycle_started_at=now,
    )  # fmt: skip
    session.add(case)
    session.flush()
    file = casework.open_file(session, case, actor=arrival.channel, at=at, new=True)
    session.add(CaseText(
        case_id=case.id, text=arrival.text, order_id=arrival.order_id, product=arrival.product,
        region=arrival.region, wants=arrival.wants, amount=arrival.amount,
        attachments=list(arrival.attachments), extra=dict(arrival.extra),
    ))  # fmt: skip
    file.log("received", channel=arrival.channel, digest=file.history.digest(arrival.text))
    passage = casework.passage(file)
    passage.begin("receive", {})
    passage.settle()
    return case


def _identify(session: Session, given: Complainant, now: datetime) -> Customer:
    """One customer across channels: the first known key wins, and the keys given now are learnt."""
    keys = [
        (kind, value.strip().lower())
        for kind, value in (("id", given.id), ("phone", given.phone), ("email", given.email))
        if value and value.strip()
    ]
    customer: Customer | None = None
    unknown: list[tuple[str, str]] = []
    for kind, value in keys:
        # Locked, so that an erasure either sees this complaint or has taken the key away before.
        known = session.get(CustomerKey, (kind, value), with_for_update=True)
        if known is None:
            unknown.append((kind, value))
        elif customer is None:
            customer = session.get(Customer, known.customer_id)
    if customer is None:
        customer = Customer(id=str(uuid4()), created_at=now)
    for name in ("name", "phone", "email"):
        if value := getattr(given, name):
            setattr(customer, name, value)
    customer.value, customer.language = given.value, given.language
    session.add(customer)
    session.flush()
    session.add_all(CustomerKey(kind=kind, value=value, customer_id=customer.id) for kind, value in unknown)
    return customer


def _free_ref(session: Session, now: datetime) -> str:
    while True:
        ref = make_ref(now, secrets.randbelow(NUMBERS))
        if session.exec(select(Case.id).where(Case.ref == ref)).first() is None:
            return ref
