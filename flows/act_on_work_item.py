"""The form with which ops act on a work item from the Prefect UI.

Deployment `act-on-work-item/act-on-work-item`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.form import Because, send
from flows.port import desk

Action = Literal["confirm", "decline", "done", "approve", "refuse", "extend", "takeover", "lift", "assign"]


@flow(name="act-on-work-item", retries=0, persist_result=False, log_prints=False)
async def act_on_work_item(
    work_item: Annotated[
        int, Field(ge=1, description="Number of the work item, as the desk and `amends work` show it.")
    ],
    action: Annotated[Action, Field(description="What is done with it.")],
    code: Annotated[
        str,
        Field(
            description="Your action code: `amends keys code --as STAFF`, or the desk. For one run, 15 minutes."
        ),
    ],
    because: Annotated[
        Because, Field(description="The reason, where the action needs one; it is kept with the complaint.")
    ] = "customer_asked",
    person: Annotated[
        str | None,
        Field(pattern="^[a-z0-9-]{1,40}$", description="With assign: the staff id of whoever takes it."),
    ] = None,
) -> State[Any]:
    """Acts on a work item in the name of whoever the action code belongs to, as on the desk.

    Ends Completed with how the complaint stands now, or Refused with the cause and what to do. Nothing is done
    twice: a repeated run gives the same answer.
    """
    return await send(
        lambda run: desk().act_on_item(work_item, action, code=code, run=run, because=because, person=person)
    )
