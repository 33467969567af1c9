"""Processes of Amends for a measurement: web and clocks of their own on a prepared store, with no Prefect."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from process_definitions.loader import FOLDER
from tests.acceptance.house import ROOT, START_SECONDS, House, free_port

STOP_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
Process = subprocess.Popen[bytes]


def cpu_seconds(process: Process) -> float:
    """What a running process has used so far, of all its threads, in user and system mode (Linux)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def prepared(url: str, room: int | None = None) -> Iterator[House]:
    """A home over the store at `url`: migrated, with the shipped definitions, and nothing running.

    With `room` each specialist takes so many pieces of work before the pool is empty, instead of a dozen.
    """
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        settings = {"AMENDS_DATABASE_URL": url, "AMENDS_LOG_LEVEL": "WARNING"}
        if room is not None:
            settings["AMENDS_CONTENT"] = str(_roomy(Path(folder) / "content", room))
        house = House(Path(folder) / "home", settings)
        house.home.mkdir()
        house.wiring.prepare()
        try:
            yield house
        finally:
            house.wiring.database.close()


def _roomy(folder: Path, room: int) -> Path:
    """A folder with the shipped organisation in which specialists take `room` pieces of work."""
    folder.mkdir()
    text = (FOLDER / "organisation.toml").read_text("utf-8")
    wider, limits = re.subn(r"(?m)^open_limit = [1-9]\d*$", f"open_limit = {room}", text)
    assert limits, "no specialist of the shipped organisation has a limit"
    (folder / "organisation.toml").write_text(wider, "utf-8")
    return folder


@contextmanager
def web(house: House) -> Iterator[Process]:
    """`amends serve web`, once it answers."""
    with _serving(house, "web") as process:

        def answers() -> bool:
            if process.poll() is not None:
                raise AssertionError(f"the web process ended with {process.returncode}\n{house.logs()}")
            try:
                return httpx.get(f"{house.url}/healthz", timeout=2).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

        house.wait_for(answers, START_SECONDS, "the web process to answer")
        yield process


@contextmanager
def clocks(house: House, count: int) -> Iterator[Sequence[Process]]:
    """So many of `amends serve clock`. Their Prefect address answers nothing, so all runs directly."""
    with ExitStack() as running:
        nowhere = f"http://127.0.0.1:{free_port()}/api"
        yield [running.enter_context(_serving(house, "clock", nowhere)) for _ in range(count)]


@contextmanager
def _serving(house: House, part: str, prefect: str | None = None) -> Iterator[Process]:
    environment = house.variables | ({"PREFECT_API_URL": prefect} if prefect else {})
    with (house.home / "up.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "runtime.cli", "serve", part],
            cwd=ROOT, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
