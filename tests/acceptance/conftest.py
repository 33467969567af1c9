"""Houses for acceptance: real processes, a home for each machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.acceptance.prefects import Prefects
from tests.acceptance.several import Build, installed, two_machines
from tests.machines import ONE, TWO, are_two


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Build:
    """Makes houses: on one machine, or on two whose Prefect runs already."""

    def built(folder: Path, settings: Mapping[str, str] | None = None) -> AbstractContextManager[House]:
        if are_two(request.config):
            return two_machines(folder, request, settings)
        return House(folder / "home", settings or {})

    return built


@pytest.fixture
def house(tmp_path: Path, build: Build) -> Iterator[House]:
    """A house that is not started yet."""
    with build(tmp_path) as made:
        yield made


@pytest.fixture(params=[ONE, TWO])
def either_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On one machine as `house`; and two machines, whose Prefect runs already."""
    with House(tmp_path / "home") if request.param == ONE else two_machines(tmp_path, request) as made:
        yield made


@pytest.fixture(params=[ONE, TWO])
def house_beside_prefect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, Prefects]]:
    """A house and a Prefect that the test starts and stops, not the house."""
    with installed(request.param, tmp_path, request) as made:
        yield made
