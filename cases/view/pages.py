"""Pages of complaints and of work: a fixed number of queries, whatever the length of the page."""

from __future__ import annotations

from cases.casework import Casework
from cases.view import pieces
from cases.view.pieces import Json
from cases.view.readers import reader_of
from complaints.acting import Actor
from store.queries import reading

MOST = 200
"""Rows of one page at most."""


def complaints(
    casework: Casework, *, actor: Actor | None, status: str | None = None, tier: str | None = None,
    channel: str | None = None, open_only: bool = False, after: str | None = None, limit: int = 50,
) -> Json:  # fmt: skip
    """`{items, next}`, newest first. `next` is the ref to hand in as `after`, null on the last page.

    `CaseNotFound` when `after` is no complaint. `limit` is 1 to 200.
    """
    limit = max(1, min(limit, MOST))
    with casework.database.read() as session:
        begin = casework.find(session, after) if after is not None else None
        rows = reading.page_of_cases(
            session, reader=reader_of(casework, actor), status=status, tier=tier, channel=channel,
            open_only=open_only, after=begin, limit=limit,
        )  # fmt: skip
        shown = rows[:limit]
        ids = [case.id for case in shown]
        incidents, scores = reading.open_incidents(session, ids), reading.newest_scores(session, ids)
    items = [
        {**pieces.facts(case), "score": scores.get(case.id), "open_incidents": incidents.get(case.id, 0)}
        for case in shown
    ]
    return {"items": items, "next": shown[-1].ref if len(rows) > limit else None}


def work_items(
    casework: Casework, *, actor: Actor | None, department: str | None = None, assignee: str | None = None,
    status: str | None = None, open_only: bool = False, after: int | None = None, limit: int = 50,
    language: str = "en",
) -> Json:  # fmt: skip
    """`{items, next}` by number; each item as in its complaint, with the complaint's ref, tier and status."""
    limit = max(1, min(limit, MOST))
    with casework.database.read() as session:
        rows = reading.page_of_work(
            session, reader=reader_of(casework, actor), department=department, assignee=assignee,
            status=status, open_only=open_only, after=after, limit=limit,
        )  # fmt: skip
    items = [
        {
            "ref": case.ref, "tier": case.tier, "complaint_status": case.status,
            **pieces.work_item(item, casework.books, language),
        }
        for item, case in rows[:limit]
    ]  # fmt: skip
    return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}
