"""The two databases every port is tried on, each test with an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

import store.tables  # noqa: F401  (fills the metadata)
from store.database import Database
from store.schema import migrate
from tests.contract.doors import Door, housed, opened
from tests.databases import cleared, database_on, emptied


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'amends.db'}"
    return emptied(str(request.getfixturevalue("postgres_url")))


@pytest.fixture(scope="session")
def _new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the newest schema, to copy: migrating each anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("new") / "amends.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store with the newest schema and not a row in it."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("_new_store"), tmp_path / "amends.db")
        return f"sqlite:///{path}"
    return cleared(str(request.getfixturevalue("postgres_store_url")))


@pytest.fixture(scope="module")
def own_postgres_url(_postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database of this file alone: other tests empty the one of the session."""
    with database_on(_postgres_server) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def own_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store of this file alone, with the newest schema."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('figures') / 'amends.db'}"
    else:
        url = str(request.getfixturevalue("own_postgres_url"))
    database = Database(url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """The same, opened."""
    database = Database(store_url)
    yield database
    database.close()


@pytest.fixture
def door(database: Database) -> Iterator[Door]:
    """The hooks as a channel finds them, on an empty store with the shipped definitions."""
    with opened(housed(database)) as door:
        yield door


def rows_of(database: Database) -> dict[str, int]:
    """How many rows each table holds."""
    with database.read() as session:
        return {
            name: int(session.connection().execute(text(f'select count(*) from "{name}"')).scalar_one())
            for name in SQLModel.metadata.tables
        }
