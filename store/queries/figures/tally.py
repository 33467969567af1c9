"""A source's rows counted: by each dimension of each figure at once, in one pass and little memory.

PostgreSQL counts and ranks by groups itself; SQLite, which has no words for that, hands out its rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from bpmn.calendar import Calendar
from store.queries.figures import grouping
from store.queries.figures.counting import by_key, share_of
from store.queries.figures.lengths import Lengths, Measured
from store.queries.figures.numbered import By, Numbering, Told
from store.queries.figures.period import Period
from store.queries.figures.result import Part, Spread, Unit
from store.queries.figures.sources import COUNT, Asked, Source
from store.queries.figures.spreads import spread_of
from store.queries.figures.working import Working

Parts = Mapping[By, list[Part]]
"""The groups of a figure by each of its dimensions, by key; what has no value in one comes last. By none: its whole."""
Found = TypeVar("Found")


class Tally:
    """How many rows of each state each group of a source has."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._met: dict[By, Counter[tuple[int, int]]] = defaultdict(Counter)

    def add(
        self, by: By, groups: Iterable[int], states: Iterable[int], counts: Iterable[int] | None = None
    ) -> None:
        """Count rows by number of group and state; each stands for many where their `counts` are given."""
        met, pairs = self._met[by], zip(groups, states, strict=True)
        if counts is None:
            met.update(pairs)
            return
        for pair, n in zip(pairs, counts, strict=True):
            met[pair] += n

    def parts(self, asked: Asked, by: By) -> Iterator[Part]:
        """The groups of a share, a count, a sum or of cycles."""
        keys, told, unit = self._numbering.keys(by), self._numbering.told(asked), asked.definition.unit
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        amounts: dict[int, Counter[int]] = defaultdict(Counter)
        for group, one, n in self._among(told, by):
            found = sums[group]
            if one.counts:
                found[0] += n * one.weighs
                found[1] += n * one.adds
                if unit is Unit.CYCLES:
                    amounts[group][one.adds] += n
            found[2] += n * one.waits
            found[3] += n * one.apart
        for group, (denominator, numerator, waiting, withdrawn) in sums.items():
            if unit is Unit.CYCLES:
                ordered = sorted(amounts[group].elements())
                yield _part(keys[group], Measured(len(ordered), spread_of(ordered)), 0, withdrawn)
            else:
                yield share_of(
                    keys[group], unit, numerator=numerator, denominator=denominator,
                    pending=waiting, withdrawn=withdrawn,
                )  # fmt: skip

    def beside(self, asked: Asked, by: By) -> Mapping[str | None, tuple[int, int]]:
        """By group of a figure, how many rows wait and how many are apart."""
        keys = self._numbering.keys(by)
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for group, one, n in self._among(self._numbering.told(asked), by):
            found[group][0] += n * one.waits
            found[group][1] += n * one.apart
        return {keys[group]: (waiting, apart) for group, (waiting, apart) in found.items()}

    def _among(self, told: Sequence[Told | None], by: By) -> Iterator[tuple[int, Told, int]]:
        for (group, state), n in self._met[by].items():
            if (one := told[state]) is not None:
                yield group, one, n


@dataclass(frozen=True, slots=True)
class _Read:
    """A source that has been read: what was counted, how long things lasted, and what is beside that."""

    tally: Tally
    lasting: Callable[[Asked, By], Mapping[str | None, Measured]]
    beside: Callable[[Asked, By], Mapping[str | None, tuple[int, int]]]

    def durations(self, asked: Asked, by: By, worked: Collection[By]) -> Iterator[Part]:
        measured, none = self.lasting(asked, by), Measured(business=Spread() if by in worked else None)
        for key, (waiting, withdrawn) in self.beside(asked, by).items():
            yield _part(key, measured.get(key, none), waiting, withdrawn)


def counted(
    source: Source, session: Session, calendar: Calendar | None, business: Collection[By], period: Period
) -> Iterator[tuple[Asked, Parts]]:  # fmt: skip
    """Each figure of the source. `business` names where durations are counted in working time of the calendar too."""
    worked = frozenset(() if calendar is None else business)
    if grouping.knows_sets(session) and worked <= {None}:
        read = _by_groups(source, session, calendar if worked else None, period)
    else:
        read = _by_rows(source, session, calendar, worked)
    for asked in source.asked:
        groups = partial(read.durations, worked=worked) if asked.lasts else read.tally.parts
        yield asked, {by: by_key(groups(asked, by)) for by in (None, *asked.by)}


def _by_groups(source: Source, session: Session, calendar: Calendar | None, period: Period) -> _Read:
    """Working time of the whole alone. Where something lasts longer than it is looked up, rows are read once more."""
    numbering = Numbering(source)
    tally = Tally(numbering)
    working = Working.around(period, calendar) if calendar is not None and source.lasting else None
    found = grouping.count(source, session, working)
    for by, groups in found.states.items():
        keys, states, counts = zip(*groups, strict=True)
        tally.add(by, _numbers(numbering, by, keys), numbering.states.of(states), counts)
    if found.beyond:
        alone = source.of_lasting()
        again = _by_rows(alone, session, calendar, frozenset({None}))
        found.lengths |= {
            (asked.definition.name, None): dict(again.lasting(asked, None)) for asked in alone.asked
        }
    beside = partial(_of_figure, found.beside) if source.together else tally.beside
    return _Read(tally, partial(_of_figure, found.lengths), beside)


def _of_figure(
    found: Mapping[tuple[str, By], Mapping[str | None, Found]], asked: Asked, by: By
) -> Mapping[str | None, Found]:
    return found.get((asked.definition.name, by), {})


def _by_rows(source: Source, session: Session, calendar: Calendar | None, worked: frozenset[By]) -> _Read:
    numbering = Numbering(source)
    tally, lengths = Tally(numbering), Lengths(numbering, calendar, worked)
    for rows in source.rows(session):
        columns = dict(zip((*source.columns, COUNT), zip(*rows, strict=True), strict=False))
        states = numbering.states.of(zip(*(columns[name] for name in source.state), strict=True))
        groups = {by: _numbers(numbering, by, columns[by]) for by in source.groups}
        tally.add(None, [0] * len(states), states, columns.get(COUNT))
        for by, numbers in groups.items():
            tally.add(by, numbers, states, columns.get(COUNT))
        if source.lasting:
            lengths.keep(states, groups, columns)
    return _Read(tally, lengths.of, lengths.beside if source.together else tally.beside)


def _numbers(numbering: Numbering, by: By, keys: Sequence[str | None]) -> list[int]:
    return [0] * len(keys) if by is None else numbering.groups[by].of(keys)


def _part(key: str | None, measured: Measured, pending: int, withdrawn: int) -> Part:
    n, spread, business = measured
    return Part(
        key=key, n=n, denominator=n, value=spread.median, calendar=spread, business=business,
        pending=pending, withdrawn=withdrawn,
    )  # fmt: skip
