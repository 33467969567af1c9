"""A source's rows counted: by each dimension of each figure at once, in one pass and little memory.

A row is two things: its *state*, which is all that shares, counts and sums ask of it, and the instants between
which its durations last. Of states there are few, so rows are first counted by group and state, and figures are
added up from that. Instants are kept as eight bytes each, and ranked once a figure.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bpmn.calendar import Calendar
from store.queries.figures.counting import by_key, share_of
from store.queries.figures.result import Dimension, Part, Spread, Unit
from store.queries.figures.sources import Asked, Source
from store.queries.figures.spreads import WorkingSeconds, spread_of

UNKNOWN = -(2**62)
"""An instant that is null."""
By = Dimension | None
"""A dimension, or none: the whole."""
Told = list[tuple[int, int, int, int, int] | None]
"""By state: whether it counts, what it weighs and adds, whether it waits, is apart. None: not among the figure's."""


class Numbers(dict[Any, int]):
    """Numbers what is looked up, from 0 in the order in which it was first met."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


class Tally:
    """The rows of one source. `business` names where durations are counted in working time of the calendar too."""

    def __init__(self, source: Source, calendar: Calendar | None, business: Collection[By]) -> None:
        self._source, self._calendar, self._business = source, calendar, business
        self._of_state = sorted({place for asked in source.asked for place in asked.places.of_state})
        self._states = Numbers()
        self._keys: Mapping[Dimension, Numbers] = {by: Numbers() for by in source.groups}
        self._met: dict[By, Counter[Any]] = {by: Counter() for by in (None, *source.groups)}
        lasting = [a.places for a in source.asked if a.lasts]
        self._instants = {place: array("q") for one in lasting for place in (one.begun, one.ended)}
        self._state, self._refs = array("l"), array("l")
        self._ref = Numbers()
        self._groups = {by: array("l") for by in source.groups}

    def read(self, rows: Iterable[Sequence[Sequence[Any]]]) -> None:
        """Count these rows, which come some thousand at a time."""
        for some in rows:
            columns = list(zip(*some, strict=True))
            states = list(
                map(self._states.__getitem__, zip(*(columns[p] for p in self._of_state), strict=True))
            )
            if self._source.condensed:
                self._add(columns, states)
                continue
            self._met[None].update(zip((0,) * len(states), states, strict=True))
            if self._instants:
                self._state.extend(states)
            for by, place in self._source.groups.items():
                groups = list(map(self._keys[by].__getitem__, columns[place]))
                self._met[by].update(zip(groups, states, strict=True))
                if self._instants:
                    self._groups[by].extend(groups)
            for column, instants in self._instants.items():
                assert column is not None, "of a duration"
                instants.extend(UNKNOWN if at is None else at for at in columns[column])
            if self._source.ref is not None:
                self._refs.extend(map(self._ref.__getitem__, columns[self._source.ref]))

    def _add(self, columns: Sequence[Sequence[Any]], states: Sequence[int]) -> None:
        """Count rows of which each stands for many."""
        for state, n in zip(states, columns[-1], strict=True):
            self._met[None][0, state] += n
        for by, place in self._source.groups.items():
            for key, state, n in zip(columns[place], states, columns[-1], strict=True):
                self._met[by][self._keys[by][key], state] += n

    def parts(self, asked: Asked) -> Mapping[By, list[Part]]:
        """The groups of a figure by each of its dimensions, by key; what has no value in one comes last."""
        dimensions, told = (None, *asked.by), self._told(asked)
        if asked.lasts:
            return self._durations(asked, told, dimensions)
        if asked.definition.unit is Unit.CYCLES:
            return {by: by_key(self._percentiles(told, by)) for by in dimensions}
        return {by: by_key(self._shares(asked.definition.unit, told, by)) for by in dimensions}

    def _told(self, asked: Asked) -> Told:
        at = {place: number for number, place in enumerate(self._of_state)}
        found: Told = []
        for state in self._states:
            among, apart, counted, adds, weighs, pending = (state[at[p]] for p in asked.places.of_state)
            counted, pending = int(counted and not apart), int(pending and not apart)
            found.append((counted, int(weighs), int(adds or 0), pending, apart) if among else None)
        return found

    def _key(self, by: By) -> list[str | None]:
        return [None] if by is None else list(self._keys[by])

    def _shares(self, unit: Unit, told: Told, by: By) -> Iterator[Part]:
        keys = self._key(by)
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for (group, state), n in self._met[by].items():
            if (one := told[state]) is not None:
                counted, weighs, adds, pending, apart = one
                found = sums[group]
                if counted:
                    found[0] += n * weighs
                    found[1] += n * adds
                found[2] += n * pending
                found[3] += n * apart
        for group, (denominator, numerator, waiting, withdrawn) in sums.items():
            yield share_of(
                keys[group], unit, numerator=numerator, denominator=denominator,
                pending=waiting, withdrawn=withdrawn,
            )  # fmt: skip

    def _percentiles(self, told: Told, by: By) -> Iterator[Part]:
        keys = self._key(by)
        amounts: dict[int, list[int]] = defaultdict(list)
        beside: Counter[int] = Counter()
        for (group, state), n in self._met[by].items():
            if (one := told[state]) is not None:
                counted, _, adds, _, apart = one
                amounts[group] += [adds] * n if counted else []
                beside[group] += n * apart
        for group, found in amounts.items():
            yield _part(keys[group], sorted(found), 0, beside[group], None)

    def _durations(self, asked: Asked, told: Told, dimensions: Sequence[By]) -> Mapping[By, list[Part]]:
        inside = [one is not None and not one[4] for one in told]
        assert asked.places.begun is not None, "a duration"
        assert asked.places.ended is not None, "a duration"
        begun, ended = self._instants[asked.places.begun], self._instants[asked.places.ended]
        measured = [
            row for row, (state, begins, ends) in enumerate(zip(self._state, begun, ended, strict=True))
            if inside[state] and begins != UNKNOWN and ends != UNKNOWN
        ]  # fmt: skip
        lengths = [ended[row] - begun[row] for row in measured]
        worked: list[int] | None = None
        if self._calendar is not None and any(by in self._business for by in dimensions):
            worked = self._worked(self._calendar, [begun[r] for r in measured], [ended[r] for r in measured])
        plain, working = self._in_order(measured, lengths), None
        if worked is not None:
            working = self._in_order(measured, worked)
        found: dict[By, list[Part]] = {}
        for by in dimensions:
            keys, beside = self._key(by), self._beside(told, by)
            ranked = self._ranked(by, *plain)
            business = self._ranked(by, *working) if working is not None and by in self._business else None
            found[by] = by_key(
                _part(keys[group], ranked.get(group, []), waiting, apart,
                      None if business is None else spread_of(business.get(group, [])))
                for group, (waiting, apart) in beside.items()
            )  # fmt: skip
        return found

    def _worked(self, calendar: Calendar, begun: Sequence[int], ended: Sequence[int]) -> list[int]:
        if calendar.always_on:
            return [ends - begins for begins, ends in zip(begun, ended, strict=True)]
        if not begun:
            return []
        return list(map(WorkingSeconds(calendar, min(begun), max(ended)).between, begun, ended))

    def _in_order(self, rows: Sequence[int], lengths: Sequence[int]) -> tuple[list[int], list[int]]:
        """The rows by their lengths, and these."""
        order = sorted(range(len(rows)), key=lengths.__getitem__)
        return [rows[place] for place in order], [lengths[place] for place in order]

    def _ranked(self, by: By, rows: Sequence[int], lengths: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """By group, its lengths from the shortest on. What a complaint did in one group is one length if summed."""
        if self._source.ref is not None:
            return self._summed(by, rows, lengths)
        if by is None:
            return {0: lengths}
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

    def _beside(self, told: Told, by: By) -> Mapping[int, tuple[int, int]]:
        """By group, how many wait and how many are apart: rows, or complaints where their durations are summed."""
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        met: Iterable[tuple[int, int, int]] = (
            (group, state, n) for (group, state), n in self._met[by].items()
        )
        if self._source.ref is not None:
            groups: Iterable[int] = (0,) * len(self._state) if by is None else self._groups[by]
            waits = [one is not None and (one[3], one[4]) for one in told]
            once = {(group, ref, waits[state]): state
                    for group, ref, state in zip(groups, self._refs, self._state, strict=True)}  # fmt: skip
            met = ((group, state, 1) for (group, _, _), state in once.items())
        for group, state, n in met:
            if (one := told[state]) is not None:
                found[group][0] += n * one[3]
                found[group][1] += n * one[4]
        return {group: (waiting, apart) for group, (waiting, apart) in found.items()}


def _part(
    key: str | None, lengths: Sequence[int], pending: int, withdrawn: int, business: Spread | None
) -> Part:  # fmt: skip
    spread = spread_of(lengths)
    return Part(
        key=key, n=len(lengths), denominator=len(lengths), value=spread.median, calendar=spread, business=business,
        pending=pending, withdrawn=withdrawn,
    )  # fmt: skip
