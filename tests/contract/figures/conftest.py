"""Stores of the figures: made once a file, since figures only read, and vectors take back what they write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from store.database import Database
from store.schema import migrate
from tests.databases import database_on


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
def session(own_store: Database) -> Iterator[Session]:
    """A transaction on the empty store, taken back at the end of the test."""
    with own_store.write() as session:
        yield session
        session.rollback()
