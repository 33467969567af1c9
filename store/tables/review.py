"""What the monthly review keeps: a picture of each day, closed months as they were printed, their findings.

Ids, keys and numbers only: no text of customers, so nothing here is erased and a month prints the same for ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class DailySnapshot(SQLModel, table=True):
    """How the complaints stood at the end of one local day. Written once."""

    __tablename__ = "daily_snapshots"

    day: str = Field(primary_key=True, max_length=10)
    zone: str = Field(max_length=60)
    ends_at: datetime = Field(sa_type=UtcTime)
    """The instant it tells of: the local midnight that ends the day."""
    taken_at: datetime = Field(sa_type=UtcTime)
    received: int
    closed: int
    open: int
    in_survey: int
    """Beside `open`."""
    age_median_seconds: int | None = None
    ages: dict[str, Any] = Field(default={}, sa_type=JSON)
    """Open complaints by bucket of age."""
    tiers: dict[str, Any] = Field(default={}, sa_type=JSON)
    departments: dict[str, Any] = Field(default={}, sa_type=JSON)


class FrozenMonth(SQLModel, table=True):
    """Every figure, breakdown and finding of a closed month as first printed. Never changes."""

    __tablename__ = "frozen_months"

    month: str = Field(primary_key=True, max_length=7)
    """As 2026-11."""
    zone: str = Field(max_length=60)
    as_of: datetime = Field(sa_type=UtcTime)
    data: str
    """Canonical JSON: keys sorted, no blanks."""
    hash: str = Field(max_length=64)
    """SHA-256 of `data`."""


class MonthFinding(SQLModel, table=True):
    """A finding of a frozen month; (month, kind, key) names it for good, so that an action can refer to it."""

    __tablename__ = "findings"

    month: str = Field(primary_key=True, max_length=7, foreign_key="frozen_months.month")
    kind: str = Field(primary_key=True, max_length=40)
    key: str = Field(primary_key=True, max_length=120)
    """What it is about, as `category=logistics`; empty where the kind says it all."""
    position: int
    """Place in the report, from 1."""
    sure: str = Field(max_length=20)
    """certain, very_likely, likely."""
    cases: int
    refs: list[Any] = Field(default=[], sa_type=JSON)
    """Examples."""
    numbers: dict[str, Any] = Field(default={}, sa_type=JSON)
