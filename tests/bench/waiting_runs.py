"""Runs that wait in Prefect, made fast: rows of one paused run copied in the embedded server's own database.

Prefect's API creates some fifty runs a second; thousands of them to look at afterwards are copied instead.
What the server, its services and its UI then read are runs like any other. Only for measurements.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from store.tables import Case
from tests.bench.pattern import Clone, Row

BUSY_SECONDS = 60.0


def clone_runs(home: Path, original: Case, clones: Sequence[Clone]) -> None:
    """Copy the paused run of `original` for each clone, under the id that the clone names.

    `home`: of the household that has the embedded server. Artifact and past states are not copied.
    """
    with closing(sqlite3.connect(home / "prefect" / "prefect.db", timeout=BUSY_SECONDS)) as db:
        db.row_factory = sqlite3.Row
        run = _row(db, "flow_run", original.flow_run_id)
        state = _row(db, "flow_run_state", run["state_id"])
        runs, states = [], []
        for clone in clones:
            ids: Row = {"id": str(clone.flow_run_id), "state_id": str(uuid4())}
            named = {k: v.replace(original.ref, clone.ref) for k, v in run.items() if isinstance(v, str)}
            runs.append(run | named | ids | {"idempotency_key": f"clone:{clone.case_id}"})
            states.append(state | {"id": ids["state_id"], "flow_run_id": ids["id"]})
        with db:
            _insert(db, "flow_run", runs)
            _insert(db, "flow_run_state", states)


def _row(db: sqlite3.Connection, table: str, row_id: object) -> Row:
    found = db.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,)).fetchone()
    if found is None:
        raise LookupError(f"Prefect has no {table} {row_id}: let its run show that the complaint waits first")
    return dict(found)


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    generated = {row["name"] for row in db.execute(f"PRAGMA table_xinfo({table})") if row["hidden"]}
    names = [name for name in rows[0] if name not in generated]
    marks = ", ".join("?" for _ in names)
    db.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
        [[row[name] for name in names] for row in rows],
    )
