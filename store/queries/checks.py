"""What is drawn from, and what was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from complaints.sampling import LATE_CYCLE
from store.queries.figures.period import Period
from store.queries.figures.units import COMPLAINTS, received_in
from store.queries.reading import LARGEST_NUMBER
from store.tables import Case, Check, Dispatch, Draw, History, WorkItem

OUT = ("merged", "void", "withdrawn")


@dataclass(frozen=True, slots=True)
class Graded:
    """A complaint as it was first graded."""

    ref: str
    tier: str
    unsure: bool
    """Below the confidence floor."""


def closed_refs(session: Session, period: Period, *, grave: bool = False) -> Sequence[str]:
    """Complaints closed in the period; `grave`: severe ones and those of a third cycle."""
    where: list[ColumnElement[bool]] = [
        COMPLAINTS, col(Case.status) == "closed", col(Case.closed_at) >= period.start,
        col(Case.closed_at) < period.end,
    ]  # fmt: skip
    if grave:
        where.append(or_(col(Case.tier) == "severe", col(Case.cycle) >= LATE_CYCLE))
    return session.exec(select(Case.ref).where(*where).order_by(Case.ref)).all()


def graded(session: Session, period: Period) -> Sequence[Graded]:
    """Complaints received in the period, with the first grade that their history tells of."""
    first = (
        select(func.min(History.seq)).where(col(History.case_id) == col(Case.id), History.what == "graded")
        .correlate(Case).scalar_subquery()
    )  # fmt: skip
    query = (
        select(Case.ref, col(History.data)["tier"].as_string(), col(History.data)["provisional"].as_boolean())
        .join(History, (col(History.case_id) == col(Case.id)) & (col(History.seq) == first))
        .where(COMPLAINTS, received_in(period), col(Case.status).not_in(OUT))
        .order_by(col(Case.ref))
    )
    return [Graded(ref, tier, bool(unsure)) for ref, tier, unsure in session.exec(query).all() if tier]


def hands(session: Session, case_id: str) -> set[str]:
    """Everybody who had a part in a complaint: nobody looks at their own work."""
    worked = session.exec(select(WorkItem.assignee).where(WorkItem.case_id == case_id)).all()
    offered = session.exec(select(Dispatch.person).where(Dispatch.case_id == case_id)).all()
    return {person for person in (*worked, *offered) if person}


def page_of_checks(
    session: Session, *, month: str | None, kind: str | None, assignee: str | None, open_only: bool,
    after: int, limit: int,
) -> Sequence[tuple[Check, str]]:  # fmt: skip
    """(check, ref) by number, beginning behind `after`; one more than `limit` tells that there is a next page."""
    query = (
        select(Check, Case.ref)
        .join(Case, col(Case.id) == col(Check.case_id))
        .where(col(Check.id) > min(after, LARGEST_NUMBER))
    )
    for column, wanted in ((Check.month, month), (Check.kind, kind), (Check.assignee, assignee)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if open_only:
        query = query.where(col(Check.done_at).is_(None))
    return session.exec(query.order_by(col(Check.id)).limit(limit + 1)).all()


def last_drawn(session: Session) -> str | None:
    """The newest month of which anything was drawn."""
    return session.exec(select(func.max(Draw.month))).one()


def is_late(check: Check, now: datetime) -> bool:
    return check.done_at is None and check.due_at < now
