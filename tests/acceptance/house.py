"""A whole Amends in real processes for one test, on one machine or as on several: homes and ports of its own."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from runtime.prefect_server import PrefectServer
from runtime.samples import send
from runtime.secrets import obtain_all
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
BUSY = 4
"""How much slower than alone a machine may be that runs other work: every wait may take so many times longer."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ByTurns(httpx.BaseTransport):
    """What a balancer before several webs does: each request to the next, past those that let nobody in."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = [httpx.URL(address) for address in addresses]
        self._turn = itertools.count()
        self._http = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first = next(self._turn)
        for further in range(len(self._addresses)):
            address = self._addresses[(first + further) % len(self._addresses)]
            request.url = request.url.copy_with(host=address.host, port=address.port)
            try:
                return self._http.handle_request(request)
            except httpx.ConnectError:
                if further == len(self._addresses) - 1:
                    raise
        raise AssertionError("there is no address")

    def close(self) -> None:
        self._http.close()


@dataclass
class House:
    """`amends up` in a folder of its own. `environment` adds settings, such as another database.

    With `neighbours` it is the first of several machines with one store between them; what is filed, read and
    clicked goes to them by turns.
    """

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    prefect_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    neighbours: tuple[House, ...] = ()
    beside: PrefectServer | None = None
    """Its Prefect server, where the test runs it and not the house."""

    @property
    def machines(self) -> tuple[House, ...]:
        return (self, *self.neighbours)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def prefect_url(self) -> str:
        return f"http://127.0.0.1:{self.prefect_port}"

    @property
    def prefect_database(self) -> str:
        """Where its Prefect keeps everything, for SQLAlchemy."""
        if self.beside is None or DATABASE not in self.beside.extra:
            return f"sqlite:///{(self.beside.home if self.beside else self.home) / 'prefect' / 'prefect.db'}"
        return self.beside.extra[DATABASE].replace("+asyncpg", "+psycopg")

    @property
    def variables(self) -> dict[str, str]:
        return {
            **os.environ,
            "AMENDS_HOME": str(self.home),
            "AMENDS_PORT": str(self.port),
            "PREFECT_SERVER_API_PORT": str(self.prefect_port),
            "AMENDS_CLOCK": "adjustable",
            **self.environment,
        }

    def start(self, *arguments: str) -> House:
        """`amends up …` on each machine at once; returns when all are ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        for neighbour in self.neighbours:  # the same secrets everywhere, as the administrator puts them
            obtain_all(self.home)
            shutil.copytree(self.home / "secrets", neighbour.home / "secrets", dirs_exist_ok=True)
        for machine in self.machines:
            machine._up(*arguments)
        for machine in self.machines:
            machine.wait_for(machine.is_ready, START_SECONDS, "the house to be ready")
        return self

    def _up(self, *arguments: str) -> None:
        with (self.home / "up.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "runtime.cli", "up", *arguments],
                cwd=ROOT, env=self.variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def stop(self) -> int:
        """Ctrl-C on each machine; the exit code of the first."""
        for machine in self.machines:
            assert machine.process is not None
            if machine.process.poll() is None:
                machine.process.send_signal(signal.SIGINT)
        codes = [machine.process.wait(90 * BUSY) for machine in self.machines if machine.process]
        return codes[0]

    def amends(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line."""
        done = subprocess.run(
            [sys.executable, "-m", "runtime.cli", *arguments],
            cwd=ROOT, env=self.variables, capture_output=True, text=True, timeout=600 * BUSY,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise AssertionError(
                f"amends {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def read(self, *arguments: str) -> Any:
        """The JSON that a reading command prints."""
        return json.loads(self.amends(*arguments, "--json").stdout)

    def read_wrong(self, *arguments: str) -> Any:
        """As `read`, of a command that may find something wrong."""
        return json.loads(self.amends(*arguments, "--json", check=False).stdout)

    @cached_property
    def wiring(self) -> Wiring:
        """The house's own store and keys, for looking into it from the test."""
        database_url = self.variables.get("AMENDS_DATABASE_URL", f"sqlite:///{self.home / 'amends.db'}")
        return Wiring(Settings(
            home=self.home, port=self.port, prefect_server_api_port=self.prefect_port, clock="adjustable",
            database_url=database_url,
        ))  # fmt: skip

    def file(self, channel: str, body: Mapping[str, Any]) -> httpx.Response:
        """One signed hook call, as the channel would make it."""
        return send(self.client, self.wiring, channel, body, machine_time())

    @cached_property
    def client(self) -> httpx.Client:
        webs = ByTurns([machine.url for machine in self.machines])
        return httpx.Client(base_url=self.url, timeout=60 * BUSY, transport=webs)

    def flow_runs(self) -> list[dict[str, Any]]:
        """Every run of the complaint deployment that Prefect has."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.prefect("/flow_runs/filter", {
                "deployments": {"name": {"any_": ["complaint"]}}, "sort": "ID_DESC", "limit": 200, "offset": len(found),
            })  # fmt: skip
            found += page
            if len(page) < 200:
                return found

    def pids(self) -> dict[str, int]:
        record = json.loads((self.home / "household.json").read_text())
        return {name: int(pid) for name, pid in record["processes"].items()}

    def prefect_pids(self) -> list[int]:
        """Of each machine's Prefect server, whoever runs it."""
        pids = [
            machine.beside.pid if machine.beside else machine.pids()["prefect"] for machine in self.machines
        ]
        return [pid for pid in pids if pid is not None]

    def roots(self) -> set[int]:
        """What everything of it descends from: each machine's `amends up`, and the Prefect servers beside them."""
        return {machine.process.pid for machine in self.machines if machine.process} | {*self.prefect_pids()}

    def kill(self, name: str) -> int:
        """`kill -9` of one process; its pid."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def prefect(self, path: str, body: Mapping[str, Any]) -> Any:
        servers = ByTurns([machine.prefect_url for machine in self.machines])
        with httpx.Client(base_url=self.prefect_url, timeout=30 * BUSY, transport=servers) as client:
            answer = client.post(f"/api{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def wait_for(self, done: Callable[[], object], seconds: float, what: str) -> Any:
        """Poll until `done()` is true; fails with the newest logs when it takes longer than `seconds` would on a busy
        machine.
        """
        deadline = time.monotonic() + seconds * BUSY
        while time.monotonic() < deadline:
            found = done()
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"waited {seconds * BUSY:.0f} s for {what}\n{self.logs()}")

    def logs(self, lines: int = 25) -> str:
        files = [
            file for machine in self.machines
            for file in (machine.home / "up.log", *sorted((machine.home / "logs").glob("*.log")))
        ]  # fmt: skip
        return "\n".join(
            f"--- {file.relative_to(self.home.parent)}\n" + "\n".join(_lines_of(file)[-lines:])
            for file in files if file.exists()
        )  # fmt: skip

    def is_ready(self) -> bool:
        """Whether `amends up` has said so and the web answers; fails when it ended instead."""
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"amends up ended with {self.process.returncode}\n{self.logs()}")
        if "Amends runs." not in (self.home / "up.log").read_text(errors="replace").rpartition("stopping")[2]:
            return False
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5 * BUSY).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        if "client" in self.__dict__:
            self.client.close()
        if "wiring" in self.__dict__:
            self.wiring.database.close()
        if self.process is not None:
            self.stop()


def _lines_of(file: Path) -> list[str]:
    return file.read_text(errors="replace").splitlines()
