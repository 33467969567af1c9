"""The states and groups that occur among a source's rows, by number: small, and quick to count by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from store.queries.figures.result import Dimension
from store.queries.figures.sources import Asked, Source

By = Dimension | None
"""A dimension, or none: the whole."""


class Numbers(dict[Any, int]):
    """Numbers what is looked up, from 0 in the order in which it was first met."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number

    def of(self, many: Iterable[Any]) -> list[int]:
        return list(map(self.__getitem__, many))


class Told(NamedTuple):
    """What a state says to a figure. A row that is apart neither counts nor waits."""

    counts: int
    weighs: int
    adds: int
    waits: int
    apart: int


class Numbering:
    """Of one source."""

    def __init__(self, source: Source) -> None:
        self.source, self.states = source, Numbers()
        self.groups: Mapping[Dimension, Numbers] = {by: Numbers() for by in source.groups}
        self.refs = Numbers()
        self._told: dict[str, list[Told | None]] = {}

    def told(self, asked: Asked) -> list[Told | None]:
        """By the number of the state; None for one that is not among the figure's. Asked once all rows are read."""
        name = asked.definition.name
        if name not in self._told:
            self._told[name] = [_told(asked, row) for row in self._measured]
        return self._told[name]

    @cached_property
    def _measured(self) -> Sequence[Sequence[int]]:
        """By the number of the state."""
        return self.source.measured(self.states)

    def keys(self, by: By) -> Sequence[str | None]:
        """By the number of the group."""
        return [None] if by is None else list(self.groups[by])


def _told(asked: Asked, row: Sequence[int]) -> Told | None:
    at = asked.places
    if not row[at.among]:
        return None
    inside = int(not row[at.apart])
    return Told(
        row[at.counted] * inside, row[at.weighs], row[at.adds], row[at.pending] * inside, row[at.apart]
    )  # fmt: skip
