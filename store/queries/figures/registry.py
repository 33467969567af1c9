"""All figures by name: counting one, and naming the complaints behind a number of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from bpmn.calendar import Calendar
from complaints.errors import Refusal, near
from store.queries.figures import (
    counting,
    dispatching,
    intake,
    learning,
    punctuality,
    quality,
    satisfaction,
    spreads,
    times,
    unanswerable,
    volume,
)
from store.queries.figures.counting import Which
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Dimension, Figure, Part, Spread, Unit
from store.queries.figures.units import rows_of

FIGURES: Mapping[str, Definition] = {
    definition.name: definition
    for family in (
        volume, times, punctuality, satisfaction, dispatching, quality, intake, learning, unanswerable,
    )
    for definition in family.DEFINITIONS
}  # fmt: skip


class UnknownFigure(Refusal):
    code = "unknown-figure"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no figure {name!r}{near(name, FIGURES)}")


class NoSuchBreakdown(Refusal):
    """The figure has no such dimension, or names no complaints."""

    code = "no-such-breakdown"


def figure(
    session: Session, name: str, period: Period, *, by: Dimension | None = None, calendar: Calendar | None = None
) -> Figure:  # fmt: skip
    """Count a figure, and each group of the dimension `by`. Durations in business time need a `calendar`."""
    wanted = _definition(name, by)
    if wanted.reason is not None:
        whole = Part(key=None)
        return Figure(name, wanted.cohort, wanted.unit, period, whole, by, reason=wanted.reason)
    if wanted.counted is not None:
        parts = wanted.counted(session, period)
        whole = counting.together(parts, wanted.unit)
    else:
        whole = _whole(_parts(session, wanted, period, None, calendar), wanted.unit, calendar)
        parts = _parts(session, wanted, period, by, calendar) if by is not None else []
    return Figure(name, wanted.cohort, wanted.unit, period, whole, by, tuple(parts) if by is not None else ())


def broken_down(
    session: Session, name: str, period: Period, *, calendar: Calendar | None = None
) -> tuple[Figure, Mapping[Dimension, list[Part]]]:
    """The figure, its whole in business time too where a `calendar` is given, and its groups by every dimension."""
    wanted = _definition(name, None)
    found = figure(session, name, period, calendar=calendar)
    if wanted.reason is not None:
        return found, {}
    if wanted.counted is not None:
        return found, {wanted.own[0]: wanted.counted(session, period)}
    return found, {by: _parts(session, wanted, period, by, None) for by in wanted.dimensions}


def case_refs(
    session: Session,
    name: str,
    period: Period,
    *,
    which: Which = "counted",
    by: Dimension | None = None,
    key: str | None = None,
    after: str = "",
    limit: int = 100,
) -> list[str]:
    """Refs of the complaints behind a figure, or behind its group `key` of the dimension `by`, in order.

    A page holds `limit` of them and begins after the ref `after`. A complaint that counts more than once (by
    clock, by dispatch) is named once.
    """
    wanted = _definition(name, by)
    if wanted.units is None:
        raise NoSuchBreakdown(f"{name} counts no complaints, so there are none to name")
    rows = rows_of(wanted.units(period).measured(), by)
    group = None
    if by is not None:
        group = rows.c.key.is_(None) if key is None else rows.c.key == key
    return counting.refs(session, rows, which, group, after, limit)


def _definition(name: str, by: Dimension | None) -> Definition:
    if name not in FIGURES:
        raise UnknownFigure(name)
    wanted = FIGURES[name]
    if by is not None and by not in wanted.dimensions:
        raise NoSuchBreakdown(f"{name} cannot be broken down by {by}: choose {', '.join(wanted.dimensions)}")
    return wanted


def _parts(
    session: Session, wanted: Definition, period: Period, by: Dimension | None, calendar: Calendar | None
) -> list[Part]:  # fmt: skip
    assert wanted.units is not None, "a figure is counted, or says why it is not"
    units = wanted.units(period)
    rows = rows_of(units, by)
    match wanted.unit:
        case Unit.SECONDS:
            return spreads.spread_parts(session, rows, calendar, summed=units.together)
        case Unit.CYCLES:
            return spreads.count_parts(session, rows)
        case _:
            return counting.parts(session, rows, wanted.unit)


def _whole(parts: list[Part], unit: Unit, calendar: Calendar | None) -> Part:
    """The one group of no dimension, or what stands for an empty cohort."""
    if parts:
        return parts[0]
    if unit in (Unit.SECONDS, Unit.CYCLES):
        business = Spread() if unit is Unit.SECONDS and calendar is not None else None
        return Part(key=None, denominator=0, calendar=Spread(), business=business)
    return counting.together([], unit)
