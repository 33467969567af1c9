"""A source counted by PostgreSQL itself: every dimension is a grouping set of one statement.

`percentile_disc` is the nearest rank of `spreads`: the first value at or above so much of the whole. Its fractions
lie nearer to the percents than a rank could tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Label,
    Subquery,
    and_,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import array
from sqlmodel import Session, col

from store.queries.figures.lengths import Measured
from store.queries.figures.numbered import By
from store.queries.figures.result import Spread
from store.queries.figures.sources import REF, Source
from store.queries.figures.spreads import PERCENTS
from store.queries.figures.units import named
from store.tables import Case

FRACTIONS: array[Any] = array([literal_column(f"{percent / 100}", Float()) for percent in PERCENTS])
Rows = tuple[By, Sequence[str | None], Sequence[Sequence[Any]], Sequence[int]]
"""Of one dimension, row by row: group, state, and how many rows of the source it stands for."""


Key = str | None
Measures = Mapping[tuple[str, By], Mapping[Key, Measured]]
"""Of a figure by a dimension, in calendar time; a group in which nothing was measured is left out."""
Beside = Mapping[tuple[str, By], Mapping[Key, tuple[int, int]]]
"""Of a figure by a dimension: how many complaints of each group wait, and how many are apart."""


def knows_sets(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def states(source: Source, session: Session) -> Iterator[Rows]:
    """How many rows of each state there are, in all and in each group."""
    each = source.statement.subquery("each")
    columns = [each.c[name] for name in source.state]
    found: dict[By, list[Any]] = {}
    query = select(*_group(source, each), *columns, func.count()).group_by(*_sets(source, each, *columns))
    for by, key, (*state, n) in _by_dimension(source, session.execute(query)):
        found.setdefault(by, []).append((key, tuple(state), n))
    for by, rows in found.items():
        keys, of_state, counts = zip(*rows, strict=True)
        yield by, keys, of_state, counts


def lengths(source: Source, session: Session) -> Measures:
    """How long each row lasted."""
    each = source.reads((*_keys(source), *_lengths(source))).subquery("each")
    aggregates = [one for place in range(len(source.lasting)) for one in _ranked(each, place)]
    query = select(*_group(source, each), *aggregates).group_by(*_sets(source, each))
    found: dict[tuple[str, By], dict[Key, Measured]] = {}
    for by, key, counted in _by_dimension(source, session.execute(query)):
        for asked, (n, ranks) in zip(source.lasting, _some(counted, 2), strict=True):
            _keep(found.setdefault((asked.definition.name, by), {}), key, n, ranks)
    return found


def sums(source: Source, session: Session) -> tuple[Measures, Beside]:
    """How long each complaint lasted where its rows of one group are one duration, and what is beside these."""
    ref = named(REF, col(Case.ref))
    each = source.reads((*_keys(source), ref, *_lengths(source), *_besides(source))).subquery("each")
    summed: list[Label[Any]] = []
    for place in range(len(source.lasting)):
        length = _length(place)
        summed.append(named(length, cast(func.sum(each.c[length]), BigInteger)))
        summed += (named(name, func.bool_or(each.c[name])) for name in _beside(place))
    left_out, *keys = _group(source, each)
    sets = _sets(source, each, each.c[REF])
    one = select(named("left_out", left_out), *keys, *summed).group_by(*sets).subquery("one")
    group = (one.c.left_out, *(one.c[by] for by in source.groups))
    aggregates = [
        aggregate for place in range(len(source.lasting))
        for aggregate in (*_ranked(one, place), *(func.count().filter(one.c[name]) for name in _beside(place)))
    ]  # fmt: skip
    measures: dict[tuple[str, By], dict[Key, Measured]] = {}
    beside: dict[tuple[str, By], dict[Key, tuple[int, int]]] = {}
    rows = session.execute(select(*group, *aggregates).group_by(*group))
    for by, key, counted in _by_dimension(source, rows):
        for asked, (n, ranks, among, waits, apart) in zip(source.lasting, _some(counted, 5), strict=True):
            _keep(measures.setdefault((asked.definition.name, by), {}), key, n, ranks)
            if among:
                beside.setdefault((asked.definition.name, by), {})[key] = waits, apart
    return measures, beside


def _keys(source: Source) -> Iterator[Label[Any]]:
    return (named(by, group) for by, group in source.groups.items())


def _lengths(source: Source) -> Iterator[Label[Any]]:
    return (named(_length(place), source.length(asked)) for place, asked in enumerate(source.lasting))


def _besides(source: Source) -> Iterator[Label[Any]]:
    for place, asked in enumerate(source.lasting):
        among, apart = source.holds(asked.places.among), source.holds(asked.places.apart)
        waits = and_(among, ~apart, source.holds(asked.places.pending))
        yield from map(named, _beside(place), (among, waits, and_(among, apart)))


def _length(place: int) -> str:
    return f"length_{place}"


def _beside(place: int) -> Sequence[str]:
    """Whether a row is among a figure's, waits, is apart."""
    return f"among_{place}", f"waits_{place}", f"apart_{place}"


def _ranked(rows: Subquery, place: int) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """How many lengths there are, and their percentiles; neither looks at what is null."""
    length = rows.c[_length(place)]
    return func.count(length), func.percentile_disc(FRACTIONS).within_group(length)


def _some(counted: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """What was counted of each figure in turn."""
    return (counted[place : place + size] for place in range(0, len(counted), size))


def _keep(found: dict[Key, Measured], key: Key, n: int, ranks: Sequence[int] | None) -> None:
    if ranks is not None:
        found[key] = Measured(n, Spread(*ranks))


def _group(source: Source, each: Subquery) -> Sequence[ColumnElement[Any]]:
    """Of a row of the result: which dimensions are left out, as bits, and the groups."""
    keys = [each.c[by] for by in source.groups]
    return [func.grouping(*keys) if keys else literal(0), *keys]


def _sets(source: Source, each: Subquery, *columns: ColumnElement[Any]) -> Sequence[ColumnElement[Any]]:
    """What is grouped by: these columns in all, and in each group of each dimension."""
    if not source.groups:
        return columns
    return [func.grouping_sets(tuple_(*columns), *(tuple_(each.c[by], *columns) for by in source.groups))]


def _by_dimension(source: Source, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[By, Key, Sequence[Any]]]:
    """Dimension (none: in all), group, and what else the row holds."""
    groups = list(source.groups)
    every = 2 ** len(groups) - 1
    places = {every - 2 ** (len(groups) - 1 - place): place for place in range(len(groups))}
    for left_out, *row in rows:
        place = places.get(left_out)
        rest = row[len(groups) :]
        yield (None, None, rest) if place is None else (groups[place], row[place], rest)
