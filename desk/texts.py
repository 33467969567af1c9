"""The words of the pages, by language: those of customers from `texts.toml`, those of staff from `staff.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from complaints.errors import Fault

CUSTOMERS, STAFF = "texts.toml", "staff.toml"


class TextMissing(Fault):
    """A page names a text that its catalogue lacks."""

    code = "text-missing"

    def __init__(self, key: str) -> None:
        super().__init__(f"the texts of desk/ have no {key!r}: add it to the page's .toml in each language")
        self.key = key


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `texts("survey.until", time=…)` is a sentence; escaping is the template's affair."""

    entries: Mapping[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        found: Any = self.entries
        for part in key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, str):
            raise TextMissing(key)
        return found.format(**values) if values else found

    def moment(self, at: datetime, zone: str) -> str:
        """An instant as people write it where the customer lives."""
        local = at.astimezone(ZoneInfo(zone))
        months = self.entries.get("months")
        return self(
            "moment", month=local.month, month_name=months[local.month - 1] if months else "", day=local.day,
            hour=local.hour, minute=local.minute,
        )  # fmt: skip

    def money(self, minor: int) -> str:
        """12950 is 129.50 with its currency; whole amounts without the fraction."""
        amount = f"{minor // 100:,}" if minor % 100 == 0 else f"{minor // 100:,}.{minor % 100:02d}"
        return self("money", amount=amount)


def texts_of(language: str, of: str = CUSTOMERS) -> Texts:
    """Chinese for every `zh` tag, English for any other."""
    return Texts(catalogue(of)["zh" if language.lower().partition("-")[0] == "zh" else "en"])


def preferred(accept_language: str) -> str:
    """The language for somebody of whom only a header is known: English when they ask for it first, else Chinese."""
    return "en" if accept_language.strip().lower().startswith("en") else "zh"


@cache
def catalogue(of: str = CUSTOMERS) -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("desk").joinpath(of).read_text("utf-8"))
