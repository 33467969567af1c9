"""Months in which little or something odd happened: every figure right or n/a, in both languages and every shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from cases.opening import Complainant
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from complaints.review.finding import Sure
from process_definitions.loader import read_bundle
from review import html, markdown, xlsx
from review.composing import CARDS, compose
from review.month import Month, Months
from store.database import Database
from store.queries.review.snapshots import take
from store.tables import Case, Customer, DailySnapshot, FrozenMonth, History, MonthFinding
from tests.contract.casework import shipped
from tests.contract.desk_house import TEXT, House, open_house
from tests.contract.figures.population import AS_OF, ZONE
from tests.contract.figures.test_months import small_store, whole

MARCH = "2026-03"


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def printed(month: Month) -> dict[str, str]:
    """The whole document in both languages; every shape of it comes about."""
    _, books = shipped()
    found = {}
    for language in ("zh", "en"):
        document = compose(month, books, language, "https://amends.example")
        assert html.whole(document)
        assert xlsx.render(document)
        found[language] = markdown.render(document)
        assert "nan" not in re.split(r"\W", found[language])
    return found


def unknown(month: Month) -> set[str]:
    return {name for name in month.facts["figures"] if whole(month, name)["value"] is None}


def card(text: str, name: str) -> str:
    """The line of a headline figure."""
    return next(line for line in text.splitlines() if re.match(rf"- \[{name}\]", line))


def test_a_quiet_month_between_others_has_zeros_and_says_why_there_is_no_rate(database: Database) -> None:
    small_store(database, at(1, 5), at(1, 6), at(3, 7))
    month = Months(database, ZONE, None).get("2026-02", AS_OF)
    assert month.frozen
    assert (whole(month, "received")["value"], whole(month, "received")["month_before"]) == (0, None)
    assert {"csat", "completion", "resolution_time", "clock_attainment", "repeat_rate", "nps"} <= unknown(
        month
    )
    assert not {"received", "closed", "backlog", "redress_paid"} & unknown(month)
    assert month.facts["findings"] == []
    text = printed(month)
    assert "No complaint came in this month" in text["en"]
    assert "本月没有收到投诉，也没有办结或到期的事项。" in text["zh"]
    assert "none was received this month" in card(text["en"], "Completed in 30 days")
    assert "不适用" in card(text["zh"], "满意度")
    assert "办结的投诉没有客户评分" in card(text["zh"], "满意度")
    march = Months(database, ZONE, None).get(MARCH, AS_OF)
    assert whole(march, "received")["month_before"] == 0
    received = card(printed(march)["en"], "Complaints received")
    assert received.endswith("– month before 0")  # no percentage of nothing


def test_one_complaint_makes_figures_and_no_finding(database: Database) -> None:
    small_store(database, at(3, 5))
    month = Months(database, ZONE, None).get(MARCH, AS_OF)
    assert whole(month, "completion")["value"] == 1
    assert (whole(month, "resolution_time")["value"], whole(month, "acknowledgement_time")["value"]) == (
        3_600,
        300,
    )
    assert month.facts["findings"] == []
    assert month.facts["forecast"] is None
    text = printed(month)
    assert "Nothing can be said with enough certainty" in text["en"]
    assert "类别：全部为物流配送，共 1 件。" in text["zh"]
    assert "no earlier month to compare" in card(text["en"], "Complaints received")
    assert "历史不足三个月" in text["zh"]


def test_a_month_of_merged_complaints_counts_them_nowhere_but_in_the_balance(database: Database) -> None:
    small_store(database, *(at(3, day) for day in range(1, 6)), ends="merged")
    month = Months(database, ZONE, None).get(MARCH, AS_OF)
    rates = {name for name, one in month.facts["figures"].items() if one["unit"] == "share"}
    assert rates <= unknown(month)
    identity = month.facts["identity"]
    assert (identity["received"], identity["merged"], identity["open_end"]) == (5, 5, 0)
    text = printed(month)
    assert "| − merged | 5 |" in text["en"]
    assert "All complaints that came in (5) were merged, void or withdrawn" in text["en"]
    assert "No complaint came in" not in text["en"]
    assert not re.search(r"\d%", "\n".join(line for line in text["zh"].splitlines() if line.startswith("- [")
                                           and "目标" not in line))  # fmt: skip


def test_a_month_whose_last_complaints_have_their_thirty_days_before_them_is_not_judged(
    database: Database,
) -> None:
    small_store(database, *(at(3, day) for day in range(1, 10)))
    small_store_open(database, at(3, 20))
    month = Months(database, ZONE, None).get(MARCH, at(4, 1))
    completion = whole(month, "completion")
    assert (completion["value"], completion["pending"]) == (0.9, 1)
    line = card(printed(month)["en"], "Completed in 30 days")
    assert "(missed)" not in line
    assert "not decided yet: 1" in line
    april = Months(database, ZONE, None).get("2026-04", at(5, 3))
    known = april.facts["afterwards"][-1]
    assert (known["month"], known["figures"]["completion"]["pending"]) == (MARCH, 0)
    assert "What earlier months turned out to be" in printed(april)["en"]
    assert "| 30 天办结率 | [90%]" in printed(april)["zh"]


def small_store_open(database: Database, received: datetime) -> None:
    """One more complaint, that is still being handled."""
    with database.write() as session:
        session.add(Customer(id="c-open", created_at=received))
        session.flush()
        session.add(Case(
            id="case-open", ref="AM-OPEN", bundle="b", customer_id="c-open", channel="app", external_id="x-open",
            occurred_at=received, received_at=received, status="handling", tier="medium", category="logistics",
            department="logistics", cycle_started_at=received,
        ))  # fmt: skip
        session.flush()
        session.add(
            History(case_id="case-open", seq=1, at=received, what="received", actor="amends", hash="-")
        )


@pytest.mark.parametrize(("taken", "says"), [
    ((), "No day of the month has a snapshot"), ((3, 4, 9), r"left out of the drawing: 28\."),
])  # fmt: skip
def test_days_without_a_snapshot_are_told_and_never_drawn(
    database: Database, taken: tuple[int, ...], says: str
) -> None:
    small_store(database, at(3, 2), at(3, 8))
    with database.write() as session:
        for day in taken:
            take(session, ZONE, at(3, day + 1, 6))
            session.flush()
        for row in session.exec(select(DailySnapshot)).all():
            if int(row.day[8:]) not in taken:
                session.delete(row)
    month = Months(database, ZONE, None).get(MARCH, AS_OF)
    assert [int(d["day"][8:]) for d in month.facts["days"] if d["open"] is not None] == list(taken)
    assert re.search(says, printed(month)["en"])


def contacted_after_eight_hours(house: House, customer: str) -> str:
    who = Complainant(id=customer, name="王芳", phone=None, email=f"{customer}@example.org", language="zh")
    ref = house.built.file(TEXT, customer=who)
    item = house.item(ref, "resolve")
    handler = Actor(item["assignee"], "specialist")
    house.built.step(ref, ActOnItem(item["id"], "confirm", handler))
    house.built.pass_time(hours=8)
    house.built.step(ref, ActOnItem(item["id"], "note", handler, reason="contact", text="已致电"))
    return ref


def test_each_clock_is_judged_by_the_definition_it_began_under(store_url: str) -> None:
    """First contact within twelve hours; from the middle of the month on within six."""
    with open_house(store_url) as house:
        casework = house.built.casework
        before = contacted_after_eight_hours(house, "c-a")
        bundle, books = shipped()
        table = bundle.files["clocks.dmn"]
        assert table.count('"PT12H"') == 1
        files = {**bundle.files, "clocks.dmn": table.replace('"PT12H"', '"PT6H"')}
        with casework.database.write() as session:
            casework.shelf.publish(session, read_bundle(files), house.built.clock.now)
        after = contacted_after_eight_hours(house, "c-b")
        lengths = {
            ref: next(
                datetime.fromisoformat(clock["due_at"]) - datetime.fromisoformat(clock["started_at"])
                for clock in house.seen(ref)["clocks"] if clock["name"] == "first_contact"
            )
            for ref in (before, after)
        }  # fmt: skip
        assert lengths == {before: timedelta(hours=12), after: timedelta(hours=6)}
        house.built.pass_time(days=12)
        month = Months(casework.database, "Asia/Shanghai", None).get("2026-11", house.built.clock.now)
        by = {g["key"]: g for g in month.facts["figures"]["clock_attainment"]["by"]["clock"]}
        assert (by["first_contact"]["n"], by["first_contact"]["value"]) == (2, 0.5)
        found = {language: markdown.render(compose(month, books, language, "")) for language in ("zh", "en")}
        assert card(found["en"], "Clocks met")
        assert len([line for line in found["zh"].splitlines() if line.startswith("- [")]) >= len(CARDS)


def test_a_finding_is_kept_however_sure_it_is(database: Database) -> None:
    with database.write() as session:
        session.add(FrozenMonth(month=MARCH, zone=ZONE, as_of=AS_OF, data="{}", hash=""))
        session.flush()
        for place, sure in enumerate(Sure, 1):
            session.add(MonthFinding(month=MARCH, kind="weak", key=sure, position=place, sure=sure, cases=1))
    with database.read() as session:
        assert set(session.exec(select(MonthFinding.sure)).all()) == set(Sure)
