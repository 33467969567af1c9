"""Activities that a runner carries out, and the incidents they may end in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class ActivityRow(SQLModel, table=True):
    """A service task waiting to be done: claimed in one transaction, run with none open, finished in another.

    `fence` grows with each claim; only the newest claimant may finish. Lease, backoff and `ready_since` are
    machine time.
    """

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("case_id", "activation", name="one_activity_of_an_activation"),
        Index("activities_to_do", "state", "not_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    activation: int
    process: str = Field(max_length=40)
    element: str = Field(max_length=80)
    name: str = Field(max_length=120)
    topic: str = Field(max_length=40)
    inputs: dict[str, Any] = Field(default={}, sa_type=JSON)
    state: str = Field(default="ready", max_length=10)
    """ready, claimed, done, cancelled, incident."""
    attempt: int = 0
    fence: int = 0
    claimed_by: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    ready_since: datetime = Field(sa_type=UtcTime)
    not_before: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ran_by: str | None = Field(default=None, max_length=10)
    """prefect or direct: who carried it out."""
    error: str | None = Field(default=None, max_length=500)


class Incident(SQLModel, table=True):
    """Something only a person can put right. While one is open the case's run stays Failed."""

    __tablename__ = "incidents"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    kind: str = Field(max_length=20)
    """activity, run_cancelled, undeliverable, nobody_acts, fault."""
    activation: int | None = None
    reason: str = Field(max_length=500)
    owner: str | None = Field(default=None, max_length=60)
    opened_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    closed_by: str | None = Field(default=None, max_length=60)
