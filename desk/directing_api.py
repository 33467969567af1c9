"""Complaints: what heads and ops may do at any moment, each with a reason."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from cases.requests.direction import End, Hold, Reassign, Regrade, Return
from cases.requests.following import Follow, Leave
from complaints.roles import Right
from desk.acting import on_complaint
from desk.bodies import Following, Merging, Reassignment, Regrading, WithReason
from desk.bounded import BoundedRoute
from desk.caller import Caller, CallerOf
from desk.shapes import ACTS, ComplaintView

routes = APIRouter(route_class=BoundedRoute, tags=["directing complaints"])


@routes.post(
    "/complaints/{ref}/regrade", summary="Correct the grade", response_model=ComplaintView, responses=ACTS
)
def regrade(caller: CallerOf, ref: str, body: Regrading) -> Any:
    """Clocks keep their start and take the new durations; no due time moves into the past."""
    caller.demand(Right.CHANGE)
    return on_complaint(
        caller, ref, "regrade", body, lambda _session, _case: Regrade(caller.who, body.reason, body.changes)
    )


@routes.post(
    "/complaints/{ref}/reassign",
    summary="Give the main work to another person",
    response_model=ComplaintView,
    responses=ACTS,
)
def reassign(caller: CallerOf, ref: str, body: Reassignment) -> Any:
    """The resolve clock goes on as it was."""
    caller.demand(Right.CHANGE)
    return on_complaint(
        caller, ref, "reassign", body, lambda _session, _case: Reassign(caller.who, body.person, body.reason)
    )


@routes.post(
    "/complaints/{ref}/merge",
    summary="Merge into the complaint that leads",
    response_model=ComplaintView,
    responses=ACTS,
)
def merge(caller: CallerOf, ref: str, body: Merging) -> Any:
    caller.demand(Right.CHANGE)
    return on_complaint(
        caller, ref, "merge", body,
        lambda _session, _case: End("merged", caller.who, body.reason, into=body.into),
    )  # fmt: skip


@routes.post(
    "/complaints/{ref}/unmerge",
    summary="Take a merged complaint out again",
    response_model=ComplaintView,
    responses=ACTS,
)
def unmerge(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """It goes on in the same cycle, with clocks from their original start."""
    return _return(caller, ref, "unmerge", body)


@routes.post(
    "/complaints/{ref}/follow",
    summary="Let it wait for the answer of another of the same cause",
    response_model=ComplaintView,
    responses=ACTS,
)
def follow(caller: CallerOf, ref: str, body: Following) -> Any:
    """It keeps its reference, promise, remedy and survey, and is answered together with the one that leads."""
    caller.demand(Right.CHANGE)
    return on_complaint(
        caller, ref, "follow", body,
        lambda _session, _case: Follow(body.lead, caller.who, body.reason),
    )  # fmt: skip


@routes.post(
    "/complaints/{ref}/leave",
    summary="Handle a complaint that follows another by itself again",
    response_model=ComplaintView,
    responses=ACTS,
)
def leave(caller: CallerOf, ref: str, body: WithReason) -> Any:
    caller.demand(Right.CHANGE)
    return on_complaint(caller, ref, "leave", body, lambda _session, _case: Leave(caller.who, body.reason))


@routes.post(
    "/complaints/{ref}/void",
    summary="Set aside: spam, a test, not ours",
    response_model=ComplaintView,
    responses=ACTS,
)
def void(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """Out of every figure, and reversible."""
    caller.demand(Right.CHANGE)
    return on_complaint(
        caller, ref, "void", body, lambda _session, _case: End("voided", caller.who, body.reason)
    )


@routes.post(
    "/complaints/{ref}/unvoid",
    summary="Take a void complaint up again",
    response_model=ComplaintView,
    responses=ACTS,
)
def unvoid(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return _return(caller, ref, "unvoid", body)


@routes.post(
    "/complaints/{ref}/reopen",
    summary="Reopen a closed complaint, within 30 days",
    response_model=ComplaintView,
    responses=ACTS,
)
def reopen(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """The next cycle begins, with a handler who had no part in the earlier ones."""
    return _return(caller, ref, "reopen", body)


@routes.post(
    "/complaints/{ref}/hold", summary="Set a legal hold", response_model=ComplaintView, responses=ACTS
)
def hold(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """Nothing is erased, and letters to the customer wait; clocks go on."""
    caller.demand(Right.HOLD)
    return on_complaint(caller, ref, "hold", body, lambda _session, _case: Hold(caller.who, body.reason))


@routes.post(
    "/complaints/{ref}/release", summary="Lift a legal hold", response_model=ComplaintView, responses=ACTS
)
def release(caller: CallerOf, ref: str, body: WithReason) -> Any:
    caller.demand(Right.HOLD)
    return on_complaint(
        caller, ref, "release", body, lambda _session, _case: Hold(caller.who, body.reason, on=False)
    )


def _return(caller: Caller, ref: str, how: str, body: WithReason) -> JSONResponse:
    caller.demand(Right.CHANGE)
    return on_complaint(caller, ref, how, body, lambda _session, _case: Return(how, caller.who, body.reason))
