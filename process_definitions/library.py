"""The solution library: what is answered to complaints that come again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Template, TemplateError

from complaints.reading import CATEGORIES
from complaints.reading.keywords import repeats_endlessly
from process_definitions.letters import LANGUAGES, letter_environment, unknown_variables
from process_definitions.sheet import CatalogueError, Sheet

PLACEHOLDERS = frozenset({"ref", "customer", "order_id"})

_FITS = 70
_EACH_MORE = 10
_WANTED = 10


@dataclass(frozen=True, slots=True)
class Solution:
    """One entry. `light`: may be sent without a person."""

    key: str
    category: str
    light: bool
    any: tuple[re.Pattern[str], ...]
    all: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    wants: frozenset[str]
    needs_order: bool
    titles: Mapping[str, str]
    answers: Mapping[str, Template]

    def fit(self, text: str, *, wants: str | None, order_id: str | None) -> int:
        """How well it fits, 0 to 100: 70 for the first keyword, 10 for each further and for the wish.

        0 when no keyword of `any` is there, one of `all` is missing, one of `unless` is there, the
        customer wants something else, or a needed order is not named.
        """
        hits = sum(pattern.search(text) is not None for pattern in self.any)
        refused = (
            not hits
            or not all(pattern.search(text) for pattern in self.all)
            or any(pattern.search(text) for pattern in self.unless)
            or (self.needs_order and not order_id)
            or (bool(self.wants) and wants is not None and wants not in self.wants)
        )
        if refused:
            return 0
        wanted = _WANTED if wants is not None and wants in self.wants else 0
        return min(100, _FITS + _EACH_MORE * (hits - 1) + wanted)

    def answer(self, language: str, values: Mapping[str, object]) -> str:
        """The customer's text in Chinese for any `zh` tag, else in English; `values` hold `PLACEHOLDERS`."""
        try:
            return self.answers[_spoken(language)].render(values)
        except TemplateError as failed:
            raise CatalogueError(f"solution {self.key!r}: {failed.message}; hand the value in") from failed

    def title(self, language: str) -> str:
        return self.titles[_spoken(language)]


def solutions_from(sheet: Sheet) -> tuple[Solution, ...]:
    """Typed entries of `solutions.toml`, in the order of the file."""
    return tuple(_solution(key, entry) for key, entry in sheet.tables())


def _solution(key: str, entry: Sheet) -> Solution:
    entry.only(
        "category", "light", "any", "all", "unless", "wants", "needs_order", "title", "answer",
    )  # fmt: skip
    category = entry.text("category")
    if category not in CATEGORIES:
        raise CatalogueError(f"{entry.where}: {category!r} is no category; known are {', '.join(CATEGORIES)}")
    if not entry.texts("any"):
        raise CatalogueError(f"{entry.where}: give at least one keyword under any")
    titles, answers = entry.table("title").only(*LANGUAGES), entry.table("answer").only(*LANGUAGES)
    return Solution(
        key=key, category=category, light=entry.flag("light"),
        any=_patterns(entry, "any"), all=_patterns(entry, "all"), unless=_patterns(entry, "unless"),
        wants=frozenset(entry.texts("wants")), needs_order=entry.flag("needs_order"),
        titles={language: titles.text(language) for language in LANGUAGES},
        answers={language: _template(answers, language) for language in LANGUAGES},
    )  # fmt: skip


def _patterns(entry: Sheet, name: str) -> tuple[re.Pattern[str], ...]:
    if endless := [text for text in entry.texts(name) if repeats_endlessly(text)]:
        raise CatalogueError(
            f"{entry.where}: {name}: {endless[0]!r} repeats without limit: write {{0,12}} instead of * or +"
        )
    try:
        return tuple(re.compile(text, re.IGNORECASE) for text in entry.texts(name))
    except re.error as broken:
        raise CatalogueError(f"{entry.where}: {name}: {broken.pattern!r}: {broken}") from broken


def _template(answers: Sheet, language: str) -> Template:
    text, environment = answers.text(language), letter_environment()
    try:
        unknown = unknown_variables(environment, text, PLACEHOLDERS)
    except TemplateError as broken:
        raise CatalogueError(f"{answers.where}.{language}: {broken.message}") from broken
    if unknown:
        raise CatalogueError(
            f"{answers.where}.{language}: unknown placeholder {unknown[0]!r}; known are ref, customer, order_id"
        )
    return environment.from_string(text)


def _spoken(language: str) -> str:
    return "zh" if language.lower().partition("-")[0] == "zh" else "en"
