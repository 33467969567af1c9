"""A promise never waits for Prefect: stopped, late or lost, it costs no complaint anything."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlmodel import col, func, select

from store.tables import Case, ClockRow, Letter
from tests.acceptance.house import House
from tests.acceptance.prefects import Prefects
from tests.acceptance.stream import messages

COUNT = 50


def test_complaints_are_on_time_without_prefect_and_it_catches_up(
    house_beside_prefect: tuple[House, Prefects],
) -> None:
    house, prefect = house_beside_prefect
    house.start()
    refs = set()
    for body in messages(COUNT):
        answer = house.file("web_form", body)
        assert answer.status_code == 202, answer.text
        refs.add(answer.json()["ref"])
    house.amends("clock", "advance", "PT30H")

    with house.wiring.database.read() as session:
        cases = session.exec(select(Case)).all()
        letters = Counter(session.exec(select(Letter.key)).all())
        escalated = set(
            session.exec(
                select(Letter.case_id).where(col(Letter.kind).in_(("offer_expired", "duty_work")))
            ).all()
        )
        acknowledge = session.exec(select(ClockRow).where(ClockRow.name == "acknowledge")).all()
    assert {case.ref for case in cases} == refs
    for case in cases:
        assert case.acknowledged_at is not None
        assert case.acknowledged_at - case.received_at <= timedelta(minutes=30)
        if case.tier != "light":
            assert case.dispatched_at is not None
            assert case.dispatched_at - case.received_at <= timedelta(minutes=10)
            assert case.id in escalated, f"{case.ref}: nobody confirmed and nobody was told"
    assert all(clock.stopped_at is not None for clock in acknowledge)
    assert max(letters.values()) == 1

    prefect.start()
    house.wait_for(lambda: _rest(house), 240, "each case to have a run in its present state")
    _each_has_one_run_in_its_present_state(house)

    prefect.lose()
    prefect.start()
    house.amends("deploy")
    house.amends("recover")
    house.wait_for(lambda: _rest(house), 240, "each case to have a new run in its present state")
    _each_has_one_run_in_its_present_state(house)
    house.amends("verify")


def _rest(house: House) -> bool:
    """Whether Prefect was told of every case as it is now, and no leg is under way."""
    with house.wiring.database.read() as session:
        shown = select(func.count()).select_from(Case).where(
            col(Case.shown_version) == col(Case.version), col(Case.flow_run_id).is_not(None)
        )  # fmt: skip
        if session.exec(shown).one() < COUNT:
            return False
    return all(run["state"]["type"] in ("PAUSED", "COMPLETED") for run in house.flow_runs())


def _each_has_one_run_in_its_present_state(house: House) -> None:
    runs = {run["parameters"]["ref"]: run for run in house.flow_runs()}
    assert len(house.flow_runs()) == len(runs) == COUNT
    with house.wiring.database.read() as session:
        for case in session.exec(select(Case)).all():
            run = runs[case.ref]
            if case.ended:
                assert run["state"]["type"] == "COMPLETED"
            else:
                assert run["state"]["type"] == "PAUSED"
                assert run["state"]["name"].startswith("Waiting: "), run["state"]["name"]
