"""Every name of Prefect that its documents do not promise, in one place.

`tests/flows/test_prefect_private.py` fails when an upgrade of Prefect takes one of them away. Written
against 3.8.8.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import anyio.abc
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import AsyncClientContext, SyncClientContext
from prefect.flow_engine import run_flow_async, run_flow_sync
from prefect.flows import Flow
from prefect.settings import (
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_WORKER_PREFETCH_SECONDS,
    PREFECT_WORKER_QUERY_SECONDS,
    temporary_settings,
)
from prefect.workers.base import BaseWorker

WORKER_ATTRIBUTES = ("_has_successfully_synced", "_last_polled_time", "_runs_task_group", "_limit")
"""What `PrivateWorker` reads from or writes to `BaseWorker`; set by its constructor."""
WORKER_METHODS = ("get_and_submit_flow_runs", "setup", "teardown", "start", "run")
"""What our worker overrides; `get_and_submit_flow_runs` is the poll of the stock loop."""
ENGINE_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")


class PrivateWorker:
    """The private state of a `BaseWorker`, by names of our own."""

    def __init__(self, worker: BaseWorker[Any, Any, Any]) -> None:
        self._worker = worker

    @property
    def synced(self) -> bool:
        """Whether the pool is known to the worker; before that nothing may be claimed."""
        return bool(self._worker._has_successfully_synced)

    @property
    def limit(self) -> int | None:
        return self._worker._limit

    @property
    def tasks(self) -> anyio.abc.TaskGroup:
        group = self._worker._runs_task_group
        if group is None:
            raise RuntimeError("the worker was not set up: use it as an async context manager")
        return group

    def polled(self) -> None:
        """Feeds the health check of `prefect worker start --with-healthcheck`."""
        self._worker._last_polled_time = cast(Any, datetime.now(UTC))


def lean_settings(poll_seconds: float) -> Any:
    """Settings under which a leg costs six API calls: no csrf token, version check or heartbeat thread for
    each.

    The poll is ours unless the operator chose another than Prefect's default of 10 s.
    """
    chosen = float(PREFECT_WORKER_QUERY_SECONDS.value())
    return temporary_settings(
        {
            PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
            PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
            PREFECT_WORKER_PREFETCH_SECONDS: 0,
            PREFECT_WORKER_QUERY_SECONDS: poll_seconds if chosen == 10.0 else chosen,
        }
    )


@asynccontextmanager
async def shared_client() -> AsyncIterator[PrefectClient]:
    """Every engine run inside uses this client, and one synchronous twin that the engine asks for in each
    run: made anew, its certificates cost more than a whole leg of ours.
    """
    with SyncClientContext():
        async with AsyncClientContext() as context:
            yield context.client


async def run_leg(flow: Flow[..., Any], flow_run: FlowRun) -> State[Any]:
    """Runs an asynchronous flow for an existing flow run, here and now. Raises Pause when the run waits.

    The engine starts a thread with a websocket for each run of a deployment, and blocks the event loop
    until that is connected; it looks for the deployment on the copy handed in, and reads the whole run
    again before the flow starts.
    """
    lean = flow_run.model_copy(update={"deployment_id": None})
    state = await run_flow_async(
        flow, flow_run=lean, parameters=dict(flow_run.parameters), return_type="state"
    )
    return cast(State[Any], state)


def run_whole(flow: Flow[..., Any], flow_run: FlowRun) -> State[Any]:
    """Runs a synchronous flow for an existing flow run in this thread."""
    lean = flow_run.model_copy(update={"deployment_id": None})
    state = run_flow_sync(flow, flow_run=lean, parameters=dict(flow_run.parameters), return_type="state")
    return cast(State[Any], state)


class WaitIsNoError(logging.Filter):
    """Lowers "Finished in state Waiting…" to INFO: the engine logs every run that did not complete as an
    error.
    """

    QUIET = ("Finished in state Waiting", "Finished in state Postponed", "Finished in state Skipped")

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno == logging.ERROR and record.getMessage().startswith(self.QUIET):
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


@contextmanager
def waits_logged_as_information() -> Iterator[None]:
    """Puts the filter on the engine's loggers. Filters do not reach children, so both are named."""
    quiet = WaitIsNoError()
    loggers = [logging.getLogger(name) for name in ENGINE_LOGGERS]
    for logger in loggers:
        logger.addFilter(quiet)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(quiet)
