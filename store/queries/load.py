"""How much everybody has on the table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from store.tables import WorkItem

OPEN_ITEMS = (
    select(WorkItem.assignee, func.count())
    .where(col(WorkItem.status).in_(("offered", "confirmed")), col(WorkItem.assignee).is_not(None))
    .group_by(col(WorkItem.assignee))
)
MANY = 5_000
"""Open items of all together from which on they are not counted again for each offer."""
KEPT_FOR = timedelta(seconds=10)

_counted: WeakKeyDictionary[Engine, tuple[datetime, dict[str, int]]] = WeakKeyDictionary()
"""When many items were counted in a store, and what was found; a hint for who has least, never a fact of a case."""


def open_items_by_person(session: Session, machine_now: datetime) -> Mapping[str, int]:
    """Offered and confirmed items of each person who has any.

    Where there are many, the count is up to ten seconds old, but for what this process has offered since.
    """
    engine = session.connection().engine
    at, kept = _counted.get(engine, (None, {}))
    if at is not None and at <= machine_now < at + KEPT_FOR:
        return kept
    found = {str(person): count for person, count in session.exec(OPEN_ITEMS).all()}
    if sum(found.values()) >= MANY:
        _counted[engine] = (machine_now, found)
    else:
        _counted.pop(engine, None)
    return found


def one_more(session: Session, person: str) -> None:
    """This person is offered an item now."""
    _, kept = _counted.get(session.connection().engine, (None, None))
    if kept is not None:
        kept[person] = kept.get(person, 0) + 1
