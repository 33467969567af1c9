"""What people do: work items and their dispatches, notes, decisions with their options, facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import UtcTime


class WorkItem(SQLModel, table=True):
    """One piece of work for one person: from offer to done.

    `activation` is the user task that waits for it now and `actions` what would finish that task;
    both are empty while nothing is asked of anyone.
    """

    __tablename__ = "work_items"
    __table_args__ = (Index("work_items_of_person", "assignee", "status"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    kind: str = Field(max_length=20)
    cycle: int = 1
    department: str | None = Field(default=None, max_length=40, index=True)
    skill: str | None = Field(default=None, max_length=40)
    duty: str | None = Field(default=None, max_length=20)
    about: int | None = None
    """The work item this one is about (an approval, a takeover)."""
    assignee: str | None = Field(default=None, max_length=60)
    status: str = Field(default="waiting", max_length=12, index=True)
    activation: int | None = None
    actions: list[Any] = Field(default=[], sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
    offered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # a row of the collaboration list, or a thing granted
    row: str | None = Field(default=None, max_length=40)
    what: str | None = Field(default=None, max_length=200)
    """Key or plain term of what is asked for; never customer text."""
    depends_on: list[Any] = Field(default=[], sa_type=JSON)
    duration: str | None = Field(default=None, max_length=40)
    remedy: str | None = Field(default=None, max_length=20)
    amount: int | None = None
    """Granted amount in minor units."""


class Dispatch(SQLModel, table=True):
    """One offer of one item to one person, and how it ended. Declines and expiries are counted here."""

    __tablename__ = "dispatches"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    item_id: int = Field(foreign_key="work_items.id", index=True)
    department: str = Field(max_length=40)
    person: str = Field(max_length=60, index=True)
    binding: bool = False
    offered_at: datetime = Field(sa_type=UtcTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    how: str | None = Field(default=None, max_length=12)
    """confirmed, declined, expired, withdrawn."""
    judged: str | None = Field(default=None, max_length=12)
    """misrouted or passed_on; null until judged."""


class Note(SQLModel, table=True):
    """Words that staff wrote about a case or an item: reason, solution, cause, fact, note. Personal."""

    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    item_id: int | None = Field(default=None, index=True)
    cycle: int = 1
    kind: str = Field(max_length=20)
    text: str
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcTime)


class Decision(SQLModel, table=True):
    """What was decided in one cycle. Options hang on it; the chosen one is what is granted."""

    __tablename__ = "decisions"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id", index=True)
    cycle: int
    item_id: int | None = None
    decision: str = Field(max_length=12)
    by: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcTime)
    approved_by: str | None = Field(default=None, max_length=60)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    solution: str | None = Field(default=None, max_length=60)
    """Key in the solution library when it came from there."""


class Option(SQLModel, table=True):
    """One way to put it right: a remedy, an amount, and whether taking it costs the customer anything."""

    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("decision_id", "position", name="one_option_at_a_position"),)

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decisions.id", index=True)
    position: int
    text: str
    remedy: str | None = Field(default=None, max_length=20)
    amount: int | None = None
    recommended: bool = False
    costs_customer: bool = False
    chosen_at: datetime | None = Field(default=None, sa_type=UtcTime)
