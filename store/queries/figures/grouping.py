"""A source read once, and counted by PostgreSQL itself: every dimension is a grouping set over the rows it holds.

Lengths are gathered by group before they are ranked, so that numbers are put in order, not rows. Of these
`percentile_disc` takes the nearest rank, as `spreads` does: the first value at or above so much of the whole. Its
fractions lie nearer to the percents than a rank could tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    Label,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from store.queries.figures.lengths import Measured
from store.queries.figures.numbered import By
from store.queries.figures.result import Dimension, Spread
from store.queries.figures.sources import COUNT, REF, Source
from store.queries.figures.spreads import PERCENTS
from store.queries.figures.units import named
from store.queries.figures.working import Working

FRACTIONS: array[Any] = array([literal_column(f"{percent / 100}", Float()) for percent in PERCENTS])
NUMBER, NUMBERS = BigInteger(), ARRAY(BigInteger)
GROUP = ("left_out", "key")
"""Of a group: by which dimensions it is not one, as bits, and what it is called. Other columns are named by what they
are and by the place of the figure."""
SUMMED = ("length_", "worked_")
Key = str | None
Rows = CTE | Subquery
Figure = str


@dataclass
class Counted:
    """What was counted of a source, by dimension."""

    states: dict[By, list[tuple[Key, tuple[Any, ...], int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Group, state, and how many rows of the source have both."""
    lengths: dict[tuple[Figure, By], dict[Key, Measured]] = field(default_factory=lambda: defaultdict(dict))
    """A group in which nothing was measured is left out. In working time the whole alone."""
    beside: dict[tuple[Figure, By], dict[Key, tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Where durations are put together: how many complaints of each group wait, and how many are apart."""
    beyond: bool = False
    """Whether a duration reaches out of the span of which working time is known, so that the whole's is wrong."""


def knows_sets(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def count(source: Source, session: Session, working: Working | None) -> Counted:
    """How many rows of each state there are and how long they lasted, in all and in each group.

    `working` is asked for the whole alone. Of durations that are put together there are no states.
    """
    parts = list((_of_complaints if source.together else _of_rows)(source, working))
    names = list(dict.fromkeys(one.key for part in parts for one in part.rows.c if one.key not in GROUP))
    statements = [part.select(place, names) for place, part in enumerate(parts)]
    found, business = Counted(), dict[Figure, Spread]()
    lasting = [(asked.definition.name, place) for place, asked in enumerate(source.lasting)]
    state = [names.index(name) for name in source.state] if COUNT in names else []
    number = names.index(COUNT) if COUNT in names else None
    for part, left_out, key, *counts in session.connection().execute(union_all(*statements)):
        by = parts[part].dimension(left_out)
        if number is not None and counts[number] is not None:
            found.states[by].append((key, tuple([counts[place] for place in state]), counts[number]))
            continue
        told = dict(zip(names, counts, strict=True))
        for name, place in lasting:
            if (ranks := told.get(f"ranks_{place}")) is not None:
                found.lengths[name, by][key] = Measured(told[f"number_{place}"], Spread(*ranks))
            if told.get(f"among_{place}"):
                found.beside[name, by][key] = told[f"waits_{place}"], told[f"apart_{place}"]
            if (worked := told.get(f"worked_{place}")) is not None:
                business[name] = Spread(*worked)
            found.beyond = found.beyond or bool(told.get(f"beyond_{place}"))
    for name, spread in business.items():
        whole = found.lengths[name, None]
        whole[None] = whole[None]._replace(business=spread)
    return found


@dataclass(frozen=True)
class _Part:
    """A part of the answer, of which each row is a group: `left_out`, `key`, and what was counted there."""

    rows: Subquery
    dimensions: Sequence[Dimension]

    def dimension(self, left_out: int) -> By:
        """By what a group is one, from the bits of those by which it is not: the last dimension is the lowest."""
        left_in = ~left_out & (1 << len(self.dimensions)) - 1
        return self.dimensions[-left_in.bit_length()] if left_in else None

    def select(self, place: int, names: Sequence[str]) -> Select[Any]:
        """With null for what the other parts count."""
        counts = (self.rows.c[name] if name in self.rows.c else cast(null(), _type(name)) for name in names)
        return select(literal_column(str(place)), *(self.rows.c[name] for name in GROUP), *counts)


def _of_rows(source: Source, working: Working | None) -> Iterator[_Part]:
    groups, lasting = list(source.groups), range(len(source.lasting))
    each = source.reads([*source.labelled([*groups, *source.state]), *_lasting(source, working)])
    rows = each.cte("each").prefix_with("MATERIALIZED") if lasting else each.subquery("each")
    yield _Part(_grouped(rows, groups, [named(COUNT, func.count())], alike=source.state), groups)
    if lasting:
        yield _Part(_ranked(_grouped(rows, groups, _gathered(rows, lasting)), lasting), groups)
    if lasting and working is not None:
        yield _Part(_grouped(rows, (), _worked(rows, lasting)), ())


def _of_complaints(source: Source, working: Working | None) -> Iterator[_Part]:
    """What a complaint did in one group is one duration. In most dimensions it is in one group whatever it did."""
    lasting, own = range(len(source.lasting)), [by for by in source.groups if by in source.units.own]
    common = [by for by in source.groups if by not in own]
    each = source.reads([
        *source.labelled([*source.groups, REF]), *_lasting(source, working), *_beside(source)
    ])  # fmt: skip
    rows = each.cte("each").prefix_with("MATERIALIZED")
    for groups in (common, *([by] for by in own)):
        keys, whole = [rows.c[by] for by in groups], groups is common
        sums = (
            named(name, cast(func.sum(one), NUMBER) if name.startswith(SUMMED) else func.bool_or(one))
            for name, one in rows.c.items() if name not in source.groups and name != REF
        )  # fmt: skip
        complaints = select(*keys, *sums).group_by(rows.c[REF], *keys).cte(f"by_{'_'.join(groups[:1])}")
        columns = [*_gathered(complaints, lasting), *_numbers(complaints, lasting)]
        yield _Part(_ranked(_grouped(complaints, groups, columns, whole=whole), lasting), groups)
        if whole and working is not None:
            yield _Part(_grouped(complaints, (), _worked(complaints, lasting)), ())


def _lasting(source: Source, working: Working | None) -> Iterator[Label[Any]]:
    """How long a row lasts, by each figure; null where it does not."""
    for place, asked in enumerate(source.lasting):
        length, (begun, ended) = source.length(asked), source.span(asked)
        yield named(f"length_{place}", length)
        if working is not None:
            lasts = length.is_not(None)
            yield named(f"worked_{place}", case((lasts, working.between(begun, ended))))
            yield named(f"beyond_{place}", and_(lasts, working.is_beyond(begun, ended)))


def _beside(source: Source) -> Iterator[Label[Any]]:
    """Whether a row is among a figure's, waits, is apart."""
    for place, asked in enumerate(source.lasting):
        among, apart = source.holds(asked.places.among), source.holds(asked.places.apart)
        yield named(f"among_{place}", among)
        yield named(f"waits_{place}", and_(among, ~apart, source.holds(asked.places.pending)))
        yield named(f"apart_{place}", and_(among, apart))


def _gathered(rows: Rows, lasting: Iterable[int]) -> Iterator[Label[Any]]:
    """All lengths of a group, in no order; null for none."""
    for name in (f"length_{place}" for place in lasting):
        yield named(name, func.array_agg(rows.c[name], type_=NUMBERS).filter(rows.c[name].is_not(None)))


def _numbers(rows: Rows, lasting: Iterable[int]) -> Iterator[Label[Any]]:
    """How many of a group are among a figure's, wait, are apart."""
    for name in (f"{what}_{place}" for place in lasting for what in ("among", "waits", "apart")):
        yield named(name, func.count().filter(rows.c[name]))


def _worked(rows: Rows, lasting: Iterable[int]) -> Iterator[Label[Any]]:
    for place in lasting:
        yield named(f"worked_{place}", _ranks(rows.c[f"worked_{place}"]))
        yield named(f"beyond_{place}", func.bool_or(rows.c[f"beyond_{place}"]))


def _ranked(groups: Subquery, lasting: Iterable[int]) -> Subquery:
    """The groups, with the number of their lengths and the percentiles in place of these."""
    gathered = [f"length_{place}" for place in lasting]
    columns: list[ColumnElement[Any]] = [one for name, one in groups.c.items() if name not in gathered]
    for place, name in zip(lasting, gathered, strict=True):
        one = func.unnest(groups.c[name], type_=NUMBER).column_valued()
        ranks = select(_ranks(one)).scalar_subquery()
        columns += named(f"number_{place}", func.cardinality(groups.c[name])), named(f"ranks_{place}", ranks)
    return select(*columns).subquery()


def _ranks(lengths: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.percentile_disc(FRACTIONS, type_=NUMBERS).within_group(lengths)


def _grouped(
    rows: Rows, groups: Sequence[Dimension], columns: Iterable[Label[Any]], *, alike: Sequence[str] = (),
    whole: bool = True,
) -> Subquery:  # fmt: skip
    """One row of each group by each of these dimensions, and of all where `whole`, with what it counts there.

    Of rows that are `alike` in a column there are as many groups as it has values.
    """
    keys, same = [rows.c[by] for by in groups], [rows.c[name] for name in alike]
    left_out = func.grouping(*keys) if keys else literal(0)
    key = func.coalesce(*keys) if len(keys) > 1 else keys[0] if keys else cast(null(), String)
    found = select(named("left_out", left_out), named("key", key), *same, *columns)
    sets = [tuple_(*same)] if whole else []
    sets += [tuple_(one, *same) for one in keys]
    if keys:
        found = found.group_by(func.grouping_sets(*sets))
    elif same:
        found = found.group_by(*same)
    return found.subquery()


def _type(name: str) -> TypeEngine[Any]:
    match name.rpartition("_")[0]:
        case "ranks" | "worked":
            return NUMBERS
        case "beyond":
            return Boolean()
    return NUMBER
