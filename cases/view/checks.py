"""Checks of closed complaints, as a list shows them."""

from __future__ import annotations

from cases.casework import Casework
from cases.view.pages import MOST
from cases.view.pieces import Json, instant
from store.process_time import process_time
from store.queries.checks import is_late, page_of_checks
from store.tables import Check


def checks(
    casework: Casework, *, month: str | None = None, kind: str | None = None, assignee: str | None = None,
    open_only: bool = False, after: int = 0, limit: int = 50,
) -> Json:  # fmt: skip
    """`{items, next}` by number."""
    limit = max(1, min(limit, MOST))
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
        rows = page_of_checks(
            session, month=month, kind=kind, assignee=assignee, open_only=open_only, after=after, limit=limit
        )
        items = [{**check_view(check, ref), "late": is_late(check, now)} for check, ref in rows[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}


def check_view(check: Check, ref: str) -> Json:
    """The grade it is held against is not told before the check is recorded: whoever checks judges afresh."""
    return {
        "id": check.id, "ref": ref, "kind": check.kind, "month": check.month, "assignee": check.assignee,
        "drawn_at": instant(check.drawn_at), "due_at": instant(check.due_at), "done_at": instant(check.done_at),
        "done_by": check.done_by, "deviation": check.deviation, "steps_required": check.steps_required,
        "steps_covered": check.steps_covered, "tier": check.tier,
        "graded_tier": check.graded_tier if check.done_at is not None else None, "stands_for": check.stands_for,
    }  # fmt: skip
