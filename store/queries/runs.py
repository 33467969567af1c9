"""Cases as their Prefect runs see them: who needs a run, a wake, an activity done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, union
from sqlmodel import Session, col, select

from store.tables import ActivityRow, Case, Incident
from store.tables.case import UNSHOWN

SEVERE_FIRST = case({"severe": 0, "medium": 1, "light": 2}, value=col(Case.tier), else_=1)
"""Ungraded cases stand beside medium ones."""


def claimable(machine_now: datetime) -> ColumnElement[bool]:
    """Activities that may be claimed: ready and not postponed, or claimed under a lease that ran out."""
    return or_(
        and_(col(ActivityRow.state) == "ready", col(ActivityRow.not_before) <= machine_now),
        and_(col(ActivityRow.state) == "claimed", col(ActivityRow.lease_until) < machine_now),
    )


def _has_open_incident(case_id: Any) -> ColumnElement[bool]:
    return exists().where(col(Incident.case_id) == case_id, col(Incident.closed_at).is_(None))


def wants_run() -> ColumnElement[bool]:
    """Cases that have begun and whose present generation has no run noted, but imported ones that ended."""
    shown = or_(col(Case.imported).is_(False), col(Case.ended).is_(False))
    return and_(col(Case.flow_run_id).is_(None), col(Case.instance_no) > 0, shown)


def shows_an_older_state() -> ColumnElement[bool]:
    """Cases whose run was not told of the present version."""
    return and_(col(Case.flow_run_id).is_not(None), col(Case.shown_version) < col(Case.version))


def without_run(session: Session, limit: int) -> Sequence[Case]:
    """Cases that want a run; severe first, then by age."""
    query = select(Case).where(wants_run()).order_by(SEVERE_FIRST, col(Case.received_at))
    return session.exec(query.limit(limit)).all()


def to_wake(session: Session, limit: int, machine_now: datetime) -> Sequence[Case]:
    """Cases with a run that shows an old version, or with an activity to claim and no open incident.

    While an incident is open its run stays Failed and other activities run directly; but a run that waits
    must be woken once to say so.
    """
    unshown = select(Case.id).where(UNSHOWN)
    to_do = select(ActivityRow.case_id).where(
        claimable(machine_now), ~_has_open_incident(ActivityRow.case_id)
    )
    return _with_run(session, limit, col(Case.id).in_(union(unshown, to_do)))


def with_claimable(session: Session, limit: int, machine_now: datetime) -> Sequence[Case]:
    """Cases with a run and an activity to claim: severe first, then by what is due."""
    to_do = select(ActivityRow.case_id).where(claimable(machine_now))
    return _with_run(session, limit, col(Case.id).in_(to_do))


def _with_run(session: Session, limit: int, wanted: ColumnElement[bool]) -> Sequence[Case]:
    """Found from the few that are wanted, not by asking each of the many that wait."""
    query = select(Case).where(col(Case.flow_run_id).is_not(None), wanted)
    return session.exec(query.order_by(SEVERE_FIRST, col(Case.next_due_at)).limit(limit)).all()


def open_runs(session: Session, after: str, limit: int) -> Sequence[Case]:
    """Open cases with a run, in order of ref from the first greater than `after`."""
    query = select(Case).where(
        col(Case.flow_run_id).is_not(None), col(Case.ended).is_(False), col(Case.ref) > after
    )
    return session.exec(query.order_by(col(Case.ref)).limit(limit)).all()


def runs_of(session: Session, flow_run_ids: Collection[str]) -> dict[str, str]:
    """Run id to ref, for those of these runs that are current."""
    query = select(Case.flow_run_id, Case.ref).where(col(Case.flow_run_id).in_(flow_run_ids))
    return {str(run): ref for run, ref in session.exec(query).all()}


def busy(session: Session, refs: Collection[str], machine_now: datetime) -> set[str]:
    """Those of these cases with an activity under a live lease."""
    query = (
        select(Case.ref)
        .join(ActivityRow, col(ActivityRow.case_id) == col(Case.id))
        .where(
            col(Case.ref).in_(refs),
            col(ActivityRow.state) == "claimed",
            col(ActivityRow.lease_until) >= machine_now,
        )
    )
    return set(session.exec(query).all())


def oldest_incident(session: Session, case_id: str) -> Incident | None:
    query = select(Incident).where(Incident.case_id == case_id, col(Incident.closed_at).is_(None))
    return session.exec(query.order_by(col(Incident.id)).limit(1)).first()
