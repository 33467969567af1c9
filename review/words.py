"""The words of the report in one language, and numbers as that language writes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from complaints.books import Books
from complaints.errors import ComplaintError, Fault

KINDS = {
    "department": "department", "channel": "channel", "tier": "tier", "urgency": "urgency",
}  # fmt: skip
"""Dimension to the kind of name that the organisation's books keep."""
SHORT = {"category": "category_short", "remedy": "remedy_short"}
"""Kinds that letters word for customers: the short names that managers read."""
OWN = ("clock", "age", "customer_group", "change")
"""What the report has its own names for."""

QUALIFIED = ("category", "channel", "department", "product", "region", "tier", "hour", "activity")


class WordMissing(Fault):
    """The report needs words that review/words.toml lacks."""

    code = "word-missing"

    def __init__(self, key: str) -> None:
        super().__init__(f"review/words.toml has no {key!r}: add it in both languages")


class Words:
    """One language, and the organisation's own names in it."""

    def __init__(self, books: Books, language: str) -> None:
        self.language = "zh" if language.lower().partition("-")[0] == "zh" else "en"
        self._books, self._entries = books, catalogue()[self.language]

    def __call__(self, key: str, **values: object) -> str:
        found: Any = self._entries
        for part in key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, str):
            raise WordMissing(key)
        return found.format(**values) if values else found

    def head(self, key: str) -> str:
        """A word at the head of a column."""
        word = self(key)
        return word[:1].upper() + word[1:]

    def has(self, key: str) -> bool:
        table, _, name = key.partition(".")
        return name in self._entries.get(table, {})

    def names(self, table: str) -> list[str]:
        """The keys of a table, in the order in which people read them."""
        return list(self._entries[table])

    @property
    def firm(self) -> str:
        return self._books.name("word", "firm", self.language)

    # --- names

    def month(self, name: str) -> str:
        """2026-11 as 2026年11月, or November 2026."""
        year, month = name.split("-")
        return self("month", year=year, month=int(month), name=self._entries["months"][int(month) - 1])

    def short_month(self, name: str) -> str:
        return self("short_month", month=int(name[5:]), name=self._entries["months"][int(name[5:]) - 1][:3])

    def moment(self, at: datetime, zone: str) -> str:
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"

    def zone(self, name: str) -> str:
        """Whose time it is: 北京时间, or Europe/Berlin time."""
        return self(f"zone.{name}") if self.has(f"zone.{name}") else self("zone_time", zone=name)

    def joined(self, *sentences: str) -> str:
        """One after the other: Chinese leaves no blank between sentences."""
        return ("" if self.language == "zh" else " ").join(sentences)

    def group(self, by: str, key: str | None) -> str:
        """The name of a group; its key where the organisation no longer knows it."""
        if key is None or key == "":
            return self("no_group")
        if by == "activity" or by == "reason":
            return self._named(key, "work")
        if by == "hour":
            return self("hour", begin=key, end=f"{(int(key) + 1) % 24:02d}")
        if by in SHORT:
            return self._named(key, SHORT[by], by)
        if by in OWN and self.has(f"{by}.{key}"):
            return self(f"{by}.{key}")
        if by == "handler":
            return self._person(key)
        if by == "solution":
            first, _, second = key.partition(":")
            if first == "library":
                return self("library_answer", name=self._solution(second))
            remedy = self("answer_alone") if second == "answer" else self.group("remedy", second)
            return self("solution", remedy=remedy, category=self.group("category", first))
        return self._named(key, KINDS[by]) if by in KINDS else key

    def qualified(self, by: str, key: str | None) -> str:
        """A group with its dimension, where its name alone does not say what it is."""
        name = self.group(by, key)
        return self("qualified", by=self(f"dimension.{by}"), group=name) if by in QUALIFIED else name

    def status(self, key: str) -> str:
        return self._named(key, "status")

    def cause(self, key: str) -> str:
        category, _, department = key.partition("|")
        return self(
            "cause_of",
            category=self.group("category", category),
            department=self.group("department", department),
        )

    def _named(self, key: str, *kinds: str) -> str:
        """The name of a key by the first of these kinds that has it."""
        for kind in kinds:
            try:
                name = self._books.name(kind, key, self.language)
            except ComplaintError:  # an installation's own names may lack a kind
                continue
            return name if self.language == "zh" else name[:1].upper() + name[1:]
        return key  # of another time's organisation: its key still tells something

    def _solution(self, key: str) -> str:
        """The title of an answer of the library; its key once it is there no longer."""
        return next((one.title(self.language) for one in self._books.solutions if one.key == key), key)

    def _person(self, key: str) -> str:
        people = self._books.organisation.people
        return people[key].name if key in people else key

    # --- numbers

    def value(self, unit: str, value: float | None) -> str:
        if value is None:
            return self("na")
        match unit:
            case "share":
                return self.share(value)
            case "seconds":
                return self.duration(value)
            case "money":
                return self(
                    "money", amount=f"{value / 100:,.0f}" if value % 100 == 0 else f"{value / 100:,.2f}"
                )
            case "points":
                return f"{value:+.0f}".replace("-", "−")
            case "cycles":
                return f"{value:.0f}"
            case _:
                return f"{value:,.0f}"

    def share(self, value: float) -> str:
        """One place after the point; never 100 for less than all, never 0 for more than none; changes go below."""
        percent = round(value * 100, 1)
        if percent == 100 and value < 1:
            percent = 99.9
        if percent == 0 and value > 0:
            percent = 0.1
        return self("percent", n=f"{percent:.1f}".removesuffix(".0").replace("-", "−"))

    def duration(self, seconds: float) -> str:
        """Two units at most: 35 s, 12 min, 3 h 05 min, 2 d 4 h."""
        whole = round(seconds)
        if whole < 60:
            return self("seconds", n=whole)
        minutes = round(whole / 60)
        if minutes < 60:
            return self("minutes", n=minutes)
        hours, minutes = divmod(minutes, 60)
        if hours < 48:
            return self("hours_minutes", h=hours, m=f"{minutes:02d}") if minutes else self("hours", h=hours)
        days, hours = divmod(hours + (minutes >= 30), 24)
        return self("days_hours", d=days, h=hours) if hours else self("days", d=days)

    def change(self, unit: str, now: float | None, before: float | None) -> str:
        """How far a value moved: points of percent for shares, percent for the rest."""
        if now is None or before is None:
            return self("na")
        if unit == "share":
            return self("percent_points", n=_signed((now - before) * 100, 1))
        if unit in ("points", "cycles"):
            return _signed(now - before, 0)
        return self("percent", n=_signed((now / before - 1) * 100, 0)) if before else self("na")


def _signed(value: float, places: int) -> str:
    text = f"{value:+.{places}f}"
    return ("±0" if float(text) == 0 else text).replace("-", "−")


@cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("review").joinpath("words.toml").read_text("utf-8"))
