"""Complaints: what heads and ops may do at any moment, each with a reason."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from desk.bodies import Following, Merging, Reassignment, Regrading, WithReason
from desk.bounded import BoundedRoute
from desk.caller import CallerOf
from desk.changes import change
from desk.shapes import ACTS, ComplaintView

routes = APIRouter(route_class=BoundedRoute, tags=["directing complaints"])


@routes.post(
    "/complaints/{ref}/regrade", summary="Correct the grade", response_model=ComplaintView, responses=ACTS
)
def regrade(caller: CallerOf, ref: str, body: Regrading) -> Any:
    """Clocks keep their start and take the new durations; no due time moves into the past."""
    return change(caller, ref, "regrade", body)


@routes.post(
    "/complaints/{ref}/reassign",
    summary="Give the main work to another person",
    response_model=ComplaintView,
    responses=ACTS,
)
def reassign(caller: CallerOf, ref: str, body: Reassignment) -> Any:
    """The resolve clock goes on as it was."""
    return change(caller, ref, "reassign", body)


@routes.post(
    "/complaints/{ref}/merge",
    summary="Merge into the complaint that leads",
    response_model=ComplaintView,
    responses=ACTS,
)
def merge(caller: CallerOf, ref: str, body: Merging) -> Any:
    return change(caller, ref, "merge", body)


@routes.post(
    "/complaints/{ref}/unmerge",
    summary="Take a merged complaint out again",
    response_model=ComplaintView,
    responses=ACTS,
)
def unmerge(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """It goes on in the same cycle, with clocks from their original start."""
    return change(caller, ref, "unmerge", body)


@routes.post(
    "/complaints/{ref}/follow",
    summary="Let it wait for the answer of another of the same cause",
    response_model=ComplaintView,
    responses=ACTS,
)
def follow(caller: CallerOf, ref: str, body: Following) -> Any:
    """It keeps its reference, promise, remedy and survey, and is answered together with the one that leads."""
    return change(caller, ref, "follow", body)


@routes.post(
    "/complaints/{ref}/leave",
    summary="Handle a complaint that follows another by itself again",
    response_model=ComplaintView,
    responses=ACTS,
)
def leave(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return change(caller, ref, "leave", body)


@routes.post(
    "/complaints/{ref}/void",
    summary="Set aside: spam, a test, not ours",
    response_model=ComplaintView,
    responses=ACTS,
)
def void(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """Out of every figure, and reversible."""
    return change(caller, ref, "void", body)


@routes.post(
    "/complaints/{ref}/unvoid",
    summary="Take a void complaint up again",
    response_model=ComplaintView,
    responses=ACTS,
)
def unvoid(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return change(caller, ref, "unvoid", body)


@routes.post(
    "/complaints/{ref}/reopen",
    summary="Reopen a closed complaint, within 30 days",
    response_model=ComplaintView,
    responses=ACTS,
)
def reopen(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """The next cycle begins, with a handler who had no part in the earlier ones."""
    return change(caller, ref, "reopen", body)


@routes.post(
    "/complaints/{ref}/hold", summary="Set a legal hold", response_model=ComplaintView, responses=ACTS
)
def hold(caller: CallerOf, ref: str, body: WithReason) -> Any:
    """Nothing is erased, and letters to the customer wait; clocks go on."""
    return change(caller, ref, "hold", body)


@routes.post(
    "/complaints/{ref}/release", summary="Lift a legal hold", response_model=ComplaintView, responses=ACTS
)
def release(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return change(caller, ref, "release", body)
