"""A line of a file on its way to a hook."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from runtime.cli.filing import Unusable, read_line, typed

THEN = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def line(**fields: object) -> bytes:
    return json.dumps({"external_id": "x-1", "text": "坏了", **fields}, ensure_ascii=False).encode()


def test_a_repeat_is_the_same_event_byte_for_byte() -> None:
    first, again = read_line(line(), None, THEN), read_line(line(), None, THEN)
    assert first == again
    assert first.webhook_id == again.webhook_id
    assert json.loads(first.body)["occurred_at"] == THEN.isoformat()


def test_the_channel_is_named_by_the_command_then_by_the_line() -> None:
    assert read_line(line(channel="app"), None, THEN).channel == "app"
    assert read_line(line(channel="app"), "email", THEN).channel == "email"
    assert read_line(line(), None, THEN).channel == "web_form"


def test_the_same_id_on_another_channel_is_another_event() -> None:
    one, other = read_line(line(channel="app"), None, THEN), read_line(line(channel="email"), None, THEN)
    assert one.webhook_id != other.webhook_id


def test_remarks_and_the_channel_stay_here_and_the_rest_is_the_hooks_to_judge() -> None:
    body = json.loads(read_line(line(channel="app", _expect={"tier": "light"}, misspelt=1), None, THEN).body)
    assert body.keys() == {"external_id", "text", "misspelt", "occurred_at"}


def test_half_a_character_reaches_the_hook_which_names_it() -> None:
    submission = read_line(b'{"external_id": "x", "text": "\\ud83d"}', None, THEN)
    assert b"\\ud83d" in submission.body


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{", "is no JSON"),
        (b"[]", "holds list"),
        (b"\xff{}", "not UTF-8 at byte 0"),
        (b'{"text": "x"}', "external_id"),
        (b'{"external_id": "x", "channel": 1}', "channel must be a text"),
    ],
)
def test_a_line_that_is_no_event_says_why(bad: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        read_line(bad, None, THEN)


def test_two_typed_complaints_are_two_events() -> None:
    one, other = typed("app", "x", {"id": "c"}, THEN), typed("app", "x", {"id": "c"}, THEN)
    assert one.external_id != other.external_id
