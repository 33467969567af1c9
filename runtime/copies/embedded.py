"""Copies of the embedded store, by SQLite's online backup: whole at one moment, whoever writes meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from runtime.copies.archive import BackupDamaged
from store.database import BUSY_SECONDS


def copy(source: Path, target: Path) -> None:
    """Copy a store into one file. Writers go on; what commits later is not in it."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as live,
        closing(sqlite3.connect(target)) as made,
    ):
        live.backup(made)
        made.execute("PRAGMA journal_mode=DELETE")


def counts(path: Path) -> Mapping[str, int]:
    """Rows of each table of a copy."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        names = [
            n for (n,) in store.execute("select name from sqlite_master where type='table' order by name")
        ]
        return {
            name: store.execute(f'select count(*) from "{name}"').fetchone()[0]
            for name in names if not name.startswith("sqlite_")
        }  # fmt: skip


def check(path: Path) -> None:
    """`BackupDamaged` unless SQLite finds the copy sound."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            found = [row[0] for row in store.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:
        raise BackupDamaged(f"the store in the backup cannot be read ({error}): take another one") from error
    if found != ["ok"]:
        raise BackupDamaged(f"the store in the backup is damaged ({found[0]}): take another one")


def version() -> str:
    return sqlite3.sqlite_version
