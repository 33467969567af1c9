"""How much everybody has on the table."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, col, func, select

from store.tables import WorkItem

OPEN_ITEMS = (
    select(WorkItem.assignee, func.count())
    .where(col(WorkItem.status).in_(("offered", "confirmed")), col(WorkItem.assignee).is_not(None))
    .group_by(col(WorkItem.assignee))
)


def open_items_by_person(session: Session) -> Mapping[str, int]:
    """Offered and confirmed items of each person who has any."""
    return {str(person): count for person, count in session.exec(OPEN_ITEMS).all()}
