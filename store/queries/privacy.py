"""Whose data is to be erased: customers by what they are known by, their complaints, and orders that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, exists, select

from store.erasers import sorted_keys
from store.tables import Case, Customer, CustomerKey, Erasure


def customers_known_by(session: Session, value: str, kind: str | None = None) -> Sequence[CustomerKey]:
    """Every key with this value, in small letters; of one kind when named."""
    query = select(CustomerKey).where(CustomerKey.value == value)
    return session.exec(query if kind is None else query.where(CustomerKey.kind == kind)).all()


def cases_of(session: Session, customer_id: str) -> Sequence[Case]:
    """The customer's complaints, oldest first."""
    query = select(Case).where(Case.customer_id == customer_id)
    return session.exec(query.order_by(col(Case.received_at), col(Case.ref))).all()


def keys_of(session: Session, customer_id: str, *, lock: bool = False) -> frozenset[tuple[str, str]]:
    """What the customer is known by; with `lock` nobody files a complaint under these keys meanwhile."""
    query = select(CustomerKey.kind, CustomerKey.value).where(CustomerKey.customer_id == customer_id)
    found = sorted_keys(session.exec(query).all())
    if lock:
        for key in found:
            session.get(CustomerKey, key, with_for_update=True)
    return frozenset(found)


def waiting_erasures(session: Session) -> Sequence[Erasure]:
    """Orders not carried out to the end, oldest first."""
    query = select(Erasure).where(col(Erasure.done_at).is_(None))
    return session.exec(query.order_by(col(Erasure.asked_at), col(Erasure.id))).all()


def every_erasure(session: Session) -> Sequence[Erasure]:
    """All orders, waiting and done."""
    return session.exec(select(Erasure).order_by(col(Erasure.asked_at))).all()


def erasures_of(session: Session, customer_id: str) -> Sequence[Erasure]:
    """Every order about a customer, newest first."""
    query = select(Erasure).where(Erasure.customer_id == customer_id)
    return session.exec(query.order_by(col(Erasure.asked_at).desc())).all()


def customers_over(session: Session, before: datetime, limit: int) -> Sequence[str]:
    """Customers whose every complaint ended before that moment, none of them held, and who are not erased."""
    own = col(Case.customer_id) == col(Customer.id)
    lately = exists().where(
        own, col(Case.ended).is_(False) | col(Case.hold) | col(Case.closed_at).is_(None)
        | (col(Case.closed_at) >= before),
    )  # fmt: skip
    readable = exists().where(own, col(Case.erased_at).is_(None))
    ordered = exists().where(col(Erasure.customer_id) == col(Customer.id), col(Erasure.done_at).is_(None))
    query = select(Customer.id).where(readable, ~lately, ~ordered)
    return session.exec(query.order_by(col(Customer.id)).limit(limit)).all()
