"""`/api/v1`: improvement actions, checks of closed complaints, and action codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from httpx import Response

from complaints.roles import Role
from tests.contract.bad_input.api_calls import DOOR, WHY, Path, at, called, posted
from tests.contract.bad_input.at_api_bodies import NEEDED, NOT_A_FLAG, NOT_A_KEY, NOT_A_TIME, NOT_WORDS
from tests.contract.bad_input.row import Row, Send, shown
from tests.contract.bad_input.site import STRANGER, Site

IN_TEN_DAYS = "2026-11-28T18:00:00+08:00"
NEW: dict[str, Any] = {
    "title": "减少错分拣", "what": "分拣线加装扫码复核", "owner": "s-sun-yue", "due_at": IN_TEN_DAYS,
    "figure": "received", "dimension": "category", "group": "logistics", "expected_percent": -25,
}  # fmt: skip
CALLS: dict[str, dict[str, Any]] = {
    "agree": {}, "refuse": WHY, "done": {}, "note": {"text": "已下单"}, "plan": {**WHY, "owner": "s-sun-yue"},
    "reopen": WHY,
}  # fmt: skip
FOUND: dict[str, Any] = {"deviation": False, "steps_required": 3, "steps_covered": 3}
NOT_A_MONTH = (
    "",
    "2026",
    "2026-1",
    "2026-13",
    "2026-00",
    "0000-01",
    "9999-12",
    "２０２６-10",
    "2026-10-01",
    "October",
)


def rows() -> Iterator[Row]:
    yield from _addresses()
    yield from _rights()
    yield from _opening()
    yield from _acting()
    yield from _checks()
    yield from _codes()


def action(call: str = "") -> Path:
    return lambda site: f"improvements/{site.action}{'/' if call else ''}{call}"


def check(call: str) -> Path:
    return lambda site: f"checks/{site.check}/{call}"


def _addresses() -> Iterator[Row]:
    for ref in ("IM-2611-000000", "AM-2611-000000", "IM", "nonsense", "%00", "%27%20or%201=1", "x" * 5_000,
                "%3Cscript%3E", "%E6%8A%95%E8%AF%89"):  # fmt: skip
        for method, call, body in (
            ("GET", "", None),
            ("POST", "/agree", {}),
            ("POST", "/note", {"text": "x"}),
        ):
            yield Row(
                DOOR, "reference of no action", f"{method}{call.replace('/', ' ')} {shown(ref)}",
                called(method, at(f"improvements/{ref}{call}"), body), 404, "not-found",
            )  # fmt: skip
    yield Row(
        DOOR, "reference of no action", "a complaint's", called("GET", lambda site: f"improvements/{site.offered}"),
        404, "not-found",
    )  # fmt: skip
    yield Row(
        DOOR, "reference of no complaint", "an action's",
        lambda site: site.call("POST", f"complaints/{site.action}/void", WHY), 404, "not-found",
    )  # fmt: skip
    for call in ("explode", "Agree", "agree/again"):
        yield Row(
            DOOR, "no such call", f"improvements/REF/{call}", posted(action(call), {}), 404, "not-found"
        )
    for told, query in (
        ("status", "improvements?status=open"), ("limit", "improvements?limit=0"), ("limit", "improvements?limit=201"),
        ("owner", f"improvements?owner={'x' * 61}"), ("owner", "improvements?owner=%00"),
        ("open", "improvements?open=maybe"), ("after", f"improvements?after={'x' * 61}"),
        ("month", "checks?month=October"), ("month", "checks?month=%00"), ("kind", "checks?kind=random"),
        ("assignee", "checks?assignee=%00"), ("after", "checks?after=-1"), ("after", f"checks?after={2**31}"),
        ("limit", "checks?limit=x"), ("open", "checks?open=2"),
    ):  # fmt: skip
        yield Row(
            DOOR, f"parameter `{told}`", shown(query), called("GET", at(query)), 422, "wrong-body",
            f'"field":"query.{told}"',
        )  # fmt: skip
    for ref in ("IM-0000", "AM-2611-000000", "%00"):
        yield Row(
            DOOR, "parameter `after`", f"improvements {shown(ref)}", called("GET", at(f"improvements?after={ref}")),
            404, "not-found",
        )  # fmt: skip


def _rights() -> Iterator[Row]:
    for call, body in CALLS.items():
        yield Row(
            DOOR, "role auditor", f"improvement {call}", called("POST", action(call), body, role=Role.AUDITOR), 404,
            "not-allowed", "ask one of",
        )  # fmt: skip
        right = call in ("plan", "reopen")
        yield Row(
            DOOR, "somebody without a part", f"improvement {call}",
            called("POST", action(call), body, who=STRANGER, role=Role.SPECIALIST), 404,
            "not-allowed" if right else "not-found", "ask one of" if right else "there is no",
        )  # fmt: skip
    for told, path, body in (
        ("improvements", at("improvements"), NEW),
        ("checks/draw", at("checks/draw"), {"month": "2026-10"}),
    ):
        yield Row(
            DOOR, "role specialist", told, called("POST", path, body, role=Role.SPECIALIST), 404, "not-allowed",
            "ask one of",
        )  # fmt: skip
    yield Row(
        DOOR, "role auditor", "checks/N/record", called("POST", check("record"), FOUND, role=Role.AUDITOR), 404,
        "not-allowed", "ask one of",
    )  # fmt: skip


OPENING: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("title", (*NEEDED, "x" * 201)), ("what", NEEDED), ("owner", (*NOT_A_KEY, None)),
    ("due_at", (*NOT_A_TIME, None)), ("finding", (0, True, [], {}, "a\x00b", "x" * 301)),
    ("figure", NOT_A_KEY), ("dimension", NOT_A_KEY), ("group", (0, True, [], {}, "a\x00b", "x" * 201)),
    ("expected_percent", (-101, 1_001, 2.5, -25.0, "-25", True, [], {}, 10**30)),
)  # fmt: skip


def _opening() -> Iterator[Row]:
    new = at("improvements")
    for name, values in OPENING:
        for value in values:
            yield Row(
                DOOR, f"field `{name}` of an action", shown(value), posted(new, {**NEW, name: value}), 422,
                "wrong-body", f'"field":"body.{name}',
            )  # fmt: skip
    for name in ("title", "what", "owner", "due_at"):
        without = {key: value for key, value in NEW.items() if key != name}
        yield Row(
            DOOR, f"field `{name}` of an action", "missing", posted(new, without), 422, "wrong-body",
            f'"field":"body.{name}"',
        )  # fmt: skip
    yield Row(
        DOOR, "field of an action that there is not", "due", posted(new, {**NEW, "due": IN_TEN_DAYS}), 422,
        "wrong-body", '"field":"body.due"',
    )  # fmt: skip
    sent: list[tuple[str, dict[str, Any], int, str, str]] = [
        ("owner 's-nobody'", {"owner": "s-nobody"}, 422, "unknown-person", "s-nobody"),
        ("figure 'moon'", {"figure": "moon"}, 422, "no-such-breakdown", "there is no figure"),
        ("figure with a slip", {"figure": "recieved"}, 422, "no-such-breakdown", "did you mean 'received'?"),
        ("dimension 'moon'", {"dimension": "moon"}, 422, "no-such-breakdown", "choose "),
        ("a dimension without a group", {"group": None}, 422, "no-such-breakdown", "or neither"),
        ("a change of nothing", {"expected_percent": 0}, 422, "no-expectation", "is no change"),
        ("a figure without a change", {"expected_percent": None}, 422, "no-expectation", "by how much"),
        ("a change without a figure", {"figure": None}, 422, "no-expectation", "name the figure"),
    ]  # fmt: skip
    for told, change, status, code, says in sent:
        yield Row(
            DOOR,
            "state and names",
            f"open an action: {told}",
            posted(new, {**NEW, **change}),
            status,
            code,
            says,
        )
    for date, says in DATES:
        yield Row(
            DOOR,
            "date of an action",
            shown(date),
            posted(new, {**NEW, "due_at": date}),
            409,
            "not-wanted",
            says,
        )
        yield Row(
            DOOR, "date of an action", f"planned anew: {shown(date)}", posted(action("plan"), {**WHY, "due_at": date}),
            409, "not-wanted", says,
        )  # fmt: skip


DATES = (
    ("0001-01-01T00:00:00+23:59", "has passed"), ("1970-01-01T00:00:00Z", "has passed"),
    ("2026-11-01T00:00:00Z", "has passed"), ("2032-01-01T00:00:00Z", "ahead"),
    ("9999-12-31T23:59:59Z", "ahead"), ("9999-12-31T23:59:59-23:59", "ahead"),
)  # fmt: skip


def _acting() -> Iterator[Row]:
    fields: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
        ("refuse", "reason", NEEDED), ("note", "text", NEEDED), ("done", "text", NOT_WORDS),
        ("reopen", "reason", NEEDED), ("plan", "reason", NEEDED), ("plan", "owner", NOT_A_KEY),
        ("plan", "due_at", NOT_A_TIME),
    )  # fmt: skip
    for call, name, values in fields:
        for value in values:
            yield Row(
                DOOR, f"field `{name}` of improvement {call}", shown(value),
                posted(action(call), CALLS[call] | {name: value}), 422, "wrong-body", f'"field":"body.{name}',
            )  # fmt: skip
    states: tuple[tuple[str, str, dict[str, Any], int, str, str], ...] = (
        ("done before it is agreed to", "done", {}, 409, "not-wanted", "'done' is not open now"),
        ("reopened before it is done", "reopen", WHY, 409, "not-wanted", "it is not done yet"),
        ("planned anew with nothing that changes", "plan", WHY, 409, "not-wanted", "say what changes"),
        ("given to nobody", "plan", {**WHY, "owner": "s-nobody"}, 422, "unknown-person", "s-nobody"),
    )
    for told, call, body, status, code, says in states:
        yield Row(
            DOOR, "state and names", f"an action {told}", posted(action(call), body), status, code, says
        )


def _checks() -> Iterator[Row]:
    for month in NOT_A_MONTH:
        yield Row(
            DOOR,
            "month of a draw",
            shown(month),
            posted(at("checks/draw"), {"month": month}),
            *_of_month(month),
        )
    yield Row(
        DOOR, "month of a draw", "one that is not over", posted(at("checks/draw"), {"month": "2026-11"}), 409,
        "not-a-period", "is not over",
    )  # fmt: skip
    for name, values in (
        ("kind", ("", "random", 1, True, [])),
        ("seed", (*NOT_A_KEY, "x" * 41)),
        ("month", (1, None, True, [], {})),
    ):
        for value in values:
            yield Row(
                DOOR, f"field `{name}` of a draw", shown(value),
                posted(at("checks/draw"), {"month": "2026-10", name: value}), 422, "wrong-body",
                f'"field":"body.{name}',
            )  # fmt: skip
    for number, status, code in (
        ("999999", 404, "not-found"), ("0", 422, "wrong-body"), ("-1", 422, "wrong-body"), ("abc", 422, "wrong-body"),
        (str(2**31), 422, "wrong-body"), ("9" * 5_000, 422, "wrong-body"), ("%00", 422, "wrong-body"),
    ):  # fmt: skip
        yield Row(
            DOOR,
            "number of no check",
            shown(number),
            posted(at(f"checks/{number}/record"), FOUND),
            status,
            code,
        )
    found: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("text", NOT_WORDS), ("deviation", tuple(v for v in NOT_A_FLAG if v is not None)),
        ("steps_required", (0, -1, 1_001, 1.5, "3", True, [], 10**30)),
        ("steps_covered", (-1, 1_001, 1.5, "3", True, [], 10**30)), ("tier", ("", "huge", "Severe", 1, True, [])),
    )  # fmt: skip
    for name, values in found:
        for value in values:
            yield Row(
                DOOR, f"field `{name}` of a check", shown(value), posted(check("record"), {**FOUND, name: value}), 422,
                "wrong-body", f'"field":"body.{name}',
            )  # fmt: skip
    states: tuple[tuple[str, dict[str, Any], str, str], ...] = (
        ("nothing found", {}, "wrong-body", "whether it deviates"),
        ("more covered than required", {**FOUND, "steps_covered": 4}, "wrong-body", "4 of 3 steps cannot be"),
        ("a deviation without words", {**FOUND, "deviation": True}, "reason-missing", "needs a reason"),
    )
    for told, body, code, says in states:
        yield Row(DOOR, "what a check finds", told, posted(check("record"), body), 422, code, says)
    yield Row(
        DOOR, "what a check finds", "somebody else's check",
        called("POST", check("record"), FOUND, who=STRANGER, role=Role.SPECIALIST), 403, "not-yours", "belongs to",
    )  # fmt: skip


def _of_month(month: str) -> tuple[int, str, str]:
    """The pattern tells what is no month at a glance; the calendar the rest."""
    looks = len(month) == 7 and month[4] == "-" and month.replace("-", "").isdigit()
    return (409, "not-a-period", "is no month") if looks else (422, "wrong-body", '"field":"body.month"')


def _codes() -> Iterator[Row]:
    headers: tuple[tuple[str, bytes | None], ...] = (
        ("no key", None), ("a made-up key", b"Bearer x"), ("a key of 10,000 characters", b"Bearer " + b"x" * 10_000),
        ("a key that is not ASCII", "Bearer 投诉".encode()),
    )  # fmt: skip
    for told, header in headers:
        yield Row(DOOR, "action codes", told, _asked(header), 401, "no-access", "Authorization: Bearer")
    for method in ("GET", "PUT", "DELETE"):
        yield Row(DOOR, "action codes", method, called(method, at("action-codes")), 405, "method-not-allowed")
    yield Row(
        DOOR,
        "action codes",
        "a text of 1 MiB",
        posted(at("action-codes"), {"text": "x" * 2**20}),
        413,
        "too-large",
    )


def _asked(header: bytes | None) -> Send:
    sent = {} if header is None else {b"authorization": header}

    def send(site: Site) -> Response:
        return site.house.client.request("POST", "/api/v1/action-codes", headers=sent)

    return send
