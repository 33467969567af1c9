"""`/api/v1`: who calls, and what is called."""

from __future__ import annotations

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
    at,
    called,
    item,
    offered,
    posted,
)
from tests.contract.bad_input.row import Row, Send, shown
from tests.contract.bad_input.site import STRANGER, Site


def rows() -> Iterator[Row]:
    yield from _keys()
    yield from _rights()
    yield from _addresses()


# --- who calls

DOORS: tuple[tuple[str, str, Path], ...] = (
    ("reading", "GET", lambda _site: "complaints"),
    ("acting", "POST", item("confirm")),
    ("directing", "POST", offered("void")),
)


def _keys() -> Iterator[Row]:
    headers: tuple[tuple[str, bytes | None], ...] = (
        ("no key", None), ("an empty one", b""), ("the word Bearer alone", b"Bearer"), ("a made-up key", b"Bearer x"),
        ("a password", b"Basic YTpi"), ("a key of 10,000 characters", b"Bearer " + b"x" * 10_000),
        ("a key that is not ASCII", "Bearer 投诉".encode()), ("SQL", b"Bearer ' OR '1'='1"),
    )  # fmt: skip
    for what, method, path in DOORS:
        for told, header in headers:
            yield Row(
                DOOR, f"key, {what}", told, _with_header(method, path, header), 401, "no-access",
                "Authorization: Bearer",
            )  # fmt: skip
        yield Row(
            DOOR, f"key, {what}", "the key of a channel", _with_hook_key(method, path), 401, "no-access"
        )


def _with_header(method: str, path: Path, header: bytes | None) -> Send:
    sent = {} if header is None else {b"authorization": header}
    return lambda site: site.house.client.request(method, f"/api/v1/{path(site)}", headers=sent, json=WHY)


def _with_hook_key(method: str, path: Path) -> Send:
    def send(site: Site) -> Response:
        headers = {"authorization": f"Bearer {site.secrets['web_form']}"}
        return site.house.client.request(method, f"/api/v1/{path(site)}", headers=headers, json=WHY)

    return send


DIRECTING = ("regrade", "reassign", "merge", "unmerge", "void", "unvoid", "reopen", "hold", "release")


def _rights() -> Iterator[Row]:
    for call, body in BODIES.items():
        yield _role_row(call, offered(call), body, Role.AUDITOR)
    for call, body in ON_ITEMS.items():
        yield _role_row(f"work {call}", item(call), body, Role.AUDITOR)
    for call in DIRECTING:
        yield _role_row(call, offered(call), BODIES[call], Role.SPECIALIST)
        yield _role_row(call, offered(call), BODIES[call], Role.AGENT)
    for call in ("hold", "release"):
        yield _role_row(call, offered(call), BODIES[call], Role.HEAD)
    for call in ("messages", "withdraw", "survey"):
        yield Row(
            DOOR, "somebody without a part", call,
            called("POST", offered(call), BODIES[call], who=STRANGER, role=Role.SPECIALIST), 404, "not-found",
            "there is no complaint",
        )  # fmt: skip
    yield Row(
        DOOR, "somebody without a part", "reading",
        called("GET", offered(""), who=STRANGER, role=Role.SPECIALIST), 404, "not-found", "there is no complaint",
    )  # fmt: skip
    for call, body in ON_ITEMS.items():
        yield Row(
            DOOR, "somebody without a part", f"work {call}",
            called("POST", item(call), body, who=STRANGER, role=Role.SPECIALIST), 404, "not-found",
            "there is no work item",
        )  # fmt: skip


def _role_row(call: str, path: Path, body: dict[str, Any], role: Role) -> Row:
    return Row(
        DOOR, f"role {role}", call, called("POST", path, body, role=role), 404, "not-allowed",
        "ask one of",
    )  # fmt: skip


# --- what is called


def _addresses() -> Iterator[Row]:
    refs = (
        ABSENT, "AM-2611-000000", "AM-2611-ZZZZZZ", "AM", "nonsense", "0", "-1", "%00", "%27%20or%201=1",
        "%E6%8A%95%E8%AF%89", "x" * 5_000, "%3Cscript%3E", "%7B%7B7*7%7D%7D", "%F0%9F%98%A1", "AM-9999-000000",
    )  # fmt: skip
    calls: tuple[tuple[str, str, Any], ...] = (
        ("GET", "", None), ("POST", "/withdraw", WHY), ("POST", "/survey", {"score": 5}),
    )  # fmt: skip
    for ref in refs:
        for method, call, body in calls:
            yield Row(
                DOOR, "reference of no complaint", f"{method}{call.replace('/', ' ')} {shown(ref)}",
                called(method, at(f"complaints/{ref}{call}"), body), 404, "not-found",
            )  # fmt: skip
    for number, status, code in (
        ("999999", 404, "not-found"), ("0", 422, "wrong-body"), ("-1", 422, "wrong-body"), ("abc", 422, "wrong-body"),
        ("1.5", 422, "wrong-body"), ("1e3", 422, "wrong-body"), (str(2**31), 422, "wrong-body"),
        ("9" * 40, 422, "wrong-body"), ("9" * 5_000, 422, "wrong-body"), ("%00", 422, "wrong-body"),
        ("%27%20or%201=1", 422, "wrong-body"), ("true", 422, "wrong-body"),
    ):  # fmt: skip
        for call in ("confirm", "note"):
            yield Row(
                DOOR, "number of no work item", f"{call} {shown(number)}",
                called("POST", at(f"work-items/{number}/{call}"), ON_ITEMS[call] or None), status, code,
            )  # fmt: skip
    for call in ("dance", "Confirm", "", "confirm/again", "resolve;drop"):
        yield Row(DOOR, "no such call", f"work-items/N/{call}", posted(item(call), None), 404, "not-found")
    for call in ("explode", "Void", "void/again"):
        yield Row(
            DOOR, "no such call", f"complaints/REF/{call}", posted(offered(call), WHY), 404, "not-found"
        )
    for method in ("PUT", "PATCH", "DELETE"):
        yield Row(
            DOOR, "no such call", f"{method} complaints/REF",
            called(method, lambda site: f"complaints/{site.offered}"), 405, "method-not-allowed",
        )  # fmt: skip
    for told, query in (
        ("limit", "complaints?limit=0"), ("limit", "complaints?limit=201"), ("limit", "complaints?limit=x"),
        ("limit", "complaints?limit=1e2"), ("status", "complaints?status=open"), ("tier", "complaints?tier=huge"),
        ("channel", f"complaints?channel={'x' * 41}"), ("channel", "complaints?channel=%00"),
        ("open", "complaints?open=maybe"), ("after", f"complaints?after={'x' * 61}"),
        ("language", "complaints?language=fr"), ("limit", "work-items?limit=0"), ("after", "work-items?after=-1"),
        ("after", "work-items?after=x"), ("after", f"work-items?after={2**31}"), ("status", "work-items?status=lost"),
        ("department", f"work-items?department={'x' * 41}"), ("department", "work-items?department=a%00b"),
        ("assignee", f"work-items?assignee={'x' * 61}"), ("assignee", "work-items?assignee=%00"),
        ("language", "work-items?language=%00"),
    ):  # fmt: skip
        yield Row(
            DOOR, f"parameter `{told}`", shown(query), called("GET", at(query)), 422, "wrong-body",
            f'"field":"query.{told}"',
        )  # fmt: skip
    for ref in ("AM-0000", "AM-2611-000000", "%00", "' or 1=1"):
        yield Row(
            DOOR, "parameter `after`", shown(ref), called("GET", at(f"complaints?after={ref}")), 404,
            "not-found",
        )  # fmt: skip
