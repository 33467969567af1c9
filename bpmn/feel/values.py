"""Values of the process language and how instance JSON holds them, exactly.

| type | value | JSON |
|---|---|---|
| boolean, integer, string, id, enum | `bool`, `int`, `str` | the same |
| number | `int` or `Decimal` | integer, or the decimal's text |
| time | aware `datetime` | `2026-11-22T07:28:35Z`, in UTC, fraction without trailing zeros |
| date | `date` | `2026-11-22` |
| duration | `timedelta` | `P1DT2H` |
| months | `Duration` of months only | `P1Y2M` |
| list, context | `list`, `dict` | array, object |
| any | whatever it is | the same; what JSON lacks as `{"@time": "..."}` and so on |

Null is null in every type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from bpmn.durations import Duration, DurationError, format_timedelta, parse_duration, parse_timedelta
from bpmn.events import Value
from bpmn.feel.errors import WrongValue
from bpmn.feel.types import DATE, DURATION, MONTHS, NUMBER, TEXTS, TIME, Kind, Type

_TAGGED = {"@number": NUMBER, "@time": TIME, "@date": DATE, "@duration": DURATION, "@months": MONTHS}
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)",
    re.ASCII,
)


def conforms(value: Value, type: Type) -> bool:
    """Whether `value` is a value of `type`; null is one of every type. Times must be aware."""
    if value is None:
        return True
    kind = type.kind
    if kind in TEXTS:
        return isinstance(value, str) and (kind is not Kind.ENUM or value in type.values)
    if kind is Kind.ANY:
        return _kind_of(value) is not None
    if kind is Kind.NUMBER:
        return _kind_of(value) in (Kind.INTEGER, Kind.NUMBER)
    if kind is Kind.LIST:
        return isinstance(value, (list, tuple)) and all(conforms(item, type.element) for item in value)
    if kind is Kind.CONTEXT:
        return isinstance(value, Mapping) and all(conforms(value.get(n), of) for n, of in type.fields)
    return _kind_of(value) is kind


def encode(value: Value, type: Type) -> Any:
    """The JSON form of a value of `type`; `WrongValue` when it is not one."""
    if value is None:
        return None
    if not conforms(value, type):
        raise WrongValue(f"{value!r} is not of type {type}")
    kind = _kind_of(value)
    if type.kind is Kind.ANY and isinstance(value, Mapping):
        if any(str(name).startswith("@") for name in value):
            raise WrongValue(f"{value!r} has a field that begins with '@', which is kept for typed values")
        return {str(name): encode(item, type) for name, item in value.items()}
    if isinstance(value, Mapping):
        _known_fields(value, type)
        return {name: encode(value.get(name), of) for name, of in type.fields}
    if isinstance(value, (list, tuple)):
        return [encode(item, type.element) for item in value]
    coded = _plain(value)
    if type.kind is Kind.ANY and kind is not None and f"@{kind}" in _TAGGED:
        return {f"@{kind}": coded}
    return coded


def decode(json: Any, type: Type) -> Value:
    """The value of `type` that `encode` wrote as `json`; `WrongValue` for anything else."""
    if json is None:
        return None
    if type.kind is Kind.ANY:
        return _decode_any(json)
    value: Value = json
    if type.kind is Kind.LIST and isinstance(json, list):
        return [decode(item, type.element) for item in json]
    if type.kind is Kind.CONTEXT and isinstance(json, dict):
        _known_fields(json, type)
        return {name: decode(json.get(name), of) for name, of in type.fields}
    if isinstance(json, str) and type.kind in _READERS:
        try:
            value = _READERS[type.kind](json)
        except (ValueError, InvalidOperation) as problem:
            raise WrongValue(f"{json!r} is not of type {type}") from problem
    if not conforms(value, type):
        raise WrongValue(f"{json!r} is not of type {type}")
    return value


def parse_instant(text: str) -> datetime:
    """An aware ISO 8601 instant (offset or `Z` needed), in UTC; `ValueError` otherwise."""
    if _INSTANT.fullmatch(text.strip()) is None:
        raise ValueError(f"{text!r} is not a date and time with an offset: write 2026-01-31T09:00:00Z")
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except OverflowError as overflow:
        raise ValueError(f"{text!r} is out of range") from overflow


def parse_months(text: str) -> Duration:
    """A duration of years and months only; `DurationError` otherwise."""
    duration = parse_duration(text)
    if duration.days or duration.seconds:
        raise DurationError(f"{text!r} mixes months with days: their sum has no length")
    return duration


def format_instant(instant: datetime) -> str:
    """`2026-11-22T07:28:35Z`: UTC, fraction only when there is one, without trailing zeros."""
    text = instant.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if instant.microsecond else text) + "Z"


def _kind_of(value: Value) -> Kind | None:
    """The kind a value is by itself; `None` for what is no value of the language."""
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int):
        return Kind.INTEGER
    if isinstance(value, str):
        return Kind.STRING
    if isinstance(value, datetime):
        return Kind.TIME if value.utcoffset() is not None else None
    if isinstance(value, Decimal):
        return Kind.NUMBER if value.is_finite() else None
    if isinstance(value, Duration):
        return Kind.MONTHS if not (value.days or value.seconds) else None
    for python, kind in (
        (date, Kind.DATE),
        (timedelta, Kind.DURATION),
        (list, Kind.LIST),
        (tuple, Kind.LIST),
        (Mapping, Kind.CONTEXT),
    ):
        if isinstance(value, python):
            return kind
    return None


def _plain(value: Value) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return format_timedelta(value)
    return str(value) if isinstance(value, (Decimal, Duration)) else value


def _decode_any(json: Any) -> Value:
    if isinstance(json, list):
        return [_decode_any(item) for item in json]
    if isinstance(json, dict):
        tag = next(iter(json), "")
        if tag in _TAGGED and len(json) == 1:
            return decode(json[tag], _TAGGED[tag])
        return {name: _decode_any(item) for name, item in json.items()}
    if isinstance(json, (bool, int, str)) or json is None:
        return json
    raise WrongValue(f"{json!r} is no value of the process language; write fractions as text")


def _known_fields(value: Mapping[str, Any], type: Type) -> None:
    unknown = set(value) - {name for name, _ in type.fields}
    if unknown:
        raise WrongValue(f"{type} has no field {', '.join(sorted(map(repr, unknown)))}")


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d+(\.\d+)?(E[+-]?\d{1,4})?", text, re.ASCII):
        raise ValueError(f"{text!r} is not a number")
    return Decimal(text)


_READERS: dict[Kind, Any] = {
    Kind.NUMBER: _decimal,
    Kind.TIME: parse_instant,
    Kind.DATE: date.fromisoformat,
    Kind.DURATION: parse_timedelta,
    Kind.MONTHS: parse_months,
}
