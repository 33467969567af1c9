"""Runs legs of flow runs in this process: one thread, one event loop, one client for all of them.

Legs have a thread of their own because the engine blocks its event loop now and then, and because it would
install its own SIGTERM handler on the main thread; the worker's poll, heartbeat and signals must not depend
on either.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import Context, copy_context
from typing import Any
from uuid import UUID

import anyio.to_thread
import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import Abort, ObjectNotFound, Pause
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.states import Pending

from cases.subject import at_work_on
from flows.waiting import confirm_cancelled
from runtime.prefect_private import run_leg, run_whole, shared_client

START_SECONDS = 30.0
log = logging.getLogger("amends.worker")


class LegRunner:
    """At most `limit` legs at once. `open` and `close` belong to one owner; `submit` may come from any
    thread.
    """

    def __init__(self, limit: int, name: str) -> None:
        self.limit = limit
        self._name = name
        self._active: dict[UUID, Future[None]] = {}
        self._flows: dict[UUID, Flow[..., Any]] = {}
        self._client: PrefectClient | None = None
        self._closing: asyncio.Event | None = None
        self._started: Future[None] = Future()

    def open(self) -> None:
        """Connects, under the settings of Prefect that hold here. Raises what connecting raised."""
        self._loop = asyncio.new_event_loop()
        self._context: Context = copy_context()
        self._thread = threading.Thread(
            target=self._context.run, args=(self._serve,), daemon=True, name=self._name
        )
        self._thread.start()
        self._started.result(START_SECONDS)

    def close(self, grace_seconds: float) -> int:
        """Waits for the legs that run, at most so long. Returns how many were left to be reaped."""
        if self._active:
            log.info("waiting up to %.0f s for %d legs", grace_seconds, len(self._active))
        wait(list(self._active.values()), timeout=grace_seconds)
        left = len(self._active)
        for future in list(self._active.values()):
            future.cancel()
        if self._closing is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(5.0)
        return left

    @property
    def free(self) -> int:
        return max(0, self.limit - len(self._active))

    def carries(self, flow_run_id: UUID) -> bool:
        return flow_run_id in self._active

    def submit(self, run: FlowRun, done: Callable[[], None]) -> None:
        """Claims and runs a leg in the background; `done` is called, in some thread, when it is over."""
        future = asyncio.run_coroutine_threadsafe(self._leg(run), self._loop)
        self._active[run.id] = future

        def over(_: Future[None]) -> None:
            self._active.pop(run.id, None)
            done()

        future.add_done_callback(over)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._hold_client())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.run_until_complete(asyncio.sleep(0))  # closed connections are told in the next round
            self._loop.close()

    async def _hold_client(self) -> None:
        self._closing = asyncio.Event()
        try:
            async with shared_client() as self._client:
                # Legs are started from other threads: they take this context, where the shared client is.
                self._context = copy_context()
                self._started.set_result(None)
                await self._closing.wait()
                await self._drop_rest()
        except Exception as error:
            if not self._started.done():
                self._started.set_exception(error)
            raise

    async def _drop_rest(self) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _leg(self, run: FlowRun) -> None:
        """One leg. Never raises for what the run or the server does: the reconciler puts it right."""
        task = asyncio.get_running_loop().create_task(self._claim_and_run(run), context=self._context.copy())
        try:
            await task
        except (Pause, Abort):
            pass  # the run waits, or somebody else has it
        except (httpx.HTTPError, ObjectNotFound) as error:
            found = {"ref": run.parameters.get("ref")}
            log.warning("run %s is left to be reaped: %s", run.id, type(error).__name__, extra=found)
        except Exception:
            log.exception("run %s broke outside its flow and is left to be reaped", run.id)

    async def _claim_and_run(self, run: FlowRun) -> None:
        client = self._connected()
        with at_work_on(run.parameters.get("ref")):
            answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Pending())
            if answer.status != SetStateStatus.ACCEPT:
                return
            flow = await self._flow_of(run)
            if flow.isasync:
                state = await run_leg(flow, run)
            else:
                state = await anyio.to_thread.run_sync(run_whole, flow, run)
            if state.type == StateType.CANCELLING:
                await confirm_cancelled(client, run.id)

    async def _flow_of(self, run: FlowRun) -> Flow[..., Any]:
        """The flow of the run's deployment, loaded once."""
        if run.deployment_id is None:
            raise LookupError(f"run {run.id} belongs to no deployment")
        if run.deployment_id not in self._flows:
            deployment = await self._connected().read_deployment(run.deployment_id)
            if deployment.entrypoint is None:
                raise LookupError(
                    f"deployment {deployment.name} names no entrypoint; deploy it from prefect.yaml"
                )
            self._flows[run.deployment_id] = load_flow_from_entrypoint(deployment.entrypoint)
        return self._flows[run.deployment_id]

    def _connected(self) -> PrefectClient:
        if self._client is None:
            raise RuntimeError("the leg runner is not open")
        return self._client
