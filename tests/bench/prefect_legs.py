"""What Prefect costs: complaints per second with 3 legs and 8 activities each, task runs on.

Compares our worker with Prefect's own process worker on the same flow, server and casework, in turn in the
same run.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from prefect.workers.process import ProcessWorker

from flows.port import CaseRun, Done, Gone, Outcome, ReadyActivity, RunWanted, Standing
from runtime.prefect_api import PrefectApi
from runtime.prefect_deploy import deploy
from runtime.prefect_errors import PrefectUnreachable
from runtime.prefect_runs import Reconciler
from runtime.prefect_server import PrefectServer
from runtime.worker import POOL
from tests.acceptance.house import free_port
from tests.bench.figure import Figure, rounded, spread

LEGS = ((0, 3), (3, 6), (6, 8))
"""Activities of each leg, by number: 3, 3 and 2."""
FILE_VARIABLE = "AMENDS_TEST_LEGS_FILE"
PROCESS_POOL = "bench-process"
QUEUES = ("severe", "medium", "light")
STOCK = "stock process worker"
OURS = "amends worker"


class FileCasework:
    """Cases in an SQLite file, so that legs in subprocesses share them. Each waits for nothing but its next
    leg.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS cases (ref TEXT PRIMARY KEY, case_id TEXT, run TEXT,"
                " done INT DEFAULT 0, leg INT DEFAULT 0, shown INT DEFAULT -1)"
            )

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=30.0, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            yield db
        finally:
            db.close()

    def _rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._open() as db:
            return db.execute(statement, values).fetchall()

    def file(self, count: int, prefix: str) -> None:
        for n in range(count):
            self._rows("INSERT INTO cases (ref, case_id) VALUES (?, ?)", f"{prefix}-{n:05}", str(uuid4()))

    def ended(self) -> int:
        return int(self._rows("SELECT count(*) AS n FROM cases WHERE shown = 8")[0]["n"])

    def next_leg(self) -> None:
        """The events that all waiting cases wait for."""
        self._rows(
            "UPDATE cases SET leg = leg + 1 WHERE leg < 2 AND shown = done"
            " AND done = CASE leg WHEN 0 THEN 3 ELSE 6 END"
        )

    def _case(self, ref: str) -> sqlite3.Row:
        return self._rows("SELECT * FROM cases WHERE ref = ?", ref)[0]

    def standing(self, ref: str) -> Standing:
        case = self._case(ref)
        done, ended = int(case["done"]), case["done"] == 8
        return Standing(
            ref=ref,
            title=ref,
            tags=(),
            status="closed" if ended else "handling",
            tier="medium",
            cycle=1,
            waiting=() if ended else ("the next leg",),
            next_due=None,
            ended=ended,
            outcome="accepted" if ended else "",
            incident=None,
            version=done,
            artifact=f"# {ref}\n\n{done} of 8 done",
            flow_run_id=UUID(case["run"]) if case["run"] else None,
        )

    def ready(self, ref: str) -> list[ReadyActivity]:
        case = self._case(ref)
        done, end = int(case["done"]), LEGS[case["leg"]][1]
        return [ReadyActivity(done, f"Activity {done + 1}", "bench")] if done < end else []

    def perform(self, ref: str, activation: int, by: str) -> Outcome:
        with self._open() as db:
            moved = db.execute(
                "UPDATE cases SET done = done + 1 WHERE ref = ? AND done = ?", (ref, activation)
            )
            return Done() if moved.rowcount else Gone()

    def shown(self, ref: str, version: int, flow_run_id: UUID) -> None:
        self._rows("UPDATE cases SET shown = max(shown, ?) WHERE ref = ?", version, ref)

    def retried(self, ref: str, key: str) -> None:
        raise AssertionError(f"nobody retries {ref}")

    def cancelled(self, ref: str, key: str) -> bool:
        raise AssertionError(f"nobody cancels {ref}")

    def without_run(self, limit: int) -> list[RunWanted]:
        rows = self._rows("SELECT ref, case_id FROM cases WHERE run IS NULL LIMIT ?", limit)
        return [RunWanted(r["ref"], UUID(r["case_id"]), 1, r["ref"], (), "medium") for r in rows]

    def run_created(self, ref: str, generation: int, flow_run_id: UUID) -> None:
        self._rows("UPDATE cases SET run = ? WHERE ref = ?", str(flow_run_id), ref)

    def run_lost(self, ref: str, flow_run_id: UUID) -> None:
        self._rows("UPDATE cases SET run = NULL WHERE ref = ? AND run = ?", ref, str(flow_run_id))

    def to_wake(self, limit: int) -> list[CaseRun]:
        return self._runs(
            "SELECT ref, run FROM cases WHERE run IS NOT NULL AND shown >= 0 AND done < 8"
            " AND done < CASE leg WHEN 0 THEN 3 WHEN 1 THEN 6 ELSE 8 END LIMIT ?",
            limit,
        )

    def runs_of(self, flow_run_ids: Collection[UUID]) -> dict[UUID, str]:
        rows = self._rows("SELECT ref, run FROM cases WHERE run IS NOT NULL")
        return {UUID(r["run"]): r["ref"] for r in rows if UUID(r["run"]) in flow_run_ids}

    def open_runs(self, after: str, limit: int) -> list[CaseRun]:
        return []  # nobody deletes runs here

    def busy(self, refs: Collection[str]) -> set[str]:
        return set(refs)

    def claimable(self, limit: int) -> list[CaseRun]:
        return self.to_wake(limit)

    def _runs(self, statement: str, *values: object) -> list[CaseRun]:
        return [CaseRun(r["ref"], UUID(r["run"])) for r in self._rows(statement, *values)]


def casework() -> FileCasework:
    """Named by AMENDS_TEST_CASEWORK for the worker's process and its subprocesses."""
    return FileCasework(Path(os.environ[FILE_VARIABLE]))


@dataclass(frozen=True, slots=True)
class Rates:
    """Complaints a second of each round: ours and the stock worker's turn about."""

    ours: list[float]
    stock: list[float]


def figures(quick: bool) -> Mapping[str, Figure]:
    rounds, complaints, stock_complaints = (1, 8, 4) if quick else (3, 24, 4)
    rates = measure(rounds, complaints, stock_complaints)
    how = (
        "complaints a second through one fixed definition of 3 legs and 8 activities, each a task run, from filing to "
        "Completed; one embedded server on SQLite, the same flow and casework, 4 at once (ours by its limit, the stock "
        "worker by the number of complaints); the two take turns, "
        "started anew and warmed up each time"
    )
    ours, stock = statistics.median(rates.ours), statistics.median(rates.stock)
    return {
        "fixed_legs_by_prefect": Figure(
            ours, "complaints/s", how,
            {
                OURS: {**spread(rates.ours), "complaints_each": complaints},
                STOCK: {**spread(rates.stock), "complaints_each": stock_complaints},
                "times_faster": rounded(ours / stock),
            },
        )
    }  # fmt: skip


def measure(rounds: int, complaints: int, stock_complaints: int, limit: int = 4) -> Rates:
    """Both workers in turn, on one embedded SQLite server, so that the machine's moods meet both."""
    rates = Rates([], [])
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        home = Path(folder)
        with (
            PrefectServer(home, free_port()) as server,
            PrefectApi(server.api_url, timeout_seconds=30.0) as raw,
        ):
            api = raw.patient(30.0)
            deploy(api)
            _make_process_pool(api)
            for number in range(rounds):
                _move_to(api, POOL)
                rates.ours.append(_run_with(api, home / f"ours{number}.db", complaints, _our_worker(limit)))
                _move_to(api, PROCESS_POOL)
                file = home / f"stock{number}.db"
                rates.stock.append(_run_with(api, file, stock_complaints, _stock_worker()))
    return rates


def _our_worker(limit: int) -> list[str]:
    return [sys.executable, "-m", "runtime.worker", "--limit", str(limit)]


def _stock_worker() -> list[str]:
    """Without a limit, which the number of complaints sets instead: with one, the stock worker of 3.8.8
    dies of "this borrower is already holding one of this CapacityLimiter's tokens" when a run is woken
    while the subprocess of its last leg still exits.
    """
    return [sys.executable, "-m", "prefect", "worker", "start", "--type", "process", "--pool", PROCESS_POOL]


def _run_with(api: PrefectApi, file: Path, complaints: int, command: list[str]) -> float:
    """Complaints per second, counted from the first claim on: the start of the worker is not measured."""
    cases = FileCasework(file)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PREFECT_API_URL": api.url,
        "PREFECT_HOME": str(file.parent / "client"),
        "PREFECT_WORKER_QUERY_SECONDS": "0.5",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "AMENDS_TEST_CASEWORK": "tests.bench.prefect_legs:casework",
        FILE_VARIABLE: str(file),
    }
    with file.with_suffix(".log").open("wb") as out:
        worker = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            clock = Reconciler(api, cases)
            cases.file(1, "W")  # warms up
            _drive(clock, cases, 1)
            began = time.monotonic()
            cases.file(complaints, "C")
            _drive(clock, cases, 1 + complaints)
            return complaints / (time.monotonic() - began)
        finally:
            worker.terminate()
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def _drive(clock: Reconciler, cases: FileCasework, until_ended: int, give_up_seconds: float = 180.0) -> None:
    deadline = time.monotonic() + give_up_seconds
    while cases.ended() < until_ended:
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{cases.ended()} of {until_ended} complaints ended in {give_up_seconds:.0f} s"
            )
        cases.next_leg()
        with contextlib.suppress(PrefectUnreachable):  # SQLite under load; the next tick goes on
            clock.create()
            clock.wake()
        time.sleep(0.25)


def _make_process_pool(api: PrefectApi) -> None:
    template = ProcessWorker.get_default_base_job_template()
    body = {"name": PROCESS_POOL, "type": "process", "base_job_template": template}
    api.call("POST", "/work_pools/", body, accept=(409,))
    for queue in QUEUES:
        api.call("POST", f"/work_pools/{PROCESS_POOL}/queues", {"name": queue}, accept=(409,))


def _move_to(api: PrefectApi, pool: str) -> None:
    """The same deployment, in another pool."""
    deployment = api.deployment_id("handle-complaint", "complaint")
    move = {"work_pool_name": pool, "work_queue_name": "medium"}
    api.call("PATCH", f"/deployments/{deployment}", move)
