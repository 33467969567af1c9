"""A channel that sends: signed complaints of the bundled samples, and clients that post them and watch the clock."""

from __future__ import annotations

import gc
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle

from intake.signing import signed
from process_definitions.catalogue import load_samples
from runtime.wiring import Wiring, machine_time
from tests.acceptance.house import House

TIMEOUT_SECONDS = 120
ALIKE = 200
"""Among so many complaints in a row the samples name the same products, each less than ten times."""

Letter = tuple[str, bytes, Mapping[str, str]]
"""Channel, body and headers."""


@dataclass
class Sent:
    """What came of it. A status is that of the answer, or the name of what went wrong with the connection."""

    seconds: float = 0.0
    """From the first to the last answer."""
    latencies: list[float] = field(default_factory=list)
    """Seconds, each from when the letter was to go to its answer."""
    statuses: Counter[str] = field(default_factory=Counter)
    refs: list[str] = field(default_factory=list)


def letters(wiring: Wiring, count: int, prefix: str) -> list[Letter]:
    """New complaints, each of a customer of its own, signed now: the signatures hold for five minutes."""
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
        if "order_id" in body:
            body["order_id"] = key  # of one order they would be one case
        if "product" in body:
            body["product"] += f" {number // ALIKE}"  # ten of one product would be one mass matter
        content = json.dumps(body, ensure_ascii=False).encode()
        found.append((sample.channel, content, signed(secret, content, f"msg_{key}", now)))
    return found


def send(house: House, sending: Sequence[Letter], clients: int, per_second: float | None = None) -> Sent:
    """Post all of them from so many connections. Without a rate each client sends its next once it was answered;
    with one each letter has its moment, and waiting for a free client counts as waiting for the answer.
    """
    sent, lock = Sent(), threading.Lock()
    rest = iter(enumerate(sending))
    began = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=TIMEOUT_SECONDS)
        while True:
            with lock:
                number, letter = next(rest, (0, None))
            if letter is None:
                connection.close()
                return
            due = time.perf_counter() if per_second is None else began + number / per_second
            if (early := due - time.perf_counter()) > 0:
                time.sleep(early)
            status, ref = _post(connection, letter)
            took = time.perf_counter() - due
            with lock:
                sent.latencies.append(took)
                sent.statuses[status] += 1
                if ref is not None:
                    sent.refs.append(ref)

    with _undisturbed():
        _side_by_side(client, clients)
    sent.seconds = time.perf_counter() - began
    return sent


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The collector stops all clients for a tenth of a second, and that would be told as a latency of the server."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _side_by_side(work: Callable[[], None], count: int) -> None:
    with ThreadPoolExecutor(count) as workers:
        for finished in [workers.submit(work) for _ in range(count)]:
            finished.result()


def _post(connection: http.client.HTTPConnection, letter: Letter) -> tuple[str, str | None]:
    channel, content, headers = letter
    try:
        connection.request(
            "POST", f"/hooks/{channel}", content, {**headers, "content-type": "application/json"}
        )
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:  # counted like any other status but 202
        connection.close()
        return type(error).__name__, None
    return str(answer.status), json.loads(body).get("ref") if answer.status == http.client.ACCEPTED else None
