"""The front door under load: signed hook requests to the real web process from clients side by side."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench import channel
from tests.bench.figure import Figure, percentiles, rounded, skipped
from tests.bench.processes import cpu_seconds, prepared, web
from tests.bench.stores import STORES, Absent

CLIENTS = 8
REQUESTS = 600
WARM_UP = 16


def figures(quick: bool) -> Mapping[str, Figure]:
    requests = 80 if quick else REQUESTS
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        try:
            with store() as url, prepared(url) as house, web(house) as process:
                channel.send(house, channel.letters(house.wiring, WARM_UP, "warm"), CLIENTS)
                sending = channel.letters(house.wiring, requests, "bench")
                began = cpu_seconds(process)
                sent = channel.send(house, sending, CLIENTS)
                cpu = cpu_seconds(process) - began
        except Absent as error:
            found[f"hooks_{name}"] = skipped("requests/s", str(error))
            continue
        how = (
            f"{requests} new complaints over POST /hooks/{{channel}} to one web process on {name}, {CLIENTS} clients "
            "at once on this machine; bodies of the bundled samples under new ids, signed; each answer after the "
            "commit of case and receipt; no worker and no clock beside it"
        )
        milliseconds = {
            k: v for k, v in percentiles([x * 1000 for x in sent.latencies]).items() if k != "count"
        }
        found[f"hooks_{name}"] = Figure(
            requests / sent.seconds, "requests/s", how,
            {
                "latency_ms": milliseconds, "cpu_ms_per_request": rounded(1000 * cpu / requests),
                "errors": requests - sent.statuses["202"],
                "statuses": dict(sent.statuses),
            },
        )  # fmt: skip
    return found
