"""`/api/v1`: each field of each body, what the state does not allow, and what comes twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from httpx import Response

from complaints.roles import Role
from tests.contract.bad_input.api_calls import (
    ABSENT,
    BODIES,
    DOOR,
    ON_ITEMS,
    WHY,
    Path,
    ended,
    item,
    offered,
    posted,
)
from tests.contract.bad_input.row import Row, Send, shown
from tests.contract.bad_input.site import Site


def rows() -> Iterator[Row]:
    yield from _bodies()
    yield from _fields()
    yield from _states()
    yield from _repeats()


# --- what is sent


def _raw(path: Path, raw: bytes, kind: str = "application/json") -> Send:
    return lambda site: site.call("POST", path(site), raw=raw, kind=kind)


def _bodies() -> Iterator[Row]:
    sound = json.dumps(WHY).encode()
    wrong: list[tuple[str, bytes]] = [
        ("empty", b""), ("blank", b"  "), ("null", b"null"), ("true", b"true"), ("42", b"42"), ('"text"', b'"text"'),
        ("[]", b"[]"), ("a list with a sound body", b"[" + sound + b"]"), ("{", b"{"), ("{'a': 1}", b"{'a': 1}"),
        ("a comma too many", b'{"reason": "x",}'), ("two objects", sound + sound), ("a form", b"reason=x"),
        ("a raw line end", b'{"reason": "a\nb"}'), ("a byte that is not UTF-8", b'{"reason": "\xff"}'),
        ("UTF-16", json.dumps(WHY).encode("utf-16")), ("compressed", b"\x1f\x8b\x08\x00\x00\x00"),
        ("a name twice", b'{"reason": "a", "reason": "b"}'), ("NaN", b'{"reason": NaN}'),
        ("Infinity", b'{"reason": Infinity}'), ("1e999", b'{"reason": 1e999}'),
        ("a number of 10,000 digits", b'{"reason": ' + b"9" * 10_000 + b"}"),
        ("lists 1,000 deep", b'{"reason": ' + b"[" * 1_000 + b"]" * 1_000 + b"}"),
        ("lists 30,000 deep", b'{"reason": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"),
        ("objects 1,000 deep", b'{"reason": ' + b'{"a":' * 1_000 + b"1" + b"}" * 1_000 + b"}"),
        ("half of a character", b'{"reason": "\\ud83d"}'), ("an unknown field", b'{"reason": "x", "reasen": "y"}'),
        ("an unknown field of a prototype", b'{"reason": "x", "__proto__": {}}'),
    ]  # fmt: skip
    for told, raw in wrong:
        for call in ("withdraw", "hold"):
            yield Row(DOOR, f"body of {call}", told, _raw(offered(call), raw), 422, "wrong-body")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"):
        yield Row(
            DOOR, "body of withdraw", f"sound JSON called {kind}", _raw(offered("withdraw"), sound, kind), 422,
            "wrong-body",
        )  # fmt: skip
    yield Row(
        DOOR, "body of withdraw", "a text of 1 MiB", posted(offered("withdraw"), {"reason": "x" * 2**20}), 413,
        "too-large", "shorten it",
    )  # fmt: skip


NOT_WORDS: tuple[Any, ...] = (0, 1.5, True, [], {}, ["x"], None, "a\x00b", "\x1b[31m", "x" * 4_001)
NEEDED: tuple[Any, ...] = ("", " ", "\n\t", *NOT_WORDS)
NOT_A_KEY: tuple[Any, ...] = ("", " ", 0, True, [], {}, "x" * 61, "a\x00b")
NOT_A_SCORE: tuple[Any, ...] = (0, 6, -1, "five", "5", 3.5, 5.0, True, None, [], {}, 10**30)
NOT_AN_AMOUNT: tuple[Any, ...] = (0, -1, 1.5, 12.0, "12", True, [], {}, 2**31, 10**30)
NOT_A_FLAG: tuple[Any, ...] = ("maybe", 2, 1.5, [], {}, None)
NOT_A_JUDGEMENT: tuple[Any, ...] = ("", "maybe", "Misrouted", "passed on", 1, True, [], {}, "推诿")
NOT_A_TIME: tuple[Any, ...] = (
    "", "soon", "2026-11-30", "2026-11-30T10:00:00", "2026-02-30T00:00:00Z", "99:00", True, [], {},
)  # fmt: skip
FIELDS: tuple[tuple[str, Path, dict[str, Any], str, tuple[Any, ...]], ...] = (
    ("withdraw", offered("withdraw"), WHY, "reason", NEEDED),
    ("withdraw", offered("withdraw"), WHY, "by_customer", NOT_A_FLAG),
    ("void", offered("void"), WHY, "reason", NEEDED),
    ("regrade", offered("regrade"), BODIES["regrade"], "reason", NEEDED),
    ("regrade", offered("regrade"), WHY, "tier", ("", "Severe", "gigantic", "follow", 1, True, [], {}, "severe ")),
    ("regrade", offered("regrade"), WHY, "urgency", ("", "soon", "URGENT", 1, True, [], "紧急")),
    ("regrade", offered("regrade"), WHY, "impact", ("", "big", "None", 1, True, [], {"a": 1})),
    ("regrade", offered("regrade"), WHY, "category", ("", "weather", "Billing", 1, True, [])),
    ("regrade", offered("regrade"), WHY, "department", NOT_A_KEY),
    ("reassign", offered("reassign"), BODIES["reassign"], "person", (*NOT_A_KEY, None)),
    ("reassign", offered("reassign"), BODIES["reassign"], "reason", NEEDED),
    ("merge", offered("merge"), BODIES["merge"], "into", (*NOT_A_KEY, None)),
    ("messages", offered("messages"), BODIES["messages"], "text", NEEDED),
    ("messages", offered("messages"), BODIES["messages"], "channel", NOT_A_KEY),
    ("survey", offered("survey"), BODIES["survey"], "score", NOT_A_SCORE),
    ("survey", offered("survey"), BODIES["survey"], "attitude", tuple(v for v in NOT_A_SCORE if v is not None)),
    ("survey", offered("survey"), BODIES["survey"], "nps", (-1, 11, "9", 9.5, True, [], 10**30)),
    ("survey", offered("survey"), BODIES["survey"], "leave", NOT_A_FLAG),
    ("survey", offered("survey"), BODIES["survey"], "comment", NOT_WORDS),
    ("decline", item("decline"), WHY, "reason", NEEDED),
    ("resolve", item("resolve"), ON_ITEMS["resolve"], "solution", NEEDED),
    ("resolve", item("resolve"), ON_ITEMS["resolve"], "cause", NOT_WORDS),
    ("resolve", item("resolve"), ON_ITEMS["resolve"], "decision", ("", "yes", "UPHELD", 1, True, None, [])),
    ("resolve", item("resolve"), ON_ITEMS["resolve"], "remedy", ("", "gold", "Refund", 1, True, [], {})),
    ("resolve", item("resolve"), {**ON_ITEMS["resolve"], "remedy": "refund"}, "amount", NOT_AN_AMOUNT),
    ("resolve", item("resolve"), ON_ITEMS["resolve"], "options", ("x", 1, {}, None, [1], [{"text": "a"}] * 4)),
    ("resolve", item("resolve"), ON_ITEMS["resolve"], "options", (
        [{}], [{"text": ""}], [{"text": "a", "amount": -1}], [{"text": "a", "remedy": "gold"}],
        [{"text": "a", "price": 1}], [{"text": "a", "recommended": "maybe"}])),
    ("done", item("done"), {}, "score", tuple(v for v in NOT_A_SCORE if v is not None)),
    ("done", item("done"), {}, "choice", (-1, 10, "1", 1.5, True, [], 10**30)),
    ("done", item("done"), {}, "text", NOT_WORDS),
    ("done", item("done"), {}, "judged", NOT_A_JUDGEMENT),
    ("assign", item("assign"), ON_ITEMS["assign"], "judged", NOT_A_JUDGEMENT),
    ("extend", item("extend"), WHY, "until", NOT_A_TIME),
    ("ask", item("ask"), {"text": "请补充", "thing": "发票"}, "thing", (0, True, [], {}, None, "a\x00b", "x" * 4_001)),
    ("note", item("note"), ON_ITEMS["note"], "answered", NOT_A_FLAG),
    ("ask", item("ask"), ON_ITEMS["ask"], "department", NOT_A_KEY),
    ("ask", item("ask"), ON_ITEMS["ask"], "text", NEEDED),
    ("waive", item("waive"), ON_ITEMS["waive"], "instead", NEEDED),
    ("assign", item("assign"), ON_ITEMS["assign"], "person", (*NOT_A_KEY, None)),
    ("note", item("note"), ON_ITEMS["note"], "text", NEEDED),
    ("note", item("note"), ON_ITEMS["note"], "contact", NOT_A_FLAG),
)  # fmt: skip
"""Call, a sound body of it, a field, and what that field must not hold."""


EITHER = (("ask", "department"), ("ask", "thing"))
"""One of the two is needed."""


def _fields() -> Iterator[Row]:
    for call, path, body, name, values in FIELDS:
        for value in values:
            yield Row(
                DOOR, f"field `{name}` of {call}", shown(value), posted(path, body | {name: value}), 422, "wrong-body",
                f'"field":"body.{name}',
            )  # fmt: skip
        if name in body and values is not NOT_WORDS and (call, name) not in EITHER:
            without = {key: value for key, value in body.items() if key != name}
            yield Row(
                DOOR, f"field `{name}` of {call}", "missing", posted(path, without), 422, "wrong-body",
                f'"field":"body.{name}"',
            )  # fmt: skip
    nobody = {key: value for key, value in ON_ITEMS["ask"].items() if key != "department"}
    for told, asks in (("missing", nobody), ("None", {**nobody, "department": None})):
        yield Row(
            DOOR, "field `department` of ask", told, posted(item("ask"), asks), 422, "wrong-body",
            "name the department",
        )  # fmt: skip
    both = {**ON_ITEMS["resolve"], "remedy": "refund", "amount": 1, "options": [{"text": "a"}]}
    yield Row(
        DOOR, "field `options` of resolve", "beside a remedy", posted(item("resolve"), both), 422, "wrong-body",
        "not both",
    )  # fmt: skip
    yield Row(
        DOOR, "field `tier` of regrade", "nothing that changes", posted(offered("regrade"), WHY), 422, "wrong-body",
        "name what changes",
    )  # fmt: skip


# --- what the state does not allow, and names that nobody has


def _states() -> Iterator[Row]:
    names: list[tuple[str, Path, dict[str, Any], int, str, str]] = [
        ("regrade to a department nobody knows", offered("regrade"), {**WHY, "department": "moon"}, 422,
         "unknown-department", "'moon'"),
        ("regrade to a department with a slip", offered("regrade"), {**WHY, "department": "logistic"}, 422,
         "unknown-department", "did you mean 'logistics'?"),
        ("reassign to nobody", offered("reassign"), {**WHY, "person": "s-nobody"}, 422, "unknown-person", "s-nobody"),
        ("reassign what nobody has confirmed", offered("reassign"), BODIES["reassign"], 409, "not-wanted",
         "nobody has the work yet"),
        ("take down a message of an unknown channel", offered("messages"), {"text": "x", "channel": "telepathy"}, 422,
         "wrong-body", "there is no channel 'telepathy'"),
        ("merge into nothing that exists", offered("merge"), {**WHY, "into": ABSENT}, 404, "not-found",
         "to merge into"),
        ("merge into what is no reference", offered("merge"), {**WHY, "into": "nonsense"}, 404, "not-found",
         "is not a reference"),
        ("answer a survey that was not sent", offered("survey"), {"score": 5}, 409, "case-ended", "survey is closed"),
        ("undo what was not withdrawn", offered("undo"), WHY, 409, "not-wanted", "nothing to undo"),
        ("unvoid what is not void", offered("unvoid"), WHY, 409, "not-wanted", "nothing to unvoid"),
        ("unmerge what was not merged", offered("unmerge"), WHY, 409, "not-wanted", "nothing to unmerge"),
        ("reopen what is open", offered("reopen"), WHY, 409, "not-wanted", "nothing to reopen"),
        ("withdraw what has ended", ended("withdraw"), WHY, 409, "case-ended", "is void already"),
        ("void what is void", ended("void"), WHY, 409, "case-ended", "is void already"),
        ("merge what has ended", ended("merge"), BODIES["merge"], 409, "case-ended", "is void already"),
        ("regrade what has ended", ended("regrade"), BODIES["regrade"], 409, "not-wanted", "while it is void"),
        ("confirm what has ended", lambda site: f"work-items/{site.item(site.ended)}/confirm", {}, 409, "case-ended",
         "needs no action"),
        ("resolve what is not confirmed", item("resolve"), ON_ITEMS["resolve"], 409, "not-wanted", "it takes confirm"),
        ("approve what nobody proposed", item("approve"), {}, 409, "not-wanted", "'approve' is not open"),
        ("ask others before it is confirmed", item("ask"), ON_ITEMS["ask"], 409, "not-wanted", "one that asks others"),
        ("waive what is on no list", item("waive"), ON_ITEMS["waive"], 409, "not-wanted", "collaboration list"),
        ("answer a work item that is finished", lambda site: f"work-items/{site.item(site.surveyed)}/done", {}, 409,
         "not-wanted", "nothing is asked of anyone"),
        ("resolve a work item that is finished", lambda site: f"work-items/{site.item(site.surveyed)}/resolve",
         ON_ITEMS["resolve"], 409, "not-wanted", "nothing is asked of anyone"),
    ]  # fmt: skip
    for told, path, body, status, code, says in names:
        yield Row(DOOR, "state and names", told, posted(path, body), status, code, says)
    leads: tuple[tuple[str, Path, str], ...] = (
        ("itself", lambda site: site.offered, "into itself"),
        ("what has ended", lambda site: site.ended, "reopen it first"),
        ("what is merged", lambda site: site.merged, "which leads"),
    )
    for told, into, says in leads:
        yield Row(
            DOOR, "state and names", f"merge into {told}", _merged(into), 409, "not-the-lead", says,
        )  # fmt: skip
    for call in ("confirm", "decline"):
        yield Row(
            DOOR, "state and names", f"{call} a work item of somebody else", _by_a_colleague(call), 403, "not-yours",
            "not to",
        )  # fmt: skip


def _merged(into: Path) -> Send:
    return lambda site: site.call("POST", offered("merge")(site), {**WHY, "into": into(site)})


def _by_a_colleague(call: str) -> Send:
    """Somebody of the department, who sees the item, and whose it is not."""
    body = ON_ITEMS[call] or None
    return lambda site: site.call("POST", item(call)(site), body, who=site.colleague, role=Role.SPECIALIST)


# --- Idempotency-Key


def _repeats() -> Iterator[Row]:
    for told, key in (
        ("empty", ""), ("blank", " "), ("201 characters", "x" * 201), ("a control character", b"a\x01b"),
        ("a tab alone", b"\t"), ("bytes that show nothing", b"\x85\xa0"),
    ):  # fmt: skip
        yield Row(
            DOOR, "Idempotency-Key", told,
            _with_idempotency_key(key), 422, "wrong-body", "idempotency-key",
        )  # fmt: skip
    others: tuple[tuple[str, Path, dict[str, Any]], ...] = (
        ("used with another body", item("note"), {"text": "something else"}),
        ("used with another call", offered("messages"), {"text": "first"}),
        (
            "used with another complaint",
            lambda site: f"work-items/{site.item(site.asked)}/note",
            {"text": "first"},
        ),
    )
    for told, path, body in others:
        yield Row(
            DOOR, "Idempotency-Key", told, _used(path, body), 422, "wrong-body",
            "came with another request", keeps=_as_after_the_first,
        )  # fmt: skip


_FIRST: dict[int, dict[str, int]] = {}


def _with_idempotency_key(key: str | bytes) -> Send:
    return lambda site: site.call("POST", offered("withdraw")(site), WHY, key=key)


def _used(path: Path, body: dict[str, Any]) -> Send:
    """A key that a note was written with, once more with something else."""

    def send(site: Site) -> Response:
        site.sent += 1
        key = f"key-{site.sent}"
        assert site.call("POST", item("note")(site), {"text": "first"}, key=key).status_code == 200
        _FIRST[id(site)] = site.state()
        return site.call("POST", path(site), body, key=key)

    return send


def _as_after_the_first(site: Site, _answer: Response) -> None:
    assert site.state() == _FIRST.pop(id(site))
