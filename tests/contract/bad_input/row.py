"""A row of the table, and the site that it is tried on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from httpx import Response

from tests.contract.bad_input.site import Site

Send = Callable[[Site], Response]
Check = Callable[[Site, Response], None]


@dataclass(frozen=True, slots=True)
class Row:
    """What is sent and what comes back. Unless `keeps` says otherwise the store is the same as before.

    `code` is that of the problem, or "page" for a page, "moved" for the way to the sign-in and "accepted" for what is
    kept; `says` stands in the answer: for a wrong body the name of the field.
    """

    door: str
    group: str
    name: str
    send: Send
    status: int
    code: str
    says: str = ""
    keeps: Check | None = None

    @property
    def id(self) -> str:
        return f"{self.door}: {self.group}: {self.name}"


def shown(value: object) -> str:
    """A value as the table prints it: short, on one line, in visible characters."""
    if isinstance(value, str) and len(value) > 60:
        return f"{ascii(value[:8])[:-1]}…' ({len(value):,} characters)"
    if isinstance(value, list) and len(value) > 10:
        return f"a list of {len(value)}"
    return ascii(value)
