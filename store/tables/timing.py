"""Clocks, the timers that follow them, promises, and the two rows that say what time it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class ClockRow(SQLModel, table=True):
    """One clock of a case. `key` is "" for the case's own, else the cycle or the work item it belongs to."""

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "name", "key", "round", name="one_clock_of_a_name_key_and_round"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    name: str = Field(max_length=30)
    key: str = Field(default="", max_length=20)
    round: int = 1
    """Counts how often a clock of this name and key was begun anew (an offer to the next person)."""
    cycle: int = 1
    started_at: datetime = Field(sa_type=UtcTime)
    duration: str = Field(max_length=40)
    calendar: str = Field(max_length=40)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    """Null while paused."""
    generation: int = 0
    """How often its terms changed; levels fire anew for each."""
    extensions: int = 0
    pausable: bool = True
    basis: str = Field(default="start", max_length=12)
    armed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    left_seconds: float = 0.0
    late_before: bool = False
    """An earlier generation's due had passed when its terms were changed."""
    late_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    """When the first such due passed: the breach belongs to that month."""
    pauses: list[Any] = Field(default=[], sa_type=JSON)
    """Pairs of ISO instants, the last one open while paused."""
    fired: list[Any] = Field(default=[], sa_type=JSON)
    """Levels that fired, or were passed over, in this generation."""
    stopped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    cancelled: bool = False


class TimerRow(SQLModel, table=True):
    """An armed timer. A row exists exactly as long as it is armed."""

    __tablename__ = "timers"

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    timer: str = Field(primary_key=True, max_length=120)
    due_at: datetime = Field(sa_type=UtcTime, index=True)
    element: str = Field(max_length=80)
    activation: int
    clock: str | None = Field(default=None, max_length=30)
    clock_key: str = Field(default="", max_length=20)
    level: str = Field(default="", max_length=30)
    takes_work: bool = False


class Promise(SQLModel, table=True):
    """What was told to the customer, and by when. It moves only by a message."""

    __tablename__ = "promises"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    what: str = Field(max_length=40)
    told_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime, index=True)
    state: str = Field(default="open", max_length=10)
    """open, kept, moved, broken."""
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    moved_by: str | None = Field(default=None, max_length=60)


class Tick(SQLModel, table=True):
    """When a clock process last looked, in machine time. A gap over two minutes is a downtime."""

    __tablename__ = "ticks"

    name: str = Field(primary_key=True, max_length=40)
    at: datetime = Field(sa_type=UtcTime)


class ClockOffset(SQLModel, table=True):
    """How far process time runs ahead of machine time. One row."""

    __tablename__ = "clock_offset"

    id: int = Field(default=1, primary_key=True)
    seconds: float = 0.0
    changed_at: datetime = Field(sa_type=UtcTime)


class Downtime(SQLModel, table=True):
    """A gap in the ticks: nobody looked from `began_at` to `ended_at` (process time)."""

    __tablename__ = "downtimes"

    id: int | None = Field(default=None, primary_key=True)
    began_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime = Field(sa_type=UtcTime, index=True)
