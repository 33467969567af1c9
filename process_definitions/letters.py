"""Message templates: one file for each key and language, `KEY.LANGUAGE.j2`, with the subject in the first line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateError, Undefined, meta
from jinja2.sandbox import SandboxedEnvironment

from complaints.errors import near
from process_definitions.sheet import CatalogueError

LANGUAGES = ("zh", "en")
VARIABLES = frozenset({
    "ref", "customer", "firm", "link", "due", "department", "handler", "decision", "reason", "remedy", "amount_text",
    "options", "score", "cycle", "task", "work_item", "tier", "category", "apology", "speaker", "may_propose",
    "month", "headlines", "findings", "title", "absent", "lead", "others", "low",
})  # fmt: skip
"""What a template may name. `due` and `month` are formatted text, `options` a list of title, text and recommended,
`headlines` and `findings` lists of lines, `title` that of an improvement action; `apology` is its level, 1 to 3,
`speaker` the name of who says it; `may_propose` whether the customer may answer with a proposal of their own; of a
mass matter `lead` is the complaint that leads it, `others` how many follow or followed it, `low` how many of those
scored low; tier, category, department, decision and remedy are names in the language of the letter."""

_SUBJECT = "Subject: "
_SEVERE = frozenset({"severe", "严重"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered message: a subject of one line, and plain text."""

    subject: str
    body: str


class Templates:
    """All templates of a folder, compiled and checked once: both languages, a subject, known variables only."""

    def __init__(self, files: Mapping[str, str], names: Mapping[str, Mapping[str, str]]) -> None:
        """`files`: text by file name. `names`: for each language the words every letter may use (`firm`)."""
        environment = letter_environment()
        self._names = names
        self._texts = {}
        for file, text in files.items():
            match = re.fullmatch(r"(?P<key>[a-z0-9_]+)\.(?P<language>[a-z]+)\.j2", file)
            if match is None or match["language"] not in LANGUAGES:
                raise CatalogueError(
                    f"templates/{file}: name it KEY.LANGUAGE.j2 with {' or '.join(LANGUAGES)}"
                )
            _check(environment, file, text)
            self._texts[match["key"], match["language"]] = environment.from_string(text)
        self.keys = frozenset(key for key, _ in self._texts)
        if lone := sorted(
            k for k in self.keys if any((k, language) not in self._texts for language in LANGUAGES)
        ):
            raise CatalogueError(f"templates/{lone[0]}: write it in {' and '.join(LANGUAGES)}")

    def render(self, key: str, language: str, **values: object) -> Letter:
        """The letter in Chinese for any `zh` tag, else in English.

        `CatalogueError` for an unknown key, or when a value that the text needs was not given.
        """
        if key not in self.keys:
            raise CatalogueError(f"there is no template {key!r}{near(key, self.keys)}")
        spoken = "zh" if language.lower().partition("-")[0] == "zh" else "en"
        try:
            text = self._texts[key, spoken].render({**self._names[spoken], **values})
        except TemplateError as failed:
            raise CatalogueError(
                f"templates/{key}.{spoken}.j2: {failed.message}; hand the value in"
            ) from failed
        subject, _, body = text.partition("\n")
        return Letter(" ".join(subject.removeprefix(_SUBJECT).split()), _tidy(body))


def read_templates(folder: Path, names: Mapping[str, Mapping[str, str]]) -> Templates:
    """The templates of a folder; see `Templates` for what is refused."""
    return Templates({path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.j2"))}, names)


def letter_environment() -> Environment:
    """Plain text, sandboxed, undefined names refused. Tests: `given` (handed in, not empty) and `severe`."""
    # autoescape would put HTML entities into text messages; the pages escape on their own.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.tests["given"] = lambda value: not isinstance(value, Undefined) and bool(value)
    environment.tests["severe"] = lambda value: value in _SEVERE
    return environment


def unknown_variables(environment: Environment, text: str, known: frozenset[str]) -> list[str]:
    return sorted(meta.find_undeclared_variables(environment.parse(text)) - known)


def _check(environment: Environment, file: str, text: str) -> None:
    if not text.startswith(_SUBJECT):
        raise CatalogueError(f"templates/{file}: the first line must be '{_SUBJECT}…'")
    try:
        unknown = unknown_variables(environment, text, VARIABLES)
    except TemplateError as broken:
        raise CatalogueError(f"templates/{file}: {broken.message}") from broken
    if unknown:
        raise CatalogueError(
            f"templates/{file}: unknown variable {unknown[0]!r}{near(unknown[0], VARIABLES)}"
        )


def _tidy(body: str) -> str:
    """Parts that are left out leave no gaps behind: lines end without blanks, at most one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in body.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
