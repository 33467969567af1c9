"""What people type into forms and bodies: bounded, and free of what no database and no screen can keep."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

LONGEST_WORDS = 4_000
LONGEST_KEY = 60

_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters other than tab and the ends of lines, and halves of surrogate pairs."""


def is_keepable(text: str) -> bool:
    return _UNKEEPABLE.search(text) is None


def _visible(text: str) -> str:
    if not is_keepable(text):
        raise ValueError("holds control characters: remove them")
    return text


def _keepable(text: str) -> str:
    return _visible(text).strip()


def _filled(text: str) -> str:
    if not text:
        raise ValueError("must not be empty: say it in a few words")
    return text


Words = Annotated[str, Field(max_length=LONGEST_WORDS), AfterValidator(_keepable)]
"""Free text of a person, without the blanks around it."""
NeededWords = Annotated[Words, AfterValidator(_filled)]
Key = Annotated[str, Field(max_length=LONGEST_KEY), AfterValidator(_keepable), AfterValidator(_filled)]
"""A key of the organisation or a reference."""
Visible = AfterValidator(_visible)
"""Of a parameter: no database can even be asked for what holds NUL."""
