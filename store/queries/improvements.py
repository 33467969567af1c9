"""Improvement actions as lists show them, and how far they hold to the target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, or_
from sqlmodel import Session, col, func, select

from store.tables import Case, Improvement, ImprovementRound, Incident, MonthFinding, OwedImprovement

Listed = tuple[Case, Improvement]


def page_of_improvements(
    session: Session, *, conditions: Sequence[ColumnElement[bool]], after: Case | None, limit: int
) -> Sequence[Listed]:
    """Newest first, beginning behind `after`; one more than `limit` tells that there is a next page."""
    query = select(Case, Improvement).join(Improvement, col(Improvement.case_id) == col(Case.id))
    if after is not None:
        older = and_(col(Case.received_at) == after.received_at, col(Case.id) < after.id)
        query = query.where(or_(col(Case.received_at) < after.received_at, older))
    query = query.where(*conditions).order_by(col(Case.received_at).desc(), col(Case.id).desc())
    return session.exec(query.limit(limit + 1)).all()


def rounds_of(session: Session, case_id: str) -> Sequence[ImprovementRound]:
    query = select(ImprovementRound).where(ImprovementRound.case_id == case_id)
    return session.exec(query.order_by(col(ImprovementRound.round))).all()


AT_FAULT = select(Incident.case_id).where(Incident.kind == "fault", col(Incident.closed_at).is_(None))
"""Cases that the clock leaves alone until somebody has mended them."""


def owing(session: Session, limit: int) -> Sequence[str]:
    """Ids of withdrawn complaints that owe an action, the longest first."""
    query = select(OwedImprovement.case_id).where(
        col(OwedImprovement.opened).is_(None), col(OwedImprovement.case_id).not_in(AT_FAULT)
    )
    return session.exec(query.order_by(col(OwedImprovement.at)).limit(limit)).all()


def done_for_findings(session: Session) -> Sequence[tuple[str, str, datetime]]:
    """(case id, finding, done at) of actions that were opened from a finding, are done, and are not closed."""
    followed = exists().where(  # asked of the few actions: a join would let SQLite begin with every open case
        col(Case.id) == col(Improvement.case_id), col(Case.cycle) == col(ImprovementRound.round),
        col(Case.ended).is_(False), col(Case.status).in_(("checking", "proven")),
    )  # fmt: skip
    query = (
        select(Improvement.case_id, Improvement.finding, ImprovementRound.done_at)
        .join(ImprovementRound, col(ImprovementRound.case_id) == col(Improvement.case_id))
        .where(
            col(Improvement.finding).is_not(None), col(ImprovementRound.done_at).is_not(None), followed,
            col(Improvement.case_id).not_in(AT_FAULT),
        )
        .order_by(col(Improvement.case_id))
    )  # fmt: skip
    return [(id, str(finding), at) for id, finding, at in session.exec(query).all() if at is not None]


def month_that_names(session: Session, kind: str, key: str, after: str) -> str | None:
    """The first frozen month behind `after` (2026-11) that found the same issue."""
    query = select(func.min(MonthFinding.month)).where(
        MonthFinding.kind == kind, MonthFinding.key == key, col(MonthFinding.month) > after
    )
    return session.exec(query).one()


def standing(session: Session, now: datetime) -> tuple[int, int, int, int]:
    """(actions proven, actions checked or proven, rounds done in time, rounds due) so far."""
    proven, all_checked = session.exec(
        select(
            func.count(func.distinct(case((col(Improvement.proven_at).is_not(None), col(Improvement.case_id))))),
            func.count(func.distinct(col(Improvement.case_id))),
        ).join(Case, col(Case.id) == col(Improvement.case_id))
        .where(or_(col(Case.outcome).is_(None), col(Case.outcome) != "dropped"))
    ).one()  # fmt: skip
    done, due = session.exec(
        select(
            func.count(case((col(ImprovementRound.done_at) <= col(ImprovementRound.due_at), 1))),
            func.count(),
        ).where(or_(col(ImprovementRound.due_at) <= now, col(ImprovementRound.done_at).is_not(None)))
    ).one()
    return proven, all_checked, done, due


def actions_by_finding(session: Session, month: str) -> dict[str, list[str]]:
    """Finding to the refs of the actions that were opened from it, the oldest first."""
    query = (
        select(Improvement.finding, Case.ref)
        .join(Case, col(Case.id) == col(Improvement.case_id))
        .where(col(Improvement.finding).startswith(f"{month}/", autoescape=True))
        .order_by(col(Case.received_at), col(Case.ref))
    )
    found: dict[str, list[str]] = {}
    for finding, ref in session.exec(query).all():
        found.setdefault(str(finding), []).append(ref)
    return found
