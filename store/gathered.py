"""Events of a log gathered by their case, in a temporary file: a log of any length needs the same memory."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

Case = tuple[int, datetime, datetime, dict[str, object]]
"""Line of the first event seen, times of the first and the last event, and the cells of the first in time."""


class Gathered:
    """Open while it is used as a context; gone after it."""

    def __enter__(self) -> Gathered:
        self._folder = tempfile.TemporaryDirectory()
        self._log = sqlite3.connect(Path(self._folder.name) / "log.db")
        self._log.execute(
            "CREATE TABLE cases (name TEXT PRIMARY KEY, line INT, first TEXT, last TEXT, cells TEXT)"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.close()
        self._folder.cleanup()

    def add(self, name: str, line: int, at: datetime, cells: Mapping[str, object]) -> None:
        """One event of the case `name` at `at` (aware); `cells` are kept as JSON."""
        when = at.astimezone(UTC).isoformat(timespec="microseconds")
        self._log.execute(
            "INSERT INTO cases VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " cells = CASE WHEN excluded.first < first THEN excluded.cells ELSE cells END,"
            " first = min(first, excluded.first), last = max(last, excluded.last)",
            (name, line, when, when, json.dumps(cells)),
        )

    def read(self) -> Iterator[Case]:
        """Every case, in the order in which they were first seen."""
        for line, first, last, cells in self._log.execute(
            "SELECT line, first, last, cells FROM cases ORDER BY line"
        ):
            yield int(line), datetime.fromisoformat(first), datetime.fromisoformat(last), json.loads(cells)
