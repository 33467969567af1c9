"""Retrospectives, quality checks and checked grades: drawn for a month, listed, recorded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from cases import checking
from cases.checking import KINDS, RecordCheck, draw
from cases.errors import CaseNotFound
from cases.view.checks import check_view, checks
from cases.view.pages import MOST
from complaints.roles import Right, Role, may
from desk.bodies import CheckFound, Drawing
from desk.bounded import BoundedRoute
from desk.caller import CallerOf
from desk.shapes import ACTS, READS, CheckPage, CheckView, DrawnKind
from desk.words import Visible
from store.queries.reading import LARGEST_NUMBER
from store.seams import Change

routes = APIRouter(route_class=BoundedRoute, tags=["checks"])
Kind = Literal["retrospective", "quality", "accuracy"]


@routes.get("/checks", summary="List checks of closed complaints", response_model=CheckPage, responses=READS)
def list_checks(
    caller: CallerOf,
    month: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$")] = None,
    kind: Kind | None = None,
    assignee: Annotated[Annotated[str, Visible] | None, Query(max_length=60)] = None,
    open: Annotated[bool, Query(description="Leave out what is recorded.")] = False,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Any:
    """One's own; everything for whoever reads every complaint."""
    reads_all = may(Role(caller.who.role), Right.READ_ALL)
    return JSONResponse(checks(
        caller.casework, month=month, kind=kind, assignee=assignee if reads_all else caller.who.name,
        open_only=open, after=after, limit=limit,
    ))  # fmt: skip


@routes.post(
    "/checks/draw", summary="Draw the sample of a month", response_model=list[DrawnKind], responses=ACTS
)
def draw_checks(caller: CallerOf, body: Drawing) -> Any:
    """Once for each kind; drawing again changes nothing and says what was drawn."""
    caller.demand(Right.CHANGE)
    zone = caller.casework.books.calendar("always").zone
    found = [
        draw(caller.casework, body.month, kind, caller.who, zone=zone, seed=body.seed)
        for kind in ((body.kind,) if body.kind else KINDS)
    ]
    return JSONResponse([asdict(one) for one in found])


@routes.post("/checks/{id}/record", summary="Record what was found", response_model=CheckView, responses=ACTS)
def record(caller: CallerOf, id: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)], body: CheckFound) -> Any:
    """Once; by the person it was given to."""
    caller.demand(Right.WORK)
    request = RecordCheck(id, caller.who, **body.model_dump())
    with caller.casework.database.write(Change.STEP) as session:
        recorded = checking.record(caller.casework, session, request)
        if recorded is None:
            raise CaseNotFound(f"there is no check {id}: list them again")
        return JSONResponse({**check_view(*recorded), "late": False})
