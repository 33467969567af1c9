"""What instance JSON holds reads back as the same value, and nothing else is let in or out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.durations import Duration
from bpmn.feel import Type, WrongValue, conforms, decode, encode, parse_type

INSTANTS = st.datetimes(
    min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=None)
PLAIN = {
    "boolean": st.booleans(),
    "integer": st.integers(),
    "number": st.integers() | DECIMALS,
    "string": st.text(),
    "id": st.text(max_size=9),
    "enum(light, severe)": st.sampled_from(["light", "severe"]),
    "time": INSTANTS,
    "date": st.dates(),
    "duration": st.timedeltas(),
    "months": st.builds(Duration, st.integers(-999, 999)),
}
LOOSE = st.recursive(
    st.none() | st.one_of(*PLAIN.values()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=6,
)


@st.composite
def typed_values(draw: st.DrawFn) -> tuple[Type, object]:
    text = draw(st.sampled_from(sorted(PLAIN)))
    value = draw(st.none() | PLAIN[text])
    match draw(st.sampled_from(["plain", "list", "context"])):
        case "list":
            return parse_type(f"list({text})"), [value]
        case "context":
            return parse_type(f"context{{a: {text}}}"), {"a": value}
        case _:
            return parse_type(text), value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(typed_values())
def test_a_value_reads_back_as_itself_through_json(typed: tuple[Type, object]) -> None:
    of, value = typed
    assert conforms(value, of)
    assert decode(json.loads(json.dumps(encode(value, of))), of) == value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(LOOSE)
def test_a_value_of_any_type_reads_back_as_itself_and_keeps_its_kind(value: object) -> None:
    any_type = parse_type("any")
    read = decode(json.loads(json.dumps(encode(value, any_type))), any_type)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 1, 31, 9, tzinfo=UTC), "2026-01-31T09:00:00Z"),
        (datetime(2026, 1, 31, 9, 0, 0, 500000, tzinfo=UTC), "2026-01-31T09:00:00.5Z"),
        (datetime(2026, 1, 31, 17, tzinfo=timezone(timedelta(hours=8))), "2026-01-31T09:00:00Z"),
    ],
)
def test_a_time_is_written_in_utc_without_needless_zeros(instant: datetime, text: str) -> None:
    assert encode(instant, parse_type("time")) == text
    assert decode(text, parse_type("time")) == instant


@pytest.mark.parametrize(
    ("value", "type_text"),
    [
        (datetime(2026, 1, 1), "time"),
        (1.5, "number"),
        (True, "integer"),
        (1, "boolean"),
        ("other", "enum(light, severe)"),
        (Decimal("NaN"), "number"),
        (Decimal("1.5"), "integer"),
        ([1, "a"], "list(integer)"),
        ({"a": 1, "b": 2}, "context{a: integer}"),
        ({"@time": 1}, "any"),
        (1.5, "any"),
        (Duration(months=1, days=1), "months"),
        (Duration(days=1), "duration"),
    ],
)
def test_a_value_of_another_type_is_not_written(value: object, type_text: str) -> None:
    with pytest.raises(WrongValue):
        encode(value, parse_type(type_text))


@pytest.mark.parametrize(
    ("coded", "type_text"),
    [
        ("2026-01-01T00:00:00", "time"),
        ("2026-02-30", "date"),
        ("P1M", "duration"),
        (1.5, "number"),
        ("1e999999", "number"),
        ("NaN", "number"),
        ("1", "integer"),
        (1, "string"),
        ("other", "enum(light)"),
        ({"b": 1}, "context{a: integer}"),
        (1.5, "any"),
    ],
)
def test_json_of_another_type_is_not_read(coded: object, type_text: str) -> None:
    with pytest.raises(WrongValue):
        decode(coded, parse_type(type_text))
