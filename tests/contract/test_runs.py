"""Which cases want something of their Prefect run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cases.interruptions import PressedCancel
from cases.requests.direction import End, Hold
from complaints.acting import Actor
from flows.port import Standing
from runtime.prefect_api import RunState, StateType
from runtime.prefect_port import PrefectPort
from runtime.prefect_runs import Reconciled, Reconciler
from tests.contract.casework import build

ADMIN = Actor("s-shen-yi", "admin")


class AllOver:
    """A Prefect whose every run is over, in this state until it is scheduled again."""

    def __init__(self, now: datetime, state: StateType = "COMPLETED") -> None:
        self._now, self._state = now, state

    def set_states(self, runs: Mapping[str, Any], state: Mapping[str, Any]) -> Sequence[UUID]:
        found = runs["id"]["any_"] if self._state in runs["state"]["type"]["any_"] else []
        return [UUID(run) for run in found]

    def runs_by_id(self, ids: Sequence[UUID]) -> dict[UUID, RunState]:
        name = self._state.capitalize()
        return {run: RunState(run, self._state, name, f"state of {run}", self._now) for run in ids}


class AfterAnotherClock:
    """Casework as a clock sees it that looks at a case just before another clock tells it of the cancelled run."""

    def __init__(self, port: PrefectPort, run: UUID) -> None:
        self._port, self._run = port, run

    def standing(self, ref: str) -> Standing:
        found = self._port.standing(ref)
        self._port.cancelled(ref, f"state of {self._run}")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


def test_a_cancelled_run_stays_cancelled_though_two_clocks_find_it_at_once(store_url: str) -> None:
    house = build(store_url)
    ref = house.file("退货不退款，商家四五天不回信息")
    port, run = house.port(), uuid4()
    port.run_created(ref, 1, run)
    prefect = AllOver(house.clock(), "CANCELLED")
    second = Reconciler(prefect, AfterAnotherClock(port, run))  # type: ignore[arg-type]
    assert second.sweep() == Reconciled(), "the first clock opened the incident, nothing is left to do"
    assert port.standing(ref).incident is not None
    assert Reconciler(prefect, port).sweep() == Reconciled()  # type: ignore[arg-type]
    house.casework.database.close()


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
    reconciler = Reconciler(AllOver(house.clock()), port)  # type: ignore[arg-type]
    assert reconciler.wake() == Reconciled()
    assert port.to_wake(10) == []
    house.casework.database.close()
