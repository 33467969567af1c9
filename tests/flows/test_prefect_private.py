"""The names of Prefect that `runtime/prefect_private.py` relies on without a promise exist in the installed
version.
"""

from __future__ import annotations

import inspect
import logging

import prefect
import prefect.flow_engine
import pytest
from prefect.client.orchestration import get_client
from prefect.context import AsyncClientContext
from prefect.flow_engine import AsyncFlowRunEngine, run_flow_async, run_flow_sync
from prefect.results import resolve_result_storage
from prefect.workers.base import BaseWorker

from runtime.prefect_private import (
    ENGINE_LOGGERS,
    WORKER_ATTRIBUTES,
    WORKER_METHODS,
    waits_logged_as_information,
)


def test_prefect_is_the_version_this_was_written_against() -> None:
    assert prefect.__version__ == "3.8.8", (
        "read the list in runtime/prefect_private.py against the new version"
    )


@pytest.mark.parametrize("name", WORKER_ATTRIBUTES)
def test_the_worker_still_has(name: str) -> None:
    assert f"self.{name}" in inspect.getsource(BaseWorker.__init__)


@pytest.mark.parametrize("name", WORKER_METHODS)
def test_the_worker_still_calls(name: str) -> None:
    assert inspect.isfunction(getattr(BaseWorker, name))


def test_the_poll_of_the_stock_loop_is_the_method_we_override() -> None:
    assert "workload=self.get_and_submit_flow_runs" in inspect.getsource(BaseWorker.start)


@pytest.mark.parametrize("run", [run_flow_async, run_flow_sync])
def test_the_engine_takes_a_flow_run_that_exists(run: object) -> None:
    assert {"flow", "flow_run", "parameters", "return_type"} <= set(inspect.signature(run).parameters)  # type: ignore[arg-type]


def test_the_engine_still_looks_for_the_deployment_on_the_run_it_is_given() -> None:
    source = inspect.getsource(AsyncFlowRunEngine.setup_flow_run_suspension_request)
    assert "if self.flow_run.deployment_id:" in source
    assert "observe_flow_run_suspension" in source


def test_the_engine_still_takes_the_shared_client() -> None:
    assert "AsyncClientContext.get_or_create()" in inspect.getsource(AsyncFlowRunEngine.initialize_run)
    assert callable(AsyncClientContext)


def test_a_leg_asks_for_a_synchronous_client_and_gets_the_shared_one() -> None:
    assert "get_client(sync_client=True)" in inspect.getsource(resolve_result_storage)
    source = inspect.getsource(get_client)
    assert "SyncClientContext.get()" in source


@pytest.mark.parametrize("name", ENGINE_LOGGERS)
def test_a_wait_is_logged_as_information_and_a_failure_as_an_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger(name)
    levels: list[int] = []

    class Levels(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            levels.append(record.levelno)

    monkeypatch.setattr(logger, "handlers", [Levels()])  # not Prefect's, which wants a flow run
    monkeypatch.setattr(logger, "propagate", False)
    before = list(logger.filters)
    with waits_logged_as_information():
        logger.error("Finished in state Waiting: logistics to confirm('next deadline', type=PAUSED)")
        logger.error("Finished in state Failed('no mail server')")
    assert levels == [logging.INFO, logging.ERROR]
    assert logger.filters == before


def test_the_filter_knows_the_engines_words() -> None:
    assert 'f"Finished in state {display_state}"' in inspect.getsource(prefect.flow_engine)
