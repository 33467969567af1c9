"""Closed complaints that are looked at again: what was drawn, for whom, and what they found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class Draw(SQLModel, table=True):
    """One draw of one kind for one month. The seed is kept, so that anybody may draw the same again."""

    __tablename__ = "draws"

    month: str = Field(primary_key=True, max_length=7)
    kind: str = Field(primary_key=True, max_length=14)
    """retrospective, quality, accuracy."""
    seed: str = Field(max_length=40)
    population: int
    drawn: int
    at: datetime = Field(sa_type=UtcTime)
    by: str = Field(max_length=60)


class Check(SQLModel, table=True):
    """One complaint to be looked at by one person. What they write is a note of the complaint, erased with it."""

    __tablename__ = "checks"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "month", name="one_check_of_a_draw"),
        Index("checks_of_month", "month", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    kind: str = Field(max_length=14)
    month: str = Field(max_length=7)
    stands_for: int = 1
    """How many complaints of its stratum it stands for; their sum is the stratum."""
    graded_tier: str | None = Field(default=None, max_length=10)
    """The tier the complaint was first graded, before anybody corrected it."""
    assignee: str = Field(max_length=60, index=True)
    drawn_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    done_by: str | None = Field(default=None, max_length=60)
    tier: str | None = Field(default=None, max_length=10)
    """accuracy: the tier that the rubric gives."""
    deviation: bool | None = None
    """quality: it was not handled as it should have been."""
    steps_required: int | None = None
    steps_covered: int | None = None
