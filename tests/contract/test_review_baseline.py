"""What the change of a figure is held against: three months as they were frozen, the same ones ever after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import delete

from review import markdown
from review.baseline import CHANGES, first_in_a_row
from review.composing import compose
from review.month import Month, Months
from store.database import Database
from store.queries.figures import Period
from store.tables import FrozenMonth, MonthFinding
from tests.contract.casework import shipped
from tests.contract.figures.plain_learning import PlainFigures
from tests.contract.figures.population import AS_OF, ZONE, Population, population

BASE = ("2025-03", "2025-04", "2025-05")


@pytest.fixture(scope="module")
def lives() -> Population:
    return population(150)


@pytest.fixture(scope="module")
def filled(own_store: Database, lives: Population) -> Database:
    lives.write(own_store)
    return own_store


@pytest.fixture
def months(filled: Database) -> Iterator[Months]:
    """Nothing is frozen yet."""
    yield Months(filled, ZONE, None)
    with filled.write() as session:
        for table in (MonthFinding, FrozenMonth):
            session.execute(delete(table))


def whole(month: Month, name: str) -> dict[str, object]:
    found: dict[str, object] = month.facts["figures"][name]["whole"]
    return found


@pytest.mark.parametrize(("printed", "base"), [
    (["2026-01", "2026-02"], None), (["2026-01", "2026-03", "2026-05"], None),
    (["2026-03", "2026-01", "2026-02"], ["2026-01", "2026-02", "2026-03"]),
    (["2025-12", "2026-01", "2026-02", "2025-11", "2025-10"], ["2025-12", "2026-01", "2026-02"]),
    (["2025-06", "2026-01", "2025-07", "2026-02", "2025-08"], ["2025-06", "2025-07", "2025-08"]),
])  # fmt: skip
def test_the_first_three_months_in_a_row_that_were_printed_are_the_baseline(
    printed: Sequence[str], base: Sequence[str] | None
) -> None:
    assert first_in_a_row(printed) == base


def test_a_change_is_na_until_three_months_are_frozen_and_then_held_against_them(
    months: Months, lives: Population
) -> None:
    _, books = shipped()
    before = [months.get(name, AS_OF) for name in ("2025-02", *BASE)]  # the store did not know February whole
    for month in before:
        assert all(whole(month, name)["value"] is None for name in CHANGES)
        assert month.facts["figures"]["repeat_rate_change"]["reason"] == "no_frozen_baseline"
        assert "no baseline of three frozen months yet" in markdown.render(compose(month, books, "en", ""))
    june = months.get("2025-06", AS_OF)
    held = june.facts["baseline"]
    assert tuple(held["months"]) == BASE
    repeats = [whole(month, "repeat_rate") for month in before[1:]]
    rate = sum(one["numerator"] for one in repeats) / sum(one["n"] for one in repeats)  # type: ignore[misc]
    assert held["figures"]["repeat_rate"] == pytest.approx(rate)
    assert whole(june, "repeat_rate_change")["value"] == pytest.approx(
        whole(june, "repeat_rate")["value"] / rate - 1  # type: ignore[operator]
    )
    assert held["figures"]["department_response_time"] == _response(lives)
    printed = {language: markdown.render(compose(june, books, language, "")) for language in ("zh", "en")}
    assert "against the baseline of March 2025 to May 2025" in printed["en"]
    assert "相对 2025年3月至2025年5月的基线" in printed["zh"]
    # no month printed later moves it, and a running one is held against it too
    july, running = months.get("2025-07", AS_OF), months.get("2026-04", AS_OF)
    assert july.facts["baseline"] == running.facts["baseline"] == held
    assert not running.frozen
    assert whole(july, "repeat_rate_change")["month_before"] == whole(june, "repeat_rate_change")["value"]


def _response(lives: Population) -> int:
    """The median of what departments took to confirm in the three months together, in plain Python."""
    begin, end = Period.month(2025, 3, ZONE, AS_OF).start, Period.month(2025, 5, ZONE, AS_OF).end
    _, books = shipped()
    told = PlainFigures(lives, begin, end).tell("department_response_time", None, books.calendar("office"))
    return told[None].calendar[0]
