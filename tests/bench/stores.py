"""The two kinds of store that figures are taken on, each empty and thrown away after."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

POSTGRES = os.environ.get("AMENDS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
CONNECT_SECONDS = 3
AUTOVACUUM_SECONDS = 60.0
"""PostgreSQL's own `autovacuum_naptime`."""


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
        address = url.render_as_string(hide_password=False)
        try:
            with _tended(address.replace("+psycopg", "", 1)):
                yield address
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _tended(address: str) -> Iterator[None]:
    """A server for development may have its autovacuum switched off: then its part of it that plans depend on, the
    statistics, is done here at its interval. Otherwise statements keep the plan of an empty table for ever."""
    over = threading.Event()
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT current_setting('autovacuum')").fetchone()
    if found == ("on",):
        yield
        return

    def tend() -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            while not over.wait(AUTOVACUUM_SECONDS):
                connection.execute("ANALYZE")

    with ThreadPoolExecutor(1) as tending:
        done = tending.submit(tend)
        try:
            yield
        finally:
            over.set()
            done.result()


STORES: Mapping[str, Callable[[], AbstractContextManager[str]]] = {"sqlite": sqlite, "postgresql": postgresql}
