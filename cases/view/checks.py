"""Checks of closed complaints, as a list shows them, and one with what its reviewer goes by."""

from __future__ import annotations

from sqlmodel import select

from cases.casework import Casework
from cases.errors import CaseNotFound
from cases.view.pages import MOST
from cases.view.pieces import Json, instant
from complaints.acting import Actor
from complaints.roles import Right, Role, may
from store.process_time import process_time
from store.queries.checks import is_late, page_of_checks
from store.tables import Case, CaseText, Check, Note


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


def check(casework: Casework, check_id: int, *, actor: Actor) -> Json:
    """One check, with the customer's words, and what was written down when it was recorded.

    `CaseNotFound` for a number that is none and, in the same words, for one of somebody else's.
    """
    reads_all = may(Role(actor.role), Right.READ_ALL)
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
        found = session.get(Check, check_id)
        if found is None or not (reads_all or found.assignee == actor.name):
            raise CaseNotFound(f"there is no check {check_id}: list them again")
        case, text = session.get_one(Case, found.case_id), session.get(CaseText, found.case_id)
        written = session.exec(select(Note.text).where(
            Note.case_id == found.case_id, Note.by == found.done_by, Note.at == found.done_at,
            Note.kind == ("retrospective" if found.kind == "retrospective" else "check"),
        )).first()  # fmt: skip
        return {
            **check_view(found, case.ref), "late": is_late(found, now), "text": text.text if text else "",
            "value": case.value, "repeats": case.repeats, "channel": case.channel,
            "received_at": instant(case.received_at), "closed_at": instant(case.closed_at), "cycle": case.cycle,
            "written": written or "",
        }  # fmt: skip


def check_view(check: Check, ref: str) -> Json:
    """The grade it is held against is not told before the check is recorded: whoever checks judges afresh."""
    return {
        "id": check.id, "ref": ref, "kind": check.kind, "month": check.month, "assignee": check.assignee,
        "drawn_at": instant(check.drawn_at), "due_at": instant(check.due_at), "done_at": instant(check.done_at),
        "done_by": check.done_by, "deviation": check.deviation, "steps_required": check.steps_required,
        "steps_covered": check.steps_covered, "tier": check.tier,
        "graded_tier": check.graded_tier if check.done_at is not None else None, "stands_for": check.stands_for,
    }  # fmt: skip
