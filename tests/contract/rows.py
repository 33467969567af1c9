"""Rows that tests of the store begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from store.tables import Bundle, Case, Customer, Letter

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""


class Clock:
    """Machine time as a value that a test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def a_case(
    session: Session,
    ref: str = "AM-2611-000001",
    *,
    email: str | None = "wang@example.org",
    phone: str | None = None,
    status: str = "handling",
    hold: bool = False,
) -> Case:
    """A case with its customer and bundle, in no particular state of its process."""
    if session.get(Bundle, "b") is None:
        session.add(Bundle(hash="b", files={}, published_at=NOON))
    customer = Customer(id=f"customer of {ref}", name="王", email=email, phone=phone, created_at=NOON)
    session.add(customer)
    session.flush()
    case = Case(
        id=f"case {ref}", ref=ref, bundle="b", customer_id=customer.id, channel="web_form", external_id=ref,
        occurred_at=NOON, received_at=NOON, status=status, hold=hold,
    )  # fmt: skip
    session.add(case)
    session.flush()
    return case


def a_letter(
    session: Session,
    case: Case,
    key: str = "AM-2611-000001/1/1/progress",
    *,
    kind: str = "progress",
    way: str = "email",
    audience: str = "customer",
    person: str | None = None,
    send_at: datetime = NOON,
    not_before: datetime = NOON,
) -> Letter:
    """A letter that waits to be sent."""
    letter = Letter(
        key=key, case_id=case.id, kind=kind, audience=audience, person=person, channel=way, language="zh",
        subject="您的投诉有了进展", body="您好：\n您的投诉正在处理。\n", created_at=NOON, send_at=send_at,
        not_before=not_before,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return letter
