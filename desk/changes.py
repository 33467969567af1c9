"""What heads and ops may do to a complaint at any moment: which right it takes, and what it asks of the case.

One table for everything that can say it: the API and the forms of Prefect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse

from cases.casework import Request
from cases.requests.direction import End, Hold, Reassign, Regrade, Return
from cases.requests.following import Follow, Leave
from complaints.acting import Actor
from complaints.roles import Right
from desk.acting import on_complaint
from desk.bodies import Following, Merging, Reassignment, Regrading, Withdrawal, WithReason
from desk.caller import Caller


@dataclass(frozen=True, slots=True)
class Change:
    """`body` is what it takes, `ask` what it makes of that."""

    right: Right
    body: type[WithReason]
    ask: Callable[[Actor, Any], Request[Any]]


def _returning(how: str) -> Change:
    return Change(Right.CHANGE, WithReason, lambda who, body: Return(how, who, body.reason))


CHANGES: Mapping[str, Change] = {
    "regrade": Change(Right.CHANGE, Regrading, lambda who, body: Regrade(who, body.reason, body.changes)),
    "reassign": Change(Right.CHANGE, Reassignment, lambda who, body: Reassign(who, body.person, body.reason)),
    "merge": Change(
        Right.CHANGE, Merging, lambda who, body: End("merged", who, body.reason, into=body.into)
    ),
    "unmerge": _returning("unmerge"),
    "follow": Change(Right.CHANGE, Following, lambda who, body: Follow(body.lead, who, body.reason)),
    "leave": Change(Right.CHANGE, WithReason, lambda who, body: Leave(who, body.reason)),
    "void": Change(Right.CHANGE, WithReason, lambda who, body: End("voided", who, body.reason)),
    "unvoid": _returning("unvoid"),
    "reopen": _returning("reopen"),
    "hold": Change(Right.HOLD, WithReason, lambda who, body: Hold(who, body.reason)),
    "release": Change(Right.HOLD, WithReason, lambda who, body: Hold(who, body.reason, on=False)),
    "withdraw": Change(
        Right.FILE, Withdrawal,
        lambda who, body: End("withdrawn", who, body.reason, by_customer=body.by_customer),
    ),
    "undo": Change(Right.FILE, WithReason, lambda who, body: Return("undo", who, body.reason)),
}  # fmt: skip


def change(caller: Caller, ref: str, name: str, body: WithReason) -> JSONResponse:
    """Carry one of `CHANGES` out. `NotAllowed` without its right."""
    wanted = CHANGES[name]
    caller.demand(wanted.right)
    return on_complaint(caller, ref, name, body, lambda _session, _case: wanted.ask(caller.who, body))
