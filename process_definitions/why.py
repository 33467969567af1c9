"""The words of the sentence that explains a due time, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def why_words(language: str) -> Mapping[str, str]:
    """Chinese for every `zh` tag, English for any other: staff and customers read one of the two."""
    return _languages()["zh" if language.lower().partition("-")[0] == "zh" else "en"]


@cache
def _languages() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("process_definitions").joinpath("clock_why.toml").read_text("utf-8"))
