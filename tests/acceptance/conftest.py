"""Houses for acceptance: real processes, a home for each machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.acceptance.prefects import Prefects
from tests.acceptance.several import ONE, TWO, installed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that is not started yet."""
    with House(tmp_path / "home") as made:
        yield made


@pytest.fixture(params=[ONE, TWO])
def either_house(request: pytest.FixtureRequest) -> Iterator[House]:
    """On one machine as `house`; and two machines, whose Prefect runs already."""
    if request.param == ONE:
        yield request.getfixturevalue("house")
        return
    with installed(TWO, request.getfixturevalue("tmp_path"), request) as (made, prefects):
        prefects.start()
        yield made


@pytest.fixture(params=[ONE, TWO])
def house_beside_prefect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, Prefects]]:
    """A house and a Prefect that the test starts and stops, not the house."""
    with installed(request.param, tmp_path, request) as made:
        yield made
