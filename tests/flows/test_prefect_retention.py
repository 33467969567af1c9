"""Prefect's own tables do not grow for ever: a run that is over goes after its time, with all that hangs on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runtime.prefect_api import PrefectApi
from runtime.prefect_server import PrefectServer
from tests.flows.conftest import free_port

KEEP_DAYS = 2
GIVE_UP_SECONDS = 60.0


@pytest.fixture
def api(tmp_path: Path) -> Iterator[PrefectApi]:
    """A server as `amends up` starts it, but that it looks each second instead of each hour."""
    often = {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "1",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_BATCH_SIZE": "2",
    }
    with (
        PrefectServer(tmp_path, free_port(), keep_days=KEEP_DAYS, extra=often) as server,
        PrefectApi(server.api_url, timeout_seconds=20.0) as api,
    ):
        yield api.patient(20.0)


def test_runs_that_are_over_go_after_their_time_and_waiting_ones_never(
    api: PrefectApi, tmp_path: Path
) -> None:
    flow = api.call("POST", "/flows/", {"name": "handle-complaint"}).json()["id"]
    long_ago, lately = timedelta(days=KEEP_DAYS, hours=1), timedelta(days=KEEP_DAYS, hours=-1)
    old = [_run(api, flow, f"old-{number}", "COMPLETED") for number in range(5)]
    failed, young = _run(api, flow, "failed", "FAILED"), _run(api, flow, "young", "COMPLETED")
    waiting = _run(api, flow, "waiting", "PAUSED")
    gone, kept = [*old, failed], [young, waiting]
    for run in (*gone, *kept):
        _hang_on(api, run)
    _age(tmp_path, dict.fromkeys(gone, long_ago) | {young: lately})

    deadline = time.monotonic() + GIVE_UP_SECONDS
    while _count(api, "/logs/filter", "logs", gone) or _found(api, gone):
        assert time.monotonic() < deadline, f"still there: {_found(api, gone)}"
        time.sleep(0.5)
    assert _found(api, kept) == set(kept)
    for path, what in (("/logs/filter", "logs"), ("/artifacts/filter", "artifacts")):
        assert _count(api, path, what, gone) == 0, what
        assert _count(api, path, what, kept) == len(kept), what
    runs = api.call("POST", "/task_runs/filter", {}).json()
    assert {run["flow_run_id"] for run in runs} == set(kept)


def _run(api: PrefectApi, flow: str, name: str, state: str) -> str:
    run = str(api.call("POST", "/flow_runs/", {"flow_id": flow, "name": name}).json()["id"])
    answer = api.call("POST", f"/flow_runs/{run}/set_state", {"state": {"type": state}, "force": True})
    assert answer.json()["status"] == "ACCEPT"
    return run


def _age(home: Path, ended: Mapping[str, timedelta]) -> None:
    """Let these runs have ended so long ago. The API takes no times, so days are made in the file of the database."""
    with closing(sqlite3.connect(home / "prefect" / "prefect.db", timeout=30)) as connection, connection:
        for run, ago in ended.items():
            at = f"{datetime.now(UTC) - ago:%Y-%m-%d %H:%M:%S.%f}"
            changed = connection.execute("update flow_run set end_time = ? where id = ?", (at, run))
            assert changed.rowcount == 1


def _hang_on(api: PrefectApi, run: str) -> None:
    """What a leg leaves behind: a task run, a line of the log, an artifact."""
    api.call("POST", "/task_runs/", {"flow_run_id": run, "task_key": "activity", "dynamic_key": "0"})
    line = {"name": "x", "level": 20, "message": "x", "timestamp": datetime.now(UTC).isoformat()}
    api.call("POST", "/logs/", [{**line, "flow_run_id": run}])
    api.call("POST", "/artifacts/", {"key": f"am-{run}", "type": "markdown", "data": "x", "flow_run_id": run})


def _found(api: PrefectApi, runs: list[str]) -> set[str]:
    body = {"flow_runs": {"id": {"any_": runs}}}
    return {str(run["id"]) for run in api.call("POST", "/flow_runs/filter", body).json()}


def _count(api: PrefectApi, path: str, what: str, runs: list[str]) -> int:
    body: dict[str, Any] = {what: {"flow_run_id": {"any_": runs}}}
    return len(api.call("POST", path, body).json())
