"""The word lists of the keyword reader as typed values, made from plain data and checked at load."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from complaints.errors import Fault
from complaints.reading.reading import CATEGORIES, Category

FEATURES = (
    "danger", "injury", "takeover", "recurring", "leak", "authority", "threat", "outage", "vital", "many",
    "consequence", "leaving", "repeated", "again", "failure", "question", "no_loss", "loss", "settled",
)  # fmt: skip
SENTIMENTS = ("very_negative", "negative", "positive")
CURRENCIES = ("CNY", "USD", "EUR")


class KeywordsError(Fault):
    """The keyword lists cannot be used; the message names the entry and what to change."""

    code = "keywords"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing to look for: `pattern` finds it, `spare` blanks out look-alikes first."""

    name: str
    pattern: re.Pattern[str]
    spare: re.Pattern[str] | None = None
    deniable: bool = False


@dataclass(frozen=True, slots=True)
class Confidence:
    """Points of the confidence, 0 to 100 (see keywords.toml for what each is given for)."""

    none: int
    found: int
    grave: int
    margin_clear: int
    margin_slight: int
    long_text: int
    long_text_from: int
    mixed: int
    doubt: int


@dataclass(frozen=True, slots=True)
class Money:
    """How stated amounts become a loss: words that must stand near, and CNY minor units for a major unit."""

    near: re.Pattern[str]
    before: int
    after: int
    before_latin: int
    after_latin: int
    rates: Mapping[str, int]
    running: int
    """Deductions that go on are urgent from this many CNY minor units."""


@dataclass(frozen=True, slots=True)
class Context:
    """Denials and hedges, and how many characters before a find they count."""

    denials: re.Pattern[str]
    hedges: re.Pattern[str]
    reach: int
    reach_latin: int


@dataclass(frozen=True, slots=True)
class Keywords:
    """Everything the keyword reader looks for. Compiled once, shared freely."""

    features: Mapping[str, Feature]
    sentiment: Mapping[str, Feature]
    categories: Mapping[Category, tuple[tuple[int, re.Pattern[str]], ...]]
    """Weight and pattern, in the order of `CATEGORIES`."""
    context: Context
    money: Money
    confidence: Confidence


def keywords_from(data: Mapping[str, Any]) -> Keywords:
    """Type and compile data shaped like `keywords.toml`; `KeywordsError` for a gap or a bad pattern."""
    context, money, points = (_table(data, name) for name in ("context", "money", "confidence"))
    return Keywords(
        features={name: _feature(name, _table(data, "features", name)) for name in FEATURES},
        sentiment={name: _feature(name, _table(data, "sentiment", name)) for name in SENTIMENTS},
        categories={name: _weighted(name, _table(data, "categories", name)) for name in CATEGORIES},
        context=Context(
            denials=_compile("context.denials", context.get("denials")),
            hedges=_compile("context.hedges", context.get("hedges")),
            reach=_integer(context, "context", "reach"),
            reach_latin=_integer(context, "context", "reach_latin"),
        ),
        money=Money(
            near=_compile("money.near", money.get("near")),
            before=_integer(money, "money", "before"),
            after=_integer(money, "money", "after"),
            before_latin=_integer(money, "money", "before_latin"),
            after_latin=_integer(money, "money", "after_latin"),
            rates={
                code: _integer(_table(data, "money", "rates"), "money.rates", code) for code in CURRENCIES
            },
            running=_integer(_table(data, "money", "thresholds"), "money.thresholds", "running"),
        ),
        confidence=Confidence(
            **{name: _integer(points, "confidence", name) for name in Confidence.__dataclass_fields__}
        ),
    )


_ENDLESS = re.compile(r"(?<!\\)[+*]|\{\d+,\}")


def repeats_endlessly(entry: str) -> bool:
    """Whether a pattern may repeat without a limit. A customer could then stall the reader with one long text."""
    return _ENDLESS.search(entry) is not None


def _table(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    here: Any = data
    for step in path:
        here = here.get(step) if isinstance(here, Mapping) else None
    if not isinstance(here, Mapping):
        raise KeywordsError(f"keywords: the table [{'.'.join(path)}] is missing; add it")
    return here


def _integer(table: Mapping[str, Any], path: str, name: str) -> int:
    value = table.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise KeywordsError(f"keywords: {path}.{name} must be a whole number, not {value!r}")
    return value


def _feature(name: str, table: Mapping[str, Any]) -> Feature:
    spare = table.get("spare")
    return Feature(
        name=name,
        pattern=_compile(f"{name}.patterns", table.get("patterns")),
        spare=None if spare is None else _compile(f"{name}.spare", spare),
        deniable=bool(table.get("deniable", False)),
    )


def _weighted(name: str, table: Mapping[str, Any]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    found: list[tuple[int, re.Pattern[str]]] = []
    for weight, entries in table.items():
        if not weight.isdecimal():
            raise KeywordsError(
                f"keywords: categories.{name}.{weight}: the key must be a weight, a whole number"
            )
        if not isinstance(entries, list):
            raise KeywordsError(f"keywords: categories.{name}.{weight} must be a list of patterns")
        found += [(int(weight), _compile(f"categories.{name}.{weight}", [entry])) for entry in entries]
    return tuple(found)


def _compile(where: str, entries: Sequence[str] | None) -> re.Pattern[str]:
    """One pattern of all entries; an entry that begins with a Latin letter begins at a word boundary."""
    if not entries:
        raise KeywordsError(f"keywords: {where} has no entries; give at least one pattern")
    bounded: list[str] = []
    for entry in entries:
        if repeats_endlessly(entry):
            raise KeywordsError(
                f"keywords: {where}: {entry!r} repeats without limit: write {{0,12}} instead of * or +"
            )
        edge = r"(?<![A-Za-z])" if re.match(r"\(?[A-Za-z]", entry) else ""
        try:
            re.compile(entry)
        except re.error as fault:
            raise KeywordsError(
                f"keywords: {where}: {entry!r} is not a regular expression: {fault}"
            ) from fault
        bounded.append(f"{edge}(?:{entry})")
    return re.compile("|".join(bounded), re.IGNORECASE)
