"""What a role may do. Roles are rights; duties (coordinator, approver, …) are organisation data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from complaints.errors import Refusal


class Role(StrEnum):
    AGENT = "agent"
    SPECIALIST = "specialist"
    HEAD = "head"
    OPS = "ops"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Right(StrEnum):
    READ = "read"
    """See complaints that one has a part in, or that lie with one's department."""
    READ_ALL = "read_all"
    """See every complaint, its text and its history."""
    WORK = "work"
    """Act on work items that are one's own; the item's own rules come on top."""
    FILE = "file"
    """Take down a complaint, a message, a withdrawal or a survey answer for a customer."""
    APPROVE = "approve"
    """Sign as the second person, assign bindingly, take over."""
    CHANGE = "change"
    """Re-grade, reassign, merge, unmerge, void, reopen."""
    HOLD = "hold"
    """Set and lift a legal hold, and release letters under it."""
    OPERATE = "operate"
    """Incidents, recovery, the clock of a trial, definitions."""
    ERASE = "erase"
    ACCESS = "access"
    """Give out, rotate and end keys; give people their roles."""


class NotAllowed(Refusal):
    """The role does not carry the right. Over HTTP it looks like an absent complaint."""

    code = "not-allowed"

    def __init__(self, role: Role, right: Right) -> None:
        who = ", ".join(r for r in Role if right in RIGHTS[r])
        super().__init__(f"the role {role} does not carry the right {right}: ask one of {who}")
        self.role, self.right = role, right


_AGENT = frozenset({Right.READ, Right.WORK, Right.FILE})
_HEAD = _AGENT | {Right.READ_ALL, Right.APPROVE, Right.CHANGE}
_OPS = _HEAD | {Right.HOLD, Right.OPERATE}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AGENT: _AGENT,
    Role.SPECIALIST: _AGENT,
    Role.HEAD: _HEAD,
    Role.OPS: _OPS,
    Role.AUDITOR: frozenset({Right.READ, Right.READ_ALL}),
    Role.ADMIN: _OPS | {Right.ERASE, Right.ACCESS},
}


def may(role: Role, right: Right) -> bool:
    return right in RIGHTS[role]


def demand(role: Role, right: Right) -> None:
    """`NotAllowed` unless the role carries the right."""
    if not may(role, right):
        raise NotAllowed(role, right)
