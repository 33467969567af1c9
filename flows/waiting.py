"""How a leg ends without ending its run: in a paused state whose name says what the case waits for.

Four facts of Prefect 3.8 shape this file. A state with `pause_reschedule` lets Resume and Cancel of the UI
work without a process. After a waiting state was set, returning from the flow would complete the run, so a
leg leaves by raising `Pause`. A paused run takes a new name only by force. And what a person clicked while
the leg ran comes back as a rejection, which the leg obeys.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State, StateDetails, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import Pause

from flows.port import Standing

PREFIX = "Waiting: "
READY = "Ready"
"""Name of the scheduled states we set ourselves; every other scheduled state was asked for by a person."""
LONGEST_NAME = 120
BULK_SET_STATE = "/flow_runs/bulk_set_state"


def waiting_name(waiting: tuple[str, ...]) -> str:
    """`Waiting: a; b`, at most 120 characters; what does not fit is counted: `Waiting: a; and 3 more`."""
    for kept in range(len(waiting), 0, -1):
        more = len(waiting) - kept
        name = PREFIX + "; ".join(waiting[:kept]) + (f"; and {more} more" if more else "")
        if len(name) <= LONGEST_NAME:
            return name
    first = waiting[0] if waiting else "the next event"
    return (
        (PREFIX + first)[: LONGEST_NAME - 1] + "…" if len(PREFIX + first) > LONGEST_NAME else PREFIX + first
    )


def deadline(due: datetime | None) -> str:
    """`next deadline 2026-11-22 10:00 UTC`."""
    if due is None:
        return "no deadline runs"
    if due.tzinfo is None:
        raise ValueError("next_due must be an aware datetime")
    return f"next deadline {due.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def waiting_state(standing: Standing) -> State[Any]:
    """The paused state of a case that waits. Its key is fresh: Prefect refuses to pause twice under one."""
    return State(
        type=StateType.PAUSED,
        name=waiting_name(standing.waiting),
        message=deadline(standing.next_due),
        state_details=StateDetails(pause_reschedule=True, pause_key=uuid4().hex),
    )


async def show_waiting(client: PrefectClient, flow_run_id: UUID, standing: Standing) -> None:
    """Puts the run in its waiting state. Raises Pause when a person moved it elsewhere."""
    state = waiting_state(standing)
    answer = await client.set_flow_run_state(flow_run_id, state)
    if answer.status == SetStateStatus.ACCEPT:
        return
    found = answer.state
    if answer.status == SetStateStatus.REJECT and found is not None:
        if found.is_paused():
            # Pause in the UI holds no promise back: the run keeps showing what the case waits for.
            await client.set_flow_run_state(flow_run_id, waiting_state(standing), force=True)
            return
        if found.type == StateType.CANCELLING:
            await confirm_cancelled(client, flow_run_id)
    leave(found)


async def confirm_cancelled(client: PrefectClient, flow_run_id: UUID) -> None:
    """Ends a run that a person cancelled while a leg ran; the reconciler tells the case."""
    cancelled: State[Any] = State(type=StateType.CANCELLED, name="Cancelled", message="cancelled by hand")
    await client.set_flow_run_state(flow_run_id, cancelled)


async def wake(client: PrefectClient, flow_run_id: UUID) -> None:
    """Schedules the run again if it is paused. The filter leaves out a run that was cancelled just now."""
    await client.request(
        "POST",
        BULK_SET_STATE,  # type: ignore[arg-type]  # the client's list of routes lacks it
        json={
            "flow_runs": {"id": {"any_": [str(flow_run_id)]}, "state": {"type": {"any_": ["PAUSED"]}}},
            "state": {"type": "SCHEDULED", "name": READY},
        },
    )


def leave(state: State[Any] | None = None) -> NoReturn:
    """Ends the leg and lets the run stand as it is."""
    raise Pause("the leg ends, the complaint goes on", state=state)
