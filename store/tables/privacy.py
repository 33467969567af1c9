"""Whose data was to be erased, by whom and why: ids and keyed digests, no word of the customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class Erasure(SQLModel, table=True):
    """One order to erase a customer. It waits until their last complaint has ended; a rerun goes on with it."""

    __tablename__ = "erasures"

    id: str = Field(primary_key=True, max_length=36)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    reason: str = Field(max_length=12)
    """request, consent, expired, unlawful, order."""
    by: str = Field(max_length=60)
    asked_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    """Null while it waits."""
    digests: list[Any] = Field(default=[], sa_type=JSON)
    """Keyed digests of what channels knew the customer by, so that the same order is known again."""
