"""One TOML file of content, read with types: every error names file, entry and cure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.errors import Fault


class CatalogueError(Fault):
    """Content that cannot be used: fix the file and load again."""

    code = "catalogue"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file; `where` says which, for messages."""

    where: str
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise CatalogueError(f"{self.where}: {name} must be a text, not {value!r}")
        return value

    def flag(self, name: str) -> bool:
        """False when left out."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise CatalogueError(f"{self.where}: {name} must be true or false, not {value!r}")
        return value

    def count(self, name: str, default: int | None = None) -> int:
        """A whole number from 0."""
        value = self.values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise CatalogueError(f"{self.where}: {name} must be a whole number from 0, not {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when left out."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise CatalogueError(f"{self.where}: {name} must be a list of texts, not {value!r}")
        return tuple(value)

    def table(self, name: str) -> Sheet:
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            raise CatalogueError(f"{self.where}: the table {name!r} is missing")
        return Sheet(f"{self.where}, {name}", value)

    def tables(self) -> Iterator[tuple[str, Sheet]]:
        """Every entry of this table, each of which must be a table itself."""
        return ((name, self.table(name)) for name in self.values)

    def only(self, *names: str) -> Sheet:
        """This table, if it holds no other names; a misspelt name would be silence otherwise."""
        if unknown := sorted(set(self.values) - set(names)):
            raise CatalogueError(
                f"{self.where}: {unknown[0]!r} means nothing here; known are {', '.join(names)}"
            )
        return self


def read_sheet(path: Path) -> Sheet:
    """The whole of a TOML file; `CatalogueError` when it is absent or no TOML."""
    try:
        return Sheet(path.name, tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError as absent:
        raise CatalogueError(f"{path.name} is missing in {path.parent.name}/: add it") from absent
    except tomllib.TOMLDecodeError as broken:
        raise CatalogueError(f"{path.name} is no TOML: {broken}") from broken
