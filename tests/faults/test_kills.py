"""`kill -9` of worker, clock, web and API server while fifty complaints run: the outcome is that of an undisturbed
run, on one machine and on two.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, func, select

from cases.sweeping import play, settle
from runtime.samples import send
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time
from store.tables import ActivityRow, Case, Incident, Letter, WorkItem
from tests.acceptance.house import House
from tests.acceptance.several import installed
from tests.faults.life import Outcome, act_all, answer_all, body, outcomes
from tests.faults.undisturbed import file_directly
from tests.machines import ONE, TWO

COUNT = 50
SOLUTION = {"solution": "为您办理退款。", "cause": "商家拖延", "remedy": "refund", "amount": 8_800}


@pytest.mark.parametrize("size", [ONE, TWO])
def test_killing_each_process_changes_no_outcome_and_doubles_no_message(
    size: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Of two machines, each loses one of each process; of two API servers, the one with the services dies for good."""
    expected = _undisturbed(tmp_path / "undisturbed")
    with installed(size, tmp_path, request) as (house, prefects):
        prefects.start()
        house.start()
        machines = (house.machines[0], house.machines[-1])
        for number in range(COUNT):
            _file_like_a_channel(house, number)
            if number == 12:
                _kill_during_an_activity(house, machines[0])
            if number == 25:
                machines[0].kill("clock")
            if number == 38:
                machines[0].kill("web")
        casework = house.wiring.casework
        house.wait_for(lambda: _offered(house) == COUNT, 180, "every complaint to be offered to a person")

        assert act_all(casework, "confirm") == COUNT
        machines[1].kill("clock")
        if size == TWO:
            prefects.kill_first()
        assert act_all(casework, "resolve", **SOLUTION) == COUNT
        _kill_during_an_activity(house, machines[1])
        house.wait_for(
            lambda: _granted(house) == COUNT, 180, "every answer to be sent and its refund to be opened"
        )
        machines[1].kill("web")
        assert act_all(casework, "done") == COUNT
        house.amends("clock", "advance", "P1D")
        assert answer_all(casework, 5) == COUNT
        house.amends("clock", "advance", "PT1H")

        prefects.start()  # as whoever looks after it would
        found = outcomes(casework)
        assert found.keys() == expected.keys()
        different = {
            which: (found[which], expected[which]) for which in found if found[which] != expected[which]
        }
        assert not different, "\n".join(f"{which}: {pair}" for which, pair in different.items())
        with house.wiring.database.read() as session:
            assert session.exec(select(func.count()).select_from(Incident)).one() == 0
            keys = session.exec(select(Letter.key)).all()
            sent_again = session.exec(select(Letter.key).where(col(Letter.fence) > 1)).all()
            acknowledged = session.exec(select(Letter.case_id).where(Letter.kind == "acknowledgement")).all()
            claimed_twice = session.exec(
                select(func.count()).select_from(ActivityRow).where(col(ActivityRow.fence) > 1)
            ).one()
        print(f"{claimed_twice} activities were taken over from a killed process")
        assert max(Counter(keys).values()) == 1
        assert max(Counter(acknowledged).values()) == 1
        twice = {
            key for key in keys if sum(machine.wiring.mailbox.holds(key) for machine in house.machines) > 1
        }
        assert twice <= set(sent_again), "a letter went twice though its sender was never killed"
        house.amends("verify")
        house.wait_for(lambda: _runs_completed(house), 240, "every run to show that its complaint is closed")
        runs = Counter(run["parameters"]["ref"] for run in house.flow_runs())
        assert len(runs) == COUNT
        assert max(runs.values()) == 1


def _undisturbed(home: Path) -> dict[str, Outcome]:
    """The same life by the direct runner in this process, with nothing killed."""
    wiring = Wiring(Settings(home=home, clock="adjustable"))
    wiring.prepare()
    casework = wiring.casework
    for number in range(COUNT):
        file_directly(casework, body(number))
    settle(casework, wiring.deliver)
    act_all(casework, "confirm")
    act_all(casework, "resolve", **SOLUTION)
    settle(casework, wiring.deliver)
    act_all(casework, "done")
    play(casework, timedelta(days=1), wiring.deliver)
    answer_all(casework, 5)
    play(casework, timedelta(hours=1), wiring.deliver)
    found = outcomes(casework)
    assert {outcome.status for outcome in found.values()} == {"closed"}
    return found


def _file_like_a_channel(house: House, number: int) -> None:
    """Send, and send again until an answer comes: what every channel does when the web is away."""
    deadline = time.monotonic() + 240
    while True:
        try:
            answer = send(house.client, house.wiring, "web_form", body(number), machine_time())
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code in (200, 202):
            return
        assert time.monotonic() < deadline, (
            f"no answer for {number}: {answer and answer.text}\n{house.logs()}"
        )
        time.sleep(0.3)


def _kill_during_an_activity(house: House, machine: House) -> None:
    """Kill the worker at a moment when it holds a claim, if there is one within some seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with house.wiring.database.read() as session:
            held = select(ActivityRow.id).where(
                ActivityRow.state == "claimed", col(ActivityRow.claimed_by) != "clock"
            )
            if session.exec(held.limit(1)).first() is not None:
                break
    machine.kill("worker")


def _offered(house: House) -> int:
    with house.wiring.database.read() as session:
        query = select(func.count()).select_from(WorkItem).where(WorkItem.status == "offered")
        return session.exec(query).one()


def _granted(house: House) -> int:
    with house.wiring.database.read() as session:
        query = select(func.count()).select_from(Case).where(Case.status == "fulfilling")
        return session.exec(query).one()


def _runs_completed(house: House) -> bool:
    return all(run["state"]["type"] == "COMPLETED" for run in house.flow_runs())
