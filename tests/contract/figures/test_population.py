"""Every figure and every breakdown, on both databases, agrees with a plain count over the same complaints.

`AMENDS_TEST_COMPLAINTS=50000` runs it by hand on more of them.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import date, time
from functools import cache

import pytest
from sqlmodel import Session

from bpmn.calendar import Calendar
from store.database import Database
from store.queries.figures import (
    FIGURES,
    Dimension,
    Period,
    Spread,
    Unit,
    backlog_identity,
    case_refs,
    figure,
    longest,
    mismatched,
)
from tests.contract.figures.plain import Told
from tests.contract.figures.plain_learning import PlainFigures
from tests.contract.figures.population import AS_OF, MONTHS, ZONE, Population
from tests.contract.figures.population_learning import learning_population

SIZE = int(os.environ.get("AMENDS_TEST_COMPLAINTS", "3000"))
PAGE = max(7, SIZE // 400)
"""Complaints named at a time: many pages of each figure, however many complaints there are."""
pytestmark = pytest.mark.timeout(600 + SIZE // 10)
OFFICE = Calendar(
    name="office", version="1", zone=ZONE,
    week=((((time(9), time(12)), (time(13), time(18)))),) * 5 + ((), ()),
    holidays=frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)}),
)  # fmt: skip
LOOKED_AT = ((2025, 3), (2025, 10), (2025, 12), (2026, 4))
"""The clock goes forward, goes back; the year ends; the month is still running."""
COUNTED = [name for name, definition in FIGURES.items() if definition.units is not None]


@cache
def complaints() -> Population:
    return learning_population(SIZE)


@cache
def plain(year: int, month: int) -> PlainFigures:
    period = Period.month(year, month, ZONE, AS_OF)
    return PlainFigures(complaints(), period.start, period.end)


@pytest.fixture(scope="module")
def filled(own_store: Database) -> Database:
    """A store with all complaints, which no test changes."""
    complaints().write(own_store)
    return own_store


def dimensions(name: str, month: int) -> list[Dimension | None]:
    """All of them in October; else the whole, the tier, and what only this figure has."""
    return [None, *(FIGURES[name].dimensions if month == 10 else (Dimension.TIER, *FIGURES[name].own))]


def agree(
    session: Session, name: str, by: Dimension | None, period: Period, told: dict[str | None, Told]
) -> None:
    found = figure(session, name, period, by=by, calendar=OFFICE)
    told = told if by is not None else {None: told.get(None, Told())}
    parts = {part.key: part for part in (found.parts if by is not None else (found.whole,))}
    assert set(parts) == set(told), f"{name} by {by}"
    assert len(found.parts) == (len(parts) if by is not None else 0), "one part a group"
    for key, right in told.items():
        part, place = parts[key], f"{name} by {by}, {key}"
        assert (part.n, part.denominator) == (right.n, right.n), place
        assert (part.pending, part.withdrawn) == (right.pending, right.withdrawn), place
        if found.unit in (Unit.SECONDS, Unit.CYCLES):
            assert part.calendar == Spread(*right.calendar), place
            assert part.value == (right.calendar[0] if right.calendar else None), place
            business = Spread(*right.business) if found.unit is Unit.SECONDS else None
            assert part.business == business, place
        elif found.unit is Unit.COUNT:
            assert (part.value, part.numerator) == (right.n, None), place
        else:
            assert part.numerator == right.numerator, place
            scale = {Unit.SHARE: 1, Unit.POINTS: 100}.get(found.unit)
            value = (
                right.numerator if scale is None else scale * right.numerator / right.n if right.n else None
            )
            assert part.value == value, place


@pytest.mark.parametrize("name", COUNTED)
def test_a_figure_agrees_with_a_plain_count_in_every_breakdown(filled: Database, name: str) -> None:
    seen = 0
    for year, month in LOOKED_AT:
        period, right = Period.month(year, month, ZONE, AS_OF), plain(year, month)
        with filled.read() as session:
            for by in dimensions(name, month):
                told = right.tell(name, by, OFFICE)
                seen += sum(group.n for group in told.values())
                agree(session, name, by, period, told)
    assert seen, "a figure over nothing proves nothing"


@pytest.mark.parametrize("name", COUNTED)
def test_a_figure_names_the_complaints_behind_each_of_its_groups(filled: Database, name: str) -> None:
    period, right = Period.month(2025, 12, ZONE, AS_OF), plain(2025, 12)
    by = (*FIGURES[name].own, Dimension.TIER)[0]
    with filled.read() as session:
        for key, group in right.tell(name, by, OFFICE).items():
            refs: list[str] = []
            while page := case_refs(
                session, name, period, by=by, key=key, after=refs[-1] if refs else "", limit=PAGE
            ):
                refs += page
            assert refs == sorted(group.refs), f"{name} {key}"


@pytest.mark.parametrize("name", [name for name in COUNTED if FIGURES[name].unit is Unit.SECONDS])
def test_a_duration_names_its_longest_complaints_first(filled: Database, name: str) -> None:
    period, right = Period.month(2025, 12, ZONE, AS_OF), plain(2025, 12)
    by = (*FIGURES[name].own, Dimension.TIER)[0]
    units = FIGURES[name].units
    assert units is not None, "a duration of complaints"
    fold = sum if units(period).together else max
    for key, group in right.tell(name, by, OFFICE).items():
        lengths: dict[str, list[int]] = defaultdict(list)
        for one, length, _ in right.counted(name, OFFICE):
            if None not in (one.begun, one.ended) and right.key(one, by) == key:
                lengths[one.case["ref"]].append(length)
        wanted = sorted(
            ((ref, fold(lengths[ref])) for ref in group.refs), key=lambda pair: (-pair[1], pair[0])
        )
        found: list[tuple[str, int]] = []
        with filled.read() as session:
            while page := longest(
                session, name, period, by=by, key=key, after=found[-1][::-1] if found else None, limit=PAGE
            ):
                found += page
        assert found == wanted, f"{name} {key}"


@pytest.mark.parametrize(("year", "month"), MONTHS)
def test_the_backlog_identity_holds_in_every_month_and_its_sides_are_right(
    filled: Database, year: int, month: int
) -> None:
    period = Period.month(year, month, ZONE, AS_OF)
    with filled.read() as session:
        found = backlog_identity(session, period)
        assert mismatched(session, period) == []
    found.check()
    right = plain(year, month).identity()
    assert {name: getattr(found, name) for name in right} == right


def test_intake_loss_agrees_with_a_plain_count_by_channel(filled: Database) -> None:
    lost = 0
    for year, month in LOOKED_AT:
        right = plain(year, month).loss()
        with filled.read() as session:
            period = Period.month(year, month, ZONE, AS_OF)
            found = figure(session, "intake_loss", period, by=Dimension.CHANNEL)
        assert {p.key: (p.numerator, p.denominator) for p in found.parts} == right
        assert found.whole.numerator == sum(lost for lost, _ in right.values())
        assert found.whole.denominator == sum(sent for _, sent in right.values())
        lost += found.whole.numerator
    assert lost


def test_actions_on_time_agree_with_a_plain_count_by_owner(filled: Database) -> None:
    due = 0
    for year, month in LOOKED_AT:
        right = plain(year, month).actions_on_time()
        with filled.read() as session:
            period = Period.month(year, month, ZONE, AS_OF)
            found = figure(session, "actions_on_time", period, by=Dimension.HANDLER)
        assert {p.key: (p.numerator, p.denominator, p.pending) for p in found.parts} == right
        due += sum(n for _, n, _ in right.values())
    assert due


def test_a_quarter_over_the_end_of_the_year_is_no_sum_of_percentiles(filled: Database) -> None:
    period = Period(
        Period.month(2025, 11, ZONE, AS_OF).start, Period.month(2026, 1, ZONE, AS_OF).end, ZONE, AS_OF
    )
    right = PlainFigures(complaints(), period.start, period.end)
    with filled.read() as session:
        for name in ("resolution_time", "backlog_age", "clock_attainment", "repeat_rate"):
            agree(session, name, None, period, right.tell(name, None, OFFICE))
