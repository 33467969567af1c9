"""No figure reads a table from end to end. On SQLite, whose plans follow from the indexes alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import SQLModel

from store.database import Database
from store.queries.figures import FIGURES, backlog_identity, case_refs, figure, figures
from store.schema import migrate
from tests.contract.figures.rows import MARCH

SMALL = frozenset({"channel_counts", "improvement_rounds"})
"""A row a channel and day, a few an improvement action: read once where each complaint is held against them."""


def test_every_figure_finds_its_cohort_by_an_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'amends.db'}")
    migrate(database)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, given))

    scans: dict[str, set[str]] = {}
    with database.read() as session:

        def look(name: str) -> None:
            for statement, given in asked:
                plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
                steps = [str(step[3]).split() for step in plan]
                read = {step[1] for step in steps if step[0] == "SCAN"}
                scans.setdefault(name, set()).update(read & set(SQLModel.metadata.tables) - SMALL)
            asked.clear()

        backlog_identity(session, MARCH)
        look("identity")
        for name, definition in FIGURES.items():
            figure(session, name, MARCH, by=definition.dimensions[0])
            if definition.units is not None:
                case_refs(session, name, MARCH)
            look(name)
        figures(session, MARCH, None)
        look("all of them")
    database.close()
    read_whole = {name: tables for name, tables in scans.items() if tables}
    assert read_whole == {}
    assert len(scans) > 30
