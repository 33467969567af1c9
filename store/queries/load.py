"""How much everybody has on the table."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, func, select

from store.tables import WorkItem


def open_items_by_person(session: Session) -> Mapping[str, int]:
    """Offered and confirmed items of each person who has any."""
    query = (
        select(WorkItem.assignee, func.count())
        .where(WorkItem.status.in_(("offered", "confirmed")), WorkItem.assignee != None)  # type: ignore[attr-defined]  # noqa: E711
        .group_by(WorkItem.assignee)
    )
    return {str(person): count for person, count in session.exec(query).all()}
