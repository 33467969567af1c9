"""Prefect: does it answer, is it the release that we were written for, and is what we need in it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from sqlalchemy.exc import DBAPIError

from runtime import status
from runtime.checks.finding import Finding, flat
from runtime.prefect_errors import NotDeployed, PrefectError
from runtime.prefect_runs import DEPLOYMENTS
from runtime.wiring import Wiring, machine_time
from store.database import StoreUnreachable
from store.queries.health import ticks

SHOWN = 5
UP = "`amends up`, or set PREFECT_API_URL right; complaints go on without it"
IN_MEMORY = ".memory"


def prefect(wiring: Wiring) -> Iterator[Finding]:
    api = wiring.prefect
    if not api.healthy():
        yield Finding("prefect", False, f"no answer from {api.url}", UP)
        for check in ("prefect version", "prefect messages", "work pool", "deployment", "worker"):
            yield Finding(check, None, "not looked at: Prefect does not answer")
        return
    yield Finding("prefect", True, f"answers at {api.url}")
    for check, look in (
        ("prefect version", _version), ("prefect messages", _messages), ("work pool", _pool),
        ("deployment", _deployment), ("worker", _worker),
    ):  # fmt: skip
        try:
            yield look(wiring)
        except (
            PrefectError,
            ValueError,
            KeyError,
        ) as error:  # an answer of another shape is another release's
            yield Finding(check, False, f"an answer that cannot be used: {flat(error)}", UP)


def _version(wiring: Wiring) -> Finding:
    theirs, ours = wiring.prefect.call("GET", "/admin/version").json(), version("prefect")
    if theirs == ours:
        return Finding("prefect version", True, str(theirs))
    return Finding(
        "prefect version", False, f"the server is {theirs}, this release of Amends needs {ours}",
        f"install prefect=={ours} where the server runs (requirements.lock pins it), then restart it",
    )  # fmt: skip


def _messages(wiring: Wiring) -> Finding:
    """Several API servers on one PostgreSQL must share what one keeps in memory."""
    server: Mapping[str, Any] = wiring.prefect.call("GET", "/admin/settings").json()["server"]
    apart = [
        name for name, module in (
            ("messaging", server["events"]["messaging_broker"]), ("messaging", server["events"]["messaging_cache"]),
            ("ordering", server["events"]["causal_ordering"]), ("leases", server["concurrency"]["lease_storage"]),
            ("docket", server["docket"]["url"]),
        ) if IN_MEMORY in module or module.startswith("memory:")
    ]  # fmt: skip
    if not apart:
        return Finding("prefect messages", True, "by Redis: any number of servers")
    told = ", ".join(dict.fromkeys(apart))
    machines = _machines(wiring)
    if machines < 2:
        return Finding("prefect messages", True, "in memory: right for one server alone")
    return Finding(
        "prefect messages", False,
        f"{machines} machines are at work, and {told} of the server at {wiring.prefect.url} live in its memory: "
        "beside a second server task runs and events get lost",
        "give every Prefect server the Redis settings of deploy/prefect.env and restart them",
    )  # fmt: skip


def _machines(wiring: Wiring) -> int:
    """How many machines have a clock that looks, by the names of the clocks; 0 when nobody can say."""
    try:
        with wiring.database.read() as session:
            found = ticks(session)
    except (StoreUnreachable, DBAPIError):
        return 0
    alive_since = machine_time() - status.SILENT_AFTER
    return len({name.rpartition("-")[0] for name, at in found.items() if at > alive_since})


def _pool(wiring: Wiring) -> Finding:
    answer = wiring.prefect.call("GET", f"/work_pools/{status.POOL}", accept=(404,))
    if answer.status_code == 404:
        return Finding("work pool", False, f"there is no pool {status.POOL!r}", "`amends deploy`")
    pool = answer.json()
    if pool["type"] != status.POOL:
        cure = f"delete the pool {status.POOL!r} in Prefect, then `amends deploy`"
        return Finding("work pool", False, f"is of type {pool['type']!r}, not {status.POOL!r}", cure)
    if pool.get("is_paused"):
        return Finding("work pool", False, "is paused", f"prefect work-pool resume {status.POOL}")
    return Finding("work pool", True, f"{status.POOL}, type {pool['type']}")


def _deployment(wiring: Wiring) -> Finding:
    try:
        for flow, deployment in DEPLOYMENTS.values():
            wiring.prefect.deployment_id(flow, deployment)
    except NotDeployed as error:
        return Finding("deployment", False, flat(error), "`amends deploy`")
    return Finding("deployment", True, ", ".join("/".join(one) for one in DEPLOYMENTS.values()))


def _worker(wiring: Wiring) -> Finding:
    alive = [one["name"] for one in status.workers(wiring.prefect) if one["alive"]]
    if alive:
        return Finding("worker", True, f"{len(alive)} alive: {', '.join(alive[:SHOWN])}")
    cure = f"`amends up`, or `prefect worker start --pool {status.POOL}`"
    return Finding("worker", False, "none alive; clocks carry activities out directly", cure)
