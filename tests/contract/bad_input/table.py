"""All rows, in the order of the page."""

from __future__ import annotations

from functools import cache

from tests.contract.bad_input import (
    at_api,
    at_api_bodies,
    at_desk,
    at_fault,
    at_hooks,
    at_improving,
    at_pages,
    hostile,
)
from tests.contract.bad_input.row import Row


@cache
def table() -> tuple[Row, ...]:
    parts = (at_hooks, at_api, at_api_bodies, at_improving, at_desk, at_pages, hostile, at_fault)
    return tuple(row for part in parts for row in part.rows())
