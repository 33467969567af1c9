"""Complaints: read, and what staff take down for a customer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from cases.requests.phone import AnswerByPhone
from cases.view import complaint, complaints
from cases.view.pages import MOST
from complaints.errors import near
from complaints.roles import Right
from desk.acting import on_complaint, written
from desk.bodies import NewMessage, PhoneAnswer, Withdrawal, WithReason
from desk.bounded import BoundedRoute, WrongBody
from desk.caller import CallerOf
from desk.changes import change
from desk.hearing import heard
from desk.shapes import ACTS, READS, ComplaintPage, ComplaintView
from desk.words import Visible

routes = APIRouter(route_class=BoundedRoute, tags=["complaints"])

Status = Literal[
    "received", "handling", "waiting_customer", "fulfilling", "surveying", "reviewing", "closed", "withdrawn",
    "merged", "void",
]  # fmt: skip
Limit = Annotated[int, Query(ge=1, le=MOST, description="Most items of the page.")]


@routes.get(
    "/complaints", summary="List complaints, newest first", response_model=ComplaintPage, responses=READS
)
def list_complaints(
    caller: CallerOf,
    status: Status | None = None,
    tier: Literal["light", "medium", "severe"] | None = None,
    channel: Annotated[Annotated[str, Visible] | None, Query(max_length=40)] = None,
    open: Annotated[bool, Query(description="Leave out what has ended.")] = False,
    after: Annotated[
        str | None, Query(max_length=60, description="`next` of the page before: the ref it ended with.")
    ] = None,
    limit: Limit = 50,
) -> Any:
    """Those the caller may see: everything for head, ops, auditor and admin; else one's own and one's department's."""
    found = complaints(
        caller.casework, actor=caller.who, status=status, tier=tier, channel=channel, open_only=open,
        after=written(after) if after else None, limit=limit,
    )  # fmt: skip
    return JSONResponse(found)


@routes.get(
    "/complaints/{ref}",
    summary="Everything about one complaint",
    response_model=ComplaintView,
    responses=READS,
)
def read_complaint(caller: CallerOf, ref: str) -> Any:
    return JSONResponse(complaint(caller.casework, written(ref), actor=caller.who, language=caller.language))


@routes.post(
    "/complaints/{ref}/messages",
    summary="Take down a message of the customer",
    response_model=ComplaintView,
    responses=ACTS,
)
def add_message(caller: CallerOf, ref: str, body: NewMessage) -> Any:
    """Attached, and the owner is told; a very negative one goes to a person at once."""
    caller.demand(Right.FILE)
    known = caller.casework.books.channels
    if body.channel is not None and body.channel not in known:
        raise WrongBody("body.channel", f"there is no channel {body.channel!r}{near(body.channel, known)}")
    return on_complaint(caller, ref, "messages", body, lambda _session, case: heard(
        caller.casework, case.value, body.text, channel=body.channel or case.channel, actor=caller.who.name,
        key=f"{case.ref}/in/{case.version}",
    ))  # fmt: skip


@routes.post(
    "/complaints/{ref}/withdraw",
    summary="The customer takes the complaint back",
    response_model=ComplaintView,
    responses=ACTS,
)
def withdraw(caller: CallerOf, ref: str, body: Withdrawal) -> Any:
    """It ends at once and is not counted as closed; what was granted is still carried out."""
    return change(caller, ref, "withdraw", body)


@routes.post(
    "/complaints/{ref}/undo",
    summary="Undo a withdrawal, within 7 days",
    response_model=ComplaintView,
    responses=ACTS,
)
def undo(caller: CallerOf, ref: str, body: WithReason) -> Any:
    return change(caller, ref, "undo", body)


@routes.post(
    "/complaints/{ref}/survey",
    summary="Record a survey answer taken by phone",
    response_model=ComplaintView,
    responses=ACTS,
)
def answer_survey(caller: CallerOf, ref: str, body: PhoneAnswer) -> Any:
    """Refused for anyone who had a part in the complaint."""
    caller.demand(Right.FILE)
    return on_complaint(caller, ref, "survey", body, lambda _session, case: AnswerByPhone(
        caller.who, body.score, nonce=f"{case.ref}/phone/{case.version}", leave=body.leave,
        attitude=body.attitude, nps=body.nps, comment=body.comment,
    ))  # fmt: skip
