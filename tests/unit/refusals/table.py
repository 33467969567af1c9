"""All mistakes together."""

from __future__ import annotations

from functools import cache

from tests.unit.refusals import drawn, expressions, linked, parsed, tables
from tests.unit.refusals.row import Row


@cache
def table() -> tuple[Row, ...]:
    return tuple(row for part in (parsed, drawn, linked, expressions, tables) for row in part.rows())
