"""The catalogue of the customers' pages is whole in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.texts import CUSTOMERS, STAFF, TextMissing, catalogue, preferred, texts_of

DESK = Path(__file__).resolve().parents[3] / "desk"
USED = re.compile(r"""\bt\(\s*(?:f?["'])([a-z_0-9]+(?:\.[a-z_0-9]+)*)["'](?!\s*~)""")
STATUSES = ("received", "handling", "waiting_customer", "fulfilling", "surveying", "reviewing")
ENDED = ("closed", "withdrawn", "merged", "void")


def keys(entries: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in entries.items():
        if isinstance(value, Mapping):
            yield from keys(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", value


@pytest.mark.parametrize("of", [CUSTOMERS, STAFF])
def test_both_languages_say_the_same_things_with_the_same_blanks(of: str) -> None:
    blanks = [
        {key: set(re.findall(r"{(\w+)", text)) for key, text in keys(catalogue(of)[language])}
        for language in ("zh", "en")
    ]
    for one in blanks:
        one.pop("moment", None)  # months are numbers in one, names in the other
    assert blanks[0] == blanks[1]


def test_every_text_that_a_page_names_exists() -> None:
    sources = [p.read_text("utf-8") for p in (*DESK.rglob("*.html"), *DESK.glob("*.py"))]
    named = {key for source in sources for key in USED.findall(source)}
    known = {key for of in (CUSTOMERS, STAFF) for key, _ in keys(catalogue(of)["en"])}
    assert len(named) > 30
    assert named <= known


def test_every_status_has_a_sentence_about_what_comes_next() -> None:
    known = {key for key, _ in keys(catalogue()["zh"])}
    assert {f"next.{status}" for status in (*STATUSES, *ENDED)} <= known
    assert {f"next.{status}_undated" for status in STATUSES} <= known


def test_moments_are_told_on_the_customers_clock() -> None:
    at = datetime(2026, 11, 18, 22, 5, tzinfo=UTC)
    assert texts_of("zh-CN").moment(at, "Asia/Shanghai") == "11月19日 06:05"
    assert texts_of("en").moment(at, "Europe/London") == "18 November, 22:05"


def test_money_is_told_without_an_empty_fraction() -> None:
    assert texts_of("en").money(129900) == "CNY 1,299"
    assert texts_of("zh").money(12950) == "129.50 元"


def test_a_missing_text_is_a_fault_that_names_it() -> None:
    with pytest.raises(TextMissing, match=r"track\.nothing"):
        texts_of("en")("track.nothing")


@pytest.mark.parametrize(("header", "language"), [("en-GB,zh;q=0.5", "en"), ("zh-CN,en", "zh"), ("", "zh")])
def test_a_stranger_gets_the_language_their_browser_asks_for(header: str, language: str) -> None:
    assert preferred(header) == language
