"""The front door under load: signed hook requests to the real web process from clients side by side."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import httpx

from intake.signing import signed
from process_definitions.catalogue import load_samples
from runtime.wiring import Wiring, machine_time
from tests.acceptance.house import ROOT, START_SECONDS, House
from tests.bench.figure import Figure, percentiles, skipped
from tests.bench.stores import STORES, Absent

CLIENTS = 8
REQUESTS = 600
WARM_UP = 16

Letter = tuple[str, bytes, Mapping[str, str]]
"""Channel, body and headers."""


def figures(quick: bool) -> Mapping[str, Figure]:
    requests = 80 if quick else REQUESTS
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        try:
            with store() as url, web_process(url) as house:
                _send(house, _letters(house.wiring, WARM_UP, "warm"))
                took, latencies, statuses = _send(house, _letters(house.wiring, requests, "bench"))
        except Absent as error:
            found[f"hooks_{name}"] = skipped("requests/s", str(error))
            continue
        errors = requests - statuses["202"]
        how = (
            f"{requests} new complaints over POST /hooks/{{channel}} to one web process on {name}, {CLIENTS} clients "
            "at once on this machine; bodies of the bundled samples under new ids, signed; each answer after the "
            "commit of case, receipt and first step; no worker and no clock beside it"
        )
        milliseconds = {k: v for k, v in percentiles([x * 1000 for x in latencies]).items() if k != "count"}
        found[f"hooks_{name}"] = Figure(
            requests / took, "requests/s", how,
            {"latency_ms": milliseconds, "errors": errors, "statuses": dict(statuses)},
        )  # fmt: skip
    return found


@contextmanager
def web_process(url: str) -> Iterator[House]:
    """`amends serve web` alone on a prepared store."""
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        house = House(Path(folder) / "home", {"AMENDS_DATABASE_URL": url})
        house.home.mkdir()
        house.wiring.prepare()
        with (house.home / "up.log").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "runtime.cli", "serve", "web"],
                cwd=ROOT, env=house.variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            house.wait_for(lambda: _answers(house, process), START_SECONDS, "the web process to answer")
            yield house
        finally:
            process.terminate()
            process.wait(30)
            house.wiring.database.close()


def _answers(house: House, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"the web process ended with {process.returncode}\n{house.logs()}")
    try:
        return httpx.get(f"{house.url}/healthz", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _letters(wiring: Wiring, count: int, prefix: str) -> list[Letter]:
    """New complaints, signed now: the signatures hold for five minutes."""
    secrets: dict[str, str] = {}
    now, happened = machine_time(), wiring.process_now() - timedelta(minutes=1)
    found: list[Letter] = []
    for number, sample in zip(range(count), cycle(load_samples()), strict=False):
        secret = secrets.get(sample.channel)
        if secret is None:
            secret = secrets[sample.channel] = wiring.access.add_hook_key(sample.channel).secret
        key = f"{prefix}-{number:05d}"
        customer = {"id": key, "name": "测试客户", "language": sample.body["customer"].get("language", "zh")}
        body = {**sample.body, "external_id": key, "customer": customer, "occurred_at": happened.isoformat()}
        content = json.dumps(body, ensure_ascii=False).encode()
        found.append((sample.channel, content, signed(secret, content, f"msg_{key}", now)))
    return found


def _send(house: House, letters: Sequence[Letter]) -> tuple[float, list[float], Counter[str]]:
    """Seconds in all, seconds of each answer, and how often each status was answered."""
    rest, lock = iter(letters), threading.Lock()
    latencies: list[float] = []
    statuses: Counter[str] = Counter()

    def client() -> None:
        with httpx.Client(base_url=house.url, timeout=60) as connection:
            while True:
                with lock:
                    letter = next(rest, None)
                if letter is None:
                    return
                channel, content, headers = letter
                began = time.perf_counter()
                try:
                    answer = connection.post(f"/hooks/{channel}", content=content, headers=dict(headers))
                except httpx.TransportError as error:  # an error like any other status but 202
                    status = type(error).__name__
                else:
                    status = str(answer.status_code)
                took = time.perf_counter() - began
                with lock:
                    latencies.append(took)
                    statuses[status] += 1

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for finished in [clients.submit(client) for _ in range(CLIENTS)]:
            finished.result()
    return time.perf_counter() - began, latencies, statuses
