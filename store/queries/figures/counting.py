"""Counting units: shares, counts and sums, and the complaints behind any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, cast, func, or_, select
from sqlmodel import Session

from store.queries.figures.result import Part, Unit
from store.queries.figures.units import NO, YES

Which = Literal["counted", "numerator", "rest", "pending", "withdrawn"]
"""Which complaints of a group: those in the denominator, those of them in the numerator or not, and those beside."""


def by_key(found: Iterable[Part]) -> list[Part]:
    """In the order in which groups are told; what has no value in the dimension comes last."""
    return sorted(found, key=lambda part: (part.key is None, part.key or ""))


def together(found: list[Part], unit: Unit) -> Part:
    """The whole of disjoint groups."""
    return share_of(
        None,
        unit,
        numerator=sum(part.numerator or 0 for part in found),
        denominator=sum(part.n for part in found),
        pending=sum(part.pending for part in found),
        withdrawn=sum(part.withdrawn for part in found),
    )


def share_of(
    key: str | None, unit: Unit, *, numerator: int, denominator: int, pending: int = 0, withdrawn: int = 0
) -> Part:  # fmt: skip
    """A part from its two sides. Over nothing a share is n/a, a count and a sum are 0."""
    match unit:
        case Unit.COUNT:
            value: float | None = denominator
        case Unit.MONEY:
            value = numerator
        case _:
            scale = 100 if unit is Unit.POINTS else 1
            value = scale * numerator / denominator if denominator else None
    return Part(
        key=key, n=denominator, numerator=None if unit is Unit.COUNT else numerator, denominator=denominator,
        value=value, pending=pending, withdrawn=withdrawn,
    )  # fmt: skip


def refs(
    session: Session, units: Subquery, which: Which, group: ColumnElement[bool] | None, after: str, limit: int
) -> list[str]:  # fmt: skip
    """Refs of the complaints behind a number, in order, from the one `after` on."""
    column = units.c
    query = select(column.ref).where(_behind(units, which), column.ref > after).distinct()
    if group is not None:
        query = query.where(group)
    return list(session.scalars(query.order_by(column.ref).limit(limit)).all())


def longest(
    session: Session, units: Subquery, group: ColumnElement[bool] | None, together: bool,
    after: tuple[int, str] | None, limit: int,
) -> list[tuple[str, int]]:  # fmt: skip
    """(ref, seconds) of the complaints behind a duration, the longest first, from the one `after` on.

    One that is counted more than once lasts as long as its longest, or as all of it `together`.
    """
    lasting = func.sum if together else func.max
    query = select(units.c.ref, cast(lasting(units.c.seconds), BigInteger).label("seconds"))
    query = query.where(_behind(units, "counted"))
    if group is not None:
        query = query.where(group)
    each = query.group_by(units.c.ref).subquery("each")
    found = select(each.c.ref, each.c.seconds).order_by(each.c.seconds.desc(), each.c.ref).limit(limit)
    if after is not None:
        seconds, ref = after
        beyond = and_(each.c.seconds == seconds, each.c.ref > ref)
        found = found.where(or_(each.c.seconds < seconds, beyond))
    return [(ref, seconds) for ref, seconds in session.execute(found)]


def first_refs(session: Session, units: Subquery, which: Which, limit: int) -> Mapping[str | None, list[str]]:
    """Of each group the first refs of the complaints behind its number."""
    once = select(units.c.key, units.c.ref).where(_behind(units, which)).distinct().subquery("once")
    place = func.row_number().over(partition_by=once.c.key, order_by=once.c.ref)
    placed = select(once.c.key, once.c.ref, place.label("place")).subquery("placed")
    query = select(placed.c.key, placed.c.ref).where(placed.c.place <= limit)
    found: dict[str | None, list[str]] = defaultdict(list)
    for key, ref in session.execute(query.order_by(placed.c.key, placed.c.place)).all():
        found[key].append(ref)
    return found


def _behind(units: Subquery, which: Which) -> ColumnElement[bool]:
    column = units.c
    inside, counted = column.apart == NO, column.counted == YES
    conditions: dict[Which, ColumnElement[bool]] = {
        "counted": and_(inside, counted),
        "numerator": and_(inside, counted, column.adds > NO),
        "rest": and_(inside, counted, column.adds <= NO),
        "pending": and_(inside, column.pending == YES),
        "withdrawn": column.apart == YES,
    }
    return conditions[which]
