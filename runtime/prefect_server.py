"""The embedded Prefect server: one subprocess on SQLite in the home folder, as `amends up` starts it.

With PREFECT_API_URL set there is nothing to start. An operator's own servers want the settings of
`deploy/prefect.env`.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from runtime.prefect_api import PrefectApi
from runtime.prefect_errors import ServerNotStarted

DEFAULT_PORT = 4200
KEEP_DAYS = 90
START_SECONDS = 180.0
"""The first start makes the whole database, which takes a minute on a small machine under load."""
STOP_SECONDS = 15.0
log = logging.getLogger("amends.prefect")


def environment(home: Path, port: int, host: str = "127.0.0.1", keep_days: int = KEEP_DAYS) -> dict[str, str]:
    """The settings of the server, as environment variables.

    Analytics and advertisement off; no expiry of pauses, which would read every waiting complaint each 5 s;
    the UI told where its API is, which it does not find out on another port than 4200; runs that are over
    deleted after so many days by Prefect's own vacuum, in batches, each hour.
    """
    data = home.resolve() / "prefect"
    url = f"http://{host}:{port}/api"
    return {
        "PREFECT_HOME": str(data),
        "PREFECT_PROFILES_PATH": str(data / "profiles.toml"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(keep_days * 86_400),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{data / 'prefect.db'}",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "DO_NOT_TRACK": "1",
    }


@dataclass
class PrefectServer:
    """A Prefect server that this process owns. Use it as a context manager, or `start` and `stop`."""

    home: Path
    port: int = DEFAULT_PORT
    host: str = "127.0.0.1"
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further settings of Prefect, by environment variable; they win."""
    keep_days: int = KEEP_DAYS
    """How long runs that are over are kept."""
    services: bool = True
    """Whether Prefect's background services run in it; of several servers on one database, in one alone."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def api_url(self) -> str:
        return f"http://{self.host}:{self.port}/api"

    @property
    def ui_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def log_file(self) -> Path:
        return self.home.resolve() / "prefect" / "server.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self, timeout_seconds: float = START_SECONDS) -> None:
        """Starts the server and waits until it answers. Raises ServerNotStarted, with the end of its log."""
        if self._process is not None and self._process.poll() is None:
            return
        with PrefectApi(self.api_url, timeout_seconds=1.0) as api:
            if api.healthy():
                raise ServerNotStarted(
                    f"something already answers on {self.api_url}: stop it, choose PREFECT_SERVER_API_PORT, "
                    "or set PREFECT_API_URL to use it"
                )
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            command = [sys.executable, "-m", "prefect", "server", "start"]
            command += ["--host", self.host, "--port", str(self.port)]
            command += [] if self.services else ["--no-services"]
            with self.log_file.open("ab") as out:
                self._process = subprocess.Popen(
                    command,
                    env={**os.environ, **self._environment(), **self.extra},
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C reaches us first: the worker stops before its server
                )
            self._await_health(api, time.monotonic() + timeout_seconds)

    def stop(self, timeout_seconds: float = STOP_SECONDS) -> None:
        """Stops the server and everything it started. Does nothing when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        for number, patience in ((signal.SIGTERM, timeout_seconds), (signal.SIGKILL, 5.0)):
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                log.warning("the Prefect server did not stop within %.0f s", patience)
            else:
                break
        process.wait(1.0)

    def running(self) -> bool:
        """Whether the process is alive; whether it answers is `PrefectApi.healthy`."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> PrefectServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _environment(self) -> dict[str, str]:
        return environment(self.home, self.port, self.host, self.keep_days)

    def _await_health(self, api: PrefectApi, deadline: float) -> None:
        while not api.healthy():
            if not self.running():
                raise ServerNotStarted(f"the Prefect server ended while starting:\n{self._last_lines()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerNotStarted(f"the Prefect server did not answer in time:\n{self._last_lines()}")
            time.sleep(0.1)

    def _last_lines(self, count: int = 15) -> str:
        if not self.log_file.exists():
            return f"(no {self.log_file})"
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-count:])
