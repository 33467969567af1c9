"""A whole Amends in real processes for one test: its own home, its own ports, stopped at the end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from runtime.samples import send
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
BUSY = 4
"""How much slower than alone a machine may be that runs other work: every wait may take so many times longer."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """`amends up` in a folder of its own. `environment` adds settings, such as another database."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    prefect_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def prefect_url(self) -> str:
        return f"http://127.0.0.1:{self.prefect_port}"

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
        """`amends up …`; returns when it is ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "up.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "runtime.cli", "up", *arguments],
                cwd=ROOT, env=self.variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.wait_for(self._is_ready, START_SECONDS, "the house to be ready")
        return self

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(90 * BUSY)

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
        return httpx.Client(base_url=self.url, timeout=60 * BUSY)

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

    def kill(self, name: str) -> int:
        """`kill -9` of one process; its pid."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def prefect(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = httpx.post(f"{self.prefect_url}/api{path}", json=body, timeout=30 * BUSY)
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
        files = [self.home / "up.log", *sorted((self.home / "logs").glob("*.log"))]
        return "\n".join(
            f"--- {file.name}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
            for file in files if file.exists()
        )  # fmt: skip

    def _is_ready(self) -> bool:
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
        if self.process is not None and self.process.poll() is None:
            self.stop()
