"""Houses for acceptance: real processes, one home each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that is not started yet."""
    with House(tmp_path / "home") as made:
        yield made
