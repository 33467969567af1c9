"""A shell in which `amends` is typed: real processes with the settings of one installation."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from runtime.secrets import obtain_all

PATIENCE_SECONDS = 400.0


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def refused(self) -> str:
        """The one line on the error output of a refusal."""
        assert self.code == 1, self
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        return line


@dataclass(frozen=True)
class Shell:
    """A shell in which the settings of one installation are exported.

    `further`: on its other machines; what is typed goes to all of them by turns.
    """

    home: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    further: tuple[Shell, ...] = ()
    _turns: Iterator[int] = field(default_factory=itertools.count)

    @property
    def machines(self) -> tuple[Shell, ...]:
        return (self, *self.further)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "AMENDS_HOME": str(self.home), "AMENDS_PORT": str(self.port),
            "AMENDS_CLOCK": "adjustable", "PREFECT_SERVER_API_PORT": "9", "PYTHONWARNINGS": "default",
            **self.settings,
        }  # fmt: skip

    def amends(self, *words: str) -> Answer:
        machine = self.machines[next(self._turns) % len(self.machines)]
        done = subprocess.run(
            [sys.executable, "-m", "runtime.cli", *words], env=machine.environment, capture_output=True, text=True,
            timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "runtime.cli", *words]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def given(self, **settings: str) -> Shell:
        """The same with further settings, on each machine."""
        further = tuple(machine.given(**settings) for machine in self.further)
        return replace(self, settings={**self.settings, **settings}, further=further)

    def offered(self, ref: str) -> dict[str, Any]:
        """The work item of a complaint that waits to be confirmed."""
        items = self.amends("work", "--json").json["items"]
        return next(i for i in items if i["ref"] == ref and "confirm" in i["actions"])


def with_a_second_machine(first: Shell, home: Path, store: str) -> Shell:
    """The same installation on two machines: one store, one public address and one set of secrets."""
    shared = {"AMENDS_DATABASE_URL": store, "AMENDS_PUBLIC_URL": f"http://127.0.0.1:{first.port}"}
    obtain_all(first.home)
    shutil.copytree(first.home / "secrets", home / "secrets")
    return replace(first, further=(Shell(home, free_port()),)).given(**shared)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urlopen(url):
                return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
