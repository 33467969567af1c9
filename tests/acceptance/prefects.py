"""Prefect as a test itself runs it beside its house: one server on SQLite, or two on PostgreSQL and Redis."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import redis
from sqlalchemy.engine import make_url

from runtime.prefect_server import PrefectServer
from tests.acceptance.house import ROOT, free_port
from tests.acceptance.units import environment_file
from tests.databases import database_on, emptied

SHIPPED = ROOT / "deploy" / "prefect.env"


@dataclass(frozen=True)
class Prefects:
    """One or more servers of one Prefect. The first runs its background services."""

    servers: tuple[PrefectServer, ...]
    forget: Callable[[], None]
    """Takes the database away; the servers must be stopped."""

    def start(self) -> None:
        """One after the other: the first makes the database."""
        for server in self.servers:
            server.start()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def lose(self) -> None:
        """Stop it and lose everything it knew."""
        self.stop()
        self.forget()

    def kill_first(self) -> None:
        """`kill -9` of the server with the background services, and what it started."""
        pid = self.servers[0].pid
        assert pid is not None, "it runs"
        os.killpg(pid, signal.SIGKILL)


def one_prefect(folder: Path) -> Prefects:
    """A server as the household starts it, not started yet."""
    server = PrefectServer(folder, free_port())
    return Prefects((server,), lambda: shutil.rmtree(folder))


@contextmanager
def two_prefects(folder: Path, postgres: str, redis_url: str) -> Iterator[Prefects]:
    """Two servers with the shipped settings on one database and one Redis, not started yet."""
    with database_on(postgres) as database:
        settings = {**environment_file(SHIPPED), **addresses(database, redis_url)}

        def forget() -> None:
            emptied(database)
            with redis.Redis.from_url(redis_url) as client:
                client.flushdb()

        forget()  # what a test before left in Redis
        yield Prefects(
            (
                PrefectServer(folder / "a", free_port(), extra=settings),
                PrefectServer(folder / "b", free_port(), extra=settings, services=False),
            ),
            forget,
        )


def addresses(database: str, redis_url: str) -> Mapping[str, str]:
    """What an operator replaces in the shipped file; and a name, for channels that all databases of a Redis share."""
    url = make_url(database).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    return {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": url,
        "PREFECT_SERVER_DOCKET_URL": redis_url,
        "PREFECT_REDIS_MESSAGING_URL": redis_url,
        "PREFECT_SERVER_DOCKET_NAME": f"amends-test-{uuid4().hex}",
    }
