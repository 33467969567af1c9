"""The two kinds of store that figures are taken on, each empty and thrown away after."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

POSTGRES = os.environ.get("AMENDS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
CONNECT_SECONDS = 3


class Absent(Exception):
    """A service that a figure needs does not answer here; the figure is skipped and says so."""


@contextmanager
def sqlite() -> Iterator[str]:
    """Address of a file that does not exist yet."""
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'amends.db'}"


@contextmanager
def postgresql() -> Iterator[str]:
    """Address of a new database on the server of AMENDS_TEST_POSTGRES. `Absent` when there is none."""
    try:
        server = psycopg.connect(POSTGRES, connect_timeout=CONNECT_SECONDS, autocommit=True)
    except psycopg.OperationalError as error:
        raise Absent(f"PostgreSQL ({str(error).splitlines()[0]}); set AMENDS_TEST_POSTGRES") from error
    name = f"amends_bench_{uuid4().hex}"
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        url = make_url(POSTGRES).set(drivername="postgresql+psycopg", database=name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


STORES: Mapping[str, Callable[[], AbstractContextManager[str]]] = {"sqlite": sqlite, "postgresql": postgresql}
