"""The household of one machine: starts every process Amends needs, watches them, and stops them all."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from runtime.errors import SetupError
from runtime.logs import log_at, log_uncaught
from runtime.meters import begin_anew
from runtime.prefect_errors import PrefectRefused, PrefectUnreachable, ServerNotStarted
from runtime.prefect_server import PrefectServer
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time

STOP_SECONDS = 25.0
READY_SECONDS = 60.0
DEPLOY_EVERY_SECONDS = 5.0
RESTARTS = 5
"""Restarts of one process within `RESTARTS_WITHIN` before the household gives up and stops."""
RESTARTS_WITHIN = timedelta(minutes=1)
DISPENSABLE = frozenset({"worker", "player"})
"""Without these complaints go on: a worker cannot live while Prefect refuses it."""
PR_SET_PDEATHSIG = 1
log = logging.getLogger("amends.household")


class AlreadyRunning(SetupError):
    """Another household lives in this home. Stop it with `amends down`, or choose another AMENDS_HOME."""


class NotReady(SetupError):
    """A process did not come up in time; its log names the reason."""


@dataclass
class Member:
    """One process: `amends serve NAME`, started again when it dies."""

    name: str
    log_file: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    died: list[datetime] = field(default_factory=list)
    resting: bool = False
    """It died too often, and is tried again when the oldest of these deaths is a minute old."""
    told: bool = False
    """Said once: it would fill the log of a long night."""

    def start(self) -> None:
        command = [sys.executable, "-m", "runtime.cli", "serve", self.name]
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=dict(self.environment),
                start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip

    def watch(self) -> bool:
        """Start it again when it died (True); `NotReady` when it keeps dying and complaints need it."""
        if self.process is None or self.process.poll() is None:
            return False
        now, code = machine_time(), self.process.returncode
        died = [at for at in self.died if now - at < RESTARTS_WITHIN]
        self.died = died if self.resting else [*died, now]
        self.resting = len(self.died) > RESTARTS
        if self.resting and self.name not in DISPENSABLE:
            raise NotReady(f"{self.name} keeps dying (exit {code}): read {self.log_file}")
        if not self.told:
            after = (
                "complaints go on without it, and it is tried again" if self.resting else "is started again"
            )
            log.warning("%s died (exit %s) and %s: its log is %s", self.name, code, after, self.log_file)
        self.told = self.told or self.resting
        if not self.resting:
            self.start()
        return not self.resting

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait until it has stopped as asked; kill it when it does not."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop in %s s and is killed", self.name, STOP_SECONDS)
            self.process.kill()
            self.process.wait()


class Household:
    """Prefect (unless one runs already), web, clock, worker and, in a trial, the player."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring, self.settings = wiring, wiring.settings
        self._members: list[Member] = []
        self._stopped = threading.Event()
        self._starting: Future[None] = Future()
        self._deployed = False
        self._deploy_again = 0.0
        self._told = ""

    def run(self, *, samples: bool, player: bool) -> int:
        """Start everything, stay until a signal, stop everything. 0 when it stopped as asked."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopped.set())
        with ExitStack() as stack:
            stack.enter_context(HomeLock(self.settings))
            self._wiring.prepare()
            begin_anew(self.settings.home)
            server = self._prefect(stack)
            stack.callback(
                self._stop_members
            )  # before Prefect: a leg ends in a state that the server must take
            for name in ("web", "clock"):
                self._add(name)
            self._wait_for_web()
            self._wait_for_prefect(server)
            self._add("worker")
            self._record(server)
            if samples:
                self._file_samples()
                if player:
                    self._add("player")
            self._announce()
            while not self._stopped.wait(1.0):
                self._watch(server)
            print("stopping …", flush=True)
        return 0

    def _prefect(self, stack: ExitStack) -> PrefectServer | None:
        """Begin to start the embedded server; it needs some seconds, in which the rest starts too."""
        if self.settings.prefect_api_url is not None:
            return None
        settings = self.settings
        server = PrefectServer(
            settings.home, settings.prefect_server_api_port, keep_days=settings.prefect_keep_days
        )
        stack.callback(server.stop)
        self._starting = stack.enter_context(ThreadPoolExecutor(1)).submit(server.start)
        return server

    def _wait_for_prefect(self, server: PrefectServer | None) -> None:
        """Our own server must come up; one that somebody else runs may come later."""
        if server is not None:
            self._starting.result()
        self._deploy()
        if server is not None and not self._deployed:
            raise NotReady(f"Prefect does not take the deployments: read {server.log_file}")

    def _deploy(self) -> None:
        from runtime.prefect_deploy import deploy

        try:
            deploy(self._wiring.prefect, zone=self.settings.timezone)
        except (PrefectUnreachable, PrefectRefused) as error:
            self._tell_once(f"no deployments in Prefect yet, complaints go on without it: {error}")
        else:
            self._deployed = True

    def _tell_once(self, trouble: str) -> None:
        """Say it when it begins; tried again every few seconds, it would fill the log of a long night."""
        if trouble != self._told:
            log.warning("%s", trouble)
        self._told = trouble

    def _watch(self, server: PrefectServer | None) -> None:
        """Start again what died; deploy as soon as an absent Prefect answers."""
        for member in self._members:
            if member.watch():
                self._record(server)
        if server is not None and not server.running():
            try:
                server.start()
            except ServerNotStarted as error:
                self._tell_once(f"the Prefect server died, complaints go on without it: {error}")
            else:
                log.warning("the Prefect server had died and was started again")
                self._record(server)
        if not self._deployed and time.monotonic() > self._deploy_again:
            self._deploy_again = time.monotonic() + DEPLOY_EVERY_SECONDS
            self._deploy()

    def _add(self, name: str) -> None:
        logs = self.settings.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        member = Member(name, logs / f"{name}.log", self._environment())
        member.start()
        self._members.append(member)

    def _environment(self) -> dict[str, str]:
        prefect_home = self.settings.home / "prefect"
        return {
            "PREFECT_HOME": str(prefect_home),
            "PREFECT_PROFILES_PATH": str(prefect_home / "profiles.toml"),
            **os.environ,
            "PREFECT_API_URL": self._wiring.prefect_url,
            "AMENDS_HOME": str(self.settings.home),
            "AMENDS_CLOCK": self.settings.clock,
        }

    def _wait_for_web(self) -> None:
        url = f"http://127.0.0.1:{self.settings.port}/healthz"
        deadline = time.monotonic() + READY_SECONDS
        while not self._stopped.is_set():
            try:
                if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass  # not up yet
            if time.monotonic() > deadline:
                raise NotReady(f"the web process does not answer at {url}: read {self._members[0].log_file}")
            for member in self._members:
                member.watch()
            self._stopped.wait(0.2)

    def _record(self, server: PrefectServer | None) -> None:
        pids = {m.name: m.process.pid for m in self._members if m.process is not None}
        if server is not None and server.pid is not None:
            pids["prefect"] = server.pid
        _write_record(self.settings, {"pid": os.getpid(), "processes": pids})

    def _file_samples(self) -> None:
        from runtime.samples import file_samples

        filed, known = file_samples(self._wiring)
        print(f"samples: {filed} complaints filed, {known} known already", flush=True)

    def _announce(self) -> None:
        ui = self._wiring.prefect_url.removesuffix("/api")
        print(
            f"\nAmends runs.\n"
            f"  desk, API and hooks   {self.settings.public_url}   (documented at {self.settings.public_url}/docs)\n"
            f"  Prefect               {ui}\n"
            f"  logs                  {self.settings.home / 'logs'}\n"
            f"  look around           amends status · amends complaints --open · amends work\n"
            f"Ctrl-C stops everything it started.",
            flush=True,
        )

    def _stop_members(self) -> None:
        for member in reversed(self._members):
            member.ask_to_stop()
        for member in self._members:
            member.stop()


class HomeLock:
    """One household a home, or one restore of it, by a lock that the kernel lets go of when the process dies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = settings.home / "household.lock"

    def __enter__(self) -> None:
        import fcntl

        self._settings.home.mkdir(parents=True, exist_ok=True)
        self._handle = self._file.open("w")
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._handle.close()
            raise AlreadyRunning(
                f"Amends runs in {self._settings.home} already: stop it with `amends down`, or set AMENDS_HOME"
            ) from None
        _write_record(self._settings, {"pid": os.getpid(), "processes": {}})

    def __exit__(self, *_: object) -> None:
        _record_file(self._settings).unlink(missing_ok=True)
        self._handle.close()


def up(wiring: Wiring, *, samples: bool, player: bool) -> int:
    """Run the household in the foreground."""
    settings = wiring.settings
    log_at(settings.log_level, "%(levelname)s %(name)s: %(message)s", kind=settings.log_format)
    log_uncaught()
    return Household(wiring).run(samples=samples, player=player)


def down(settings: Settings) -> bool:
    """Stop the household of this home and wait until it is gone. False when none runs."""
    record = recorded(settings)
    if record is None:
        return False
    pid = int(str(record["pid"]))
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        _record_file(settings).unlink(missing_ok=True)
        return False
    deadline = time.monotonic() + 2 * STOP_SECONDS
    while time.monotonic() < deadline:
        if recorded(settings) is None:
            return True
        time.sleep(0.2)
    raise NotReady(f"process {pid} did not stop in {2 * STOP_SECONDS:.0f} s; end it with `kill -9 {pid}`")


def recorded(settings: Settings) -> Mapping[str, object] | None:
    """The record of the running household: its pid and those of its processes; None when none runs."""
    try:
        record: Mapping[str, object] = json.loads(_record_file(settings).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return record


def _write_record(settings: Settings, record: Mapping[str, object]) -> None:
    draft = _record_file(settings).with_suffix(".draft")
    draft.write_text(json.dumps(record))
    draft.replace(_record_file(settings))


def _record_file(settings: Settings) -> Path:
    return settings.home / "household.json"


def _die_with_parent() -> None:
    """In the child: be told to stop when the household is killed, so that nothing is left behind (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
