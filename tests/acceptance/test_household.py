"""Two commands on a fresh machine: it starts, it stops whole, it starts again with everything still there."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlmodel import col, func, select

from store.tables import Case
from tests.acceptance.house import House
from tests.acceptance.several import Build
from tests.acceptance.stream import messages

SECOND_START_SECONDS = 15.0


def test_after_ctrl_c_nothing_is_left_and_the_second_start_has_every_case(house: House) -> None:
    house.start("--samples", "--no-player")
    started = {"web", "clock", "worker"} | (set() if house.beside else {"prefect"})
    pids = [*_pids(house)]
    assert {name for name, _ in pids} == started
    assert len(pids) == len(house.machines) * len(started)
    filed = _cases(house)
    assert filed >= 40
    house.wait_for(lambda: _acknowledged(house) >= 5, 120, "legs to be under way")
    counted = "".join(house.client.get("/metrics").text for _ in house.machines)
    assert 'amends_step_seconds_count{request="Finish"}' in counted, "steps of the worker, told by the web"
    assert house.stop() == 0
    for name, pid in pids:
        assert not _lives(pid), f"{name} ({pid}) outlived its household"

    for machine in house.machines:
        log = (machine.home / "logs" / "worker.log").read_text(encoding="utf-8")
        assert "cut off" not in log, "a leg could not end: Prefect was stopped before the worker"

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


def test_a_prefect_that_refuses_the_deployments_stops_no_complaint(tmp_path: Path, build: Build) -> None:
    with _refusing_server() as url, build(tmp_path, {"PREFECT_API_URL": url}) as house:
        house.start()
        body = next(messages(1))
        assert house.file("web_form", body).status_code == 202
        house.wait_for(
            lambda: _acknowledged(house) == 1, 60, "the complaint to be acknowledged without Prefect"
        )
        for machine in house.machines:
            log = (machine.home / "up.log").read_text(encoding="utf-8")
            assert log.count("no deployments in Prefect yet") == 1
            assert "HTTP 422" in log


@contextmanager
def _refusing_server() -> Iterator[str]:
    """Something that answers 422 to everything, as a Prefect of another version may."""

    class Refuse(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(422)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PATCH = _refuse

        def log_message(self, format: str, *args: object) -> None:
            """Not into the output of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/api"
        finally:
            server.shutdown()
            thread.join()


def _pids(house: House) -> Iterator[tuple[str, int]]:
    for machine in house.machines:
        yield from machine.pids().items()


def _acknowledged(house: House) -> int:
    with house.wiring.database.read() as session:
        query = select(func.count()).select_from(Case).where(col(Case.acknowledged_at).is_not(None))
        return session.exec(query).one()


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
