"""The calls of the API with a sound body each, for rows to spoil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from complaints.reference import make_ref
from complaints.roles import Role
from tests.contract.bad_input.row import Send
from tests.contract.bad_input.site import OPS, Site
from tests.contract.casework import BEGINNING

DOOR = "API"
Path = Callable[[Site], str]
ABSENT = make_ref(BEGINNING, 4_711)
"""A reference that could be one."""
WHY = {"reason": "客户来电"}


def offered(call: str) -> Path:
    return lambda site: f"complaints/{site.offered}/{call}"


def ended(call: str) -> Path:
    return lambda site: f"complaints/{site.ended}/{call}"


def item(call: str) -> Path:
    return lambda site: f"work-items/{site.item(site.offered)}/{call}"


def at(path: str) -> Path:
    return lambda _site: path


def called(method: str, path: Path, body: Any = None, *, who: str = OPS.name, role: Role = Role.OPS) -> Send:
    return lambda site: site.call(method, path(site), body, who=who, role=role)


BODIES: dict[str, dict[str, Any]] = {
    "messages": {"text": "发票号是 123"}, "withdraw": WHY, "undo": WHY, "regrade": {**WHY, "tier": "severe"},
    "reassign": {**WHY, "person": "s-han-xue"}, "merge": {**WHY, "into": "AM-2611-000000"}, "unmerge": WHY,
    "void": WHY, "unvoid": WHY, "hold": WHY, "release": WHY, "reopen": WHY, "survey": {"score": 4},
}  # fmt: skip
"""A sound body of each call on a complaint."""
ON_ITEMS: dict[str, dict[str, Any]] = {
    "confirm": {}, "decline": WHY, "resolve": {"solution": "电机故障"}, "done": {},
    "ask": {"department": "logistics", "text": "何时发出？"}, "waive": {**WHY, "instead": "照片"}, "approve": {},
    "refuse": WHY, "extend": WHY, "takeover": WHY, "lift": WHY, "assign": {"person": "s-han-xue"},
    "note": {"text": "客户来电"},
}  # fmt: skip


def posted(path: Path, body: Any) -> Send:
    return called("POST", path, body)
