"""What several figures are counted from: rows of the same cohort with the same joins, read in one statement.

A row is its groups, its *state* and its instants. The state is all that shares, counts and sums ask of it: what
holds or not as bits of one number, and amounts. Of states there are few, so rows are counted by group and state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, and_, case, func, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, col

from store.queries.figures.definition import Definition
from store.queries.figures.result import Dimension, Unit
from store.queries.figures.seconds import EpochSeconds, Expression
from store.queries.figures.units import (
    NO,
    YES,
    Units,
    apart,
    group_of,
    is_flag,
    is_so,
    named,
    number,
    pending,
    reading,
)
from store.tables import Case

DIALECT = sqlite.dialect()
"""Expressions are compared in the words of one database; each is asked in its own."""
AT_A_TIME = 5_000
"""Rows read from the database at a time."""
MOST_FLAGS = 62
"""Bits of the number that holds them, on both databases."""
FLAGS, REF, COUNT = "flags", "ref", "n"
"""Names of columns; groups are named by their dimension, amounts and instants by their place. The last is how many rows
one stands for."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which measures of a row a figure asks, and between which of its instants it lasts: their places in the source."""

    among: int
    apart: int
    counted: int
    adds: int
    weighs: int
    pending: int
    begun: int | None
    ended: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that is counted here, by these dimensions; its whole always."""

    definition: Definition
    units: Units
    by: tuple[Dimension, ...]
    places: Places

    @property
    def lasts(self) -> bool:
        return self.definition.unit is Unit.SECONDS

    @property
    def ends(self) -> tuple[int, int]:
        """Of one that lasts: the places of the instants at which it begins and ends."""
        assert self.places.begun is not None, "a duration"
        assert self.places.ended is not None, "a duration"
        return self.places.begun, self.places.ended


@dataclass
class Source:
    """The figures of one reading, and what it reads: each expression once, whoever asks for it."""

    units: Units
    """Of the first figure: the others have the same joins and conditions."""
    asked: list[Asked] = field(default_factory=list)
    groups: dict[Dimension, Expression] = field(default_factory=dict)
    measures: dict[str, Expression] = field(default_factory=dict)
    """By meaning: what holds or not, and amounts."""
    instants: dict[str, Expression] = field(default_factory=dict)
    """By meaning, in whole seconds."""

    def serves(self, units: Units, by: Iterable[Dimension]) -> bool:
        """Whether a figure of these units can be counted from the rows of this source."""
        mine = self.units
        return (
            (mine.gross, mine.together) == (units.gross, units.together)
            and [target for target, _ in mine.joins] == [target for target, _ in units.joins]
            and all(_same(on, to) for (_, on), (_, to) in zip(mine.joins, units.joins, strict=True))
            and len(mine.where) == len(units.where)
            and all(map(_same, mine.where, units.where))
            and all(_same(self.groups[one], group_of(units, one)) for one in by if one in self.groups)
        )

    def add(self, definition: Definition, units: Units, by: tuple[Dimension, ...]) -> None:
        measure = (
            number(units.among),
            apart(units),
            number(units.counts),
            units.adds,
            units.weighs,
            pending(units),
        )
        among, beside, counted, adds, weighs, waits = (_placed(self.measures, one) for one in measure)
        begun = ended = None
        if definition.unit is Unit.SECONDS:
            assert units.begun is not None, "a duration has a begin"
            assert units.ended is not None, "a duration has an end"
            begun, ended = (_placed(self.instants, EpochSeconds(at)) for at in (units.begun, units.ended))
        for one in by:
            self.groups[one] = group_of(units, one)
        places = Places(among, beside, counted, adds, weighs, waits, begun, ended)
        self.asked.append(Asked(definition, units, by, places))
        assert len(self._flags) <= MOST_FLAGS, "more holds or not of a row than one number tells"

    @property
    def together(self) -> bool:
        """Whether what a complaint did in one group is one duration."""
        return self.units.together

    @property
    def lasting(self) -> Sequence[Asked]:
        return [asked for asked in self.asked if asked.lasts]

    def of_lasting(self) -> Source:
        """Of these figures those that last, in all: what shares and groups ask of a row is not read."""
        found = Source(self.units)
        for asked in self.lasting:
            found.add(asked.definition, asked.units, ())
        return found

    @property
    def _flags(self) -> Sequence[int]:
        """Places of the measures that hold or not, from the lowest bit on."""
        return [place for place, one in enumerate(self.measures.values()) if is_flag(one)]

    @property
    def _amounts(self) -> Sequence[int]:
        return [place for place, one in enumerate(self.measures.values()) if not is_flag(one)]

    @property
    def state(self) -> Sequence[str]:
        """The columns of a row's state."""
        return [FLAGS, *(_amount(place) for place in self._amounts)]

    def measured(self, states: Iterable[Sequence[Any]]) -> list[Sequence[int]]:
        """The measures of rows by their places, from the states of these. An amount that is null is 0."""
        flags, amounts = self._flags, self._amounts
        found: list[Sequence[int]] = []
        for bits, *told in states:
            measures = [0] * len(self.measures)
            for bit, place in enumerate(flags):
                measures[place] = bits >> bit & 1
            for place, amount in zip(amounts, told, strict=True):
                measures[place] = int(amount or 0)
            found.append(measures)
        return found

    def holds(self, place: int) -> ColumnElement[bool]:
        """Whether a measure holds."""
        return list(self.measures.values())[place] == YES

    def span(self, asked: Asked) -> tuple[Expression, Expression]:
        """When a row of the figure begins and ends, in seconds; null for what is not known."""
        (begun, ended), instants = asked.ends, list(self.instants.values())
        return instants[begun], instants[ended]

    def length(self, asked: Asked) -> ColumnElement[int]:
        """Whole seconds that a row of the figure lasts; null for one not over, not among the figure's, or apart."""
        begun, ended = self.span(asked)
        return case((and_(self.holds(asked.places.among), ~self.holds(asked.places.apart)), ended - begun))

    @property
    def columns(self) -> Sequence[str]:
        """Of a row: its groups, its state, its instants, and its reference where durations are put together."""
        instants = (instant(place) for place in range(len(self.instants)))
        return [*self.groups, *self.state, *instants, *([REF] if self.together else [])]

    @property
    def statement(self) -> Select[Any]:
        """Reads `columns` of each row."""
        return self.reads(self.labelled(self.columns))

    def reads(self, columns: Iterable[Label[Any]]) -> Select[Any]:
        """Reads these columns of each row."""
        found = reading(columns, self.units)
        if len({asked.places.among for asked in self.asked}) == 1:
            return found.where(is_so(self.units.among))
        return found

    def labelled(self, names: Iterable[str]) -> Iterator[Label[Any]]:
        """These columns of a row."""
        measures, bits = list(self.measures.values()), NO
        for bit, place in enumerate(self._flags):
            bits = bits + measures[place] * literal_column(str(1 << bit))
        found = dict(self.groups) | {FLAGS: bits, REF: col(Case.ref)}
        found |= {_amount(place): measures[place] for place in self._amounts}
        found |= {instant(place): one for place, one in enumerate(self.instants.values())}
        return (named(name, found[name]) for name in names)

    @property
    def condensed(self) -> bool:
        """Whether rows that are alike are read as one: worth it where no duration tells each from the next."""
        return len(self.groups) <= 1 and not self.lasting

    def rows(self, session: Session) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows, some thousand at a time; when `condensed` each with its number at the end."""
        if self.condensed:
            each = self.statement.subquery("each")
            alike = select(*each.c, func.count()).group_by(*each.c)
            yield from session.connection().execute(alike).partitions(AT_A_TIME)
            return
        one_by_one = {"yield_per": AT_A_TIME}
        yield from session.connection().execute(self.statement, execution_options=one_by_one).partitions()


def sources_of(wanted: Iterable[tuple[Definition, Units, tuple[Dimension, ...]]]) -> list[Source]:
    """As few readings as give all these figures by these dimensions."""
    found: list[Source] = []
    for definition, units, by in wanted:
        source = next((one for one in found if one.serves(units, by)), None)
        if source is None:
            found.append(source := Source(units))
        source.add(definition, units, by)
    return found


def instant(place: int) -> str:
    """The column of an instant."""
    return f"instant_{place}"


def _amount(place: int) -> str:
    return f"amount_{place}"


def _placed(known: dict[str, Expression], expression: Expression) -> int:
    meaning = _meaning(expression)
    known.setdefault(meaning, expression)
    return list(known).index(meaning)


def _same(one: Expression, other: Expression) -> bool:
    return one is other or _meaning(one) == _meaning(other)


def _meaning(expression: Any) -> str:
    """The same text for expressions that say the same, whenever each was built."""
    compiled = expression.compile(dialect=DIALECT)
    return f"{compiled} {compiled.params}"
