"""JSON read strictly: what Python takes beside the standard, or takes in silence, is refused with its reason."""

from __future__ import annotations

import json
import math


class UnusableJson(ValueError):
    """No JSON, or JSON that is no value we could keep. The message says why, as the end of "the body …"."""


def read_json(body: bytes) -> object:
    """The value of a UTF-8 text: each name once, numbers that are finite, lists and objects not nested without end."""
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_named_once, parse_constant=_no_number, parse_float=_finite
        )
    except UnusableJson:
        raise
    except UnicodeDecodeError as error:
        raise UnusableJson(f"is not UTF-8 at byte {error.start}: send application/json in UTF-8") from error
    except RecursionError as error:
        raise UnusableJson("is nested deeper than can be read") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnusableJson(f"is not JSON: {error.msg} at {place}") from error
    except ValueError as error:  # an integer of thousands of digits
        raise UnusableJson("holds a number of too many digits") from error


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise UnusableJson(f"names {name[:60]!a} twice")
            seen.add(name)
    return found


def _no_number(name: str) -> object:
    raise UnusableJson(f"holds {name}, which is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnusableJson(f"holds the number {text[:30]}, which is too large")
    return number
