"""The case and what the customer wrote: one row of facts and process state, one row of personal text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from store.columns import UtcTime

UNSHOWN = text("CASE WHEN shown_version < version THEN 1 ELSE 0 END = 1")
"""Of an index, and of the query that it is for: cases whose run has not shown their newest version.

Of one column less than another PostgreSQL expects a third of all rows, and would read every case; of this one in two
hundred.
"""
UNBEGUN = text("instance_no = 0 AND NOT ended")
"""The same: complaints that were accepted, and wait for their first step."""


class Case(SQLModel, table=True):
    """A complaint, or an improvement action: whatever runs as a process of its own.

    `version` grows with each step and each incident; `generation` with each Prefect run made for it.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_next_due", "next_due_at"),
        Index("cases_run_wanted", "generation", "flow_run_id"),
        Index("cases_open_received", "ended", "received_at"),
        Index("cases_open_by_ref", "ended", "ref"),
        Index("cases_of_customer", "customer_id", "received_at", "category"),
        Index("cases_received", "received_at"),
        Index("cases_closed", "closed_at"),
        Index("cases_to_show", "id", sqlite_where=UNSHOWN, postgresql_where=UNSHOWN),
        Index("cases_to_begin", "next_due_at", sqlite_where=UNBEGUN, postgresql_where=UNBEGUN),
        # Somebody complains; an improvement action is the firm's own, and is about no one customer.
        CheckConstraint("(kind = 'complaint') = (customer_id IS NOT NULL)", name="complaints_have_customers"),
    )

    id: str = Field(primary_key=True, max_length=36)
    ref: str = Field(unique=True, max_length=24)
    kind: str = Field(default="complaint", max_length=12)
    """complaint or improvement. Every list and figure of complaints asks for its own kind."""
    imported: bool = False
    """Closed history of another system: it had no process here, and gets a run only when it is taken up again."""
    version: int = 0
    bundle: str = Field(max_length=64, foreign_key="bundles.hash")

    # process state
    instance_no: int = 0
    instance: str | None = None
    next_activation: int = 1
    ended: bool = False
    """The process instance is over (closed, withdrawn, void, merged)."""
    waiting: list[Any] = Field(default=[], sa_type=JSON)
    """What the case waits for, in the words of the definition."""
    next_due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """Earliest armed timer or unhandled inbox row; null when nothing will happen by itself."""

    # the Prefect run that shows it
    generation: int = 1
    flow_run_id: str | None = Field(default=None, max_length=36, index=True)
    shown_version: int = -1
    """Version of the case that the run last showed."""

    # facts
    customer_id: str | None = Field(default=None, foreign_key="customers.id")
    """Null for an improvement action."""
    channel: str = Field(index=True, max_length=40)
    external_id: str = Field(max_length=200)
    language: str = Field(default="zh", max_length=8)
    occurred_at: datetime = Field(sa_type=UtcTime)
    received_at: datetime = Field(sa_type=UtcTime)
    product: str | None = Field(default=None, max_length=500)
    """As the customer names it, like the region: their words, so they are erased with the others. They stand with the
    facts since figures are broken down by them.
    """
    region: str | None = Field(default=None, max_length=200)
    status: str = Field(default="received", index=True, max_length=20)
    tier: str | None = Field(default=None, index=True, max_length=10)
    urgency: str | None = Field(default=None, max_length=10)
    impact: str | None = Field(default=None, max_length=10)
    category: str | None = Field(default=None, max_length=30)
    sentiment: str | None = Field(default=None, max_length=20)
    confidence: int | None = None
    provisional: bool = False
    # what the members of a mass matter are judged by
    injury: bool = False
    """The customer was hurt themselves, as it was read."""
    loss: int = 0
    """Largest loss that was read, in CNY minor units."""
    own_harm: bool | None = None
    """What a person says of it by the impact they grade; null: nothing, so what was read counts."""
    impact_alone: str | None = Field(default=None, max_length=10)
    """Impact without the batch factor."""
    value: str = Field(default="standard", max_length=10)
    authority: bool = False
    repeats: int = 0
    department: str | None = Field(default=None, index=True, max_length=40)
    skill: str | None = Field(default=None, max_length=40)
    owner: str | None = Field(default=None, max_length=60)
    """Staff id of the one person who answers for the case now."""
    cycle: int = 1
    cycle_started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcTime)
    dispatched_at: datetime | None = Field(default=None, sa_type=UtcTime)
    first_contact_at: datetime | None = Field(default=None, sa_type=UtcTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    fulfilled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome: str | None = Field(default=None, max_length=20)
    decision: str | None = Field(default=None, max_length=20)
    reason: str | None = Field(default=None, max_length=60)
    merged_into: str | None = Field(default=None, max_length=24)
    """Ref of the lead while merged."""
    follows: str | None = Field(default=None, max_length=24, index=True)
    """Ref of the complaint that leads the matter, while this one waits for its answer."""
    hold: bool = False
    """Legal hold: blocks erasure, and letters to the customer need a release."""
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the words of this case were taken out; it cannot come back after that."""

    # the chain
    history_count: int = 0
    history_head: str = Field(default="", max_length=64)


class CaseText(SQLModel, table=True):
    """What the customer told us, but for product and region, which stand with the case. Personal: erased in place."""

    __tablename__ = "case_texts"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    text: str
    order_id: str | None = Field(default=None, max_length=200)
    wants: str | None = None
    amount: int | None = None
    """Amount in dispute as the customer states it, in minor units of the currency."""
    attachments: list[Any] = Field(default=[], sa_type=JSON)
    extra: dict[str, Any] = Field(default={}, sa_type=JSON)


class Customer(SQLModel, table=True):
    """One person across channels. Personal: erased in place."""

    __tablename__ = "customers"

    id: str = Field(primary_key=True, max_length=36)
    name: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)
    email: str | None = Field(default=None, max_length=320)
    value: str = Field(default="standard", max_length=10)
    language: str = Field(default="zh", max_length=8)
    zone: str = Field(default="Asia/Shanghai", max_length=60)
    created_at: datetime = Field(sa_type=UtcTime)


class CustomerKey(SQLModel, table=True):
    """What a channel knows a customer by: customer number, phone, email. One key belongs to one customer."""

    __tablename__ = "customer_keys"

    kind: str = Field(primary_key=True, max_length=20)
    value: str = Field(primary_key=True, max_length=320)
    customer_id: str = Field(foreign_key="customers.id", index=True)
