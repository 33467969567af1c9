"""The worklist, and what people do with the items on it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query
from fastapi.responses import JSONResponse

from cases.requests.work import ActOnItem, ProposedOption
from cases.view import work_items
from cases.view.pages import MOST
from complaints.roles import Right
from desk.acting import on_item
from desk.bodies import (
    Assignment,
    Completion,
    Extension,
    NewNote,
    Nothing,
    Question,
    Resolution,
    Waiver,
    WithReason,
)
from desk.bodies import Body as Sent
from desk.bounded import BoundedRoute
from desk.caller import Caller, CallerOf
from desk.shapes import ACTS, KEEPS, READS, ComplaintView, WorkPage
from desk.words import Visible
from store.queries.reading import LARGEST_NUMBER

routes = APIRouter(route_class=BoundedRoute, tags=["work"])

Item = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="Number of the work item.")]
Empty = Annotated[Nothing, Body()]


@routes.get("/work-items", summary="The worklist", response_model=WorkPage, responses=READS)
def list_work(
    caller: CallerOf,
    department: Annotated[Annotated[str, Visible] | None, Query(max_length=40)] = None,
    assignee: Annotated[Annotated[str, Visible] | None, Query(max_length=60, description="Staff id.")] = None,
    status: Literal["waiting", "offered", "confirmed", "declined", "expired", "done", "waived", "cancelled"]
    | None = None,
    open: Annotated[bool, Query(description="Waiting, offered and confirmed ones only.")] = False,
    after: Annotated[
        int | None, Query(ge=0, le=LARGEST_NUMBER, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Most items of the page.")] = 50,
) -> Any:
    """By number. `actions` of an item are what would take it further now."""
    return JSONResponse(work_items(
        caller.casework, actor=caller.who, department=department, assignee=assignee, status=status,
        open_only=open, after=after, limit=limit, language=caller.language,
    ))  # fmt: skip


@routes.post(
    "/work-items/{id}/confirm", summary="Take an offered item", response_model=ComplaintView, responses=KEEPS
)
def confirm(caller: CallerOf, id: Item, body: Empty = Nothing()) -> Any:  # noqa: B008  immutable in use
    """Too late is 409, with whoever has it now."""
    return _act(caller, id, "confirm", body)


@routes.post(
    "/work-items/{id}/decline",
    summary="Give an offered item back",
    response_model=ComplaintView,
    responses=ACTS,
)
def decline(caller: CallerOf, id: Item, body: WithReason) -> Any:
    return _act(caller, id, "decline", body, reason=body.reason)


@routes.post(
    "/work-items/{id}/resolve",
    summary="Decide, and offer what puts it right",
    response_model=ComplaintView,
    responses=ACTS,
)
def resolve(caller: CallerOf, id: Item, body: Resolution) -> Any:
    """An amount above one's limit goes to a second person; two or three options go to the customer's choice."""
    options = tuple(ProposedOption(**option.model_dump()) for option in body.options)
    return _act(
        caller, id, "resolve", body, solution=body.solution, cause=body.cause, decision=body.decision,
        remedy=body.remedy, amount=body.amount, options=options,
    )  # fmt: skip


@routes.post(
    "/work-items/{id}/done", summary="The work is done", response_model=ComplaintView, responses=KEEPS
)
def done(caller: CallerOf, id: Item, body: Annotated[Completion, Body()] = Completion()) -> Any:  # noqa: B008
    return _act(
        caller,
        id,
        "done",
        body,
        text=body.text,
        score=body.score,
        leave=body.leave,
        choice=body.choice,
        judged=body.judged,
    )


@routes.post(
    "/work-items/{id}/ask",
    summary="Ask another department for a contribution, or the customer for something only they have",
    response_model=ComplaintView,
    responses=ACTS,
)
def ask(caller: CallerOf, id: Item, body: Question) -> Any:
    return _act(caller, id, "ask", body, department=body.department, text=body.text, thing=body.thing)


@routes.post(
    "/work-items/{id}/waive",
    summary="Leave an item of the list out",
    response_model=ComplaintView,
    responses=ACTS,
)
def waive(caller: CallerOf, id: Item, body: Waiver) -> Any:
    return _act(caller, id, "waive", body, reason=body.reason, instead=body.instead)


@routes.post(
    "/work-items/{id}/approve",
    summary="Sign as the second person",
    response_model=ComplaintView,
    responses=KEEPS,
)
def approve(caller: CallerOf, id: Item, body: Empty = Nothing()) -> Any:  # noqa: B008
    """Never whoever proposed it."""
    return _act(caller, id, "approve", body)


@routes.post(
    "/work-items/{id}/refuse", summary="Refuse an approval", response_model=ComplaintView, responses=ACTS
)
def refuse(caller: CallerOf, id: Item, body: WithReason) -> Any:
    return _act(caller, id, "refuse", body, reason=body.reason)


@routes.post(
    "/work-items/{id}/extend",
    summary="Give an overdue item more time, once; or promise the customer another date",
    response_model=ComplaintView,
    responses=ACTS,
)
def extend(caller: CallerOf, id: Item, body: Extension) -> Any:
    """On the work of a supervisor: one more day. On one's own main work: the customer hears of the new date."""
    return _act(caller, id, "extend", body, reason=body.reason, until=body.until)


@routes.post(
    "/work-items/{id}/takeover",
    summary="Take an overdue item over oneself",
    response_model=ComplaintView,
    responses=ACTS,
)
def takeover(caller: CallerOf, id: Item, body: WithReason) -> Any:
    return _act(caller, id, "takeover", body, reason=body.reason)


@routes.post(
    "/work-items/{id}/lift",
    summary="Lift the complaint to the next tier",
    response_model=ComplaintView,
    responses=ACTS,
)
def lift(caller: CallerOf, id: Item, body: WithReason) -> Any:
    return _act(caller, id, "lift", body, reason=body.reason)


@routes.post(
    "/work-items/{id}/assign",
    summary="Assign a person bindingly",
    response_model=ComplaintView,
    responses=ACTS,
)
def assign(caller: CallerOf, id: Item, body: Assignment) -> Any:
    return _act(caller, id, "assign", body, handler=body.person, judged=body.judged)


@routes.post(
    "/work-items/{id}/note", summary="Write down what happened", response_model=ComplaintView, responses=ACTS
)
def note(caller: CallerOf, id: Item, body: NewNote) -> Any:
    reason = "answered" if body.answered else "contact" if body.contact else ""
    return _act(caller, id, "note", body, text=body.text, reason=reason)


def _act(caller: Caller, item_id: int, action: str, body: Sent, **given: Any) -> JSONResponse:
    caller.demand(Right.WORK)
    request = ActOnItem(item_id, action, caller.who, **given)
    return on_item(caller, item_id, action, body, request)
