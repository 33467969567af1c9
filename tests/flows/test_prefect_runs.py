"""The reconciler: safe to repeat, safe side by side, quick when Prefect is down, able to rebuild
everything.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from flows.port import RunWanted
from runtime.prefect_api import PrefectApi
from runtime.prefect_errors import NotDeployed, PrefectUnreachable
from runtime.prefect_runs import Reconciler
from tests.flows.casework import ScriptedCasework, Stage
from tests.flows.conftest import IMPATIENCE, World, free_port, until

CONFIRM = "Waiting: logistics to confirm"
SHORT = (Stage((), "logistics to confirm"), Stage(("File the outcome",)))


def runs_named(world: World, ref: str) -> list[str]:
    found = world.api.call("POST", "/flow_runs/filter", {"flow_runs": {"name": {"like_": ref}}}).json()
    return [run["id"] for run in found]


def test_two_clocks_side_by_side_make_one_run_for_each_case(world: World) -> None:
    refs = [f"C-2026-2{n:05}" for n in range(6)]
    for ref in refs:
        world.file(ref, SHORT)
    other = Reconciler(world.api, world.cases, IMPATIENCE)

    def tick(clock: Reconciler) -> None:
        try:
            clock.tick()
        except PrefectUnreachable:
            return  # SQLite was locked by the other one; the next tick goes on

    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            list(pool.map(tick, [world.clock, other]))
    for ref in refs:
        world.shows(ref, CONFIRM)
        assert runs_named(world, ref) == [str(world.cases.cases[ref].flow_run_id)]


def test_a_run_created_but_not_noted_is_found_again(world: World) -> None:
    case = world.file("C-2026-210001", SHORT)
    run = world.shows(case.ref, CONFIRM)
    case.flow_run_id = None  # the clock died between Prefect's answer and its own commit
    world.shows(case.ref, CONFIRM)
    assert case.flow_run_id == run.flow_run_id


def test_nothing_to_do_changes_nothing(world: World) -> None:
    case = world.file("C-2026-210002", SHORT)
    run = world.shows(case.ref, CONFIRM)
    assert world.clock.tick().nothing
    assert world.seen(case.ref).state_id == run.state_id


def test_recover_rebuilds_the_runs_of_all_open_cases(world: World) -> None:
    refs = [f"C-2026-22000{n}" for n in range(3)]
    for ref in refs:
        world.file(ref, SHORT)
        world.shows(ref, CONFIRM)
    ended = world.file("C-2026-220009", (Stage(("File the outcome",)),))
    world.shows(ended.ref, "Completed")
    old = {ref: world.cases.cases[ref].flow_run_id for ref in [*refs, ended.ref]}
    for flow_run_id in old.values():
        world.api.call("DELETE", f"/flow_runs/{flow_run_id}")

    done = world.clock.recover()

    assert (done.lost, done.created) == (3, 3)
    for ref in refs:
        assert world.shows(ref, CONFIRM).flow_run_id != old[ref]
    assert ended.flow_run_id == old[ended.ref], "a case that ended needs no run"


def test_a_worker_that_died_leaves_no_run_stuck(world: World) -> None:
    case = world.file("C-2026-210003", SHORT)
    run = world.shows(case.ref, CONFIRM)
    world.set_state(run, {"type": "RUNNING", "name": "Running"}, force=True)
    world.tick()
    assert world.seen(case.ref).type == "RUNNING", "a leg is given its time"
    world.clock.patience = IMPATIENCE
    world.shows(case.ref, CONFIRM)


def test_a_run_of_a_case_with_a_live_lease_is_not_reaped(world: World) -> None:
    case = world.file("C-2026-210004", SHORT)
    run = world.shows(case.ref, CONFIRM)
    world.set_state(run, {"type": "RUNNING", "name": "Running"}, force=True)
    case.claimed.add(99)
    world.clock.patience = IMPATIENCE
    until("stale", lambda: world.seen(case.ref).since < world.clock.now() - IMPATIENCE.reap_after)
    world.tick()
    assert world.seen(case.ref).type == "RUNNING"
    case.claimed.clear()
    world.shows(case.ref, CONFIRM)


def test_without_prefect_every_call_ends_with_a_clear_error() -> None:
    cases = ScriptedCasework()
    cases.file("C-2026-210005", SHORT)
    with PrefectApi(f"http://127.0.0.1:{free_port()}/api") as api:
        clock = Reconciler(api, cases)
        for call in (clock.tick, clock.create, clock.heal, clock.recover):
            with pytest.raises(PrefectUnreachable, match="no answer from Prefect"):
                call()
    assert cases.cases["C-2026-210005"].flow_run_id is None


def test_a_missing_deployment_is_named_with_its_cure(world: World) -> None:
    with pytest.raises(NotDeployed, match="amends deploy"):
        world.api.deployment_id("handle-complaint", "nowhere")


def test_a_run_that_prefect_refuses_does_not_hold_up_the_others(world: World) -> None:
    good = world.file("C-2026-210006", SHORT)

    class OneBad(ScriptedCasework):
        def without_run(self, limit: int) -> list[RunWanted]:
            bad = RunWanted("C-bad", uuid4(), 1, "C-bad", (), "severe")
            object.__setattr__(bad, "ref", 7)  # breaks the parameter schema of the deployment
            return [bad, *super().without_run(limit)]

    cases = OneBad()
    cases.cases = world.cases.cases
    until(
        "the good one",
        lambda: good.flow_run_id,
        lambda: Reconciler(world.api, cases).create(),
    )
