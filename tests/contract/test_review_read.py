"""What a manager reads of a month: the first page says what matters, and every number adds up or leads on."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from complaints.roles import Role
from review import html, pdf, xlsx
from review.breakdowns import figure_tables
from review.composing import ON_THE_FIRST_PAGE, Links, compose, foremost
from review.document import Charts, Document, Section, Table, Text
from review.month import Month, Months
from review.words import Words
from store.database import Database
from tests.contract.casework import shipped
from tests.contract.desk_house import PUBLIC_URL, House, open_house
from tests.contract.figures.population import AS_OF, ZONE
from tests.contract.figures.test_months import small_store

MARCH = "2026-03"


def days_of_march(*days: int) -> list[datetime]:
    return [datetime(2026, 3, day, 9, tzinfo=UTC) for day in days]


def printed(month: Month, language: str = "en") -> Document:
    return compose(month, shipped()[1], language, PUBLIC_URL)


def section(document: Document, name: str) -> Section:
    return next(one for one in document.sections if one.id == name)


def texts(one: Section) -> list[str]:
    return [block.text for block in one.blocks if isinstance(block, Text)]


@pytest.fixture
def march(database: Database) -> Month:
    small_store(database, *days_of_march(*range(1, 10)))
    return Months(database, ZONE, None).get(MARCH, AS_OF)


def with_facts(month: Month, **changed: Any) -> Month:
    return replace(month, facts={**month.facts, **changed})


def found(kind: str, key: str, sure: str, cases: int, chance: float = 0.0) -> Mapping[str, Any]:
    return {"kind": kind, "key": key, "sure": sure, "cases": cases, "chance": chance, "refs": [f"AM-{cases}"],
            "numbers": {}}  # fmt: skip


# --- the first page


def test_the_first_page_tells_the_surest_and_biggest_and_each_thing_once() -> None:
    told = foremost([
        found("hot_volume", "category=logistics", "certain", 90),
        found("hot_growth", "category=billing", "likely", 7, 0.001),
        found("hot_growth", "category=logistics", "likely", 90, 0.01),
        found("hot_growth", "product=parcel", "likely", 90, 0.01),
        found("weak_slow", "department=logistics", "very_likely", 20, 0.0001),
    ])  # fmt: skip
    assert [f["key"] for f in told] == [
        "department=logistics", "category=logistics", "category=billing",
    ]  # fmt: skip
    much = found("hot_volume", "category=logistics", "certain", 90)
    assert foremost([much]) == [much]
    assert len(foremost([found("weak_slow", str(n), "likely", n) for n in range(9)])) == ON_THE_FIRST_PAGE


def test_it_claims_to_know_nothing_only_where_no_finding_is(march: Month) -> None:
    nothing = "No findings that can be relied on this month."
    assert texts(section(printed(march), "summary")) == [nothing]
    finding = found("hot_volume", "category=logistics", "certain", 9)
    numbers = {"n": 9, "share": 1.0, "low": 0.7, "high": 1.0}
    much = with_facts(march, findings=[{**finding, "numbers": numbers}])
    assert nothing not in texts(section(printed(much), "summary"))


@pytest.mark.parametrize(("low", "high", "expected", "says"), [
    (0.0, 1_384.0, 213.0, "The last 13 months differ too much"), (61.0, 216.0, 138.0, "with 95% between 61 and 216"),
    (0.0, 9.0, 3.0, "About 3 are expected"),
])  # fmt: skip
def test_an_interval_that_says_nothing_is_no_forecast(
    march: Month, low: float, high: float, expected: float, says: str
) -> None:
    forecast = {"expected": expected, "low": low, "high": high, "months": 13}
    assert says in section(printed(with_facts(march, forecast=forecast)), "summary").lead


def test_a_month_before_the_first_complaint_is_not_called_running(march: Month, database: Database) -> None:
    before = Months(database, ZONE, None).get("2026-01", AS_OF)
    assert not before.frozen
    assert "nothing is known of this month" in printed(before).stamp
    running = Months(database, ZONE, None).get(MARCH, datetime(2026, 3, 20, tzinfo=UTC))
    assert "frozen under the hash" in printed(running).stamp  # it was, when it was over


# --- drawings and tables


def test_a_course_of_one_month_is_named_and_not_drawn(march: Month, database: Database) -> None:
    trends = section(printed(march), "trends")
    assert not any(isinstance(block, Charts) for block in trends.blocks)
    assert trends.lead == ""
    assert any(text.startswith("Only one month has a value") for text in texts(trends))
    april = section(printed(Months(database, ZONE, None).get("2026-04", AS_OF)), "trends")
    assert any(isinstance(block, Charts) for block in april.blocks)


def two_groups(march: Month, n: int) -> Month:
    """As if some of the month's complaints had been of another category and all scored low."""
    figures = dict(march.facts["figures"])
    for name in ("received", "csat"):
        group = dict(figures["received"]["by"]["category"][0])
        low = {"n": n, "value": n if name == "received" else 0.0, "numerator": 0, "pending": 0}
        groups = [{**group, **low, "key": "billing"}, *figures[name]["by"]["category"]]
        whole = {**figures[name]["whole"], "value": 9}
        figures[name] = {**figures[name], "by": {**figures[name]["by"], "category": groups}, "whole": whole}
    return with_facts(march, figures=figures)


@pytest.mark.parametrize(("n", "tone"), [(7, ""), (8, "bad")])
def test_a_share_of_a_few_is_shown_beside_their_number_and_not_judged(
    march: Month, n: int, tone: str
) -> None:
    document = printed(two_groups(march, n))
    table = next(block for block in section(document, "breakdowns").blocks if isinstance(block, Table))
    assert table.columns[:3] == ("Category", "Complaints received", "Satisfaction")
    row = next(row for row in table.rows if row[0].text == "Billing")
    assert (row[1].text, row[2].text, row[2].tone) == (str(n), "0%", tone)


def test_groups_of_a_figure_stand_by_size_and_ages_as_they_grow(march: Month) -> None:
    words, links = Words(shipped()[1], "en"), Links("", MARCH)
    part = {**march.facts["figures"]["backlog"]["whole"], "pending": 0, "withdrawn": 0}
    groups = {
        "category": [{**part, "key": key, "n": n, "value": n} for key, n in (("a", 1), ("b", 5), (None, 5))],
        "age": [{**part, "key": key, "n": 1, "value": 1} for key in ("3_to_7_days", "over_30_days", "to_1_day")],
        "region": [{**part, "key": None, "n": 6, "value": 6}],
    }  # fmt: skip
    one = {"unit": "count", "by": groups}
    category, age, untold = figure_tables(words, "backlog", one, links)
    assert isinstance(category, Table)
    assert isinstance(age, Table)
    assert category.columns == ("Category", "This month")
    assert [(row[0].text, row[1].text) for row in category.rows] == [
        ("b", "5"),
        ("not given", "5"),
        ("a", "1"),
    ]
    assert all(row[1].href for row in category.rows)
    assert [row[0].text for row in age.rows] == ["up to 1 day", "3–7 days", "over 30 days"]
    assert isinstance(untold, Text)
    assert "Region" in untold.text


def test_the_balance_ends_with_the_number_of_the_first_page(march: Month) -> None:
    backlog = march.facts["figures"]["backlog"]
    figures = {**march.facts["figures"], "backlog": {**backlog, "whole": {**backlog["whole"], "n": 40}}}
    identity = {**march.facts["identity"], "open_end": 48, "in_survey": 3}
    table = section(printed(with_facts(march, figures=figures, identity=identity)), "identity").blocks[0]
    assert isinstance(table, Table)
    assert [(row[0].text, row[1].number) for row in table.rows[-4:]] == [
        ("= not closed at the end", 48), ("of these: waiting for a score", 3),
        ("of these: merged, void or withdrawn since", 5), ("of these: open, as on the first page", 40),
    ]  # fmt: skip
    assert "since" not in str(section(printed(march), "identity").blocks[0])


# --- the other shapes


def test_numbers_of_the_workbook_are_numbers_and_lead_on(march: Month) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx.render(printed(two_groups(march, 8))))) as book:
        names = re.findall(r'<sheet name="([^"]+)" sheetId="(\d+)"', book.read("xl/workbook.xml").decode())
        sheets = {
            name: book.read(f"xl/worksheets/sheet{number}.xml").decode() for name, number in names
        }  # fmt: skip
    assert {"On one page", "Breakdowns", "All breakdowns", "All figures"} <= set(sheets)
    assert "<hyperlink" in sheets["On one page"]
    assert re.search(r'<c r="B5" s="\d+"><v>9</v>', sheets["On one page"])
    assert re.search(r'<c r="B\d+" s="\d+"><v>8</v>', sheets["Breakdowns"])
    assert 'state="frozen"' in sheets["All figures"]
    for name, sheet in sheets.items():
        assert 'orientation="landscape"' in sheet, name


@pytest.mark.usefixtures("pango")
def test_nothing_of_the_style_is_unknown_to_what_draws_the_pdf(
    march: Month, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        assert pdf.render(printed(march))
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


def test_what_is_wide_may_be_moved_on_a_narrow_page(march: Month) -> None:
    page = html.whole(printed(two_groups(march, 8)))
    assert '<div class="wide"><svg' in page


# --- at the desk


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        opened.survey_sent()
        opened.built.clock.now += timedelta(days=14)
        yield opened


def test_any_month_is_chosen_from_the_list_of_months(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    assert '<input type="month" id="month" name="month"' in browser.get("/desk/review").text
    chosen = browser.get("/desk/review?month=2026-11&language=en")
    assert (chosen.status_code, chosen.url.path) == (200, "/desk/review/2026-11")
    for odd in ("//elsewhere.example", "..%2F..", "2026-13"):
        answer = browser.get(f"/desk/review?month={quote(odd)}")
        assert answer.status_code in (404, 409)
        assert str(answer.url).startswith(f"{PUBLIC_URL}/desk/review/")


def test_pages_behind_a_number_are_named_after_it_and_say_when_nothing_is_left(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    page = browser.get("/desk/review/2026-11/figures/received?language=en").text
    assert "<title>Complaints received · " in page
    empty = browser.get("/desk/review/2026-11/cases?figure=received&by=category&key=none&language=en").text
    assert "There is none now" in empty
    assert "<table" not in empty
