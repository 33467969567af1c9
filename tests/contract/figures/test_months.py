"""A closed month prints the same for ever, and a month with little in it says n/a, on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from complaints.errors import Fault
from review import html, markdown, xlsx
from review.composing import compose
from review.month import FrozenMonthChanged, Month, Months
from store.database import Database
from store.queries.figures import FIGURES, NotAPeriod, Period, figure
from store.queries.review.facts import HEADLINES, part
from store.queries.review.months import shifted, year_and_month
from store.queries.review.snapshots import days_of, take
from store.tables import (
    Bundle,
    Case,
    CaseText,
    Customer,
    DailySnapshot,
    FrozenMonth,
    History,
    MonthFinding,
    Note,
)
from tests.contract.casework import shipped
from tests.contract.figures.population import AS_OF, ZONE, population

MARCH = "2026-03"
"""The clock goes forward in it."""


def whole(month: Month, name: str) -> dict[str, object]:
    found: dict[str, object] = month.facts["figures"][name]["whole"]
    return found


@pytest.fixture(scope="module")
def filled(own_store: Database) -> Iterator[Database]:
    population(400).write(own_store)
    yield own_store
    with own_store.write() as session:
        for table in (MonthFinding, FrozenMonth, DailySnapshot):
            session.execute(delete(table))


@pytest.fixture
def months(filled: Database) -> Months:
    return Months(filled, ZONE, None)


def test_the_facts_are_the_figures_with_a_month_and_a_year_before(months: Months, filled: Database) -> None:
    month = months.get(MARCH, AS_OF)
    with filled.read() as session:
        for name in FIGURES:
            now, before, year = (
                figure(session, name, Period.month(*year_and_month(of), ZONE, AS_OF)).whole.value
                for of in (MARCH, "2026-02", "2025-03")
            )
            told = whole(month, name)
            assert (told["value"], told["month_before"], told["year_before"]) == (now, before, year), name
    assert {by for one in month.facts["figures"].values() for by in one["by"]} >= {
        "category",
        "handler",
        "region",
    }


def test_the_course_of_the_year_is_what_each_month_counts_by_itself(months: Months, filled: Database) -> None:
    course = months.get(MARCH, AS_OF).facts["trend"]
    assert [one["month"] for one in course] == [shifted(MARCH, back) for back in range(-12, 1)]
    assert all(one["figures"] is not None for one in course)
    with filled.read() as session:
        for one in course:
            period = Period.month(*year_and_month(one["month"]), ZONE, AS_OF)
            for name in HEADLINES:
                alone, told = part(figure(session, name, period).whole), one["figures"][name]
                assert {key: told[key] for key in alone} == alone, (one["month"], name)


def test_a_frozen_month_that_was_changed_is_not_printed(own_store: Database) -> None:
    with own_store.write() as session:
        session.add(FrozenMonth(month="2019-01", zone=ZONE, as_of=AS_OF, data='{"a":1}', hash="0" * 64))
    with pytest.raises(FrozenMonthChanged, match="2019-01") as raised:
        Months(own_store, ZONE, None).get("2019-01", AS_OF)
    assert isinstance(raised.value, Fault)
    with own_store.write() as session:
        session.execute(delete(FrozenMonth).where(col(FrozenMonth.month) == "2019-01"))


def test_findings_have_a_name_for_good_and_no_words_of_customers(months: Months, filled: Database) -> None:
    month = months.get(MARCH, AS_OF)
    with filled.read() as session:
        rows = session.exec(select(MonthFinding).where(MonthFinding.month == MARCH)).all()
        texts = {n.text for n in session.exec(select(Note)).all()}
    told = [(f["kind"], f["key"]) for f in month.facts["findings"]]
    assert sorted((r.kind, r.key) for r in rows) == sorted(told)
    assert len(told) == len(set(told)) > 0
    stored = json.dumps(month.facts)
    assert not any(text in stored for text in texts)


def test_what_fewer_than_three_customers_named_is_not_kept(months: Months, filled: Database) -> None:
    begin, end = datetime(2025, 6, 3, tzinfo=UTC), datetime(2025, 6, 28, tzinfo=UTC)
    with filled.write() as session:
        case = session.exec(
            select(Case).where(col(Case.received_at).between(begin, end), Case.status == "closed")
        ).first()
        assert case is not None
        session.execute(
            update(Case).where(col(Case.id) == case.id).values(product="王芳", region="13812345678")
        )
    found = months.get("2025-06", AS_OF)
    stored = json.dumps(found.facts, ensure_ascii=False)
    assert found.frozen
    assert "王芳" not in stored
    assert "13812345678" not in stored
    assert {"lamp", "north"} <= {
        g["key"] for by in ("product", "region") for g in found.facts["figures"]["received"]["by"][by]
    }


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "26-01", "2026-1", "2026/01", "", "２０２６-01"])
def test_what_is_no_month_is_refused(months: Months, name: str) -> None:
    with pytest.raises(NotAPeriod, match="2026-11"):
        months.get(name, AS_OF)


def test_a_month_that_has_not_begun_is_refused_and_a_running_one_is_not_frozen(months: Months) -> None:
    with pytest.raises(NotAPeriod, match="not begun"):
        months.get("2026-05", AS_OF)
    running = months.get("2026-04", AS_OF)
    assert not running.frozen
    assert running.facts["forecast"] is None
    assert "2026-04" not in months.frozen()


def test_months_wrap_at_the_years_end() -> None:
    assert (shifted("2026-01", -1), shifted("2025-12", 1), shifted("2026-03", -12)) == (
        "2025-12",
        "2026-01",
        "2025-03",
    )


# --- snapshots


def test_a_snapshot_is_taken_once_a_day_and_says_how_the_day_ended(months: Months, filled: Database) -> None:
    with filled.write() as session:
        assert take(session, ZONE, AS_OF) == ["2026-04-02", "2026-04-03", "2026-04-04"]
    with filled.write() as session:
        assert take(session, ZONE, AS_OF + timedelta(hours=2)) == []
    with filled.read() as session:
        row = session.get(DailySnapshot, "2026-04-03")
        end = datetime(2026, 4, 3, 22, tzinfo=UTC)
        as_seen = figure(session, "backlog", Period(end - timedelta(days=1), end, ZONE, AS_OF)).whole
    assert row is not None
    assert (row.ends_at, row.open) == (end, as_seen.n)
    assert sum(row.ages.values()) == sum(row.tiers.values()) == row.open


def test_a_day_without_a_snapshot_is_a_gap_and_never_a_number(filled: Database) -> None:
    period = Period.month(2026, 4, ZONE, AS_OF)
    with filled.write() as session:
        session.execute(delete(DailySnapshot).where(col(DailySnapshot.day) == "2026-04-03"))
        take(session, ZONE, AS_OF - timedelta(days=1))
        take(session, ZONE, AS_OF)
        session.execute(delete(DailySnapshot).where(col(DailySnapshot.day) == "2026-04-03"))
    with filled.read() as session:
        days = {d["day"]: d["open"] for d in days_of(session, period)}
    assert list(days) == ["2026-04-01", "2026-04-02", "2026-04-03", "2026-04-04"]
    assert days["2026-04-03"] is None
    assert days["2026-04-02"] is not None
    _, books = shipped()
    printed = markdown.render(compose(Months(filled, ZONE, None).get("2026-04", AS_OF), books, "en", ""))
    assert re.search(r"left out of the drawing: 1\.", printed)


def test_snapshots_of_the_days_on_which_the_clock_changes_end_at_local_midnight(own_store: Database) -> None:
    with own_store.write() as session:
        take(session, ZONE, datetime(2026, 3, 30, 8, tzinfo=UTC))
        row = session.get(DailySnapshot, "2026-03-29")
        assert row is not None
        assert row.ends_at == datetime(2026, 3, 29, 22, tzinfo=UTC)
        session.rollback()


# --- last, because it changes the store


def test_a_closed_month_prints_the_same_after_an_erasure_and_a_reopening(
    months: Months, filled: Database
) -> None:
    _, books = shipped()
    before = months.get(MARCH, AS_OF)
    printed = [markdown.render(compose(before, books, language, "")) for language in ("zh", "en")]
    with filled.write() as session:
        session.execute(update(CaseText).values(text=""))
        session.execute(update(Case).values(product=None, region=None))
        session.execute(update(Customer).values(name=None, phone=None, email=None))
        session.execute(
            update(Case).where(col(Case.status) == "closed").values(status="handling", closed_at=None)
        )
    after = Months(filled, ZONE, None).get(MARCH, AS_OF + timedelta(days=90))
    assert after.hash == before.hash
    assert [markdown.render(compose(after, books, language, "")) for language in ("zh", "en")] == printed


# --- months with little in them: stores of their own


@pytest.fixture
def empty(database: Database) -> Database:
    """A store without a complaint."""
    return database


def test_a_store_without_complaints_has_zeros_and_na_and_is_not_frozen(empty: Database) -> None:
    _, books = shipped()
    month = Months(empty, ZONE, None).get(MARCH, AS_OF)
    assert not month.frozen
    assert whole(month, "received")["value"] == 0
    assert whole(month, "csat")["value"] is None
    assert whole(month, "received")["month_before"] is None
    assert month.facts["findings"] == []
    assert month.facts["forecast"] is None
    printed = markdown.render(compose(month, books, "en", ""))
    assert "No complaint came in this month" in printed
    assert "Satisfaction](/desk/review/2026-03/figures/csat): **n/a**" in printed
    assert html.whole(compose(month, books, "zh", ""))
    assert xlsx.render(compose(month, books, "zh", ""))


def small_store(database: Database, *received: datetime, ends: str = "closed") -> None:
    """Complaints of one hour each, with nothing but their coming and going."""
    with database.write() as session:
        session.add(Bundle(hash="b", files={}, published_at=received[0]))
        session.flush()
        for number, at in enumerate(received):
            over = at + timedelta(hours=1)
            session.add(Customer(id=f"c-{number}", created_at=at))
            session.flush()
            session.add(Case(
                id=f"case-{number}", ref=f"AM-{number}", bundle="b", customer_id=f"c-{number}", channel="app",
                external_id=f"x-{number}", occurred_at=at, received_at=at, status=ends, tier="medium",
                category="logistics", department="logistics", ended=True, closed_at=over, cycle_started_at=at,
                acknowledged_at=at + timedelta(minutes=5), resolved_at=over,
            ))  # fmt: skip
            session.flush()
            for seq, (what, when) in enumerate((("received", at), (ends, over)), 1):
                session.add(
                    History(case_id=f"case-{number}", seq=seq, at=when, what=what, actor="amends", hash="-")
                )


def test_a_month_with_one_complaint_across_the_change_of_the_clock(empty: Database) -> None:
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30 in Berlin, half an hour before 02:00 becomes 03:00
    small_store(empty, at)
    month = Months(empty, ZONE, None).get(MARCH, AS_OF)
    assert month.frozen
    assert whole(month, "received")["value"] == 1
    assert whole(month, "resolution_time")["value"] == 3_600
    assert whole(month, "acknowledgement_time")["value"] == 300
    assert whole(month, "received")["month_before"] is None  # the store did not know February
    assert month.facts["findings"] == []
    assert month.facts["identity"]["received"] == month.facts["identity"]["closed"] == 1


def test_a_month_whose_complaints_were_all_merged_has_no_rates(empty: Database) -> None:
    small_store(empty, *(datetime(2026, 3, day, 9, tzinfo=UTC) for day in range(1, 6)), ends="merged")
    month = Months(empty, ZONE, None).get(MARCH, AS_OF)
    assert whole(month, "received")["value"] == 0
    assert whole(month, "completion")["value"] is None
    assert month.facts["identity"]["received"] == month.facts["identity"]["merged"] == 5
    assert month.facts["findings"] == []
