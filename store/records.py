"""The rows of one case inside one transaction: each table is read once, and whole from then on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, exists
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.tables import (
    ActivityRow,
    Case,
    ClockRow,
    Decision,
    Dispatch,
    InboxRow,
    Incident,
    Note,
    Promise,
    Survey,
    WorkItem,
)

Row = TypeVar("Row", bound=SQLModel)

STILL_OPEN: Mapping[type[SQLModel], ColumnElement[bool]] = {
    ActivityRow: col(ActivityRow.state).not_in(("done", "cancelled")),
    InboxRow: col(InboxRow.handled_at).is_(None),
}
"""Tables of which a step needs only the rows that are not over yet."""

KEPT: tuple[type[SQLModel], ...] = (
    ActivityRow, ClockRow, Decision, Dispatch, InboxRow, Incident, Note, Promise, Survey, WorkItem,
)  # fmt: skip


class Records:
    """Reads a table when it is first asked for. Whoever adds a row to one adds it here, so that none is missed.

    `new` says that the case was written in this very transaction: there is nothing to read.
    """

    def __init__(self, session: Session, case: Case, *, new: bool = False) -> None:
        self._session, self._case_id = session, case.id
        self._present: frozenset[type[SQLModel]] | None = frozenset() if new else None
        self._read: dict[type[SQLModel], list[Any]] = {}
        self._added: dict[type[SQLModel], list[Any]] = {}

    def of(self, table: type[Row]) -> list[Row]:
        """The case's rows of a table, oldest first."""
        rows = self._read.get(table)
        if rows is None:
            added = self._added.setdefault(table, [])
            rows = self._read[table] = [*self._stored(table, added), *added]
        return rows

    def _stored(self, table: type[Row], added: list[Row]) -> list[Row]:
        if self._present is None:
            there = self._session.connection().execute(PRESENT, {"case": self._case_id}).one()
            self._present = frozenset(kept for kept, found in zip(KEPT, there, strict=True) if found)
        if table not in self._present and table in KEPT:
            return []
        with self._session.no_autoflush:
            found = self._session.scalars(_rows_of_a_case(table), {"case": self._case_id}).all()
        own = {id(row) for row in added}
        return [row for row in found if id(row) not in own]

    def add(self, row: SQLModel) -> None:
        """Put a new row on the case. It has no number before the next flush, see `numbered`."""
        self._session.add(row)
        rows = self._read if type(row) in self._read else self._added
        rows.setdefault(type(row), []).append(row)

    def numbered(self, row: SQLModel) -> int:
        """Put a new row on the case and give it its number at once."""
        self.add(row)
        self._session.flush()
        number: Any = row
        assert isinstance(number.id, int), "flushed"
        return number.id


@cache
def _rows_of_a_case(table: type[Row]) -> SelectOfScalar[Row]:
    """Built once: making a statement and its cache key takes longer than running it."""
    columns: Any = table
    return select(table).where(*_wanted(table)).order_by(columns.id)


def _wanted(table: type[SQLModel]) -> tuple[ColumnElement[bool], ...]:
    columns: Any = table
    of_case: ColumnElement[bool] = columns.case_id == bindparam("case")
    return (of_case, STILL_OPEN[table]) if table in STILL_OPEN else (of_case,)


PRESENT = select(*(exists().where(*_wanted(table)) for table in KEPT))
"""Of which tables a case has rows at all: most steps find most of them empty, and need not read them."""
