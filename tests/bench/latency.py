"""How long after an event the next activity begins: through Prefect and its worker, and when they are away."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from cases.activities import LEASE
from cases.requests.work import ActOnItem
from cases.sweeping import settle
from complaints.acting import Actor
from runtime.wiring import machine_time
from store.queries.due import DIRECT_AFTER
from store.tables import ActivityRow
from tests.acceptance.house import House
from tests.bench import lives
from tests.bench.crowd import body, file_and_settle, is_settled
from tests.bench.figure import Figure, percentiles
from tests.bench.processes import clocks

COMPLAINTS = 20
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.02


def figures(quick: bool) -> Mapping[str, Figure]:
    count = 4 if quick else COMPLAINTS
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        by_prefect, ran_by = _through_prefect(House(Path(folder) / "with"), count)
        directly = _without_prefect(House(Path(folder) / "without"), count)
    people = by_prefect["decline"] + by_prefect["resolve"]
    how = (
        "the event is a step committed by another process, one after the other on an idle household (SQLite, its own "
        "Prefect server); counted from before the step until the activity was claimed inside its task run"
    )
    prefect = Figure(
        _p50(people), "s", f"{how}; a specialist declines (next: choose a person) or decides (next: answer)",
        {
            **percentiles(people), "by_event": {name: percentiles(v) for name, v in by_prefect.items()},
            "activities_run_by": dict(ran_by),
        },
    )  # fmt: skip
    direct = Figure(
        _p50(directly), "s",
        f"specialists decline while no Prefect answers; a clock takes over what nobody claimed for "
        f"{DIRECT_AFTER.total_seconds():.0f} s; counted as above",
        percentiles(directly),
    )  # fmt: skip
    return {"event_to_activity_by_prefect": prefect, "event_to_activity_direct": direct}


def _p50(values: list[float]) -> float:
    return float(str(percentiles(values)["p50"]))


def _through_prefect(house: House, count: int) -> tuple[Mapping[str, list[float]], Counter[str]]:
    """Seconds by event, and who ran the activities. `arrival` holds the making of the run too."""
    found: dict[str, list[float]] = {"arrival": [], "decline": [], "resolve": []}
    with house:
        house.start()
        file_and_settle(house, 0)  # the first leg loads the flow
        for number in range(1, 1 + count):
            began = machine_time()
            answer = house.file("app", body(number))
            assert answer.status_code == 202, answer.text
            ref = str(answer.json()["ref"])
            found["arrival"].append(_until_begun(house, ref, began))
            _idle(house, ref)
            found["decline"].append(_event(house, ref, "decline", reason="不属于我们的范围"))
            _act(house, ref, "confirm")
            _idle(house, ref)
            found["resolve"].append(
                _event(house, ref, "resolve", solution="道歉", cause="延误", remedy="apology")
            )
        with house.wiring.database.read() as session:
            ran_by = Counter(by or "nobody" for by in session.exec(select(ActivityRow.ran_by)).all())
    return found, ran_by


def _without_prefect(house: House, count: int) -> list[float]:
    """A clock process alone, and a Prefect address that nobody answers at. The events come all at once."""
    casework = house.wiring.casework
    house.wiring.prepare()
    refs = [lives.file(casework, "medium", number, machine_time()) for number in range(count)]
    settle(casework)
    with clocks(house, 1):
        began = {}
        for ref in refs:
            began[ref] = machine_time()
            _act(house, ref, "decline", reason="不属于我们的范围")
        found = [_until_begun(house, ref, at) for ref, at in began.items()]
    house.wiring.database.close()
    return found


def _event(house: House, ref: str, action: str, **fields: object) -> float:
    """Let the person the work is with act; seconds until the next activity began. Then all is idle again."""
    began = machine_time()
    _act(house, ref, action, **fields)
    seconds = _until_begun(house, ref, began)
    _idle(house, ref)
    return seconds


def _act(house: House, ref: str, action: str, **fields: object) -> None:
    with house.wiring.casework.reading(ref) as file:
        item = next(item for item in file.items() if action in item.actions)
    assert item.id is not None
    ask = ActOnItem(item.id, action, Actor(item.assignee or "", "specialist"), **fields)  # type: ignore[arg-type]
    house.wiring.casework.step(ref, ask)


def _until_begun(house: House, ref: str, since: datetime) -> float:
    """Seconds from `since` to the first claim after it: a lease runs from the claim on."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with house.wiring.database.read() as session:
            case = house.wiring.casework.find(session, ref)
            query = select(ActivityRow.lease_until).where(
                ActivityRow.case_id == case.id, col(ActivityRow.lease_until) > since + LEASE
            )
            begun = session.exec(query.order_by(col(ActivityRow.lease_until))).first()
        if begun is not None:
            return (begun - LEASE - since).total_seconds()
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"no activity of {ref} began within {PATIENCE_SECONDS:.0f} s\n{house.logs()}")


def _idle(house: House, ref: str) -> None:
    house.wait_for(lambda: is_settled(house, ref), PATIENCE_SECONDS, f"{ref} to wait again")
