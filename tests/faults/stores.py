"""Stores for lives: each begins as a copy of one that was migrated and given its definitions once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import make_url

from store.database import Database


class Stores(Protocol):
    """Where copies come from. Everything it opened is closed again when a method returns: lives are forked."""

    @property
    def template(self) -> str:
        """Address of the store that copies are made of."""

    def copy(self, folder: Path) -> str:
        """Address of a new copy for the life in `folder`."""

    def drop(self, url: str) -> None:
        """The copy is not needed any more."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class SqliteStores:
    """A file in the folder of each life."""

    folder: Path

    @property
    def template(self) -> str:
        return f"sqlite:///{self.folder / 'template.db'}"

    def copy(self, folder: Path) -> str:
        shutil.copy(self.folder / "template.db", folder / "store.db")
        return f"sqlite:///{folder / 'store.db'}"

    def drop(self, url: str) -> None:
        """It goes with its folder."""

    def close(self) -> None: ...


class PostgresStores:
    """Databases of a server, named at random and dropped at the end."""

    def __init__(self, server: str) -> None:
        self.server = server.replace("postgresql+psycopg://", "postgresql://")
        self._prefix = f"amends_faults_{uuid4().hex[:12]}"
        self._made = 0
        self._run(f'CREATE DATABASE "{self._prefix}"')

    @property
    def template(self) -> str:
        return self._url(self._prefix)

    def copy(self, folder: Path) -> str:
        name = f"{self._prefix}_{uuid4().hex[:8]}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._prefix}"')
        return self._url(name)

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        self.drop(self.template)

    def _url(self, name: str) -> str:
        url = make_url(self.server).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


def stores_at(database: str, folder: Path) -> Stores:
    """`sqlite`, or the address of a PostgreSQL server on which databases may be made."""
    return SqliteStores(folder) if database == "sqlite" else PostgresStores(database)


def connect_to(database: Database, url: str) -> None:
    """Let the engine of `database`, which has no connection now, connect to the store at `url` from now on."""
    engine, named = database.engine, make_url(url).database

    def elsewhere(_dialect: object, _record: object, cargs: list[object], cparams: dict[str, object]) -> None:
        if database.is_sqlite:
            cargs[0] = named
        else:
            cparams["dbname"] = named

    event.listen(engine, "do_connect", elsewhere)


def whole_file(database: Database) -> None:
    """Put everything into the file itself, so that a copy of the file is a copy of the store."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    database.close()
