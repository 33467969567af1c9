"""Two commands on a fresh machine: it starts, it stops whole, it starts again with everything still there."""

from __future__ import annotations

import os
import time

from sqlmodel import func, select

from store.tables import Case
from tests.acceptance.house import House

SECOND_START_SECONDS = 15.0


def test_after_ctrl_c_nothing_is_left_and_the_second_start_has_every_case(house: House) -> None:
    house.start("--samples", "--no-player")
    pids = house.pids()
    assert set(pids) == {"prefect", "web", "clock", "worker"}
    filed = _cases(house)
    assert filed >= 40
    assert house.stop() == 0
    for name, pid in pids.items():
        assert not _lives(pid), f"{name} ({pid}) outlived its household"

    begun = time.monotonic()
    house.start("--samples", "--no-player")
    took = time.monotonic() - begun
    assert _cases(house) == filed
    print(f"second start: {took:.1f} s (asked for: under {SECOND_START_SECONDS:.0f} s on a quiet machine)")


def test_a_second_household_in_the_same_home_is_refused(house: House) -> None:
    house.start()
    refused = house.amends("up", check=False)
    assert refused.returncode == 1
    assert "runs in" in refused.stderr
    assert "amends down" in refused.stderr


def test_down_stops_the_household(house: House) -> None:
    house.start()
    house.amends("down")
    assert house.process is not None
    assert house.process.wait(120) == 0
    assert "nothing was running" in house.amends("down").stdout


def _cases(house: House) -> int:
    with house.wiring.database.read() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"
