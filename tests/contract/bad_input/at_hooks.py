"""`POST /hooks/{channel}`: who signs, what the body is, and what each field holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from httpx import Response

from intake.hooks import MOST_BYTES
from tests.contract.bad_input.row import Row, Send, shown
from tests.contract.bad_input.site import Site

DOOR = "Hooks"
Headers = dict[str, str]


def rows() -> Iterator[Row]:
    yield from _signatures()
    yield from _channels()
    yield from _bodies()
    yield from _fields()
    yield from _times()
    yield from _kinds()


# --- the signature


def _signed_wrong(change: Callable[[Site, bytes], Mapping[str, str]]) -> Send:
    def send(site: Site) -> Response:
        body = json.dumps(site.body()).encode()
        return site.hook(body, headers=change(site, body))

    return send


def _with(**changed: str) -> Callable[[Site, bytes], Headers]:
    """Signed well, then these headers changed; an empty value takes the header away."""

    def change(site: Site, body: bytes) -> Headers:
        found = site.signed(body) | {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in found.items() if value}

    return change


def _signature(make: Callable[[str], str]) -> Callable[[Site, bytes], Headers]:
    def change(site: Site, body: bytes) -> Headers:
        found = site.signed(body)
        return found | {"webhook-signature": make(found["webhook-signature"])}

    return change


def _off(**length: float) -> Callable[[Site, bytes], Headers]:
    return lambda site, body: site.signed(body, off=timedelta(**length))


def _signatures() -> Iterator[Row]:
    fits, stamp, name = "fits no key", "webhook-timestamp", "webhook-id"
    off = "five minutes off"
    wrong: list[tuple[str, Callable[[Site, bytes], Mapping[str, str]], str]] = [
        ("no headers at all", lambda _site, _body: {}, name),
        ("no webhook-id", _with(webhook_id=""), name),
        ("no webhook-timestamp", _with(webhook_timestamp=""), stamp),
        ("no webhook-signature", _with(webhook_signature=""), fits),
        ("the key of another channel", lambda site, body: site.signed(body, channel="weibo"), fits),
        ("the signature of another body", lambda site, body: site.signed(body + b" "), fits),
        ("six minutes old", _off(minutes=-6), off),
        ("a day old", _off(days=-1), off),
        ("of 1970", _with(webhook_timestamp="0"), off),
        ("six minutes ahead", _off(minutes=6), off),
        ("a year ahead", _off(days=365), off),
        ("another id than was signed", _with(webhook_id="msg-other"), fits),
        ("another time than was signed", lambda site, body: site.signed(body) | {
            "webhook-timestamp": str(int(site.house.built.clock.now.timestamp()) + 1)}, fits),
        *((f"webhook-timestamp {value!r}", _with(webhook_timestamp=value), stamp)
          for value in ("soon", "1e9", "-1", "nan", "0x5", "1.5", "+1", "2026-11-18T02:00:00Z")),
        ("webhook-timestamp of 400 digits", _with(webhook_timestamp="9" * 400), stamp),
        *((f"webhook-id {shown(value)}", _with(webhook_id=value), name)
          for value in ("a b", "x" * 201, "\t")),
        ("a signature without its version", _signature(lambda s: s.removeprefix("v1,")), fits),
        ("a signature of another version", _signature(lambda s: s.replace("v1,", "v2,")), fits),
        ("half a signature", _signature(lambda s: s[:20]), fits),
        ("a signature in other case", _signature(str.swapcase), fits),
        ("a signature of zeros", _signature(lambda _: "v1," + base64.b64encode(bytes(32)).decode()), fits),
        ("nonsense for a signature", _signature(lambda _: "v1,%%% v1 , v1,=== v1,"), fits),
        ("a hundred wrong signatures", _signature(lambda _: "v1,AAAA " * 100), fits),
    ]  # fmt: skip
    for told, change, says in wrong:
        yield Row(DOOR, "signature", told, _signed_wrong(change), 401, "unsigned", says)
    yield Row(DOOR, "signature", "the same request again", _replayed, 200, "accepted", keeps=_nothing_more)
    yield Row(DOOR, "signature", "the same request an hour later", _late_replay, 401, "unsigned", off)
    yield Row(
        DOOR, "signature", "another body under a used webhook-id", _reused, 409, "key-reused", "webhook-id",
        keeps=_conflict_kept,
    )  # fmt: skip
    yield Row(
        DOOR, "signature", "another body under a used external_id", _same_event, 409, "key-reused", "external_id",
        keeps=_conflict_kept,
    )  # fmt: skip


_FIRST: dict[int, dict[str, int]] = {}
"""How the store stood after the first of two requests, by the site."""


def _replayed(site: Site) -> Response:
    body = json.dumps(site.body()).encode()
    headers = site.signed(body)
    first = site.hook(body, headers=headers)
    assert first.status_code == 202
    _FIRST[id(site)] = site.state()
    again = site.hook(body, headers=headers)
    assert again.json() == first.json()
    return again


def _late_replay(site: Site) -> Response:
    body = json.dumps(site.body()).encode()
    return site.hook(body, headers=site.signed(body, off=timedelta(hours=-1)))


def _reused(site: Site) -> Response:
    headers = site.signed(body := json.dumps(site.body()).encode())
    assert site.hook(body, headers=headers).status_code == 202
    _FIRST[id(site)] = site.state()
    other = json.dumps(site.body()).encode()
    return site.hook(other, headers=site.signed(other, id=headers["webhook-id"]))


def _same_event(site: Site) -> Response:
    body = site.body()
    assert site.hook(body).status_code == 202
    _FIRST[id(site)] = site.state()
    return site.hook(body | {"text": "另一件事，与之前无关"})


def _nothing_more(site: Site, _answer: Response) -> None:
    assert site.state() == _FIRST.pop(id(site))


def _conflict_kept(site: Site, _answer: Response) -> None:
    """Both are kept and operations are told; no second complaint is opened."""
    before, after = _FIRST.pop(id(site)), site.state()
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {"hook_conflicts": 1, "letters": 1, "history": 2, "history_count": 2}


# --- the channel


def _channels() -> Iterator[Row]:
    for channel in (
        "nowhere",
        "WEB_FORM",
        "web_form%00",
        "%E6%8A%95%E8%AF%89",
        "x" * 500,
        "%27%3B%20drop%20table",
    ):
        yield Row(
            DOOR, "channel", f"to {shown(channel)}", _to(channel), 404, "unknown-channel",
            "there is no channel",
        )  # fmt: skip
    yield Row(
        DOOR, "channel", "to a channel with a slip of the pen", _to("web_from"), 404,
        "unknown-channel", "did you mean 'web_form'?",
    )  # fmt: skip
    yield Row(DOOR, "channel", "to no channel", _to(""), 404, "not-found")
    yield Row(DOOR, "channel", "to a channel above", _to("%2e%2e/web_form"), 404, "not-found")
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        yield Row(
            DOOR, "channel", f"by {method}", _by(method), 405, "method-not-allowed",
        )  # fmt: skip


def _to(channel: str) -> Send:
    def send(site: Site) -> Response:
        body = json.dumps(site.body()).encode()
        return site.hook(body, channel=channel, headers=site.signed(body))

    return send


def _by(method: str) -> Send:
    return lambda site: site.house.client.request(method, "/hooks/web_form")


# --- the body


def _raw(body: bytes) -> Send:
    return lambda site: site.hook(body)


def _text(template: str) -> Send:
    """A sound body whose JSON text is changed: `SOUND` stands for its members."""
    return lambda site: site.hook(template.replace("SOUND", json.dumps(site.body())[1:-1]).encode())


def _bodies() -> Iterator[Row]:
    wrong: list[tuple[str, Send, str]] = [
        ("empty", _raw(b""), "is not JSON"),
        ("blank", _raw(b" \n"), "is not JSON"),
        *((f"{value.decode()}", _raw(value), "must be a JSON object") for value in (
            b"null", b"true", b"42", b'"text"', b"[]", b'[{"external_id": "1"}]')),
        *((value.decode(), _raw(value), "is not JSON") for value in (
            b"{", b"{'a': 1}", b'{"a": 1,}', b'{"a" 1}', b'{"a": 01}', b'{"a": .5}', b"<xml/>", b"text=hello&id=1",
            b'{"a": 1} {"b": 2}', b'{"a": "\n"}', b'// c\n{"a": 1}')),
        ("with a byte order mark", _raw(b'\xef\xbb\xbf{"a": 1}'), "is not JSON"),
        ("a name twice", _text('{SOUND, "text": "again"}'), "names 'text' twice"),
        ("a name twice inside", _text('{SOUND, "extra": {"a": 1, "a": 2}}'), "names 'a' twice"),
        *((f"the number {value}", _text('{SOUND, "extra": {"n": %s}}' .replace("%s", value)), "no JSON number")
          for value in ("NaN", "Infinity", "-Infinity")),
        ("the number 1e999", _text('{SOUND, "extra": {"n": 1e999}}'), "too large"),
        ("a number of 10,000 digits", _text('{SOUND, "extra": {"n": %s}}' % ("9" * 10_000)), "too many digits"),
        *((f"lists {deep:,} deep", _text('{SOUND, "extra": {"n": %s}}' % ("[" * deep + "]" * deep)), "nested deeper")
          for deep in (17, 1_000, 100_000)),
        ("objects 1,000 deep", _text('{SOUND, "extra": %s}' % ('{"a":' * 1_000 + "1" + "}" * 1_000)), "nested deeper"),
        ("half of a character", _text('{SOUND, "product": "\\ud83d"}'), "product"),
        ("half of a character in a name", _text('{SOUND, "extra": {"\\ud83d": 1}}'), "extra"),
        ("a control character in a name", _text('{SOUND, "extra": {"a\\u0000": 1}}'), "extra"),
    ]  # fmt: skip
    for told, send, says in wrong:
        yield Row(DOOR, "body", told, send, 422, "wrong-body", says)
    for told, body in (("a byte that is not UTF-8", b'{"a": "\xff"}'), ("UTF-16", '{"a": 1}'.encode("utf-16")),
                       ("compressed", b"\x1f\x8b\x08\x00\x00\x00")):  # fmt: skip
        yield Row(DOOR, "body", told, _raw(body), 401, "unsigned", "is not UTF-8")
    yield Row(DOOR, "body", "a text of 1 MiB", lambda site: site.hook(site.body(text="长" * 400_000)), 413,
              "too-large", "over 1,048,576 bytes")  # fmt: skip
    yield Row(DOOR, "body", "one byte over 1 MiB", _raw(b" " * (MOST_BYTES + 1)), 413, "too-large")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/octet-stream"):
        yield Row(DOOR, "body", f"sound JSON called {kind}", _called(kind), 202,
                  "accepted", keeps=_opened)  # fmt: skip


def _called(kind: str) -> Send:
    """What is signed is the bytes, whatever they are called."""

    def send(site: Site) -> Response:
        body = json.dumps(site.body()).encode()
        return site.hook(body, headers=site.signed(body) | {"content-type": kind})

    return send


def _opened(site: Site, answer: Response) -> None:
    assert site.case(answer.json()["ref"])[0].channel == "web_form"


# --- each field

NOT_TEXT: tuple[Any, ...] = (0, 1.5, True, [], {}, ["x"], 10**30)
BAD_IDS: tuple[Any, ...] = ("", " ", "\t", "a\x00b", "a\nb", "\x1b[31m", "x" * 201, *NOT_TEXT)
BAD: dict[str, tuple[Any, ...]] = {
    "external_id": (*BAD_IDS, None),
    "occurred_at": (
        "", "now", "2026-11-18", "2026-11-18T02:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "18/11/2026", "2026-11-18T25:00:00Z", "2026-11-18T02:00:00+99:00", "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z", 1763784000, 1763784000.0, True, None, [], {},
    ),
    "kind": ("", "Complaint", "complaints", None, *NOT_TEXT),
    "customer": ("c-1", 1, [], True, None, [{}]),
    "text": ("", " ", "\n\t", "\x00", "\x00\x07 ", None, "长" * 40_001, *NOT_TEXT),
    "ref": ("", " ", "x" * 41, "a\x00", *NOT_TEXT),
    "order_id": BAD_IDS,
    "product": ("x" * 501, *NOT_TEXT),
    "region": ("x" * 201, *NOT_TEXT),
    "wants": ("x" * 2_001, *NOT_TEXT),
    "amount": (-1, 1.0, 129.5, "129", "", "１２９", True, [], {}, 2**31, 10**30),
    "attachments": ("x", {}, 1, None, ["x"] * 51),
    "extra": ("x", [], 1, None, True),
}  # fmt: skip
BAD_CUSTOMER: dict[str, tuple[Any, ...]] = {
    "id": BAD_IDS,
    "name": ("x" * 201, *NOT_TEXT),
    "phone": ("", " ", "call me", "+", "---", "138\x00", "1" * 61, "138;drop", *NOT_TEXT),
    "email": ("", "x", "@", "a@", "@b", "a b@c", "a@b,c@d", "a@b\nBcc:c@d", "<a@b>", "x" * 320 + "@b", *NOT_TEXT),
    "value": ("", "vip", "HIGH", *NOT_TEXT),
    "language": ("", "z", "chinese language", "zh_", "../zh", "zh\n", "x" * 40, *NOT_TEXT),
}  # fmt: skip
UNKNOWN: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"txt": "x"}, "txt", "did you mean text?"),
    ({"Text": "x"}, "Text", "did you mean text?"),
    ({"__proto__": {}}, "__proto__", "is no field here"),
    ({"": 1}, "", "is no field here"),
    ({"$where": "1"}, "$where", "is no field here"),
    ({"x" * 5_000: 1}, "x" * 120, "is no field here"),
    ({"customer": {"id": "c", "phon": "1"}}, "customer.phon", "did you mean phone?"),
    ({"customer": {"id": "c", "role": "admin"}}, "customer.role", "is no field here"),
    ({f"f{n}": 1 for n in range(1_000)}, "f0", "is no field here"),
)


def _given(change: dict[str, Any]) -> Send:
    return lambda site: site.hook(site.body(**change))


def _fields() -> Iterator[Row]:
    for name, values in BAD.items():
        for value in values:
            yield Row(
                DOOR, f"field `{name}`", shown(value), _given({name: value}), 422, "wrong-body",
                f'"field":"{name}',
            )  # fmt: skip
    for name, values in BAD_CUSTOMER.items():
        for value in values:
            yield Row(
                DOOR, f"field `customer.{name}`", shown(value), _given({"customer": {name: value}}), 422,
                "wrong-body", f'"field":"customer.{name}"',
            )  # fmt: skip
    for name in ("external_id", "occurred_at", "text", "customer"):
        yield Row(
            DOOR, f"field `{name}`", "missing", _without(name), 422, "wrong-body",
            f'"field":"{name}"',
        )  # fmt: skip
    for change, field, says in UNKNOWN:
        yield Row(
            DOOR, "unknown field", shown(field) if len(change) == 1 else f"{len(change):,} of them", _given(change),
            422, "wrong-body", says,
        )  # fmt: skip


def _without(name: str) -> Send:
    return lambda site: site.hook({key: value for key, value in site.body().items() if key != name})


# --- times, and the other kinds of events


def _times() -> Iterator[Row]:
    ahead, ago = "ahead", "five years ago"
    shifts: list[tuple[str, timedelta, str]] = [
        ("six minutes ahead", timedelta(minutes=6), ahead), ("a day ahead", timedelta(days=1), ahead),
        ("a century ahead", timedelta(days=36_500), ahead), ("over five years ago", timedelta(days=-1_827), ago),
        ("a century ago", timedelta(days=-36_500), ago),
    ]  # fmt: skip
    for told, shift, says in shifts:
        yield Row(
            DOOR, "field `occurred_at`", told, _shifted(shift), 422, "wrong-body", says,
        )  # fmt: skip
    for value, says in (("9999-12-31T23:59:59-23:59", ahead), ("0001-01-01T00:00:00+23:59", ago)):
        yield Row(
            DOOR, "field `occurred_at`", shown(value), _given({"occurred_at": value}), 422, "wrong-body", says
        )


def _shifted(shift: timedelta) -> Send:
    return lambda site: site.hook(site.body(occurred_at=(site.house.built.clock.now + shift).isoformat()))


NOT_A_COUNT: tuple[Any, ...] = (-1, 1.5, "1", True, None, 2**31, 10**30, [])


def _kinds() -> Iterator[Row]:
    letter = "AM-1/progress"
    events: list[tuple[str, dict[str, Any], str]] = [
        *(("receipt", {"extra": extra}, "extra.letter") for extra in (
            {"status": "read"}, {"letter": 1, "status": "read"}, {"letter": "", "status": "read"},
            {"letter": None, "status": "read"}, {"letter": "x" * 161, "status": "read"},
            {"letter": letter, "status": "read"}, {"letter": "' or 1=1", "status": "failed"},
            {"letter": ["x"], "status": "read"})),
        *(("receipt", {"extra": {"letter": letter, "status": status}}, "extra.status") for status in (
            "", "sent", None, 1, ["read"], {"a": 1}, "READ")),
        *(("count", {"extra": {"day": day, "count": 1}}, "extra.day") for day in (
            "", "today", "2026-02-30", "20261118", 20261118, None, "2026-11-18T00:00:00Z", ["2026-11-18"])),
        *(("count", {"extra": {"day": "2026-11-18", "count": count}}, "extra.count") for count in NOT_A_COUNT),
        ("message", {"customer": None}, '"field":"customer"'),
        ("message", {"customer": {}}, '"field":"customer"'),
        ("message", {"customer": {"name": "王芳"}}, '"field":"customer"'),
        ("message", {"customer": {"phone": "138****1234"}}, '"field":"customer"'),
        *(("message", {"customer": None, "ref": ref}, '"field":"ref"') for ref in (
            "AM-2611-000000", "AM", "nonsense", "' or 1=1", "{{ 7*7 }}", "<script>", "投诉")),
        ("message", {"customer": None, "extra": {"ref": ["AM-2611-000000"]}}, '"field":"ref"'),
    ]  # fmt: skip
    for kind, change, says in events:
        told = change.get("extra", change)
        yield Row(
            DOOR, f"kind `{kind}`", shown(told), _given({"kind": kind, **change}), 422, "wrong-body", says
        )
