"""What comes in and what goes out: hook receipts, the case's inbox, letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.columns import UtcTime

UNHANDLED = text("handled_at IS NULL")
"""Every event a case ever heard stays in its inbox; what is looked for is what it has not heard yet."""


class HookReceipt(SQLModel, table=True):
    """A channel's event, stored before anything is done with it; (channel, external id) is unique."""

    __tablename__ = "hook_receipts"
    __table_args__ = (
        UniqueConstraint("channel", "external_id", name="one_receipt_of_an_event"),
        UniqueConstraint("channel", "webhook_id", name="one_receipt_of_a_webhook_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=40)
    external_id: str = Field(max_length=200)
    webhook_id: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    """Salted digest of the body, to tell a repeat from a different body under the same key."""
    received_at: datetime = Field(sa_type=UtcTime)
    occurred_at: datetime = Field(sa_type=UtcTime, index=True)
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    kept: str | None = None
    """The whole body of what opened nothing (an automatic reply), so that a mistake can be found. Personal."""


class HookConflict(SQLModel, table=True):
    """A second, different body under a key already used: kept whole for a person to look at. Personal."""

    __tablename__ = "hook_conflicts"
    __table_args__ = (UniqueConstraint("receipt_id", "digest", name="one_conflict_of_a_body"),)

    id: int | None = Field(default=None, primary_key=True)
    receipt_id: int = Field(foreign_key="hook_receipts.id", index=True)
    digest: str = Field(max_length=64)
    body: str
    received_at: datetime = Field(sa_type=UtcTime)


class ChannelCount(SQLModel, table=True):
    """How many complaints a channel says it sent on one of its days: what our own count is held against."""

    __tablename__ = "channel_counts"

    channel: str = Field(primary_key=True, max_length=40)
    day: str = Field(primary_key=True, max_length=10)
    """The channel's own day, as 2026-11-22."""
    count: int
    reported_at: datetime = Field(sa_type=UtcTime)


class InboxRow(SQLModel, table=True):
    """Something addressed to a case, waiting for its next step. Unhandled ones have no `handled_at`."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("source", "external_id", name="one_inbox_row_of_an_event"),
        Index("inbox_unhandled", "case_id", sqlite_where=UNHANDLED, postgresql_where=UNHANDLED),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id")
    name: str = Field(max_length=40)
    key: str | None = Field(default=None, max_length=40)
    payload: dict[str, Any] = Field(default={}, sa_type=JSON)
    actor: str = Field(max_length=60)
    source: str = Field(max_length=60)
    external_id: str = Field(max_length=200)
    effective_at: datetime = Field(sa_type=UtcTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome: str | None = Field(default=None, max_length=20)
    """consumed or unwanted (nothing in the process waits for it)."""


class Letter(SQLModel, table=True):
    """A message in or out. Out: one key is delivered once. Text is personal."""

    __tablename__ = "letters"
    __table_args__ = (Index("letters_to_send", "state", "not_before"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=160)
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    """None of a letter to staff about no single complaint, as the monthly review."""
    cycle: int = 1
    direction: str = Field(default="out", max_length=3)
    kind: str = Field(max_length=30)
    audience: str = Field(max_length=10)
    """customer or staff."""
    person: str | None = Field(default=None, max_length=60)
    """Staff id, when the audience is staff."""
    channel: str = Field(max_length=40)
    """Route it goes by: email, sms, wechat, mailbox, …"""
    language: str = Field(default="zh", max_length=8)
    subject: str
    body: str
    links: dict[str, Any] = Field(default={}, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
    send_at: datetime = Field(sa_type=UtcTime)
    """Process time before which it must not go (contact window)."""
    any_hour: bool = False
    """It may ring outside of the contact window too: an acknowledgement, danger to life."""
    unasked: bool = False
    """Nobody asked for it: one such letter of a complaint goes on a day."""
    news: bool = False
    """It tells where the case stands: unasked and put off, it is not needed once something newer tells that."""
    state: str = Field(default="waiting", max_length=10)
    """waiting, sending, delivered, failed, held, dropped; inbound ones are delivered."""
    tried: list[Any] = Field(default=[], sa_type=JSON)
    """Routes given up before the present one."""
    attempt: int = 0
    fence: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    not_before: datetime = Field(sa_type=UtcTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    receipt: str | None = Field(default=None, max_length=10)
    """What the provider said later: delivered, read, failed."""
    receipt_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = Field(default=None, max_length=500)


class Survey(SQLModel, table=True):
    """The callback survey of one cycle. Who is rated is frozen when it is sent."""

    __tablename__ = "surveys"
    __table_args__ = (UniqueConstraint("case_id", "cycle", name="one_survey_a_cycle"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id")
    cycle: int
    rated: str | None = Field(default=None, max_length=60)
    ask_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    first_score: int | None = None
    score: int | None = None
    attitude: int | None = None
    nps: int | None = None
    nps_ask_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When, some days after closing, the customer is asked whether they would recommend and choose the firm."""
    nps_answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    choose_again: bool | None = None
    leave: bool = False
    comment: str | None = None
    corrected: bool = False
    state: str = Field(default="planned", max_length=12)
    """planned, sent, answered, frozen, expired, void."""


class UsedNonce(SQLModel, table=True):
    """A one-time nonce, of a customer page or of an action code, that has been spent."""

    __tablename__ = "used_nonces"

    nonce: str = Field(primary_key=True, max_length=64)
    used_at: datetime = Field(sa_type=UtcTime)
    used_by: str = Field(default="", max_length=64)
    """The Prefect run that an action code served."""
