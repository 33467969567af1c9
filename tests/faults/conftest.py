"""Stores and people for lives, made once a session: reading definitions and compiling queries takes seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.house import Warm, warm_up
from tests.faults.stores import PostgresStores, SqliteStores, Stores


@dataclass(frozen=True, slots=True)
class Ground:
    """Where lives of one kind of database are played."""

    stores: Stores
    warm: Warm


@pytest.fixture(scope="session")
def sqlite_ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("sqlite")
    stores = SqliteStores(folder)
    return Ground(stores, warm_up(stores, folder / "warm"))


@pytest.fixture(scope="session")
def postgres_ground(_postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    stores = PostgresStores(_postgres_server)
    try:
        yield Ground(stores, warm_up(stores, tmp_path_factory.mktemp("postgres") / "warm"))
    finally:
        stores.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Both databases in turn."""
    name = "sqlite_ground" if request.param == "sqlite" else "postgres_ground"
    found: Ground = request.getfixturevalue(name)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of one life; made by the house."""
    return tmp_path / "life"
