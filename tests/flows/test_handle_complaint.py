"""The life of a complaint as people see it in Prefect."""

from __future__ import annotations

import pytest

from tests.flows.casework import Stage
from tests.flows.conftest import World, until

CONFIRM, RESOLVE, ANSWER = (
    "Waiting: logistics to confirm",
    "Waiting: logistics to resolve",
    "Waiting: the customer's answer",
)


def test_a_whole_life_is_one_run_with_named_activities_and_named_waits(world: World) -> None:
    case = world.file("C-2026-000001")
    run = world.shows(case.ref, CONFIRM)
    for name in (RESOLVE, ANSWER):
        world.cases.happen(case.ref)
        world.shows(case.ref, name)
    world.cases.happen(case.ref)
    final = world.shows(case.ref, "Completed")

    assert final.flow_run_id == run.flow_run_id
    assert case.performed == [
        "Grade the complaint",
        "Send the acknowledgement",
        "Dispatch to logistics",
        "Send the survey",
        "File the outcome",
    ]
    shown = world.api.call("GET", f"/flow_runs/{run.flow_run_id}").json()
    assert shown["state"]["message"] == "accepted"
    assert shown["name"] == "C-2026-000001 medium delivery"
    assert shown["work_queue_name"] == "medium"
    assert world.history(run.flow_run_id).count("Running") == 4, world.history(run.flow_run_id)

    def task_runs() -> list[str]:
        body = {"flow_runs": {"id": {"any_": [str(run.flow_run_id)]}}}
        return [t["name"] for t in world.api.call("POST", "/task_runs/filter", body).json()]

    until("all task runs recorded", lambda: len(task_runs()) == 5)
    assert sorted(task_runs()) == sorted(case.performed)


def test_a_waiting_run_says_what_for_and_until_when(world: World) -> None:
    case = world.file("C-2026-000002")
    run = world.shows(case.ref, CONFIRM)
    state = world.api.call("GET", f"/flow_runs/{run.flow_run_id}").json()["state"]
    assert state["type"] == "PAUSED"
    assert state["message"] == "next deadline 2026-11-22 10:00 UTC"
    assert state["state_details"]["pause_reschedule"] is True
    assert state["state_details"]["pause_timeout"] is None


def test_the_tags_follow_the_case_and_those_of_people_stay(world: World) -> None:
    case = world.file("C-2026-000009")
    run = world.shows(case.ref, CONFIRM)
    world.api.call("PATCH", f"/flow_runs/{run.flow_run_id}", {"tags": ["tier:light", "press"]})
    case.tags = ("department:logistics",)
    world.cases.happen(case.ref)
    world.shows(case.ref, RESOLVE)
    shown = world.api.call("GET", f"/flow_runs/{run.flow_run_id}").json()
    assert sorted(shown["tags"]) == ["department:logistics", "press", "tier:medium"]


def test_the_artifact_is_one_and_follows_the_case(world: World) -> None:
    case = world.file("C-2026-000003")
    world.shows(case.ref, CONFIRM)
    world.cases.happen(case.ref)
    world.shows(case.ref, RESOLVE)
    body = {"artifacts": {"key": {"any_": ["c-2026-000003"]}}}
    artifacts = world.api.call("POST", "/artifacts/filter", body).json()
    latest = world.api.call("GET", "/artifacts/c-2026-000003/latest").json()
    assert len(artifacts) == 1, "each new artifact under a key is kept for ever"
    assert latest["data"] == world.cases.standing(case.ref).artifact
    assert latest["flow_run_id"] == str(case.flow_run_id)


def test_an_event_between_the_look_and_the_wait_is_not_missed(world: World) -> None:
    case = world.file("C-2026-000004")
    world.shows(case.ref, CONFIRM)
    world.cases.happen(case.ref)
    looks = iter([False, False, True])  # the leg asks before, after its activities, and once it is paused

    def arm() -> None:
        if next(looks):
            world.cases.happen(case.ref)
        else:
            world.cases.before_ready[case.ref] = arm

    world.cases.before_ready[case.ref] = arm
    world.clock.wake()
    # No clock from here on: the leg itself must find out.
    until("the second event seen without a clock", lambda: case.performed[-1:] == ["Send the survey"])
    until("the new wait", lambda: world.seen(case.ref).name == ANSWER)


def test_an_incident_fails_the_run_and_retry_goes_on(world: World) -> None:
    case = world.file("C-2026-000005", failing={"Send the acknowledgement": "no mail server"})
    run = world.shows(case.ref, "Failed")
    state = world.api.call("GET", f"/flow_runs/{run.flow_run_id}").json()["state"]
    assert state["message"] == "no mail server"
    world.tick()
    world.tick()
    assert world.shows(case.ref, "Failed").state_id == run.state_id
    assert case.retries == 0

    world.set_state(run, {"type": "SCHEDULED", "name": "AwaitingRetry"}, force=False)
    world.shows(case.ref, CONFIRM)
    assert case.retries == 1
    assert case.performed == ["Grade the complaint", "Send the acknowledgement"]


def test_an_incident_settled_at_the_desk_brings_the_failed_run_back(world: World) -> None:
    case = world.file("C-2026-000006", failing={"Grade the complaint": "no model"})
    world.shows(case.ref, "Failed")
    world.cases.settle_incident(case.ref)
    world.shows(case.ref, CONFIRM)
    assert case.retries == 0


def test_a_fault_of_ours_shows_its_kind_and_no_text(world: World) -> None:
    case = world.file("C-2026-000007")
    world.cases.broken.add(case.ref)
    until(
        "created", lambda: world.clock.create().created or case.flow_run_id
    )  # SQLite may be locked at first
    until("failed", lambda: world.seen(case.ref).type == "FAILED")
    message = world.api.call("GET", f"/flow_runs/{case.flow_run_id}").json()["state"]["message"]
    assert "RuntimeError" in message
    assert "Mrs Li" not in message
    world.cases.broken.clear()
    world.shows(case.ref, CONFIRM)


@pytest.mark.parametrize("seen", [True, False], ids=["after its end was shown", "before anybody looked"])
def test_a_reopened_complaint_goes_on_in_its_run(world: World, seen: bool) -> None:
    case = world.file(f"C-2026-00000{8 + seen}0", script=(Stage((), "the first answer"),))
    run = world.shows(case.ref, "Waiting: the first answer")
    world.cases.happen(case.ref)
    if seen:
        world.shows(case.ref, "Completed")
    world.cases.reopen(case.ref, (Stage(("Write again",), "the second answer"),))
    assert world.shows(case.ref, "Waiting: the second answer").flow_run_id == run.flow_run_id
    assert case.performed == ["Write again"]
    world.cases.happen(case.ref)
    assert world.shows(case.ref, "Completed").flow_run_id == run.flow_run_id
