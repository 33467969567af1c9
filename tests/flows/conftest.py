"""One Prefect server and one worker thread for all tests of this folder; a casework of its own for each
test.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_HOME,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_WORKER_QUERY_SECONDS,
    temporary_settings,
)

from flows import port
from runtime.prefect_api import PrefectApi, RunState
from runtime.prefect_deploy import deploy
from runtime.prefect_errors import PrefectUnreachable
from runtime.prefect_runs import Patience, Reconciler
from runtime.prefect_server import PrefectServer
from runtime.worker import POOL, AmendsWorker
from tests.flows.casework import LIFE, ScriptedCase, ScriptedCasework, Stage

T = TypeVar("T")
PATIENCE = Patience(reap_after=timedelta(seconds=20), revive_after=timedelta())
IMPATIENCE = Patience(reap_after=timedelta(milliseconds=500), revive_after=timedelta())
GIVE_UP_SECONDS = 30.0
PAUSE_SECONDS = 0.15  # each tick costs the server, and so the leg it waits for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, check: Callable[[], T], step: Callable[[], object] = lambda: None) -> T:
    """Calls `step` and `check` until `check` gives something true."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while True:
        step()
        if found := check():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"never came: {what}")
        time.sleep(PAUSE_SECONDS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with PrefectServer(tmp_path_factory.mktemp("home"), free_port()) as server:
        yield server


@pytest.fixture(scope="session")
def api(server: PrefectServer) -> Iterator[PrefectApi]:
    with PrefectApi(server.api_url, timeout_seconds=20.0).patient(20.0) as api:
        deploy(api)
        yield api


class WorkerThread:
    """A worker beside the tests, in a thread with settings of its own."""

    def __init__(self, api_url: str, home: Path, limit: int = 4) -> None:
        self._settings: dict[Any, Any] = {
            PREFECT_API_URL: api_url,
            PREFECT_HOME: home,
            PREFECT_WORKER_QUERY_SECONDS: 0.1,
            PREFECT_LOGGING_TO_API_ENABLED: False,
        }
        self._limit = limit
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> WorkerThread:
        self._thread.start()
        if not self._ready.wait(30.0):
            raise AssertionError("the worker did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(30.0)
        assert not self._thread.is_alive(), "the worker did not stop"

    def _run(self) -> None:
        with temporary_settings(self._settings):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        worker = AmendsWorker(POOL, name="tests", limit=self._limit, grace_seconds=5.0)
        task = asyncio.ensure_future(worker.start(printer=lambda _: self._ready.set()))
        self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            logging.getLogger(__name__).debug("stopped")


@pytest.fixture(scope="session")
def worker(
    api: PrefectApi, server: PrefectServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    port.bind(ScriptedCasework())
    with WorkerThread(server.api_url, tmp_path_factory.mktemp("worker")):
        yield
    port.bind(None)
    with (
        warnings.catch_warnings()
    ):  # Prefect leaves its websockets to the garbage collector when a worker stops
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@dataclass
class World:
    """A casework, the server, and the reconciler between them; the worker runs beside."""

    api: PrefectApi
    cases: ScriptedCasework
    clock: Reconciler

    def file(self, ref: str, script: tuple[Stage, ...] = LIFE, **facts: object) -> ScriptedCase:
        return self.cases.file(ref, script, **facts)

    def run(self, ref: str) -> RunState | None:
        """The current run of the case, as the server has it."""
        flow_run_id = self.cases.cases[ref].flow_run_id
        return None if flow_run_id is None else self.api.runs_by_id([flow_run_id]).get(flow_run_id)

    def seen(self, ref: str) -> RunState:
        """As `run`, for a case whose run is there."""
        run = self.run(ref)
        if run is None:
            raise AssertionError(f"{ref} has no run")
        return run

    def tick(self) -> None:
        """One tick of the clock; SQLite may be locked for a while, as it may be in production."""
        try:
            self.clock.tick()
        except PrefectUnreachable as error:
            logging.getLogger(__name__).info("%s", error)

    def shows(self, ref: str, name: str) -> RunState:
        """Ticks until the run shows this state name and the case at rest; the run then."""

        def check() -> RunState | None:
            case = self.cases.cases[ref]
            at_rest = case.shown_version == case.version or case.incident is not None
            run = self.run(ref)
            return run if run is not None and run.name == name and at_rest else None

        try:
            until(f"{ref} showing {name!r}", check, self.tick)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows {self.run(ref)} of {self.cases.cases[ref]}") from None
        return self.seen(ref)

    def set_state(self, run: RunState, state: dict[str, object], force: bool) -> str:
        """What a click in the UI sends; the answer's status."""
        body = {"state": state, "force": force}
        return str(self.api.call("POST", f"/flow_runs/{run.flow_run_id}/set_state", body).json()["status"])

    def history(self, flow_run_id: UUID) -> list[str]:
        """Names of the states the run went through."""
        states = self.api.call("GET", f"/flow_run_states/?flow_run_id={flow_run_id}").json()
        return [state["name"] for state in states]


@pytest.fixture
def world(api: PrefectApi, worker: None) -> World:
    cases = ScriptedCasework()
    port.bind(cases)
    return World(api, cases, Reconciler(api, cases, PATIENCE))
