"""Improvement actions, as lists and whole."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col

from cases.casework import Casework
from cases.view import pieces
from cases.view.pages import MOST
from cases.view.pieces import Json, instant
from cases.view.readers import reader_of
from complaints.acting import Actor
from complaints.effects import RECTIFIED_TARGET
from store.case_file import CaseFile
from store.process_time import process_time
from store.queries import improvements as queries
from store.queries.reading import CaseRows, reads
from store.tables import Case, Improvement, ImprovementRound


def improvements(
    casework: Casework, *, actor: Actor | None, status: str | None = None, owner: str | None = None,
    open_only: bool = False, after: str | None = None, limit: int = 50,
) -> Json:  # fmt: skip
    """`{items, next, rectification, on_time}`, newest first; `next` as for complaints.

    The two shares are those of every action so far, with the target they are held to.
    """
    limit = max(1, min(limit, MOST))
    conditions: list[ColumnElement[bool]] = []
    if status is not None:
        conditions.append(col(Case.status) == status)
    if owner is not None:
        conditions.append(col(Improvement.owner) == owner)
    if open_only:
        conditions.append(col(Case.ended).is_(False))
    reader = reader_of(casework, actor)
    if reader is not None:
        conditions.append(reads(reader))
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
        begin = casework.find(session, after) if after is not None else None
        rows = queries.page_of_improvements(session, conditions=conditions, after=begin, limit=limit)
        proven, named, done, due = queries.standing(session, now)
        items = [{**facts(case, action), "overdue": is_overdue(case, action, now)} for case, action in rows]
    return {
        "items": items[:limit],
        "next": items[limit - 1]["ref"] if len(rows) > limit else None,
        "rectification": _share(proven, named),
        "on_time": _share(done, due),
    }


def whole_improvement(file: CaseFile, rows: CaseRows, language: str) -> Json:
    """Everything about one action but its process."""
    case, action = file.case, file.improvement
    rounds = queries.rounds_of(file.session, case.id)
    work = [pieces.work_item(item, file.books, language) for item in rows.items]
    return {
        **facts(case, action),
        "overdue": is_overdue(case, action, file.now),
        "what": action.what,
        "rounds": [_round(one) for one in rounds],
        "work_items": work,
        "notes": pieces.notes(rows),
        "incidents": pieces.incidents(rows),
        "history": pieces.history(rows),
    }


def facts(case: Case, action: Improvement) -> Json:
    """What its rows say; the same in lists and in the whole view."""
    return {
        "ref": case.ref, "status": case.status, "outcome": case.outcome, "round": case.cycle,
        "title": action.title, "origin": action.origin, "finding": action.finding, "source": action.source,
        "owner": action.owner, "department": case.department, "due_at": instant(action.due_at),
        "figure": action.figure, "dimension": action.dimension, "group": action.group_key,
        "expected_percent": action.expected_percent, "baseline": action.baseline,
        "baseline_n": action.baseline_n, "opened_by": action.opened_by, "opened_at": instant(action.opened_at),
        "proven_at": instant(action.proven_at), "closed_at": instant(case.closed_at),
        "next_due_at": instant(case.next_due_at), "waiting_for": list(case.waiting),
        "prefect_flow_run_id": case.flow_run_id,
    }  # fmt: skip


def is_overdue(case: Case, action: Improvement, now: datetime) -> bool:
    """Agreed, not done, and its date has passed."""
    return case.status == "agreed" and action.due_at < now


def _round(row: ImprovementRound) -> Json:
    return {
        "round": row.round, "owner": row.owner, "agreed_by": row.agreed_by, "agreed_at": instant(row.agreed_at),
        "due_at": instant(row.due_at), "done_at": instant(row.done_at), "measured": row.measured,
        "measured_n": row.measured_n, "checked_at": instant(row.checked_at), "effect": row.effect,
        "ended": row.ended,
    }  # fmt: skip


def _share(numerator: int, denominator: int) -> Json:
    return {
        "numerator": numerator, "denominator": denominator,
        "value": numerator / denominator if denominator else None, "target": RECTIFIED_TARGET,
    }  # fmt: skip
