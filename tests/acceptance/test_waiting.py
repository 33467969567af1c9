"""Waiting costs rows and nothing else: 5 000 waiting complaints need no process, thread or connection more."""

from __future__ import annotations

from contextlib import closing

from cases.requests.work import ActOnItem
from complaints.acting import Actor
from store.history import broken_chains
from tests.acceptance.house import House
from tests.bench.census import least, most
from tests.bench.crowd import crowd_in, file_and_settle, is_settled, paused_runs, standing

COUNT = 5_000
WATCHED_SECONDS = 8.0


def test_5000_waiting_complaints_take_no_process_thread_or_connection_more_than_none(house: House) -> None:
    house.start()
    with closing(house.client):
        _crowd(house)


def _crowd(house: House) -> None:
    roots = house.roots()
    file_and_settle(house, 1)
    without = most(roots, WATCHED_SECONDS)

    crowd = crowd_in(house, COUNT)
    before = standing(house)
    assert len(before) == paused_runs(house) == 1 + COUNT
    assert all(waits and run for _version, run, waits in before.values())

    with_them = least(roots, WATCHED_SECONDS)
    assert with_them.processes <= without.processes
    assert with_them.threads <= without.threads
    assert with_them.connections <= without.connections
    assert standing(house) == before, "a clock touched what had nothing due"
    assert paused_runs(house) == 1 + COUNT

    # They are no dummies: one of them goes on when its person acts, and a newcomer gets through beside them.
    casework, one = house.wiring.casework, crowd[COUNT // 2]
    with casework.reading(one.ref) as file:
        (item,) = file.items()
    assert item.id is not None
    casework.step(one.ref, ActOnItem(item.id, "confirm", Actor(item.assignee or "", "specialist")))
    house.wait_for(lambda: is_settled(house, one.ref), 60, "the run of the confirmed complaint to show it")
    file_and_settle(house, 2)
    house.wait_for(lambda: paused_runs(house) == 2 + COUNT, 30, "the newcomer's run to wait too")
    with casework.reading(one.ref) as file:
        assert file.case.owner == item.assignee
        assert broken_chains(file.session, casework.secret, [file.case]) == []
