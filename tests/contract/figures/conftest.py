"""Stores of the figures: made once a file, since figures only read, and vectors take back what they write."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url
from sqlmodel import Session

from store.database import Database
from store.schema import migrate


@pytest.fixture(scope="module")
def own_postgres_url(_postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database of this file alone: other tests empty the one of the session."""
    import psycopg

    name = f"amends_test_{uuid4().hex}"
    with psycopg.connect(_postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = make_url(_postgres_server).set(drivername="postgresql+psycopg", database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(_postgres_server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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
