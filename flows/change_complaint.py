"""The form with which ops change a complaint from the Prefect UI.

Deployment `change-complaint/change-complaint`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.form import Because, send
from flows.port import desk

Change = Literal[
    "regrade", "reassign", "withdraw", "undo", "merge", "unmerge", "follow", "leave", "void", "unvoid", "hold",
    "release", "reopen",
]  # fmt: skip
Tier = Literal["light", "medium", "severe"]
Urgency = Literal["low", "normal", "urgent"]
Impact = Literal["none", "single", "high", "batch"]
Ref = Annotated[str, Field(pattern="^[A-Za-z0-9 -]{6,20}$")]
Id = Annotated[str, Field(pattern="^[a-z0-9_-]{1,40}$")]


@flow(name="change-complaint", retries=0, persist_result=False, log_prints=False)
async def change_complaint(
    ref: Annotated[Ref, Field(description="Reference of the complaint, as AM-2611-7KPTH6.")],
    change: Annotated[Change, Field(description="What is changed.")],
    because: Annotated[Because, Field(description="The reason; it is kept with the complaint.")],
    code: Annotated[
        str,
        Field(
            description="Your action code: `amends keys code --as STAFF`, or the desk. For one run, 15 minutes."
        ),
    ],
    tier: Annotated[Tier | None, Field(description="With regrade.")] = None,
    urgency: Annotated[Urgency | None, Field(description="With regrade.")] = None,
    impact: Annotated[Impact | None, Field(description="With regrade.")] = None,
    category: Annotated[Id | None, Field(description="With regrade: key of the category.")] = None,
    department: Annotated[Id | None, Field(description="With regrade: key of the department.")] = None,
    person: Annotated[
        Id | None, Field(description="With reassign: staff id of whoever takes it over.")
    ] = None,
    into: Annotated[Ref | None, Field(description="With merge: the complaint that leads.")] = None,
    lead: Annotated[
        Ref | None, Field(description="With follow: the severe complaint that leads the matter.")
    ] = None,
) -> State[Any]:
    """Changes a complaint in the name of whoever the action code belongs to, as on the desk.

    Ends Completed with how the complaint stands now, or Refused with the cause and what to do. Nothing is done
    twice: a repeated run gives the same answer.
    """
    given = {
        "tier": tier, "urgency": urgency, "impact": impact, "category": category, "department": department,
        "person": person, "into": into, "lead": lead,
    }  # fmt: skip
    return await send(
        lambda run: desk().change_complaint(ref, change, code=code, run=run, because=because, given=given)
    )
