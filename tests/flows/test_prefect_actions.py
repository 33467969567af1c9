"""The table of `docs/prefect-actions.md`: state of the run × click in the UI, as both versions of the UI
send it.

In each cell no work is lost or done twice, and the run ends up showing its case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from runtime.prefect_api import RunState
from tests.flows.casework import ScriptedCase, Stage
from tests.flows.conftest import IMPATIENCE, World, until

CONFIRM = "Waiting: logistics to confirm"
CALL = "Call the customer"
SHORT = (Stage((CALL,), "logistics to confirm"), Stage(("File the outcome",)))
ONLY_CALL = (Stage((CALL,)),)
RETRY: dict[str, object] = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}
CANCEL: dict[str, object] = {"type": "CANCELLING", "name": "Cancelling"}
PAUSE: dict[str, object] = {
    "type": "PAUSED",
    "name": "Suspended",
    "state_details": {"pause_timeout": "2020-01-01T00:00:00Z", "pause_reschedule": True},
}
"""With a time limit that has run out: the worst case, for Prefect then fails the run on the next change."""

VERSIONS = (False, True)
"""Whether the UI forces: V1 does not when it can help it, V2 does."""
both_versions = pytest.mark.parametrize("force", VERSIONS, ids=["v1", "v2"])
refs: Iterator[int] = count(1)


def change(type_: str) -> dict[str, object]:
    """Change state of the UI: the name is the type with a capital."""
    return {"type": type_, "name": type_.capitalize(), "message": "changed by hand"}


@pytest.fixture
def ref() -> str:
    return f"C-2026-1{next(refs):05}"


@pytest.fixture
def hasty(world: World) -> World:
    """A world whose clock soon takes a run without a live leg for dead."""
    world.clock.patience = IMPATIENCE
    return world


class Held:
    """Holds the call to the customer in mid-leg until released."""

    def __init__(self, world: World) -> None:
        self.begun, self._go = threading.Event(), threading.Event()
        world.cases.before_perform[CALL] = self._hold

    def _hold(self) -> None:
        self.begun.set()
        if not self._go.wait(30.0):
            raise AssertionError("never released")

    def release(self) -> None:
        self._go.set()


def in_mid_leg(world: World, case: ScriptedCase) -> tuple[Held, RunState]:
    held = Held(world)
    until("the activity to begin", held.begun.is_set, world.tick)
    return held, world.seen(case.ref)


def waiting(world: World, ref: str) -> tuple[ScriptedCase, RunState]:
    case = world.file(ref, SHORT)
    return case, world.shows(ref, CONFIRM)


def unharmed(world: World, case: ScriptedCase) -> None:
    """The work so far was done once, and the rest of the life goes on in the shown run."""
    assert case.performed == [CALL]
    world.cases.happen(case.ref)
    world.shows(case.ref, "Completed")
    assert case.performed == [CALL, "File the outcome"]


class TestWaiting:
    def test_resume_looks_again_and_waits_on(self, world: World, ref: str) -> None:
        case, run = waiting(world, ref)
        world.api.call("POST", f"/flow_runs/{run.flow_run_id}/resume", {})
        until("a new look", lambda: world.history(run.flow_run_id).count("Running") == 2, world.tick)
        world.shows(ref, CONFIRM)
        unharmed(world, case)

    @both_versions
    def test_cancel_opens_an_incident_and_the_case_goes_on(self, world: World, ref: str, force: bool) -> None:
        case, run = waiting(world, ref)
        world.set_state(run, CANCEL, force)
        world.shows(ref, "Cancelled")
        until("the incident", lambda: case.incident == "run cancelled in Prefect", world.tick)
        world.tick()
        assert world.seen(ref).name == "Cancelled", "an open incident is not hidden by waking the run"
        world.cases.settle_incident(ref)
        world.shows(ref, CONFIRM)
        unharmed(world, case)

    @pytest.mark.parametrize("type_", ["COMPLETED", "FAILED", "CRASHED", "SCHEDULED", "PAUSED"])
    def test_changed_state_comes_back(self, world: World, ref: str, type_: str) -> None:
        case, run = waiting(world, ref)
        for force in VERSIONS:
            world.set_state(run, change(type_), force)
            world.shows(ref, CONFIRM)
        unharmed(world, case)

    @pytest.mark.parametrize("type_", ["RUNNING", "PENDING"])
    def test_changed_to_a_state_without_a_leg_comes_back(self, hasty: World, ref: str, type_: str) -> None:
        case, run = waiting(hasty, ref)
        for force in VERSIONS:
            hasty.set_state(run, change(type_), force)
            hasty.shows(ref, CONFIRM)
        unharmed(hasty, case)

    @both_versions
    def test_changed_to_cancelled_is_a_cancel(self, world: World, ref: str, force: bool) -> None:
        case, run = waiting(world, ref)
        world.set_state(run, change("CANCELLED"), force)
        until("the incident", lambda: case.incident == "run cancelled in Prefect", world.tick)
        world.cases.settle_incident(ref)
        world.shows(ref, CONFIRM)
        unharmed(world, case)

    def test_pause_with_a_time_limit_comes_back(self, world: World, ref: str) -> None:
        case, run = waiting(world, ref)
        for force in VERSIONS:
            world.set_state(run, PAUSE, force)
            world.shows(ref, CONFIRM)
        unharmed(world, case)

    def test_delete_makes_a_new_run(self, world: World, ref: str) -> None:
        case, run = waiting(world, ref)
        world.api.call("DELETE", f"/flow_runs/{run.flow_run_id}")
        until("a new run", lambda: case.flow_run_id not in (None, run.flow_run_id), world.tick)
        world.shows(ref, CONFIRM)
        unharmed(world, case)


class TestRunning:
    @both_versions
    def test_cancel_lets_the_activity_finish_and_opens_an_incident(
        self, world: World, ref: str, force: bool
    ) -> None:
        case = world.file(ref, SHORT)
        held, run = in_mid_leg(world, case)
        world.set_state(run, CANCEL, force)
        held.release()
        world.shows(ref, "Cancelled")
        until("the incident", lambda: case.incident == "run cancelled in Prefect", world.tick)
        world.cases.settle_incident(ref)
        world.shows(ref, CONFIRM)
        unharmed(world, case)

    @both_versions
    def test_cancel_of_the_last_leg_ends_completed(self, world: World, ref: str, force: bool) -> None:
        case = world.file(ref, ONLY_CALL)
        held, run = in_mid_leg(world, case)
        world.set_state(run, CANCEL, force)
        held.release()
        world.shows(ref, "Completed")
        assert case.incident is None
        assert case.performed == [CALL]

    @both_versions
    def test_pause_holds_nothing_back(self, world: World, ref: str, force: bool) -> None:
        case = world.file(ref, SHORT)
        held, run = in_mid_leg(world, case)
        world.set_state(run, PAUSE, force)
        held.release()
        world.shows(ref, CONFIRM)
        unharmed(world, case)

    @both_versions
    def test_pause_of_the_last_leg_ends_completed(self, world: World, ref: str, force: bool) -> None:
        case = world.file(ref, ONLY_CALL)
        held, run = in_mid_leg(world, case)
        world.set_state(run, PAUSE, force)
        held.release()
        world.shows(ref, "Completed")
        assert case.performed == [CALL]

    @both_versions
    @pytest.mark.parametrize("type_", ["COMPLETED", "FAILED", "CRASHED", "SCHEDULED", "PENDING", "PAUSED"])
    def test_changed_state_comes_back(self, hasty: World, ref: str, type_: str, force: bool) -> None:
        case = hasty.file(ref, SHORT)
        held, run = in_mid_leg(hasty, case)
        hasty.set_state(run, change(type_), force)
        held.release()
        hasty.shows(ref, CONFIRM)
        unharmed(hasty, case)

    @both_versions
    def test_changed_to_cancelled_is_a_cancel(self, world: World, ref: str, force: bool) -> None:
        case = world.file(ref, SHORT)
        held, run = in_mid_leg(world, case)
        world.set_state(run, change("CANCELLED"), force)
        held.release()
        until("the incident", lambda: case.incident == "run cancelled in Prefect", world.tick)
        until("the activity finished", lambda: case.performed == [CALL], world.tick)
        world.cases.settle_incident(ref)
        world.shows(ref, CONFIRM)
        unharmed(world, case)

    def test_delete_makes_a_new_run(self, world: World, ref: str) -> None:
        case = world.file(ref, SHORT)
        held, run = in_mid_leg(world, case)
        world.api.call("DELETE", f"/flow_runs/{run.flow_run_id}")
        held.release()
        until("a new run", lambda: case.flow_run_id not in (None, run.flow_run_id), world.tick)
        world.shows(ref, CONFIRM)
        unharmed(world, case)


class TestFailedByAnIncident:
    def failed(self, world: World, ref: str) -> tuple[ScriptedCase, RunState]:
        case = world.file(ref, SHORT, failing={CALL: "no telephone"})
        return case, world.shows(ref, "Failed")

    @both_versions
    def test_retry_repeats_the_failed_activity(self, world: World, ref: str, force: bool) -> None:
        case, run = self.failed(world, ref)
        world.set_state(run, RETRY, force)
        world.shows(ref, CONFIRM)
        assert case.retries == 1
        unharmed(world, case)

    @both_versions
    def test_changed_to_scheduled_is_a_retry(self, world: World, ref: str, force: bool) -> None:
        case, run = self.failed(world, ref)
        world.set_state(run, change("SCHEDULED"), force)
        world.shows(ref, CONFIRM)
        assert case.retries == 1

    @pytest.mark.parametrize("type_", ["COMPLETED", "CRASHED", "PAUSED"])
    def test_changed_state_hides_no_incident(self, world: World, ref: str, type_: str) -> None:
        case, run = self.failed(world, ref)
        for force in VERSIONS:
            world.set_state(run, change(type_), force)
            world.shows(ref, "Failed")
        assert case.incident == "no telephone"
        assert case.retries == 0

    @pytest.mark.parametrize("type_", ["RUNNING", "PENDING"])
    def test_changed_to_a_state_without_a_leg_fails_again(self, hasty: World, ref: str, type_: str) -> None:
        case, run = self.failed(hasty, ref)
        for force in VERSIONS:
            hasty.set_state(run, change(type_), force)
            hasty.shows(ref, "Failed")
        assert case.incident == "no telephone"
        assert case.retries == 0

    @both_versions
    def test_changed_to_cancelled_leaves_an_incident_open(self, world: World, ref: str, force: bool) -> None:
        case, run = self.failed(world, ref)
        world.set_state(run, change("CANCELLED"), force)
        until("noticed", lambda: case.incident == "run cancelled in Prefect", world.tick)
        assert world.shows(ref, "Cancelled").type == "CANCELLED"
        assert case.retries == 0

    def test_delete_makes_a_new_run_that_shows_the_incident(self, world: World, ref: str) -> None:
        case, run = self.failed(world, ref)
        world.api.call("DELETE", f"/flow_runs/{run.flow_run_id}")
        until("a new run", lambda: case.flow_run_id not in (None, run.flow_run_id), world.tick)
        world.shows(ref, "Failed")
        assert case.incident == "no telephone"
        assert case.retries == 0


class TestCancelled:
    @both_versions
    def test_retry_settles_the_incident_and_goes_on(self, world: World, ref: str, force: bool) -> None:
        case, run = waiting(world, ref)
        world.set_state(run, CANCEL, force)
        until("the incident", lambda: case.incident == "run cancelled in Prefect", world.tick)
        world.set_state(world.shows(ref, "Cancelled"), RETRY, force)
        world.shows(ref, CONFIRM)
        assert case.incident is None
        unharmed(world, case)

    @both_versions
    @pytest.mark.parametrize("type_", ["COMPLETED", "FAILED", "CRASHED", "PAUSED", "RUNNING", "PENDING"])
    def test_changed_state_hides_no_incident(self, hasty: World, ref: str, type_: str, force: bool) -> None:
        case, run = waiting(hasty, ref)
        hasty.set_state(run, CANCEL, force)
        until("the incident", lambda: case.incident == "run cancelled in Prefect", hasty.tick)
        taken = hasty.set_state(hasty.shows(ref, "Cancelled"), change(type_), force) == "ACCEPT"
        hasty.shows(ref, "Failed" if taken else "Cancelled")
        assert case.incident == "run cancelled in Prefect"
        assert case.retries == 0

    def test_delete_makes_a_new_run_that_shows_the_incident(self, world: World, ref: str) -> None:
        case, run = waiting(world, ref)
        world.set_state(run, CANCEL, True)
        until("the incident", lambda: case.incident == "run cancelled in Prefect", world.tick)
        world.api.call("DELETE", f"/flow_runs/{run.flow_run_id}")
        until("a new run", lambda: case.flow_run_id not in (None, run.flow_run_id), world.tick)
        world.shows(ref, "Failed")
        assert case.retries == 0


class TestEnded:
    def ended(self, world: World, ref: str) -> tuple[ScriptedCase, RunState]:
        case = world.file(ref, ONLY_CALL)
        return case, world.shows(ref, "Completed")

    def still_ended(self, world: World, case: ScriptedCase) -> None:
        assert case.performed == [CALL]
        assert case.incident is None

    @both_versions
    def test_retry_does_nothing_and_completes(self, world: World, ref: str, force: bool) -> None:
        case, run = self.ended(world, ref)
        world.set_state(run, RETRY, force)
        until("another leg", lambda: world.history(run.flow_run_id).count("Running") == 2, world.tick)
        world.shows(ref, "Completed")
        self.still_ended(world, case)

    @pytest.mark.parametrize("type_", ["FAILED", "CRASHED", "CANCELLED", "SCHEDULED", "PAUSED"])
    def test_changed_state_comes_back(self, world: World, ref: str, type_: str) -> None:
        case, run = self.ended(world, ref)
        for force in VERSIONS:
            world.set_state(run, change(type_), force)
            world.shows(ref, "Completed")
        self.still_ended(world, case)

    @pytest.mark.parametrize("type_", ["RUNNING", "PENDING", "CANCELLING"])
    def test_changed_to_a_state_without_a_leg_comes_back(self, hasty: World, ref: str, type_: str) -> None:
        case, run = self.ended(hasty, ref)
        for force in VERSIONS:
            hasty.set_state(run, change(type_), force)
            hasty.shows(ref, "Completed")
        self.still_ended(hasty, case)

    def test_delete_touches_no_case(self, world: World, ref: str) -> None:
        case, run = self.ended(world, ref)
        world.api.call("DELETE", f"/flow_runs/{run.flow_run_id}")
        world.tick()
        assert world.run(ref) is None
        self.still_ended(world, case)


def test_every_click_may_be_repeated(world: World, ref: str) -> None:
    case, run = waiting(world, ref)
    clicks: list[Callable[[], object]] = [
        lambda: world.api.call("POST", f"/flow_runs/{run.flow_run_id}/resume", {}),
        lambda: world.set_state(run, change("FAILED"), True),
        lambda: world.set_state(run, PAUSE, True),
        lambda: world.set_state(run, change("SCHEDULED"), True),
    ]
    for click in clicks * 2:
        click()
        world.tick()
    world.shows(ref, CONFIRM)
    unharmed(world, case)
