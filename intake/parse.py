"""From bytes to a JSON object that every database can hold, or a list of what is wrong with it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import islice

from complaints.problems import FieldError
from intake.errors import WrongBody

DEEPEST = 16
"""Levels of nesting; a channel that needs more sends a document, not a complaint."""
MOST_ERRORS = 50
LONGEST_PLACE = 120
"""Bounds of an answer: a bad body of a megabyte is not answered with ten."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class _Unusable(ValueError):
    """JSON that is well formed and still no value we could keep."""


def parse_object(body: bytes) -> dict[str, object]:
    """The object a body holds. `WrongBody` for anything else, naming the place."""
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_named_once, parse_constant=_no_number, parse_float=_finite
        )
    except UnicodeDecodeError as error:
        raise _wrong("body", f"is not UTF-8 at byte {error.start}: send application/json in UTF-8") from error
    except RecursionError as error:
        raise _wrong("body", f"is nested deeper than {DEEPEST} levels") from error
    except json.JSONDecodeError as error:
        raise _wrong(
            "body", f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except ValueError as error:  # ours, or an integer of thousands of digits
        reason = str(error) if isinstance(error, _Unusable) else "holds a number of too many digits"
        raise _wrong("body", reason) from error
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


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Unusable(f"names {name[:60]!r} twice")
            seen.add(name)
    return found


def _no_number(name: str) -> object:
    raise _Unusable(f"holds {name}, which is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Unusable(f"holds the number {text[:30]}, which is too large")
    return number


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
