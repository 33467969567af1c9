"""What a waiting complaint costs: bytes in the store, and nothing in the household that serves it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from cases.sweeping import settle
from store.database import Database
from tests.acceptance.house import House
from tests.bench.census import least, most
from tests.bench.crowd import crowd_in, file_and_settle, paused_runs
from tests.bench.figure import Figure
from tests.bench.lives import file
from tests.bench.stores import sqlite
from tests.bench.waiting import clone_waiting
from tests.contract.casework import SECRET, build

WAITING = 5_000
WATCHED_SECONDS = 8.0


def bytes_of_waiting(quick: bool) -> Mapping[str, Figure]:
    count = 500 if quick else WAITING
    with sqlite() as url:
        built = build(url)
        database = built.casework.database
        file(built.casework, "medium", 0, built.clock.now)
        settle(built.casework)
        before = _bytes(database)
        clone_waiting(database, count, secret=SECRET)
        growth = _bytes(database) - before
        tables = _bytes_by_table(database)
        database.close()
    how = (
        f"growth of the SQLite file (pages in use times page size) over {count} medium complaints that "
        "wait for a confirmation, by their number; each with customer, text, history, clocks, timers, letters, "
        "activities, all indexes included"
    )
    more = {
        "complaints": count,
        "bytes_by_table_and_indexes": {k: round(v / count) for k, v in tables.items()},
    }
    return {"bytes_per_waiting_complaint": Figure(growth / count, "bytes", how, more)}


def household(quick: bool) -> Mapping[str, Figure]:
    count = 500 if quick else WAITING
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder, House(Path(folder) / "home") as house:
        house.start()
        assert house.process is not None
        file_and_settle(house, 1)
        without = most([house.process.pid], WATCHED_SECONDS)
        crowd_in(house, count)
        with_them = least([house.process.pid], WATCHED_SECONDS)
        paused = paused_runs(house)
    how = (
        "`amends up` with its Prefect server, clock, web and worker: processes, threads, sockets and SQLite "
        f"connections of all of them; the most in {WATCHED_SECONDS:.0f} s with one complaint waiting, the least in "
        f"{WATCHED_SECONDS:.0f} s with {count} more waiting as paused runs"
    )
    return {
        f"{name}_of_the_household": Figure(
            with_them.as_json()[name], name, how,
            {"with_one_waiting": without.as_json()[name], "waiting": count, "paused_runs": paused},
        )
        for name in ("processes", "threads", "connections")
    }  # fmt: skip


def _bytes(database: Database) -> int:
    """Bytes in use, those still in the write-ahead log included."""
    with _opened(database) as file:
        pages, free, size = (
            int(file.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def _bytes_by_table(database: Database) -> dict[str, int]:
    """Bytes of each table with its indexes, the biggest first; empty when SQLite was built without dbstat."""
    query = (
        "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name "
        "GROUP BY 1 HAVING sum(s.pgsize) > 100000 ORDER BY 2 DESC"
    )
    with _opened(database) as file:
        options = {row[0] for row in file.execute("PRAGMA compile_options")}
        return dict(file.execute(query)) if "ENABLE_DBSTAT_VTAB" in options else {}


def _opened(database: Database) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(database.url.removeprefix("sqlite:///")))
