"""All rows, in the order of the page."""

from __future__ import annotations

from functools import cache

from tests.contract.bad_input import at_api, at_api_bodies, at_fault, at_hooks, at_pages, hostile
from tests.contract.bad_input.row import Row


@cache
def table() -> tuple[Row, ...]:
    return tuple(
        row for part in (at_hooks, at_api, at_api_bodies, at_pages, hostile, at_fault) for row in part.rows()
    )
