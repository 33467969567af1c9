"""One casework a test, on both databases; made once, emptied between tests, and judged at the end of each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlmodel import SQLModel, select

from cases.casework import Casework
from cases.shelf import Shelf
from store.binding import Binding
from store.database import Database
from store.schema import migrate
from store.tables import Case, WorkItem
from tasks import BINDINGS
from tests.contract.casework import BEGINNING, SECRET, Built, HandClock, no_links, shipped
from tests.contract.stories.complaint import Complaint, complaint_of
from tests.contract.stories.soundness import check_sound

KEPT = frozenset({"bundles", "live_bundle"})
"""Tables that hold the published definitions, the same for every test."""
MOST_BYTES = 2048
"""Of a saved instance (architecture.md)."""
MOST_BYTES_OF_A_TASK_FORCE = 4096
"""Each contribution under way is a process of its own beside the lead's."""

File = Callable[..., Complaint]


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """The shelf links a bundle once and never changes it, so all tests may share one."""
    return Shelf()


def _publish(database: Database, shelf: Shelf) -> None:
    migrate(database)
    with database.write() as session:
        shelf.publish(session, shipped()[0], BEGINNING)


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf) -> Path:
    """A migrated file with the shipped definitions, to be copied."""
    path = tmp_path_factory.mktemp("stories") / "store.db"
    database = Database(f"sqlite:///{path}")
    _publish(database, shelf)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_store(postgres_url: str, shelf: Shelf) -> Iterator[Database]:
    """A schema of its own: tests beside these drop the default one."""
    outside = Database(postgres_url)
    with outside.write() as session:
        session.connection().execute(text("CREATE SCHEMA stories"))
    outside.close()
    database = Database(f"{postgres_url}?options=-csearch_path%3Dstories%20-csynchronous_commit%3Doff")
    _publish(database, shelf)
    yield database
    database.close()


def unsynchronised(connection: Any, _record: Any) -> None:
    """No test survives a power cut anyway."""
    connection.execute("PRAGMA synchronous=OFF")


def _empty(connection: Connection) -> None:
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in KEPT:
            connection.execute(table.delete())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A store with the shipped definitions and nothing else."""
    if request.param == "postgresql":
        shared: Database = request.getfixturevalue("postgres_store")
        with shared.write() as session:
            _empty(session.connection())
        yield shared
        return
    path = tmp_path / "store.db"
    shutil.copy(request.getfixturevalue("sqlite_store"), path)
    own = Database(f"sqlite:///{path}")
    event.listen(own.engine, "connect", unsynchronised)
    yield own
    own.close()


@pytest.fixture
def sizes() -> Iterator[list[int]]:
    """Bytes of each instance that was saved during the test."""
    seen: list[int] = []

    def note(_case: Case, value: str | None, _before: object, _initiator: object) -> None:
        seen.append(len((value or "").encode()))

    event.listen(Case.instance, "set", note)
    yield seen
    event.remove(Case.instance, "set", note)


@pytest.fixture
def house(database: Database, shelf: Shelf, sizes: list[int]) -> Iterator[Built]:
    """A casework and its clock. When the test is over every case must be sound, whatever was done to it."""
    clock = HandClock()
    casework = Casework(
        database, shelf, BINDINGS, shipped()[1], secret=SECRET, links=no_links, machine_clock=clock
    )
    built = Built(casework, clock)
    yield built
    check_sound(built)
    with database.read() as session:
        led = session.exec(select(WorkItem.id).where(WorkItem.kind == "lead")).first() is not None
    assert max(sizes, default=0) < (MOST_BYTES_OF_A_TASK_FORCE if led else MOST_BYTES)


@pytest.fixture
def file(house: Built) -> File:
    """`file("medium")`: a complaint of that tier, received, graded and dispatched."""

    def begin(tier: str, **given: object) -> Complaint:
        return complaint_of(house, tier, **given)

    return begin


@pytest.fixture
def rewired(house: Built) -> Callable[..., Built]:
    """`rewired(topic=binding)`: the same house with other code behind some topics."""

    def rewire(**topics: Binding) -> Built:
        before = house.casework
        house.casework = Casework(
            before.database, before.shelf, {**BINDINGS, **topics}, before.books, secret=SECRET,
            links=no_links, machine_clock=house.clock,
        )  # fmt: skip
        return house

    return rewire
