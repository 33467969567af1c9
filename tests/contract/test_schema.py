"""The migrations make exactly the tables that the code uses, whoever runs them and however often."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

from store.database import Database
from store.migrations.draft import statements
from store.schema import FOLDER, SchemaAhead, SchemaBehind, check, current, migrate, newest


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def test_migrated_tables_are_the_tables_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_store_knows_its_schema_and_an_old_one_is_refused(empty: Database) -> None:
    assert current(empty) is None
    with pytest.raises(SchemaBehind, match=f"schema none, this release needs {newest()}.*amends deploy"):
        check(empty)
    migrate(empty)
    assert current(empty) == newest()
    check(empty)


def test_the_store_of_a_newer_release_is_left_alone_and_both_schemas_are_named(empty: Database) -> None:
    database = empty
    migrate(database)
    with database.write() as session:
        session.connection().execute(text("update alembic_version set version_num = '9999'"))
    for step in (check, migrate):
        with pytest.raises(SchemaAhead, match=f"schema 9999, this release needs {newest()}.*newer release"):
            step(database)
    assert current(database) == "9999"


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as starters:
        list(starters.map(migrate, databases))
    assert {current(database) for database in databases} == {newest()}
    for database in databases:
        database.close()


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.execution_options(changes=True).begin() as connection:
        connection.execute(text("create table inbox (id integer)"))
    with pytest.raises(Exception, match="inbox"):
        migrate(empty)
    assert current(empty) is None
    with empty.engine.connect() as connection, pytest.raises(Exception, match="cases"):
        connection.execute(text("select * from cases"))


def test_the_first_migration_is_what_the_tables_draft() -> None:
    """Until the first release; on a difference: python -m store.migrations.draft"""
    written = (FOLDER / "versions" / "0001_first_tables.py").read_text(encoding="utf-8")
    assert statements(None) in written


def test_after_the_migrations_nothing_is_left_to_draft() -> None:
    assert statements("the next") == "pass"


def test_whoever_opens_a_new_file_while_another_writes_it_waits(tmp_path: Path) -> None:
    """Asked for its write-ahead log, SQLite does not wait for the other, and says at once that the file is locked."""
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE one (row INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    with closing(sqlite3.connect(path)) as another, pytest.raises(sqlite3.OperationalError, match="locked"):
        another.execute("PRAGMA journal_mode=WAL")
    ends = Timer(0.3, other.commit)
    ends.start()
    database = Database(f"sqlite:///{path}")
    database.ping()
    database.close()
    ends.join()
    other.close()
