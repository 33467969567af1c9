"""The flow of one improvement action, one run from its proposal until its effect has lasted.

Deployment `follow-improvement/improvement`. The process is the BPMN definition `improvement`; a leg of the run does
what a leg of a complaint's does.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.handle_complaint import SCRATCH, one_leg


@flow(
    name="follow-improvement",
    retries=0,
    persist_result=False,
    result_storage=SCRATCH,
    log_prints=False,
)
async def follow_improvement(ref: str) -> State[Any]:
    """Follows one improvement action until its effect is proven and lasts, or it is dropped.

    Each run is one action; a cause that comes back begins another round in the same run. Resume makes it look again,
    Retry repeats the failed activity, Cancel stops the run and opens an incident; the action itself goes on.
    """
    return await one_leg(ref)
