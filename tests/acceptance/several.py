"""Houses whose Prefect the test runs: all on one machine, or two of everything on PostgreSQL and Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.house import House, free_port
from tests.acceptance.prefects import Prefects, one_prefect, two_prefects
from tests.databases import database_on
from tests.machines import ONE, TWO

Build = Callable[..., AbstractContextManager[House]]
"""`build(folder, {NAME: setting})`: a house that is not started yet, on as many machines as the tests are run on."""


@contextmanager
def installed(
    size: str, folder: Path, request: pytest.FixtureRequest, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[House, Prefects]]:
    """A house of this size with these settings and the Prefect that it is told of; neither is started."""
    with ExitStack() as stack:
        shared: dict[str, str] = {}
        if size == ONE:
            prefects = one_prefect(folder / "prefect")
        else:
            postgres = request.getfixturevalue("_postgres_server")
            shared["AMENDS_DATABASE_URL"] = stack.enter_context(database_on(postgres))
            redis_url = request.getfixturevalue("redis_url")
            prefects = stack.enter_context(two_prefects(folder / "prefect", postgres, redis_url))
        stack.callback(prefects.stop)
        port = free_port()
        shared["AMENDS_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        machines = [
            House(
                folder / f"machine-{number}", shared | {"PREFECT_API_URL": server.api_url, **(settings or {})},
                port=port if number == 0 else free_port(), prefect_port=server.port, beside=server,
            )
            for number, server in enumerate(prefects.servers)
        ]  # fmt: skip
        machines[0].neighbours = tuple(machines[1:])
        yield stack.enter_context(machines[0]), prefects


@contextmanager
def two_machines(
    folder: Path, request: pytest.FixtureRequest, settings: Mapping[str, str] | None = None
) -> Iterator[House]:
    """A house of two machines, not started yet; their Prefect runs."""
    with installed(TWO, folder, request, settings) as (house, prefects):
        prefects.start()
        yield house
