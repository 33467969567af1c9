"""Counting units: shares, counts and sums, and the complaints behind any number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlmodel import Session

from store.queries.figures.result import Part, Unit
from store.queries.figures.units import NO, YES

Which = Literal["counted", "numerator", "rest", "pending", "withdrawn"]
"""Which complaints of a group: those in the denominator, those of them in the numerator or not, and those beside."""


def parts(session: Session, units: Subquery, unit: Unit) -> list[Part]:
    """One part a group, by key; what has no value in the dimension comes last."""
    inside, column = units.c.apart == NO, units.c
    query = select(
        column.key,
        func.sum(case((and_(inside, column.counted == YES), column.weighs), else_=NO)),
        func.sum(case((and_(inside, column.counted == YES), column.adds), else_=NO)),
        func.sum(case((and_(inside, column.pending == YES), YES), else_=NO)),
        func.sum(column.apart),
    ).group_by(column.key)
    found = [_part(tuple(row), unit) for row in session.execute(query).all()]
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


def _part(row: Sequence[Any], unit: Unit) -> Part:
    key, denominator, numerator, pending, withdrawn = row
    return share_of(
        key, unit, numerator=int(numerator), denominator=int(denominator), pending=int(pending),
        withdrawn=int(withdrawn),
    )  # fmt: skip


def refs(
    session: Session, units: Subquery, which: Which, group: ColumnElement[bool] | None, after: str, limit: int
) -> list[str]:  # fmt: skip
    """Refs of the complaints behind a number, in order, from the one `after` on."""
    column = units.c
    inside, counted = column.apart == NO, column.counted == YES
    conditions: dict[Which, ColumnElement[bool]] = {
        "counted": and_(inside, counted),
        "numerator": and_(inside, counted, column.adds > NO),
        "rest": and_(inside, counted, column.adds <= NO),
        "pending": and_(inside, column.pending == YES),
        "withdrawn": column.apart == YES,
    }
    query = select(column.ref).where(conditions[which], column.ref > after).distinct()
    if group is not None:
        query = query.where(group)
    return list(session.scalars(query.order_by(column.ref).limit(limit)).all())
