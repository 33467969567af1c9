"""What must never change or repeat: bundles, history, anchors, access, idempotency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from store.columns import UtcTime

TURNS = text("what IN ('received', 're_entered', 'closed', 'withdrawn', 'merged', 'voided')")
"""Lines that let a complaint into the backlog or out of it: a handful of a complaint's hundred."""

WAYS = text("what IN ('moved', 'follows')")
"""Lines that the monthly review reads: how complaints went through their process, and which followed which."""


class Bundle(SQLModel, table=True):
    """A published set of definitions, by content hash. Never changes."""

    __tablename__ = "bundles"

    hash: str = Field(primary_key=True, max_length=64)
    files: dict[str, Any] = Field(sa_type=JSON)
    """File name to text."""
    published_at: datetime = Field(sa_type=UtcTime)


class LiveBundle(SQLModel, table=True):
    """Which bundle new cases start on, and whose tables are the live ones. One row."""

    __tablename__ = "live_bundle"

    id: int = Field(default=1, primary_key=True)
    hash: str = Field(foreign_key="bundles.hash", max_length=64)
    shipped: bool = True
    """It is the one that came with the program; an own one is never replaced by a start."""
    since: datetime = Field(sa_type=UtcTime)


class History(SQLModel, table=True):
    """One line of a case's history; `hash` chains it to the line before."""

    __tablename__ = "history"
    __table_args__ = (
        Index("history_turns", "what", "at", "case_id", sqlite_where=TURNS, postgresql_where=TURNS),
        Index("history_ways", "what", "at", sqlite_where=WAYS, postgresql_where=WAYS),
    )

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    what: str = Field(max_length=40)
    process: str = Field(default="", max_length=40)
    element: str = Field(default="", max_length=80)
    actor: str = Field(max_length=60)
    data: dict[str, Any] = Field(default={}, sa_type=JSON)
    """Ids, enums, numbers, times and salted digests only."""
    hash: str = Field(max_length=64)


class Anchor(SQLModel, table=True):
    """All chain heads of one day under one hash, chained to the day before."""

    __tablename__ = "anchors"

    day: str = Field(primary_key=True, max_length=10)
    cases: int
    heads: str = Field(max_length=64)
    hash: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcTime)


class AccessKey(SQLModel, table=True):
    """A key that was given out. The secret itself is derived from the master secret and never stored."""

    __tablename__ = "access_keys"

    id: str = Field(primary_key=True, max_length=20)
    purpose: str = Field(max_length=10)
    """hook or role."""
    name: str = Field(max_length=60)
    """Channel of a hook key; name of a role key."""
    role: str | None = Field(default=None, max_length=12)
    staff: str | None = Field(default=None, max_length=60)
    """Staff id that a role key acts as; null for a machine."""
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)


class IdempotentAnswer(SQLModel, table=True):
    """The answer given under an `Idempotency-Key`, to be given again."""

    __tablename__ = "idempotent_answers"

    actor: str = Field(primary_key=True, max_length=80)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=64)
    status: int
    body: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcTime)
