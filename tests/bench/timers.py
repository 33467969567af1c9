"""Thousands of timers due in one second, and how long clocks take until each has been stepped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from cases.sweeping import settle
from runtime.wiring import machine_time
from store.history import broken_chains
from store.process_time import advance_to
from store.tables import Case, History, Tick
from tests.acceptance.house import House
from tests.bench import lives
from tests.bench.figure import Figure, rounded, skipped
from tests.bench.processes import clocks, cpu_seconds, prepared
from tests.bench.stores import STORES, Absent
from tests.bench.waiting import clone_waiting

TIMERS = 10_000
CLOCKS = 2
PATIENCE_SECONDS = 900.0
POLL_SECONDS = 0.1
CHAINS = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    fired: int
    cpu_ms: float
    """Of the clocks, a timer; their other work of that time counts."""
    broken: int


def figures(quick: bool) -> Mapping[str, Figure]:
    count = 60 if quick else TIMERS
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        try:
            with store() as url:
                run = _run(url, count)
        except Absent as error:
            found[f"timers_due_{name}"] = skipped("s", str(error))
            continue
        found[f"timers_due_{name}"] = Figure(
            run.seconds, "s",
            f"{count} complaints wait for a confirmation and half of its hour is over for all of them at one instant: "
            f"from that instant until the last was stepped and its reminder written, by {CLOCKS} clocks on {name} that "
            "send the reminders meanwhile; Prefect is away",
            {
                "timers_per_second": rounded(count / run.seconds), "fired": run.fired,
                "clock_cpu_ms_per_timer": rounded(run.cpu_ms), "chains_broken": run.broken,
            },
        )  # fmt: skip
    return found


def _run(url: str, count: int) -> Run:
    with prepared(url) as house:
        casework = house.wiring.casework
        lives.file(casework, "medium", 0, machine_time())
        settle(casework)
        clone_waiting(house.wiring.database, count - 1, secret=casework.secret)
        with clocks(house, CLOCKS) as ticking:
            house.wait_for(lambda: _ticking(house), 60, "the clocks to tick")
            began_cpu = sum(map(cpu_seconds, ticking))
            due = _jump(house)
            began = time.monotonic()
            while _left(house, due):
                if time.monotonic() - began > PATIENCE_SECONDS:
                    raise AssertionError(f"{_left(house, due)} timers are still due\n{house.logs()}")
                time.sleep(POLL_SECONDS)
            seconds = time.monotonic() - began
            cpu = sum(map(cpu_seconds, ticking)) - began_cpu
        with house.wiring.database.read() as session:
            fired = session.exec(select(func.count()).where(History.what == "timer_fired")).one()
            cases = session.exec(select(Case).order_by(col(Case.ref))).all()
            broken = broken_chains(session, casework.secret, cases[:: max(1, len(cases) // CHAINS)])
    return Run(seconds, fired, 1000 * cpu / count, len(broken))


def _ticking(house: House) -> bool:
    with house.wiring.database.read() as session:
        return session.exec(select(func.count()).select_from(Tick)).one() == CLOCKS


def _jump(house: House) -> datetime:
    """Move process time to the instant at which the first timers are due; that instant."""
    with house.wiring.database.write() as session:
        due = session.exec(select(func.min(Case.next_due_at))).one()
        assert due is not None, "they wait for a confirmation"
        advance_to(session, due, machine_time())
    return due


def _left(house: House, due: datetime) -> int:
    with house.wiring.database.read() as session:
        return session.exec(
            select(func.count()).select_from(Case).where(col(Case.next_due_at) <= due + timedelta(seconds=1))
        ).one()
