"""Runs that wait in Prefect, made fast: rows of one paused run copied in the servers' own database.

Prefect's API creates some fifty runs a second; thousands of them to look at afterwards are copied instead.
What the server, its services and its UI then read are runs like any other. Only for measurements.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import Connection, create_engine, inspect, text

from store.tables import Case
from tests.bench.pattern import Clone, Row

BUSY_SECONDS = 60.0


def clone_runs(database: str, original: Case, clones: Sequence[Clone]) -> None:
    """Copy the paused run of `original` for each clone, under the id that the clone names.

    `database`: of the Prefect servers. Artifact and past states are not copied.
    """
    options = {"timeout": BUSY_SECONDS} if database.startswith("sqlite") else {}
    engine = create_engine(database, connect_args=options)
    with engine.begin() as db:
        run = _row(db, "flow_run", original.flow_run_id)
        state = _row(db, "flow_run_state", run["state_id"])
        runs, states = [], []
        for clone in clones:
            ids: Row = {"id": str(clone.flow_run_id), "state_id": None}
            named = {k: v.replace(original.ref, clone.ref) for k, v in run.items() if isinstance(v, str)}
            runs.append(run | named | ids | {"idempotency_key": f"clone:{clone.case_id}"})
            states.append(state | {"id": str(uuid4()), "flow_run_id": ids["id"]})
        _insert(db, "flow_run", runs)
        _insert(db, "flow_run_state", states)  # each refers to the other
        db.execute(text("UPDATE flow_run SET state_id = :id WHERE id = :flow_run_id"), states)
    engine.dispose()


def _row(db: Connection, table: str, row_id: object) -> Row:
    """As it can be written again: JSON as text, nothing that the database computes."""
    found = db.execute(text(f"SELECT * FROM {table} WHERE id = :id"), {"id": row_id}).mappings().first()
    if found is None:
        raise LookupError(f"Prefect has no {table} {row_id}: let its run show that the complaint waits first")
    kept = [column["name"] for column in inspect(db).get_columns(table) if "computed" not in column]
    return {name: json.dumps(v) if isinstance(v := found[name], dict | list) else v for name in kept}


def _insert(db: Connection, table: str, rows: Sequence[Row]) -> None:
    names, marks = ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0])
    db.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), list(rows))
