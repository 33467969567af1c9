"""Which cases want something of their Prefect run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cases.interruptions import PressedCancel
from cases.requests.direction import End, Hold
from complaints.acting import Actor
from runtime.prefect_api import RunState
from runtime.prefect_runs import Reconciled, Reconciler
from tests.contract.casework import build

ADMIN = Actor("s-shen-yi", "admin")


class AllCompleted:
    """A Prefect whose every run is over."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def set_states(self, runs: Mapping[str, Any], state: Mapping[str, Any]) -> Sequence[UUID]:
        return []

    def runs_by_id(self, ids: Sequence[UUID]) -> dict[UUID, RunState]:
        return {run: RunState(run, "COMPLETED", "Completed", f"state of {run}", self._now) for run in ids}


def test_a_run_is_woken_once_to_show_an_incident_that_was_opened_outside_of_it(store_url: str) -> None:
    house = build(store_url)
    ref = house.file("退货不退款，商家四五天不回信息")
    port, run = house.port(), uuid4()
    port.run_created(ref, 1, run)
    port.shown(ref, port.standing(ref).version, run)
    assert port.to_wake(10) == []

    house.casework.step(ref, PressedCancel("some-state"))
    assert [woken.ref for woken in port.to_wake(10)] == [ref]
    port.shown(ref, port.standing(ref).version, run)
    assert port.to_wake(10) == [], "with the incident open, nothing but news wakes the run"
    house.casework.database.close()


def test_a_run_that_is_over_is_looked_at_once_for_what_came_after_the_end(store_url: str) -> None:
    """A thousand erasures of old complaints must not stand before those that are open."""
    house = build(store_url)
    ref = house.file("退货不退款，商家四五天不回信息")
    port, run = house.port(), uuid4()
    house.step(ref, End("withdrawn", ADMIN, "自行解决", by_customer=True))
    port.run_created(ref, 1, run)
    port.shown(ref, port.standing(ref).version, run)
    house.step(ref, Hold(ADMIN, "诉讼"))
    assert [woken.ref for woken in port.to_wake(10)] == [ref]
    reconciler = Reconciler(AllCompleted(house.clock()), port)  # type: ignore[arg-type]
    assert reconciler.wake() == Reconciled()
    assert port.to_wake(10) == []
    house.casework.database.close()
