"""The store fails in the middle of anything: connections are cut, disks are full. Nothing is lost or doubled."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from store.database import Database, StoreUnreachable
from store.schema import migrate
from tests.contract.conftest import rows_of
from tests.contract.doors import housed, opened
from tests.faults.conftest import Ground
from tests.faults.courses import COURSES, MACHINERY, Course
from tests.faults.ending import Ending, compare, ending
from tests.faults.house import House
from tests.faults.provider import handed
from tests.faults.stores import PostgresStores

CAST: tuple[Course, ...] = (*MACHINERY, COURSES[0], COURSES[2])
pytestmark = pytest.mark.one_machine("played in the process of the test")
EVERY = 61
"""Which statements of changing transactions lose their connection: one in so many, so all kinds in turn."""
MOST_FAILURES = 2_000


class ConnectionCutter:
    """Lets the server end the connection of a changing transaction just before one of its statements."""

    def __init__(self, server: str, every: int) -> None:
        self._server, self._every = server, every
        self.statements = self.cut = 0

    def __call__(self, connection: Any, *_: object) -> None:
        if not connection.get_execution_options().get("changes", False):
            return
        self.statements += 1
        if self.statements % self._every == 0:
            pid = connection.connection.dbapi_connection.info.backend_pid
            with psycopg.connect(self._server, autocommit=True) as other:
                assert other.execute("select pg_terminate_backend(%s, 10000)", (pid,)).fetchone() == (True,)
            self.cut += 1

    def at_commit(self, connection: Any) -> None:
        self(connection)


def play_on(house: House, failed: Callable[[], None]) -> Ending:
    """Play to the end with one machine that tries again whatever the store refused, as a clock does."""
    life = house.life()
    for _ in range(MOST_FAILURES):
        try:
            life.play()
            return ending(life.casework, handed(house.ledger))
        except (OperationalError, StoreUnreachable):
            failed()
    raise AssertionError(f"{MOST_FAILURES} failures, and no end")


@pytest.fixture
def undisturbed(ground_of_test: Ground, tmp_path: Path) -> Ending:
    house = ground_of_test.warm.house(ground_of_test.stores, tmp_path / "undisturbed", CAST)
    found = play_on(house, lambda: pytest.fail("nothing fails here"))
    house.leave()
    assert found.faults == []
    return found


@pytest.fixture
def ground_of_test(request: pytest.FixtureRequest) -> Ground:
    """The database that the test names."""
    found: Ground = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("ground_of_test", ["postgres_ground"], indirect=True)
def test_connections_cut_in_the_middle_of_anything_lose_and_double_nothing(
    ground_of_test: Ground, undisturbed: Ending, tmp_path: Path
) -> None:
    house = ground_of_test.warm.house(ground_of_test.stores, tmp_path / "cut", CAST)
    assert isinstance(house.stores, PostgresStores)
    engine, cutter = house.warm.database.engine, ConnectionCutter(house.stores.server, EVERY)
    failures: list[int] = []
    event.listen(engine, "before_cursor_execute", cutter)
    event.listen(engine, "commit", cutter.at_commit)
    try:
        found = play_on(house, lambda: failures.append(cutter.statements))
    finally:
        event.remove(engine, "before_cursor_execute", cutter)
        event.remove(engine, "commit", cutter.at_commit)
    house.leave()
    assert cutter.cut > 30
    assert len(failures) == cutter.cut, "a cut connection was neither reported nor tried again"
    assert "\n".join(compare(undisturbed, found).lines()) == ""


@contextmanager
def pages(database: Database, _path: Path) -> Iterator[Callable[[], object]]:
    """A database that may not grow: `more()` gives it three pages."""
    connection = database.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        (now,) = driver.execute("PRAGMA page_count").fetchone()
    finally:
        connection.close()
    limit = [now]

    def held(dbapi: Any, *_: object) -> None:
        dbapi.execute(f"PRAGMA max_page_count={limit[0]}")

    def more() -> None:
        limit[0] += 3

    event.listen(database.engine, "checkout", held)
    try:
        yield more
    finally:
        event.remove(database.engine, "checkout", held)
        limit[0] = 1_000_000_000
        with database.engine.connect() as again:
            held(again.connection.driver_connection)


@contextmanager
def file_sizes(database: Database, path: Path) -> Iterator[Callable[[], object]]:
    """A disk that takes no more: files of this process may grow to a size only, `more()` raises it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    names = (path, path.with_name(f"{path.name}-wal"))
    size = [max(os.path.getsize(name) for name in names if name.exists())]

    def more(by: int = STEP) -> None:
        size[0] += by
        resource.setrlimit(resource.RLIMIT_FSIZE, (size[0], before[1]))

    try:
        more(0)
        yield more
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


STEP = 200_000
"""Bytes: few failures, because a claim whose end cannot be written costs a minute of the script's time."""
FULL = [pages, file_sizes]


@pytest.mark.parametrize("full", FULL)
@pytest.mark.parametrize("ground_of_test", ["sqlite_ground"], indirect=True)
def test_a_full_disk_loses_and_doubles_nothing(
    ground_of_test: Ground, undisturbed: Ending, tmp_path: Path, full: Any
) -> None:
    house = ground_of_test.warm.house(ground_of_test.stores, tmp_path / "full", CAST)
    house.life()
    failures = 0

    with full(house.warm.database, house.folder / "store.db") as more:

        def space() -> None:
            nonlocal failures
            failures += 1
            more()

        found = play_on(house, space)
    house.leave()
    assert failures > 3
    assert "\n".join(compare(undisturbed, found).lines()) == ""


@pytest.mark.parametrize("full", FULL)
def test_a_hook_answers_503_while_the_disk_is_full_and_takes_the_same_event_afterwards(
    tmp_path: Path, full: Any
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(database)
    with opened(housed(database)) as door:
        door.file(id="before")
        with full(database, tmp_path / "store.db") as more:
            kept, answers = rows_of(database), []
            for _ in range(100):
                response = door.file(id="msg_full", external_id="full", text="屏幕碎了，要求退货。" * 900)
                answers.append(response.status_code)
                if response.status_code != 503:
                    break
                assert int(response.headers["Retry-After"]) > 0
                assert rows_of(database) == kept
                more()
        assert answers[0] == 503
        assert answers[-1] == 202
        assert door.file(
            id="msg_full", external_id="full", text="屏幕碎了，要求退货。" * 900
        ).status_code in (200, 409)
    database.close()
