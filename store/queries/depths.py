"""How deep the queues are and how late the oldest thing in each is: what is watched and alarmed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, and_, col, func, select

from store.queries.runs import shows_an_older_state, wants_run
from store.tables import ActivityRow, Case, InboxRow, Incident, Letter

NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Depths:
    """Numbers of rows, and ages of the oldest; an empty queue has the age zero."""

    inbox: int
    """Stored events that no step has handled."""
    activities_claimed: int
    oldest_ready: timedelta
    """Machine time since the oldest activity that may be claimed now became ready."""
    timers_late: timedelta
    """Process time since the earliest timer that is due; of cases whose step is not at fault."""
    oldest_letter: timedelta
    """Process time since the oldest letter that is due might have gone."""
    letters_given_up: int
    """Letters that no way delivered, of open cases."""
    runs_missing: int
    """Cases whose present generation has no run in Prefect yet."""
    runs_behind: int
    """Cases whose run shows an older version than the present one."""


def depths(session: Session, process_now: datetime, machine_now: datetime) -> Depths:
    """Counted in one reading transaction."""

    def count(table: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()

    at_fault = select(Incident.case_id).where(Incident.kind == "fault", col(Incident.closed_at).is_(None))
    ready = select(func.min(ActivityRow.ready_since)).where(
        col(ActivityRow.state) == "ready", col(ActivityRow.not_before) <= machine_now
    )
    timer = select(func.min(Case.next_due_at)).where(
        col(Case.next_due_at) <= process_now, col(Case.id).not_in(at_fault)
    )
    due_letters = and_(
        col(Letter.direction) == "out", col(Letter.state).in_(("waiting", "sending")),
        col(Letter.send_at) <= process_now,
    )  # fmt: skip
    given_up = (
        select(func.count())
        .select_from(Letter)
        .join(Case, col(Case.id) == col(Letter.case_id), isouter=True)
        .where(col(Letter.direction) == "out", col(Letter.state) == "failed", col(Case.ended).is_not(True))
    )
    return Depths(
        inbox=count(InboxRow, col(InboxRow.handled_at).is_(None)),
        activities_claimed=count(ActivityRow, col(ActivityRow.state) == "claimed"),
        oldest_ready=_age(session.exec(ready).one(), machine_now),
        timers_late=_age(session.exec(timer).one(), process_now),
        oldest_letter=_age(session.exec(select(func.min(Letter.send_at)).where(due_letters)).one(), process_now),
        letters_given_up=session.exec(given_up).one(),
        runs_missing=count(Case, wants_run()),
        runs_behind=count(Case, shows_an_older_state()),
    )  # fmt: skip


def _age(since: datetime | None, now: datetime) -> timedelta:
    return NONE if since is None else max(NONE, now - since)
