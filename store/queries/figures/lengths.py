"""Durations of a source's rows, ranked here: their instants are kept as eight bytes each, and sorted once a figure."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bpmn.calendar import Calendar
from store.queries.figures.numbered import By, Numbering
from store.queries.figures.result import Dimension, Spread
from store.queries.figures.sources import REF, Asked, instant
from store.queries.figures.spreads import WorkingSeconds, spread_of

UNKNOWN = -(2**62)
"""An instant that is null."""


class Measured(NamedTuple):
    """The durations of a group."""

    n: int = 0
    calendar: Spread = Spread()
    business: Spread | None = None


Ordered = tuple[Sequence[int], Sequence[int]]
"""Rows by their lengths, and these."""


class Lengths:
    """`business` names where durations are counted in working time of the calendar too."""

    def __init__(self, numbering: Numbering, calendar: Calendar | None, business: Collection[By]) -> None:
        self._numbering, self._calendar, self._business = numbering, calendar, business
        source = numbering.source
        self._instants = [array("q") for _ in source.instants]
        self._states, self._refs, self._together = array("l"), array("l"), numbering.source.together
        self._groups: Mapping[Dimension, array[int]] = {by: array("l") for by in source.groups}
        self._ranks: dict[str, tuple[Ordered, Ordered | None]] = {}
        """Of the figure that was asked last: the next one's take its room."""

    def keep(
        self, states: Sequence[int], groups: Mapping[Dimension, Sequence[int]], columns: Mapping[str, Sequence[Any]]
    ) -> None:  # fmt: skip
        """These rows too, by number of state and group."""
        self._states.extend(states)
        for by, numbers in groups.items():
            self._groups[by].extend(numbers)
        for place, kept in enumerate(self._instants):
            kept.extend(UNKNOWN if at is None else at for at in columns[instant(place)])
        if self._together:
            self._refs.extend(self._numbering.refs.of(columns[REF]))

    def of(self, asked: Asked, by: By) -> Mapping[str | None, Measured]:
        """By group of a figure, what was measured there; a group in which nothing was is left out."""
        name = asked.definition.name
        if name not in self._ranks:
            self._ranks = {name: self._rank(asked)}
        plain, working = self._ranks[name]
        keys, ranked = self._numbering.keys(by), self._ranked(by, *plain)
        worked = self._ranked(by, *working) if working is not None and by in self._business else None
        return {
            keys[group]: Measured(
                len(lengths), spread_of(lengths), None if worked is None else spread_of(worked[group])
            )
            for group, lengths in ranked.items()
        }

    def beside(self, asked: Asked, by: By) -> Mapping[str | None, tuple[int, int]]:
        """By group, how many complaints wait and how many are apart, where the durations of one are summed."""
        told = self._numbering.told(asked)
        groups: Iterable[int] = (0,) * len(self._states) if by is None else self._groups[by]
        once = {
            (group, ref, one.waits, one.apart)
            for group, ref, state in zip(groups, self._refs, self._states, strict=True)
            if (one := told[state]) is not None
        }
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for group, _, waits, apart in once:
            found[group][0] += waits
            found[group][1] += apart
        keys = self._numbering.keys(by)
        return {keys[group]: (waiting, apart) for group, (waiting, apart) in found.items()}

    def _rank(self, asked: Asked) -> tuple[Ordered, Ordered | None]:
        inside = [told is not None and not told.apart for told in self._numbering.told(asked)]
        begun, ended = (self._instants[place] for place in asked.ends)
        rows = [
            row for row, (state, begins, ends) in enumerate(zip(self._states, begun, ended, strict=True))
            if inside[state] and begins != UNKNOWN and ends != UNKNOWN
        ]  # fmt: skip
        plain = _in_order(rows, [ended[row] - begun[row] for row in rows])
        if self._calendar is None or not {None, *asked.by} & set(self._business):
            return plain, None
        worked = _worked(self._calendar, [begun[row] for row in rows], [ended[row] for row in rows])
        return plain, _in_order(rows, worked)

    def _ranked(self, by: By, rows: Sequence[int], lengths: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """By group, its lengths from the shortest on. What a complaint did in one group is one length if summed."""
        if self._together:
            return self._summed(by, rows, lengths)
        if by is None:
            return {0: lengths} if lengths else {}
        found: dict[int, list[int]] = defaultdict(list)
        for group, length in zip(map(self._groups[by].__getitem__, rows), lengths, strict=True):
            found[group].append(length)
        return found

    def _summed(self, by: By, rows: Sequence[int], lengths: Sequence[int]) -> Mapping[int, Sequence[int]]:
        sums: dict[tuple[int, int], int] = defaultdict(int)
        for row, length in zip(rows, lengths, strict=True):
            sums[0 if by is None else self._groups[by][row], self._refs[row]] += length
        found: dict[int, list[int]] = defaultdict(list)
        for (group, _), length in sums.items():
            found[group].append(length)
        return {group: sorted(some) for group, some in found.items()}


def _in_order(rows: Sequence[int], lengths: Sequence[int]) -> Ordered:
    order = sorted(range(len(rows)), key=lengths.__getitem__)
    return [rows[place] for place in order], [lengths[place] for place in order]


def _worked(calendar: Calendar, begun: Sequence[int], ended: Sequence[int]) -> list[int]:
    if calendar.always_on:
        return [ends - begins for begins, ends in zip(begun, ended, strict=True)]
    if not begun:
        return []
    return list(map(WorkingSeconds(calendar, min(begun), max(ended)).between, begun, ended))
