"""The worker as a process, and the server and deployments it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.workers.base import BaseWorker

from flows.waiting import LONGEST_NAME, waiting_name
from runtime.prefect_api import PrefectApi
from runtime.prefect_deploy import QUEUES, DeploymentInvalid, deploy
from runtime.prefect_errors import ServerNotStarted
from runtime.prefect_server import PrefectServer, environment
from runtime.worker import POOL, AmendsWorker, asked_by_hand, in_order
from tests.flows.casework import Stage
from tests.flows.conftest import World, until


def test_prefect_knows_the_worker_type() -> None:
    assert BaseWorker.get_worker_class_from_type("amends") is AmendsWorker


def test_deploying_again_changes_nothing(api: PrefectApi) -> None:
    first = deploy(api)
    assert deploy(api) == first
    assert {"handle-complaint/complaint", "follow-improvement/improvement"} <= {d.name for d in first}
    queues = api.call("POST", f"/work_pools/{POOL}/queues/filter", {}).json()
    order = [q["name"] for q in sorted(queues, key=lambda q: int(q["priority"])) if q["name"] != "default"]
    assert order == [name for name, _ in QUEUES]


def test_the_pool_has_no_job_variables_that_each_new_run_would_be_checked_against(api: PrefectApi) -> None:
    deploy(api)
    assert api.call("GET", f"/work_pools/{POOL}").json()["base_job_template"]["variables"]["properties"] == {}


def test_every_deployment_tells_ops_what_it_is_for(api: PrefectApi) -> None:
    for made in deploy(api):
        shown = api.call("GET", f"/deployments/{made.deployment_id}").json()
        assert len(shown["description"]) > 80, made.name
        assert shown["pull_steps"] == []


def test_an_entry_that_cannot_be_deployed_is_named(api: PrefectApi, tmp_path: Path) -> None:
    definition = tmp_path / "prefect.yaml"
    definition.write_text("deployments:\n  - name: broken\n    entrypoint: flows.nowhere:nothing\n")
    with pytest.raises(DeploymentInvalid, match="broken"):
        deploy(api, definition)


def test_a_port_in_use_is_refused_with_its_cure(server: PrefectServer, tmp_path: Path) -> None:
    with pytest.raises(ServerNotStarted, match="PREFECT_SERVER_API_PORT"):
        PrefectServer(tmp_path, server.port).start()


def test_the_embedded_server_calls_nobody_and_expires_no_pause(tmp_path: Path) -> None:
    settings = environment(tmp_path, 4321)
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert settings["PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED"] == "false"
    assert settings["PREFECT_SERVER_UI_API_URL"] == "http://127.0.0.1:4321/api"


def scheduled(state_name: str) -> FlowRun:
    return FlowRun(flow_id=uuid4(), state_name=state_name)


def test_a_person_is_served_first_then_the_store_ranks_then_the_queues() -> None:
    queued, light, severe, clicked = (scheduled(n) for n in ("Ready", "Ready", "Ready", "AwaitingRetry"))
    rank = {severe.id: 0, light.id: 1}
    assert in_order([queued, light, severe, clicked], rank) == [clicked, severe, light, queued]


@pytest.mark.parametrize(
    ("name", "by_hand"), [("Ready", False), ("Late", False), ("AwaitingRetry", True), ("Resuming", True)]
)
def test_a_persons_click_is_told_from_our_own_wake(name: str, by_hand: bool) -> None:
    assert asked_by_hand(scheduled(name)) is by_hand


@pytest.mark.parametrize("tier", ["severe", "medium", "light"])
def test_a_run_waits_in_the_queue_of_its_tier(world: World, tier: str) -> None:
    case = world.file(f"C-2026-300-{tier}", (Stage((), "the answer"),), tier=tier)
    world.shows(case.ref, "Waiting: the answer")
    run = world.api.call("GET", f"/flow_runs/{case.flow_run_id}").json()
    assert run["work_queue_name"] == tier
    assert run["tags"] == [f"tier:{tier}"]


def test_a_worker_process_stops_cleanly_on_sigterm(
    server: PrefectServer, api: PrefectApi, tmp_path: Path
) -> None:
    name = "worker-to-stop"
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime.worker", "--name", name],
        env={
            **os.environ,
            "PREFECT_API_URL": server.api_url,
            "PREFECT_HOME": str(tmp_path),
            "AMENDS_TEST_CASEWORK": "tests.flows.casework:ScriptedCasework",
        },
        stderr=subprocess.PIPE,
    )
    try:

        def online() -> bool:
            found = api.call("POST", f"/work_pools/{POOL}/workers/filter", {}).json()
            return name in [w["name"] for w in found]

        until("the worker online", online)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, errors.decode()
    assert b"Traceback" not in errors


def test_a_long_list_of_waits_is_counted_not_cut() -> None:
    assert waiting_name(("logistics to confirm",)) == "Waiting: logistics to confirm"
    name = waiting_name(tuple(f"department {n} to confirm" for n in range(9)))
    assert len(name) <= LONGEST_NAME
    assert name.endswith("; and 5 more")
