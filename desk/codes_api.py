"""Action codes over the API: so that a form of Prefect knows who acts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from desk.bounded import BoundedRoute
from desk.caller import CallerOf
from desk.desk import CounterOf
from desk.shapes import READS

routes = APIRouter(route_class=BoundedRoute, tags=["work"])


class NewCode(BaseModel):
    code: Annotated[str, Field(description="For one run of one form; shown once.")]
    expires_at: Annotated[AwareDatetime, Field(description="A quarter of an hour from now.")]


@routes.post(
    "/action-codes",
    summary="A personal code for the forms in Prefect",
    status_code=201,
    response_model=NewCode,
    responses={401: READS[401]},
)
def give_code(caller: CallerOf, counter: CounterOf) -> Any:
    """It acts as whoever asks here, with their role, for one run of `act-on-work-item` or `change-complaint`."""
    given = counter.codes.give(caller.who)
    return JSONResponse({"code": given.code, "expires_at": given.expires_at.isoformat()}, 201)
