"""From bytes to a JSON object that every database can hold, or a list of what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from complaints.problems import FieldError
from complaints.strict_json import UnusableJson, read_json
from intake.errors import WrongBody

DEEPEST = 16
"""Levels of nesting; a channel that needs more sends a document, not a complaint."""
MOST_ERRORS = 50
LONGEST_PLACE = 120
"""Bounds of an answer: a bad body of a megabyte is not answered with ten."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def parse_object(body: bytes) -> dict[str, object]:
    """The object a body holds. `WrongBody` for anything else, naming the place."""
    try:
        value = read_json(body)
    except UnusableJson as error:
        raise _wrong("body", str(error)) from error
    if not isinstance(value, dict):
        raise _wrong("body", "must be a JSON object with external_id, occurred_at, customer and text")
    problems = tuple(islice(_unkeepable(value), MOST_ERRORS))
    if problems:
        raise WrongBody(problems)
    return value


def has_control(text: str) -> bool:
    """Whether it holds a control character other than tab and the ends of lines."""
    return _CONTROL.search(text) is not None


def without_control(text: str) -> str:
    """The text as people see it: control characters show nothing, and PostgreSQL cannot keep NUL."""
    return _CONTROL.sub("", text)


def _unkeepable(value: dict[str, object]) -> Iterator[FieldError]:
    """Places that are nested too deep, or hold half a character. No recursion: the depth is not ours."""
    waiting: list[tuple[str, object, int]] = [("", value, 1)]
    while waiting:
        place, one, depth = waiting.pop()
        if isinstance(one, str):
            if _SURROGATE.search(one):
                yield FieldError(
                    place, "holds half of a character (a lone surrogate): cut texts between characters"
                )
        elif isinstance(one, dict | list):
            if depth > DEEPEST:
                yield FieldError(place, f"is nested deeper than {DEEPEST} levels")
                continue
            named = one.items() if isinstance(one, dict) else enumerate(one)
            for name, inner in named:
                if isinstance(name, str) and (_SURROGATE.search(name) or has_control(name)):
                    yield FieldError(
                        place or "body", "has a name with control characters or half of a character"
                    )
                    continue
                inside = f"{place}.{name}" if place else str(name)
                waiting.append((inside[:LONGEST_PLACE], inner, depth + 1))


def _wrong(place: str, detail: str) -> WrongBody:
    return WrongBody((FieldError(place, detail),))
