"""Which cases want something of their Prefect run."""

from __future__ import annotations

from uuid import uuid4

from cases.interruptions import PressedCancel
from runtime.prefect_port import PrefectPort
from tests.contract.casework import build


def test_a_run_is_woken_once_to_show_an_incident_that_was_opened_outside_of_it(empty_url: str) -> None:
    house = build(empty_url)
    ref = house.file("退货不退款，商家四五天不回信息")
    port, run = PrefectPort(house.casework, "http://desk.example"), uuid4()
    port.run_created(ref, 1, run)
    port.shown(ref, port.standing(ref).version, run)
    assert port.to_wake(10) == []

    house.casework.step(ref, PressedCancel("some-state"))
    assert [woken.ref for woken in port.to_wake(10)] == [ref]
    port.shown(ref, port.standing(ref).version, run)
    assert port.to_wake(10) == [], "with the incident open, nothing but news wakes the run"
    house.casework.database.close()
