"""The shipped medium life through Prefect: real household, real hook, real worker, every activity a task run."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sqlmodel import col, func, select

from runtime.wiring import machine_time
from store.process_time import advance_to, process_time
from store.queries.due import next_instant
from store.tables import ActivityRow, Case
from tests.acceptance.house import House
from tests.bench.crowd import body, file_and_settle
from tests.bench.figure import Figure
from tests.bench.lives import act

COMPLAINTS = 20
PATIENCE_SECONDS = 600.0
MOVE_SECONDS = 0.2


def figures(quick: bool) -> Mapping[str, Figure]:
    count = 3 if quick else COMPLAINTS
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder, House(Path(folder) / "home") as house:
        house.start()
        file_and_settle(house, 0)  # warms the worker up, and is led to its end with the others
        began = time.monotonic()
        refs = [str(house.file("app", body(number)).json()["ref"]) for number in range(1, 1 + count)]
        _lead(house, refs)
        seconds = time.monotonic() - began
        ran_by, steps = _looked_up(house, refs)
    how = (
        f"{count} medium complaints from signed hook to closed and shown as Completed, on `amends up` with SQLite and "
        "its own Prefect server: confirmed, decided, carried out, scored 5; staff and customers act at once, process "
        "time jumps to the next due when everything waits; activities that Prefect left lying for 15 s ran directly "
        "and are counted apart"
    )
    return {
        "shipped_medium_life_by_prefect": Figure(
            count / seconds, "complaints/s", how,
            {"complaints": count, "steps_per_second": round(steps / seconds, 2), "activities_run_by": dict(ran_by)},
        )
    }  # fmt: skip


def _lead(house: House, refs: list[str]) -> None:
    """Everybody acts, and time jumps whenever all wait and are shown, until each has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        acted = act(house.wiring.casework)
        with house.wiring.database.read() as session:
            cases = session.exec(select(Case).where(col(Case.ref).in_(refs))).all()
            busy = session.exec(
                select(func.count()).select_from(ActivityRow).where(col(ActivityRow.state).in_(("ready", "claimed")))
            ).one()  # fmt: skip
        shown = all(case.shown_version == case.version for case in cases)
        if shown and all(case.ended for case in cases):
            return
        if not acted and not busy and shown:
            _jump(house)
        time.sleep(MOVE_SECONDS)
    raise AssertionError(f"the complaints did not end in {PATIENCE_SECONDS:.0f} s\n{house.logs()}")


def _jump(house: House) -> None:
    with house.wiring.database.write() as session:
        now = machine_time()
        upcoming = next_instant(session, process_time(session, now))
        if upcoming is not None:
            advance_to(session, upcoming, now)


def _looked_up(house: House, refs: list[str]) -> tuple[Counter[str], int]:
    """Activities by who ran them, and the number of steps."""
    with house.wiring.database.read() as session:
        cases = session.exec(select(Case).where(col(Case.ref).in_(refs))).all()
        ids = [case.id for case in cases]
        ran = session.exec(select(ActivityRow.ran_by).where(col(ActivityRow.case_id).in_(ids))).all()
    return Counter(by or "nobody" for by in ran), sum(case.version for case in cases)
