"""The review can say in both languages everything that it can count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from complaints.review.finding import Sure
from process_definitions.catalogue import load_catalogue
from review.composing import GROUPS
from review.targets import Target, targets
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
    assert words.change("share", 0.626, 0.652) == "−2.6 points"
    assert words.change("count", 197, 168) == "+17%"
    assert words.change("count", 5, 0) == "n/a"
    assert words.change("share", None, 0.5) == "n/a"


def test_a_group_that_the_organisation_no_longer_has_keeps_its_key() -> None:
    assert Words(BOOKS, "en").group("department", "logistics") == "Logistics"
    assert Words(BOOKS, "zh").group("department", "closed_down") == "closed_down"
    assert Words(BOOKS, "zh").group("product", None) == "未填写"
