"""A household in which thousands of complaints wait, with their runs in Prefect."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlmodel import col, func, select

from runtime.wiring import machine_time
from store.tables import ActivityRow, Case
from tests.acceptance.house import House
from tests.bench.lives import TEXTS
from tests.bench.pattern import Clone
from tests.bench.waiting import clone_waiting
from tests.bench.waiting_runs import clone_runs

SETTLE_SECONDS = 90.0


def body(number: int, tier: str = "medium") -> dict[str, object]:
    """A complaint of a customer of its own, as a hook takes it."""
    return {
        "external_id": f"bench-{number:06d}",
        "occurred_at": (machine_time() - timedelta(minutes=1)).isoformat(),
        "customer": {
            "id": f"B{number:06d}", "name": "测试客户", "email": f"b{number}@customers.example", "language": "zh",
        },
        "text": TEXTS[tier],
        "order_id": f"O{number:08d}",
    }  # fmt: skip


def file_and_settle(house: House, number: int) -> str:
    """File a medium complaint at a household that stands; its ref, when it waits and its run says so."""
    answer = house.file("app", body(number))
    assert answer.status_code == 202, answer.text
    ref = str(answer.json()["ref"])
    house.wait_for(lambda: is_settled(house, ref), SETTLE_SECONDS, f"{ref} to wait, with a run that shows it")
    return ref


def is_settled(house: House, ref: str) -> bool:
    """Nothing is left to carry out, and its run has shown its newest version and pauses."""
    with house.wiring.database.read() as session:
        case = house.wiring.casework.find(session, ref)
        query = select(func.count()).where(
            ActivityRow.case_id == case.id, col(ActivityRow.state).in_(("ready", "claimed"))
        )
        busy = session.exec(query).one()
    return not busy and bool(case.waiting or case.ended) and case.shown_version == case.version


def crowd_in(house: House, count: int) -> list[Clone]:
    """Let `count` complaints wait like the one that waits already, each with a paused run in Prefect."""
    show = partial(clone_runs, house.prefect_database)
    return clone_waiting(
        house.wiring.database, count, secret=house.wiring.casework.secret, show=show
    )  # fmt: skip


def paused_runs(house: House) -> int:
    """How many runs of complaints Prefect holds in a waiting state of ours."""
    return int(house.prefect("/flow_runs/count", {"flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}}))


def standing(house: House) -> dict[str, tuple[int, str | None, bool]]:
    """Version, run and whether it waits, by ref."""
    with house.wiring.database.read() as session:
        return {
            case.ref: (case.version, case.flow_run_id, bool(case.waiting))
            for case in session.exec(select(Case)).all()
        }
