"""One leg: what a run does between two waits, in the terms of the process."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import anyio.to_thread
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State, StateType
from prefect.context import FlowRunContext
from prefect.states import Completed
from prefect.states import Failed as FailedState

from flows import waiting
from flows.artifact import publish
from flows.port import (
    ActivityFailed,
    Casework,
    FlowError,
    LegBroken,
    Outcome,
    ReadyActivity,
    Standing,
    casework,
)

T = TypeVar("T")
ASKED_BY_HAND = frozenset({"AwaitingRetry", "Scheduled", "Late"})
"""Names that Retry and Change state of the UI give to a scheduled state; ours is `Ready`."""

OURS = frozenset({"tier", "channel", "department"})
"""Tags before whose colon one of these stands are ours to change; people may add others."""

log = logging.getLogger("amends.flows")


@dataclass(slots=True)
class Leg:
    """A leg of the run of one case."""

    ref: str
    flow_run_id: UUID
    run_name: str
    run_tags: frozenset[str]
    client: PrefectClient
    cases: Casework

    @classmethod
    def begin(cls, ref: str) -> Leg:
        """The leg that this flow run is. Raises FlowError outside a deployed run: nothing could resume it."""
        context = FlowRunContext.get()
        run = context.flow_run if context else None
        if run is None or run.deployment_id is None:
            raise FlowError(
                "this flow waits between legs: run it as its deployment (handle-complaint/complaint, "
                "follow-improvement/improvement)"
            )
        return cls(ref, run.id, run.name, frozenset(run.tags), get_client(), casework())

    @property
    def name(self) -> str:
        """Who claims the activities of this leg."""
        return f"run {self.flow_run_id}"

    async def look(self) -> Standing:
        return await off_loop(self.cases.standing, self.ref)

    def is_current(self, standing: Standing) -> bool:
        """Whether this run is the one that shows the case; a reopened case has another."""
        return standing.flow_run_id in (None, self.flow_run_id)

    async def ready(self) -> AsyncIterator[ReadyActivity]:
        """What is ready now and what becomes ready meanwhile, each activation once in a leg."""
        tried: set[int] = set()
        while True:
            fresh = [a for a in await off_loop(self.cases.ready, self.ref) if a.activation not in tried]
            if not fresh:
                return
            for activity in fresh:
                tried.add(activity.activation)
                yield activity

    async def obey_retry(self, standing: Standing) -> None:
        """Re-arms the failed activity when it was a person who scheduled this leg."""
        if standing.incident is None:
            return
        states = await self.client.read_flow_run_states(self.flow_run_id)
        scheduled = [s for s in states if s.type == StateType.SCHEDULED]
        if scheduled and scheduled[-1].name in ASKED_BY_HAND:
            await off_loop(self.cases.retried, self.ref, str(scheduled[-1].id))

    async def show(self, standing: Standing) -> None:
        """Brings name, tags and artifact of the run up to this standing.

        The case is told before the state is set: told after, each clock would wake the run in between. A
        leg that dies in between leaves a run that is reaped or healed, and so shown again.
        """
        if standing.title != self.run_name or not self.run_tags.issuperset(standing.tags):
            tags = {tag for tag in self.run_tags if tag.partition(":")[0] not in OURS} | set(standing.tags)
            await self.client.update_flow_run(self.flow_run_id, name=standing.title, tags=sorted(tags))
        await publish(self.client, self.flow_run_id, self.ref, standing.artifact)
        await off_loop(self.cases.shown, self.ref, standing.version, self.flow_run_id)

    async def end(self, standing: Standing) -> State[Any]:
        """The final state of a case that ended, or that an incident stopped."""
        await self.show(standing)
        if standing.ended:
            return Completed(message=standing.outcome)
        return FailedState(message=standing.incident)

    async def wait(self, standing: Standing) -> None:
        """Leaves the run waiting by name. Never returns.

        What happened between reading `standing` and the paused state would be missed by a wake that looks for
        paused runs only, so the leg reads once more and wakes its own run.
        """
        await self.show(standing)
        await waiting.show_waiting(self.client, self.flow_run_id, standing)
        ready = await off_loop(self.cases.ready, self.ref)
        if ready or (await self.look()).version != standing.version:
            await waiting.wake(self.client, self.flow_run_id)
        waiting.leave(waiting.waiting_state(standing))


def superseded() -> State[Any]:
    return Completed(message="another run shows this case now")


async def off_loop(call: Callable[..., T], *args: Any) -> T:
    """Runs a synchronous call of the port in a thread, so that other legs go on."""
    return await anyio.to_thread.run_sync(partial(call, *args))


async def perform(leg_ref: str, activation: int, by: str) -> Outcome:
    return await off_loop(casework().perform, leg_ref, activation, by)


@contextmanager
def without_text() -> Iterator[None]:
    """Lets a fault of ours out as its kind only: drivers quote data in messages, and Prefect shows them to
    all.
    """
    try:
        yield
    except (FlowError, ActivityFailed):
        raise
    except Exception as error:
        log.exception("a leg broke")
        kind = type(error).__name__
        raise LegBroken(
            f"{kind}; the complaint goes on without Prefect, details are in the worker's log"
        ) from None
