"""The worker: a Prefect worker type named `amends` that runs legs in its own process.

Registered through the entry point group `prefect.collections`, so `prefect worker start --pool amends`, the
UI and `prefect work-pool` know it. What it overrides is the poll: it asks Prefect what is scheduled and the
store what is most urgent, and claims in that order. Everything else (heartbeat, pool, status, health check)
is the stock worker.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import anyio
import anyio.to_thread
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from flows.port import casework
from flows.waiting import READY
from runtime.legs import LegRunner
from runtime.prefect_private import PrivateWorker, lean_settings, waits_logged_as_information

POOL = "amends"
POLL_SECONDS = 0.5
DEFAULT_LIMIT = 4
GRACE_SECONDS = 20.0
POLLED_AT_MOST = 200
log = logging.getLogger("amends.worker")


class AmendsWorkerResult(BaseWorkerResult):
    """Unused by our poll; the stock `submit` path would need it."""


class AmendsWorker(BaseWorker[BaseJobConfiguration, BaseVariables, AmendsWorkerResult]):
    """Runs complaints, leg by leg, inside this process."""

    type = "amends"
    job_configuration = BaseJobConfiguration
    _description = (
        "Runs customer complaints in a long-lived process: no subprocess or container for each leg."
    )
    _display_name = "Amends"

    def __init__(self, *args: Any, grace_seconds: float = GRACE_SECONDS, **kwargs: Any) -> None:
        """As `BaseWorker`; `limit` is the number of legs at once (4), `grace_seconds` how long a stop
        waits.
        """
        super().__init__(*args, **kwargs)
        self._ours = PrivateWorker(self)
        self._legs = LegRunner(self._ours.limit or DEFAULT_LIMIT, name=f"legs of {self.name}")
        self._grace_seconds = grace_seconds

    @classmethod
    def get_default_base_job_template(cls) -> dict[str, Any]:
        """No job variables: a leg has no command, image or environment of its own.

        The server checks the variables, and their schema, again for each run that it creates: with those
        of the stock worker this costs more than all the rest of the creation.
        """
        return {"job_configuration": {"env": {}}, "variables": {"type": "object", "properties": {}}}

    async def start(self, *args: Any, **kwargs: Any) -> None:
        with ExitStack() as stack:
            stack.enter_context(lean_settings(POLL_SECONDS))
            stack.enter_context(waits_logged_as_information())
            await super().start(*args, **kwargs)

    async def setup(self) -> None:
        """Connects; when stopped or failing half-way, lets go of what it has."""
        try:
            await super().setup()
            await anyio.to_thread.run_sync(casework)
            await anyio.to_thread.run_sync(self._legs.open)
        except BaseException:
            await self.teardown(*sys.exc_info())
            raise

    async def teardown(self, *exc_info: Any) -> None:
        """Lets running legs finish; what outlasts the grace is reaped by the reconciler."""
        with anyio.CancelScope(shield=True):
            left = await anyio.to_thread.run_sync(self._legs.close, self._grace_seconds)
        if left:
            log.warning("%d legs were cut off and will be scheduled again", left)
        await super().teardown(*exc_info)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """One poll: claims as many runs as there are free places, the most urgent first."""
        self._ours.polled()
        free = self._legs.free
        if not self._ours.synced or free == 0:
            return []
        chosen = [run for run in await self._candidates() if not self._legs.carries(run.id)][:free]
        for run in chosen:
            self._legs.submit(run, done=lambda: None)
        return chosen

    async def run(self, *_: Any, **__: Any) -> AmendsWorkerResult:
        raise NotImplementedError("the amends worker runs deployments only, never ad-hoc flows")

    async def _candidates(self) -> list[FlowRun]:
        """Scheduled runs: asked for by a person, then as the store ranks them, then in the order of the
        queues.
        """
        polled = await self.client.get_scheduled_flow_runs_for_work_pool(
            work_pool_name=self._work_pool_name, work_queue_names=sorted(self._work_queues) or None
        )
        runs = {entry.flow_run.id: entry.flow_run for entry in polled}
        urgent = await anyio.to_thread.run_sync(casework().claimable, POLLED_AT_MOST) if len(runs) > 1 else []
        rank = {run.flow_run_id: place for place, run in enumerate(urgent)}
        if len(runs) >= POLLED_AT_MOST:
            runs |= await self._unpolled([i for i in rank if i not in runs][: self._legs.limit])
        return in_order(runs.values(), rank)

    async def _unpolled(self, ids: Sequence[UUID]) -> dict[UUID, FlowRun]:
        """With thousands behind, the most urgent may lie beyond what one poll shows."""
        if not ids:
            return {}
        found = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=list(ids)))
        )
        return {run.id: run for run in found if run.state and run.state.type == StateType.SCHEDULED}


def in_order(runs: Iterable[FlowRun], rank: Mapping[UUID, int]) -> list[FlowRun]:
    """Asked for by a person, then by rank, then as they came (the queues' order); stable."""
    return sorted(runs, key=lambda run: (not asked_by_hand(run), rank.get(run.id, len(rank))))


def asked_by_hand(run: FlowRun) -> bool:
    """Whether a person scheduled this run in the UI (Resume, Retry, Change state, a form); it goes first."""
    return run.state_name not in (READY, "Late")


async def serve(
    *, name: str | None = None, limit: int = DEFAULT_LIMIT, grace_seconds: float = GRACE_SECONDS
) -> None:
    """Runs a worker on the main thread until SIGTERM or SIGINT, then lets its legs finish."""
    worker = AmendsWorker(POOL, name=name, limit=limit, grace_seconds=grace_seconds)
    loop = asyncio.get_running_loop()
    with anyio.CancelScope() as scope:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, scope.cancel)
        await worker.start(printer=log.info)
    log.info("worker %s stopped", worker.name)


def main() -> None:
    """`python -m runtime.worker [--name NAME] [--limit N]`: one worker, until SIGTERM."""
    arguments = argparse.ArgumentParser(
        prog="python -m runtime.worker", description=AmendsWorker._description
    )
    arguments.add_argument("--name", help="how the UI lists it; unique")
    arguments.add_argument("--limit", type=int, default=DEFAULT_LIMIT, help="legs at once")
    chosen = arguments.parse_args()
    asyncio.run(serve(name=chosen.name, limit=chosen.limit))


if __name__ == "__main__":
    main()
