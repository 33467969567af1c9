"""The page of figures says what the registry holds, and working seconds are those of the calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from pathlib import Path
from random import Random

import pytest

from bpmn.calendar import Calendar
from store.queries.figures import FIGURES, Dimension
from store.queries.figures.spreads import PERCENTS, WorkingSeconds, rank
from store.queries.figures.turns import IS_TURN, Turn
from store.tables.ledger import TURNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "figures.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w) \| (\w+) \| (.+?) \| (.*?) ?\|$", re.M)
HOURS = ((time(9), time(12)), (time(13), time(18)))
CALENDARS = [
    Calendar(name="office", version="1", zone="Europe/Berlin", week=(HOURS,) * 5 + ((), ()),
             holidays=frozenset({date(2026, 1, 1)}), make_up={date(2026, 1, 3): None}),
    Calendar(name="night", version="1", zone="America/New_York", week=(((time(20), time(0)),),) * 7),
    Calendar(name="always", version="24x7", zone="Asia/Shanghai"),
]  # fmt: skip


def test_every_figure_has_its_row_on_the_page_with_its_cohort_and_unit() -> None:
    rows = [found.groups() for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert [row[:3] for row in rows] == [
        (name, definition.cohort.value, definition.unit.value) for name, definition in FIGURES.items()
    ]


def test_the_page_says_of_each_figure_without_a_value_why() -> None:
    for name, _, _, source, note in (
        found.groups() for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))
    ):
        reason, told = FIGURES[name].reason, f"{source} {note}"
        assert ("n/a" in told) is (reason is not None), name
        assert reason is None or f": `{reason}`" in told, name


def test_a_figure_is_counted_in_one_way_or_says_why_not() -> None:
    for name, definition in FIGURES.items():
        ways = (definition.units, definition.counted, definition.reason)
        assert sum(way is not None for way in ways) == 1, name
        own = [
            dimension
            for dimension in definition.own
            if f"by `{dimension}`" in PAGE.read_text(encoding="utf-8")
        ]
        assert own == [d for d in definition.own if d is not Dimension.CHANNEL], name


def test_the_index_over_history_holds_the_very_lines_that_the_backlog_reads() -> None:
    asked = str(IS_TURN.compile(compile_kwargs={"literal_binds": True})).replace("history.", "")
    assert set(re.findall(r"'(\w+)'", asked)) == set(re.findall(r"'(\w+)'", TURNS.text)) == set(Turn)


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.name)
def test_working_seconds_are_those_of_the_calendar(calendar: Calendar) -> None:
    chance, begins = Random(5), datetime(2025, 10, 20, tzinfo=UTC)
    instants = sorted(begins + timedelta(seconds=chance.randrange(180 * 86_400)) for _ in range(200))
    working = WorkingSeconds(calendar, int(instants[0].timestamp()), int(instants[-1].timestamp()))
    for _ in range(500):
        begun, ended = sorted(chance.sample(instants, 2))
        expected = calendar.elapsed(begun, ended).total_seconds()
        assert working.between(int(begun.timestamp()), int(ended.timestamp())) == expected


@pytest.mark.parametrize(
    ("n", "ranks"), [(1, (1, 1, 1)), (2, (1, 2, 2)), (10, (5, 9, 10)), (100, (50, 90, 95))]
)
def test_a_percentile_is_the_smallest_value_that_so_many_percent_do_not_exceed(
    n: int, ranks: tuple[int, ...]
) -> None:
    assert tuple(rank(percent, n) for percent in PERCENTS) == ranks


@pytest.mark.parametrize("percent", PERCENTS)
def test_a_fraction_of_postgresql_ranks_as_the_percent_does(percent: int) -> None:
    """It takes the value at the ceiling of the fraction times n, in floating point."""
    assert all(ceil(percent / 100 * n) == rank(percent, n) for n in range(1, 200_000))
