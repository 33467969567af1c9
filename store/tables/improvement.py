"""Improvement actions: what is to change, by whom and when, and whether it moved the figure it was meant to move."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class Improvement(SQLModel, table=True):
    """An action as it is planned now. Its process is the case of the same id; words are those of staff."""

    __tablename__ = "improvements"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    origin: str = Field(max_length=12)
    """finding, person, withdrawal: what it was opened from."""
    finding: str | None = Field(default=None, max_length=300, index=True)
    """Id of the finding of a monthly review (month/kind/key)."""
    source: str | None = Field(default=None, max_length=24)
    """Ref of the complaint it came out of."""
    title: str = Field(max_length=200)
    what: str
    # the figure it is meant to move
    figure: str | None = Field(default=None, max_length=40)
    dimension: str | None = Field(default=None, max_length=20)
    group_key: str | None = Field(default=None, max_length=200)
    """Key of the group of the dimension; null: the whole figure."""
    expected_percent: int | None = None
    """Change of the figure that counts as an effect: -25 is a quarter less."""
    baseline: float | None = None
    """The figure over the 30 days before it was opened; null for n/a."""
    baseline_n: int = 0
    # the plan
    owner: str = Field(max_length=60)
    due_at: datetime = Field(sa_type=UtcTime)
    opened_by: str = Field(max_length=60)
    opened_at: datetime = Field(sa_type=UtcTime)
    proven_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    """When its effect was proven; null again once the cause has come back."""


class ImprovementRound(SQLModel, table=True):
    """One round of an action, from agreed to its effect. A cause that comes back begins the next."""

    __tablename__ = "improvement_rounds"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    round: int = Field(primary_key=True)
    owner: str = Field(max_length=60)
    agreed_by: str = Field(max_length=60)
    agreed_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime, index=True)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    measured: float | None = None
    """The figure over the newest 30 days it was measured over; null for n/a."""
    measured_n: int = 0
    checked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    effect: str | None = Field(default=None, max_length=10)
    """proven, failed, unclear: too little to measure, a person judges."""
    ended: str | None = Field(default=None, max_length=16)
    """no_effect or cause_returned: why another round followed."""


class OwedImprovement(SQLModel, table=True):
    """A withdrawn complaint whose danger, leak or batch must live on; the clock opens the action it owes."""

    __tablename__ = "owed_improvements"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    why: str = Field(max_length=12)
    """danger, data_leak, batch."""
    at: datetime = Field(sa_type=UtcTime)
    opened: str | None = Field(default=None, max_length=24, index=True)
    """Ref of the action that was opened; null while it is owed."""
