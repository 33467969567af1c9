"""What the rules read and the organisation keeps: people, calendars, letters, solutions, channels.

A protocol, so that the rules and the store know the shape and only the loader knows the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bpmn.calendar import Calendar
from complaints.organisation import Organisation
from complaints.reading import ComplaintReader

LIVE_TABLES = frozenset({"routing", "remedy", "matter"})
"""Decision tables that the rules ask as they stand now, whatever bundle a case runs on (process.md, 2)."""


class LetterText(Protocol):
    """A rendered message."""

    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...


class Channel(Protocol):
    """A front door: its names, whether everyone can read there, whether an authority stands behind it."""

    @property
    def key(self) -> str: ...
    @property
    def public(self) -> bool: ...
    @property
    def authority(self) -> bool: ...
    @property
    def reply(self) -> str: ...


class Solution(Protocol):
    """An entry of the solution library. `light` ones may be sent without a person."""

    @property
    def key(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def light(self) -> bool: ...
    def title(self, language: str) -> str: ...
    def fit(self, text: str, *, wants: str | None, order_id: str | None) -> int:
        """How well it fits, 0 to 100."""

    def answer(self, language: str, values: Mapping[str, object]) -> str: ...


class Books(Protocol):
    """Everything of the organisation that is live: changed at any time, versioned in the history."""

    @property
    def organisation(self) -> Organisation: ...
    @property
    def language(self) -> str:
        """`zh` or `en`: the language of the installation, for what all staff see."""

    @property
    def reader(self) -> ComplaintReader: ...
    @property
    def solutions(self) -> Sequence[Solution]: ...
    def approval_limit(self, person: str) -> int:
        """What a person may grant alone, in minor units of the firm's currency."""

    @property
    def channels(self) -> Mapping[str, Channel]: ...
    def calendar(self, key: str) -> Calendar: ...
    def channel(self, key: str) -> Channel | None: ...
    def letter(self, template: str, language: str, values: Mapping[str, object]) -> LetterText: ...
    def name(self, kind: str, key: str, language: str) -> str:
        """The name people read for a department, tier, category or decision key."""
