"""The few complaints that want something are found without reading the many that wait.

On PostgreSQL, whose plans follow from what it believes of the rows; SQLite's follow from the indexes alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text
from sqlmodel import SQLModel

from store.database import Database
from store.queries import due, runs
from store.schema import migrate
from tests.contract.casework import build

MANY = 20_000
OWN = {
    "id": "md5(k::text)", "ref": "'copy-' || k", "external_id": "'copy-' || k", "flow_run_id": "md5(k::text)",
    "shown_version": "version - (k <= 3)::int", "next_due_at": "next_due_at + k * interval '1 day'",
    "received_at": "received_at - k * interval '1 minute'",
}  # fmt: skip
"""What each copy has of its own; of three the newest version was not shown."""


def test_no_question_of_a_clock_or_reconciler_reads_every_case(own_postgres_url: str) -> None:
    empty = Database(own_postgres_url)
    migrate(empty)
    empty.close()
    house = build(own_postgres_url)
    house.file("退货不退款，商家四五天不回信息")
    database, now = house.casework.database, house.clock()
    _copied(database)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, given))

    with database.read() as session:
        due.due_cases(session, now, 200)
        due.due_cases(session, now, 200, first_steps=25)
        due.unclaimed(session, now, 200)
        due.under_way(session, now)
        runs.without_run(session, 100)
        assert len(runs.to_wake(session, 50, now)) == 3
        runs.with_claimable(session, 50, now)
        runs.open_runs(session, "", 50)
        for statement, given in list(asked):
            plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", given).scalars().all()
            assert not any("Seq Scan on cases" in str(step) for step in plan), "\n".join((statement, *plan))
    assert len(asked) > 10
    database.close()


def _copied(database: Database) -> None:
    columns = [column.name for column in SQLModel.metadata.tables["cases"].columns]
    into, values = (", ".join(one) for one in (columns, [OWN.get(name, name) for name in columns]))
    with database.write() as session:
        copies = f"SELECT {values} FROM cases, generate_series(1, {MANY}) AS k"
        session.connection().execute(text(f"INSERT INTO cases ({into}) {copies}"))
        session.connection().execute(text("ANALYZE"))
