"""All figures by name: counting one, and naming the complaints behind a number of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Subquery
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
    times,
    unanswerable,
    volume,
)
from store.queries.figures.counting import Which
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Dimension, Figure, Part, Spread, Unit
from store.queries.figures.sources import sources_of
from store.queries.figures.tally import counted
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
    dimensions = () if by is None else (by,)
    whole, groups = _counted(session, period, {name: dimensions}, calendar, (None, *dimensions))[name]
    parts = () if by is None else tuple(groups.get(by, ()))
    return Figure(name, wanted.cohort, wanted.unit, period, whole, by, parts, wanted.reason)


def figures(
    session: Session, period: Period, calendar: Calendar | None
) -> Mapping[str, tuple[Figure, Mapping[Dimension, list[Part]]]]:  # fmt: skip
    """All figures from few readings: each whole, in business time too where a `calendar` is given, and its groups by
    every dimension."""
    wanted = {name: one.dimensions for name, one in FIGURES.items()}
    found = {}
    for name, (whole, groups) in _counted(session, period, wanted, calendar, (None,)).items():
        one = FIGURES[name]
        found[name] = Figure(name, one.cohort, one.unit, period, whole, reason=one.reason), groups
    return found


def courses(session: Session, months: Sequence[Period], names: Sequence[str]) -> list[dict[str, Part]]:
    """The whole of each figure in each of these months, which are over, without business time."""
    if not months:
        return []
    by_month = {name: FIGURES[name].by_month(months) for name in names}
    apart = {name: () for name, units in by_month.items() if units is None}
    found: list[dict[str, Part]] = [
        {name: whole for name, (whole, _) in _counted(session, month, apart, None, ()).items()} for month in months
    ]  # fmt: skip
    month = (Dimension.MONTH,)
    for source in sources_of(
        (FIGURES[name], units, month) for name, units in by_month.items() if units is not None
    ):
        for asked, parts_by in counted(source, session, None, (), months[-1]):
            by_place = {part.key: replace(part, key=None) for part in parts_by[Dimension.MONTH]}
            for place, one in enumerate(found):
                parts = [by_place[key]] if (key := str(place)) in by_place else []
                one[asked.definition.name] = _whole(parts, asked.definition.unit, None)
    return found


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
    return counting.refs(session, rows, which, _group(rows, by, key), after, limit)


def longest(
    session: Session, name: str, period: Period, *, by: Dimension | None = None, key: str | None = None,
    after: tuple[int, str] | None = None, limit: int = 100,
) -> list[tuple[str, int]]:  # fmt: skip
    """(ref, seconds) of the complaints behind a duration, the longest first; those it counts, as `case_refs` does.

    A page begins after the pair (seconds, ref) `after`.
    """
    wanted = _definition(name, by)
    if wanted.units is None or wanted.unit is not Unit.SECONDS:
        raise NoSuchBreakdown(f"{name} is no duration, so that none is the longest")
    units = wanted.units(period).measured()
    rows = rows_of(units, by)
    return counting.longest(session, rows, _group(rows, by, key), units.together, after, limit)


def examples(
    session: Session, name: str, period: Period, *, which: Which, by: Dimension, limit: int
) -> Mapping[str | None, list[str]]:  # fmt: skip
    """What `case_refs` names first of each group, by key; a group without any is left out."""
    units = _definition(name, by).units
    assert units is not None, "a figure of complaints"
    return counting.first_refs(session, rows_of(units(period).measured(), by), which, limit)


def _group(rows: Subquery, by: Dimension | None, key: str | None) -> ColumnElement[bool] | None:
    """What holds of the rows of a group; of no dimension all are."""
    if by is None:
        return None
    return rows.c.key.is_(None) if key is None else rows.c.key == key


def _definition(name: str, by: Dimension | None) -> Definition:
    if name not in FIGURES:
        raise UnknownFigure(name)
    wanted = FIGURES[name]
    if by is not None and by not in wanted.dimensions:
        raise NoSuchBreakdown(f"{name} cannot be broken down by {by}: choose {', '.join(wanted.dimensions)}")
    return wanted


Counted = tuple[Part, Mapping[Dimension, list[Part]]]
"""The whole of a figure, and its groups."""


def _counted(
    session: Session, period: Period, wanted: Mapping[str, tuple[Dimension, ...]], calendar: Calendar | None,
    business: Collection[Dimension | None],
) -> dict[str, Counted]:  # fmt: skip
    """These figures by these dimensions, in the order asked for."""
    found: dict[str, Counted] = dict.fromkeys(wanted, (Part(key=None), {}))
    for name, by in wanted.items():
        if (count := FIGURES[name].counted) is not None:
            parts = count(session, period)
            found[name] = counting.together(parts, FIGURES[name].unit), dict.fromkeys(by, parts)
    of_complaints = (
        (FIGURES[name], units(period), by)
        for name, by in wanted.items()
        if (units := FIGURES[name].units) is not None
    )
    for source in sources_of(of_complaints):
        for asked, parts_by in counted(source, session, calendar, business, period):
            whole = _whole(list(parts_by[None]), asked.definition.unit, calendar)
            found[asked.definition.name] = whole, {by: parts_by[by] for by in asked.by}
    return found


def _whole(parts: list[Part], unit: Unit, calendar: Calendar | None) -> Part:
    """The one group of no dimension, or what stands for an empty cohort."""
    if parts:
        return parts[0]
    if unit in (Unit.SECONDS, Unit.CYCLES):
        business = Spread() if unit is Unit.SECONDS and calendar is not None else None
        return Part(key=None, denominator=0, calendar=Spread(), business=business)
    return counting.together([], unit)
