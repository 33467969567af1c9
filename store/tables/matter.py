"""Mass matters: what a complaint has in common with others, and which were answered together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.columns import UtcTime

TO_LOOK = text("NOT looked")
"""Of an index, and of the query that it is for: complaints not compared with the others of their cause yet."""


class Cause(SQLModel, table=True):
    """The cause of a complaint, where it names what others may name too. Ten of one make a matter."""

    __tablename__ = "causes"
    __table_args__ = (
        Index("causes_by_cause", "cause", "at"),
        Index("causes_to_look", "case_id", sqlite_where=TO_LOOK, postgresql_where=TO_LOOK),
    )

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    cause: str = Field(max_length=32)
    """Keyed digest of category, product and region: the same for all of one cause, and no words."""
    at: datetime = Field(sa_type=UtcTime)
    """When the complaint was received."""
    looked: bool = False
    """Compared with the others since it was graded."""
    out: bool = False
    """A person took it out of a matter: nothing but a person puts it into one again."""
    leads: bool = False
    """The matter of this cause was made around it; while it is unanswered, others of the cause join by themselves."""


class Membership(SQLModel, table=True):
    """A complaint that follows, or followed, another in one of its cycles."""

    __tablename__ = "memberships"
    __table_args__ = (Index("memberships_of_lead", "lead_id", "answered_in"),)

    case_id: str = Field(primary_key=True, foreign_key="cases.id")
    cycle: int = Field(primary_key=True)
    lead_id: str = Field(foreign_key="cases.id")
    joined_at: datetime = Field(sa_type=UtcTime)
    answered_in: int | None = None
    """Cycle of the lead whose answer was given to this one too; null while it waits, and when it left."""
