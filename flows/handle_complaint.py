"""The flow of one complaint, one run from the first report to the last answer.

Deployment `handle-complaint/complaint`. The process itself is the BPMN definition; this flow lets people
see and steer it in Prefect: each activity is a task run named as in the diagram, and between them the run
waits by name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, assert_never, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, StateType
from prefect.states import Completed

from flows import leg as legs
from flows.leg import Leg
from flows.port import ActivityFailed, Done, Failed, Gone, Postponed

SCRATCH = Path(tempfile.gettempdir()) / "amends-prefect-results"
"""Results are not kept; only the kind of a fault of ours lands here. Without a storage the engine asks the
server for one in each leg, over a connection it leaks.
"""


@task(name="activity", task_run_name="{name}", retries=0, cache_policy=NO_CACHE, persist_result=False)
async def activity(name: str, ref: str, activation: int, by: str) -> State[Any]:
    """One activity of the process. The store holds its tries and backoff, so Prefect retries nothing."""
    with legs.without_text():
        outcome = await legs.perform(ref, activation, by)
    match outcome:
        case Done():
            return Completed(message=name)
        case Postponed(not_before=again):
            return State(
                type=StateType.CANCELLED, name="Postponed", message=f"tried again after {again:%H:%M:%S %Z}"
            )
        case Gone():
            return State(
                type=StateType.CANCELLED, name="Skipped", message="done elsewhere, or not needed any more"
            )
        case Failed(reason=reason):
            raise ActivityFailed(reason)
    assert_never(outcome)


@flow(
    name="handle-complaint",
    retries=0,
    persist_result=False,
    result_storage=SCRATCH,
    log_prints=False,
)
async def handle_complaint(ref: str) -> State[Any]:
    """Handles one customer complaint from the first report until the customer says it is settled.

    Each run is one complaint. Its activities appear as task runs; while it waits, the name of its state says
    for what. Resume makes it look again, Retry repeats the failed activity, Cancel stops the run and opens an
    incident; the complaint itself always goes on.
    """
    return await one_leg(ref)


async def one_leg(ref: str) -> State[Any]:
    """Does what is ready for the case `ref`, then leaves its run waiting by name, or ends it."""
    with legs.without_text():
        case = Leg.begin(ref)
        standing = await case.look()
        if not case.is_current(standing):
            return legs.superseded()

        await case.obey_retry(standing)
        async for ready in case.ready():
            # Prefect's types miss that the call of an async task is awaited also when it
            # answers with a state.
            await cast(
                Awaitable[State[Any]],
                activity(ready.name, ref, ready.activation, by=case.name, return_state=True),
            )

        standing = await case.look()
        if standing.ended or standing.incident is not None:
            return await case.end(standing)
        await case.wait(standing)
    return legs.superseded()
