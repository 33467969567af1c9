"""The state of the whole in a few counts: for `amends status`, readiness and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, func, select

from store.tables import ActivityRow, Case, ClockRow, Incident, Letter, Tick


@dataclass(frozen=True, slots=True)
class Overview:
    cases: Mapping[tuple[str, str], int]
    """(status, tier or "ungraded") to how many."""
    open_cases: int
    incidents: int
    activities_ready: int
    letters_due: int
    clocks_overdue: int
    cases_due: int
    last_tick: datetime | None


def overview(session: Session, process_now: datetime) -> Overview:
    """Counted in one reading transaction."""

    def count(table: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()

    complaint = col(Case.kind) == "complaint"
    kinds = select(Case.status, Case.tier, func.count()).where(complaint)
    kinds = kinds.group_by(col(Case.status), col(Case.tier))
    grouped = session.exec(kinds).all()
    return Overview(
        cases={(status, tier or "ungraded"): number for status, tier, number in grouped},
        open_cases=count(Case, col(Case.ended).is_(False), complaint),
        incidents=count(Incident, col(Incident.closed_at).is_(None)),
        activities_ready=count(ActivityRow, col(ActivityRow.state) == "ready"),
        letters_due=count(Letter, col(Letter.state) == "waiting", col(Letter.send_at) <= process_now),
        clocks_overdue=count(
            ClockRow, col(ClockRow.stopped_at).is_(None), col(ClockRow.cancelled).is_(False),
            col(ClockRow.due_at) < process_now,
        ),
        cases_due=count(Case, col(Case.next_due_at) <= process_now),
        last_tick=session.exec(select(func.max(Tick.at))).one(),
    )  # fmt: skip
