"""Improvement actions: listed, opened, agreed, done, planned anew, reopened."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse

from cases.casework import Request
from cases.improving import Opening
from cases.requests.improving import ActOnStep, CauseReturned, Plan
from cases.view import complaint, improvements
from cases.view.pages import MOST
from complaints.roles import Right
from desk.acting import on_case, opened, written_action
from desk.bodies import Body as Sent
from desk.bodies import NewImprovement, Nothing, Remark, Replanning, WithReason, Work
from desk.bounded import BoundedRoute
from desk.caller import Caller, CallerOf
from desk.shapes import ACTS, READS, ImprovementPage, ImprovementView
from desk.words import Visible

routes = APIRouter(route_class=BoundedRoute, tags=["improvement actions"])


@routes.get(
    "/improvements",
    summary="List improvement actions, newest first",
    response_model=ImprovementPage,
    responses=READS,
)
def list_improvements(
    caller: CallerOf,
    status: Literal["proposed", "agreed", "checking", "proven", "closed"] | None = None,
    owner: Annotated[Annotated[str, Visible] | None, Query(max_length=60, description="Staff id.")] = None,
    open: Annotated[bool, Query(description="Leave out what is closed.")] = False,
    after: Annotated[str | None, Query(max_length=60, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Most items of the page.")] = 50,
) -> Any:
    """With how many of all actions were proven and done in time, beside the target."""
    return JSONResponse(improvements(
        caller.casework, actor=caller.who, status=status, owner=owner, open_only=open,
        after=written_action(after) if after else None, limit=limit,
    ))  # fmt: skip


@routes.post(
    "/improvements", summary="Open an improvement action", status_code=201, response_model=ImprovementView,
    responses=ACTS,
)  # fmt: skip
def open_action(caller: CallerOf, body: NewImprovement) -> Any:
    """It is proposed: the improvement manager agrees to it before its owner begins."""
    caller.demand(Right.CHANGE)
    return opened(caller, body, Opening(
        title=body.title, what=body.what, owner=body.owner, due_at=body.due_at, who=caller.who,
        figure=body.figure, dimension=body.dimension, group_key=body.group,
        expected_percent=body.expected_percent, finding=body.finding,
        origin="finding" if body.finding else "person", language=caller.language,
    ))  # fmt: skip


@routes.get(
    "/improvements/{ref}",
    summary="Everything about one action",
    response_model=ImprovementView,
    responses=READS,
)
def read_improvement(caller: CallerOf, ref: str) -> Any:
    return JSONResponse(
        complaint(caller.casework, written_action(ref), actor=caller.who, language=caller.language)
    )


@routes.post(
    "/improvements/{ref}/agree",
    summary="Agree to it, or judge that it worked",
    response_model=ImprovementView,
    responses=ACTS,
)
def agree(caller: CallerOf, ref: str, body: Annotated[Nothing, Body()] = Nothing()) -> Any:  # noqa: B008
    """Whichever the improvement manager is asked for now."""
    return _act(caller, ref, "agree", Right.WORK, body, ActOnStep("approve", caller.who))


@routes.post(
    "/improvements/{ref}/refuse",
    summary="Do not agree to it, or judge that it had no effect",
    response_model=ImprovementView,
    responses=ACTS,
)
def refuse(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return _act(caller, ref, "refuse", Right.WORK, body, ActOnStep("refuse", caller.who, reason=body.reason))


@routes.post(
    "/improvements/{ref}/done",
    summary="The action is carried out",
    response_model=ImprovementView,
    responses=ACTS,
)
def done(caller: CallerOf, ref: str, body: Annotated[Work, Body()] = Work()) -> Any:  # noqa: B008
    """Thirty days later its effect is measured."""
    return _act(caller, ref, "done", Right.WORK, body, ActOnStep("done", caller.who, text=body.text))


@routes.post(
    "/improvements/{ref}/note", summary="Write something down", response_model=ImprovementView, responses=ACTS
)
def note(caller: CallerOf, ref: str, body: Remark) -> Any:
    return _act(caller, ref, "note", Right.WORK, body, ActOnStep("note", caller.who, text=body.text))


@routes.post(
    "/improvements/{ref}/plan",
    summary="Give it another owner or a later date",
    response_model=ImprovementView,
    responses=ACTS,
)
def plan(caller: CallerOf, ref: str, body: Replanning) -> Any:
    request = Plan(caller.who, body.reason, owner=body.owner, due_at=body.due_at)
    return _act(caller, ref, "plan", Right.CHANGE, body, request)


@routes.post(
    "/improvements/{ref}/reopen",
    summary="Its cause has come back: begin another round",
    response_model=ImprovementView,
    responses=ACTS,
)
def reopen(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return _act(caller, ref, "reopen", Right.CHANGE, body, CauseReturned(caller.who, body.reason))


def _act(
    caller: Caller, ref: str, call: str, right: Right, body: Sent, request: Request[Any]
) -> JSONResponse:  # fmt: skip
    caller.demand(right)
    return on_case(caller, written_action(ref), call, body, lambda _session, _case: request)
