"""A body is used as it is meant or refused field by field; nothing it holds can break what comes after."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.problems import FieldError
from intake.body import HookBody, check_times, cleaned_fields, parse_body
from intake.errors import WrongBody
from intake.parse import DEEPEST, parse_object

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "external_id": "o-1",
    "occurred_at": "2026-11-22T11:59:00+08:00",
    "customer": {"id": "c-1"},
    "text": "退货不退款",
}


def wrong(value: Any) -> list[str]:
    """The fields named, for a value that must be refused."""
    with pytest.raises(WrongBody) as raised:
        parse_body(parse_object(json.dumps(value).encode()))
    assert all(error.detail for error in raised.value.errors)
    return [error.field for error in raised.value.errors]


def sound(value: dict[str, Any]) -> HookBody:
    return parse_body(parse_object(json.dumps(value).encode()))


NOT_TEXT = [0, 1.5, True, [], {}, ["x"]]
NOT_AN_INSTANT = [
    "", "now", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "22/11/2026",
    "2026-11-22T25:00:00Z", 1763784000, 1763784000.0, True, [], {}, None, "2026-11-22T10:00:00+99:00", "\x00",
    "2026-11-22T10:00:00 Asia/Shanghai", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "T", "Z",
]  # fmt: skip
BAD_IDS = ["", " ", "\t", "a\x00b", "a\nb", "\x1b[31m", "a\x85b", "x" * 201, "\ud800", None, *NOT_TEXT]
TABLE: list[tuple[str, list[Any]]] = [
    ("external_id", BAD_IDS),
    ("occurred_at", NOT_AN_INSTANT),
    ("kind", ["", "Complaint", "complaints", None, *NOT_TEXT]),
    ("customer", ["c-1", 1, [], True, None, [{}]]),
    ("text", ["", " ", "\n\t", "\x00", "\x00\x07 ", None, "长" * 40_001, "\udfff", *NOT_TEXT]),
    ("ref", ["", " ", "x" * 41, "a\x00", *NOT_TEXT]),
    ("order_id", [*BAD_IDS[:-7], *NOT_TEXT]),
    ("product", ["x" * 501, "\ud83d", *NOT_TEXT]),
    ("region", ["x" * 201, *NOT_TEXT]),
    ("wants", ["x" * 2_001, *NOT_TEXT]),
    ("amount", [-1, 1.0, 129.5, "129", "", True, [], {}, 2**31, 10**30]),
    ("attachments", ["x", {}, 1, None, ["x"] * 51]),
    ("extra", ["x", [], 1, None, True]),
]
CUSTOMER: list[tuple[str, list[Any]]] = [
    ("id", ["", " ", "a\x00b", "x" * 201, *NOT_TEXT]),
    ("name", ["x" * 201, "\ud800", *NOT_TEXT]),
    ("phone", ["", " ", "call me", "+", "---", "138\x00", "1" * 61, "１３８abc", "138;drop", *NOT_TEXT]),
    (
        "email",
        ["", "x", "@", "a@", "@b", "a b@c", "a@b,c@d", "a@b\nBcc:c@d", "<a@b>", "x" * 320 + "@b", *NOT_TEXT],
    ),
    ("value", ["", "vip", "HIGH", *NOT_TEXT]),
    ("language", ["", "z", "chinese language", "zh_", "../zh", "zh\n", "x" * 40, *NOT_TEXT]),
]


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in TABLE for value in values], ids=repr
)
def test_a_wrong_value_is_refused_under_its_name(field: str, value: Any) -> None:
    assert {name.split(".")[0] for name in wrong(SOUND | {field: value})} == {field}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in CUSTOMER for value in values], ids=repr
)
def test_a_wrong_value_of_the_customer_is_refused_under_its_name(field: str, value: Any) -> None:
    assert wrong(SOUND | {"customer": {field: value}}) == [f"customer.{field}"]


@pytest.mark.parametrize("field", ["external_id", "occurred_at", "customer", "text"])
def test_what_must_be_there_is_missed_by_name(field: str) -> None:
    assert wrong({name: value for name, value in SOUND.items() if name != field}) == [field]


@pytest.mark.parametrize(
    ("name", "meant"), [("txt", "text"), ("externalId", "external_id"), ("occured_at", "occurred_at")]
)
def test_a_misspelt_field_is_told_what_was_meant(name: str, meant: str) -> None:
    with pytest.raises(WrongBody) as raised:
        sound(SOUND | {name: "x"})
    assert [(e.field, e.detail) for e in raised.value.errors] == [
        (name, f"is no field here; did you mean {meant}?")
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"null", b"1", b'"x"', b"[]", b"[{}]", b"{", b"{}x", b"{'a': 1}", b'{"a": 01}', b'{"a": NaN}',
        b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5_000 + b"}", b"\xff\xfe{}",
        b"\xef\xbb\xbf{}", b'{"a": "\xff"}', b'{"a": "\x00"}', b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}',
        b'{"a": "\\ud800"}', b'{"\\ud800": 1}', b'{"a\\u0000": 1}', b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"[" * 200_000, b'{"a": "' + b"\\ud800" * 100 + b'"}',
    ],
)  # fmt: skip
def test_what_is_no_usable_json_object_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(WrongBody) as raised:
        parse_object(body)
    assert raised.value.errors


def test_nesting_is_bounded_exactly() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * levels + b"1" + b"}" * levels

    assert parse_object(nested(DEEPEST))
    with pytest.raises(WrongBody):
        parse_object(nested(DEEPEST + 1))


def test_an_answer_to_a_bad_body_stays_small() -> None:
    body = {"x" * 100_000: {f"\ud800{number}": "\ud800" for number in range(1_000)}}
    with pytest.raises(WrongBody) as raised:
        parse_object(json.dumps(body).encode())
    assert len(raised.value.errors) == 50
    assert sum(len(error.field) for error in raised.value.errors) < 10_000


@pytest.mark.parametrize(
    "given_at",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1970-01-01T00:00:00Z",
        "2021-11-01T00:00:00Z",
    ],
)
def test_the_ends_of_time_are_refused_not_fallen_over(given_at: str) -> None:
    with pytest.raises(WrongBody) as raised:
        check_times(sound(SOUND | {"occurred_at": given_at}), NOW)
    assert [error.field for error in raised.value.errors] == ["occurred_at"]


@pytest.mark.parametrize(
    "given_at",
    [
        "2026-11-22T04:00:00Z",
        "2026-11-22T12:04:59.999+08:00",
        "2026-11-21T23:00:00-05:00",
        "20261122T040000Z",
    ],
)
def test_any_zone_is_understood(given_at: str) -> None:
    body = sound(SOUND | {"occurred_at": given_at})
    check_times(body, NOW)
    assert abs(body.occurred_at - NOW) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("tag", "kept"), [("zh", "zh"), ("zh-CN", "zh"), ("EN_us", "en"), ("zh-Hans-CN", "zh")]
)
def test_the_language_is_kept_without_script_and_region(tag: str, kept: str) -> None:
    customer = sound(SOUND | {"customer": {"language": tag}}).customer
    assert customer is not None
    assert customer.language == kept


def test_null_is_the_same_as_absent() -> None:
    nothing = dict.fromkeys(("order_id", "product", "region", "wants", "amount", "ref"))
    customer = dict.fromkeys(("id", "name", "phone", "email", "value", "language"))
    body = sound(SOUND | nothing | {"customer": customer})
    assert body.customer is not None
    assert body.customer.keys == {}


def test_control_characters_are_taken_out_of_texts_wherever_they_stand() -> None:
    value = SOUND | {
        "text": "a\x00b\x1bc",
        "extra": {"x": ["\x00", {"y": "z\x7f"}]},
        "attachments": ["\x01u"],
    }
    body = sound(value)
    assert [body.text, body.extra, body.attachments] == ["abc", {"x": ["", {"y": "z"}]}, ["u"]]
    assert cleaned_fields(value) == ["attachments", "extra", "text"]
    assert cleaned_fields(SOUND) == []


def problems_or_body(body: bytes) -> HookBody | tuple[FieldError, ...]:
    """What the door makes of these bytes; anything but a `WrongBody` is ours to mend."""
    try:
        return parse_body(parse_object(body))
    except WrongBody as error:
        return error.errors


@given(st.binary(max_size=200))
def test_no_bytes_fall_over(body: bytes) -> None:
    assert problems_or_body(body) != ()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*HookBody.model_fields, "other"]), _json))
def test_no_json_falls_over_and_what_passes_can_be_stored(value: dict[str, Any]) -> None:
    found = problems_or_body(json.dumps(SOUND | value).encode())
    if isinstance(found, HookBody):
        kept = json.dumps([found.text, found.extra, found.attachments], ensure_ascii=False, allow_nan=False)
        assert kept.encode().count(b"\\u0000") == 0
    else:
        assert found
