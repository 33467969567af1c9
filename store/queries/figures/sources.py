"""What several figures are counted from: rows of the same cohort with the same joins, read in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, col

from store.queries.figures.definition import Definition
from store.queries.figures.result import Dimension, Unit
from store.queries.figures.seconds import EpochSeconds, Expression
from store.queries.figures.units import Units, apart, group_of, is_so, named, number, pending, reading
from store.tables import Case

DIALECT = sqlite.dialect()
"""Expressions are compared in the words of one database; each is asked in its own."""
AT_A_TIME = 5_000
"""Rows read from the database at a time."""


@dataclass(frozen=True, slots=True)
class Places:
    """In which columns of the rows a figure finds what it counts. Durations have `begun` and `ended`."""

    among: int
    apart: int
    counted: int
    adds: int
    weighs: int
    pending: int
    begun: int | None
    ended: int | None

    @property
    def of_state(self) -> tuple[int, ...]:
        return (self.among, self.apart, self.counted, self.adds, self.weighs, self.pending)


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


@dataclass
class Source:
    """The figures of one reading, and its columns: each expression once, whoever asks for it."""

    units: Units
    """Of the first figure: the others have the same joins and conditions."""
    asked: list[Asked] = field(default_factory=list)
    columns: list[Expression] = field(default_factory=list)
    groups: dict[Dimension, int] = field(default_factory=dict)
    """The column of each dimension."""
    asks_texts: bool = False
    _places: dict[str, int] = field(default_factory=dict)
    ref: int | None = None
    """The column of the reference, where durations of one complaint are one sum."""

    def serves(self, units: Units, by: Iterable[Dimension]) -> bool:
        """Whether a figure of these units can be counted from the rows of this source."""
        mine = self.units
        return (
            (mine.gross, mine.together) == (units.gross, units.together)
            and [target for target, _ in mine.joins] == [target for target, _ in units.joins]
            and all(_same(on, to) for (_, on), (_, to) in zip(mine.joins, units.joins, strict=True))
            and len(mine.where) == len(units.where)
            and all(map(_same, mine.where, units.where))
            and all(_same(group_of(mine, one), group_of(units, one)) for one in by if one in self.groups)
        )

    def add(self, definition: Definition, units: Units, by: tuple[Dimension, ...]) -> None:
        lasts = definition.unit is Unit.SECONDS
        assert not lasts or (units.begun is not None and units.ended is not None), "a duration has two ends"
        places = Places(
            self._place(number(units.among)), self._place(apart(units)), self._place(number(units.counts)),
            self._place(units.adds), self._place(units.weighs), self._place(pending(units)),
            self._place(EpochSeconds(units.begun)) if lasts else None,
            self._place(EpochSeconds(units.ended)) if lasts else None,
        )  # fmt: skip
        for one in by:
            self.groups[one] = self._place(group_of(units, one))
        self.asks_texts |= units.asks_texts
        if units.together:
            self.ref = self._place(col(Case.ref))
        self.asked.append(Asked(definition, units, by, places))

    def _place(self, expression: Expression) -> int:
        meaning = _meaning(expression)
        if meaning not in self._places:
            self._places[meaning] = len(self.columns)
            self.columns.append(expression)
        return self._places[meaning]

    @property
    def statement(self) -> Select[Any]:
        columns = (named(f"c{place}", one) for place, one in enumerate(self.columns))
        units = replace(self.units, asks_texts=self.asks_texts)
        found = reading(columns, units, self.groups)
        if len({asked.places.among for asked in self.asked}) == 1:
            return found.where(is_so(self.units.among))
        return found

    @property
    def condensed(self) -> bool:
        """Whether rows that are alike are read as one: worth it where no duration tells each from the next."""
        return len(self.groups) <= 1 and not any(asked.lasts for asked in self.asked)

    def rows(self, session: Session) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows, some thousand at a time; when `condensed` each with its number at the end."""
        if self.condensed:
            each = self.statement.subquery("each")
            alike = select(*each.c, func.count()).group_by(*each.c)
            yield from session.execute(alike).partitions(AT_A_TIME)
            return
        yield from session.execute(self.statement, execution_options={"yield_per": AT_A_TIME}).partitions()


def sources_of(wanted: Iterable[tuple[Definition, Units, tuple[Dimension, ...]]]) -> list[Source]:
    """As few readings as give all these figures by these dimensions."""
    found: list[Source] = []
    for definition, units, by in wanted:
        source = next((one for one in found if one.serves(units, by)), None)
        if source is None:
            found.append(source := Source(units))
        source.add(definition, units, by)
    return found


def _same(one: Expression, other: Expression) -> bool:
    return one is other or _meaning(one) == _meaning(other)


def _meaning(expression: Any) -> str:
    """The same text for expressions that say the same, whenever each was built."""
    compiled = expression.compile(dialect=DIALECT)
    return f"{compiled} {compiled.params}"
