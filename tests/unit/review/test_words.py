"""The review can say in both languages everything that it can count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from complaints.reading import CATEGORIES
from complaints.review.finding import Sure
from process_definitions.catalogue import load_catalogue
from review.baseline import CHANGES
from review.composing import GROUPS
from review.targets import Target, targets
from review.verdicts import met
from review.words import Words, catalogue
from store.queries.figures import FIGURES, Cohort, Dimension, Unit
from store.queries.review.facts import HEADLINES

BOOKS = load_catalogue()


def keys(entries: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in entries.items():
        if isinstance(value, Mapping):
            yield from keys(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", value


def test_both_languages_say_the_same_with_the_same_blanks() -> None:
    blanks = []
    for language in ("zh", "en"):
        found = {key: set(re.findall(r"{(\w+)", text)) for key, text in keys(catalogue()[language])}
        del found["month"], found["short_month"]  # numbers in one, names in the other
        blanks.append(found)
    assert blanks[0] == blanks[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_is_counted_has_its_word(language: str) -> None:
    entries = catalogue()[language]
    assert set(entries["figures"]) == set(FIGURES)
    assert {str(by) for by in Dimension} <= set(entries["dimension"])
    assert {str(unit) for unit in Unit} <= set(entries["unit"])
    assert {str(cohort) for cohort in Cohort} <= set(entries["cohort"])
    assert {d.reason for d in FIGURES.values() if d.reason} <= set(entries["reason"])
    assert {str(sure) for sure in Sure} <= set(entries["sure"])
    for kind in {"cause", *(kind for _, kinds in GROUPS for kind in kinds)}:
        assert {kind, f"{kind}_text"} <= set(entries["finding"])


def test_targets_are_those_of_known_figures() -> None:
    assert set(targets()) <= set(FIGURES)
    assert set(HEADLINES) <= set(FIGURES)
    assert targets()["completion"].met(0.98)
    assert targets()["completion"].met(0.9799) is False
    assert targets()["dispatch_time"].met(601) is False
    assert Target("less").met(1.0) is None
    assert targets()["csat"].met(None) is None


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("share", 0.98374, "98.4%", "98.4%"), ("share", 0.9999, "99.9%", "99.9%"), ("share", 1, "100%", "100%"),
        ("share", 0.0001, "0.1%", "0.1%"), ("share", 0, "0%", "0%"), ("share", None, "不适用", "n/a"),
        ("seconds", 59, "59 秒", "59 s"), ("seconds", 3_599, "1 小时", "1 h"),
        ("seconds", 3_900, "1 小时 05 分", "1 h 05 min"),
        ("seconds", 172_800, "2 天", "2 d"), ("seconds", 100_000, "27 小时 47 分", "27 h 47 min"),
        ("seconds", 187_200, "2 天 4 小时", "2 d 4 h"), ("money", 1_295_050, "12,950.50 元", "CNY 12,950.50"),
        ("points", -52, "−52", "−52"), ("points", 14, "+14", "+14"), ("count", 1_234, "1,234", "1,234"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(unit: str, value: float | None, zh: str, en: str) -> None:
    assert (Words(BOOKS, "zh-CN").value(unit, value), Words(BOOKS, "en").value(unit, value)) == (zh, en)


def test_a_change_of_a_share_is_told_in_points_and_of_nothing_as_na() -> None:
    words = Words(BOOKS, "en")
    assert words.change("share", 0.626, 0.652) == "−2.6 pp"
    assert words.change("count", 197, 168) == "+17%"
    assert words.change("count", 5, 0) == "n/a"
    assert words.change("share", None, 0.5) == "n/a"


def test_a_group_that_the_organisation_no_longer_has_keeps_its_key() -> None:
    assert Words(BOOKS, "en").group("department", "logistics") == "Logistics"
    assert Words(BOOKS, "zh").group("department", "closed_down") == "closed_down"
    assert Words(BOOKS, "zh").group("product", None) == "未填写"


def test_everything_that_can_be_na_says_why() -> None:
    for language in ("zh", "en"):
        entries = catalogue()[language]
        can_be_na = {
            name for name, d in FIGURES.items() if str(d.unit) not in ("count", "money") and not d.reason
        }
        assert can_be_na | set(CHANGES) == set(entries["nothing"])


def test_categories_are_called_as_managers_call_them_and_else_as_the_organisation_does() -> None:
    assert set(BOOKS.names["category_short"]) == set(CATEGORIES)
    assert set(BOOKS.names["remedy_short"]) == set(BOOKS.names["remedy"])
    own = replace(
        BOOKS, names={kind: keys for kind, keys in BOOKS.names.items() if not kind.endswith("_short")}
    )
    assert Words(own, "en").group("category", "service_attitude") == "How you were treated"
    assert Words(BOOKS, "en").group("category", "service_attitude") == "Staff attitude"
    assert Words(BOOKS, "en").group("solution", "logistics:refund") == "Delivery: Refund"
    assert (
        Words(BOOKS, "zh").group("solution", "library:quality_care_advice") == "知识库答复「清洗与保养方法」"
    )
    assert Words(BOOKS, "en").zone("Asia/Shanghai") == "Beijing time"
    assert Words(BOOKS, "zh").zone("Europe/Berlin") == "Europe/Berlin 时间"


def test_a_miss_that_what_is_pending_could_mend_is_not_judged() -> None:
    ten = {"n": 10, "value": 0.9}
    assert met("completion", {**ten, "pending": 0}) is False
    assert met("completion", {**ten, "pending": 1}) is None
    assert met("completion", {"n": 10, "value": 0.8, "pending": 1}) is False
    assert met("completion", {"n": 10, "value": 1.0, "pending": 0}) is True
    assert met("csat", {"n": 10, "value": 0.8, "pending": 5}) is False
    assert met("received", {"n": 10, "value": 10, "pending": 0}) is None
