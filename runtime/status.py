"""How the whole stands, in facts: store, clock, web, worker, Prefect, cases. Changes and makes nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.exc import DBAPIError

from runtime.household import recorded
from runtime.prefect_api import PrefectApi
from runtime.prefect_errors import PrefectRefused, PrefectUnreachable
from runtime.wiring import Wiring, machine_time
from store.database import StoreUnreachable
from store.process_time import process_time
from store.queries.health import waiting_cases
from store.queries.overview import overview
from store.schema import current, newest
from store.tables import LiveBundle

Facts = dict[str, Any]
SILENT_AFTER = timedelta(seconds=30)
"""A clock that has not looked for so long is not there (as `/readyz` judges it)."""
WEB_SECONDS = 2.0
POOL = "amends"
"""The work pool; spelt out because the worker's module costs an import of Prefect."""
LOCAL = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
"""Where to ask a process that listens on all addresses."""


def status(wiring: Wiring, *, store_exists: bool) -> Facts:
    """`{ready, store, clock, web, worker, prefect, cases}`, as `amends status --json` prints it.

    `ready`: the store has the schema of this release and a clock ticks, so every promise is kept. The rest is
    only named. `store_exists` False leaves the store alone: opening it would make an empty one.
    """
    store = _store(wiring) if store_exists else {"reachable": False, "why": "nothing was ever started here"}
    usable = bool(store.get("current"))
    clock, cases = (
        _clock_and_cases(wiring) if usable else ({"ticking": False, "mode": wiring.settings.clock}, {})
    )
    prefect: Facts = {
        "api_url": wiring.prefect_url,
        "ui_url": wiring.prefect_url.removesuffix("/api"),
        "reachable": wiring.prefect.healthy(),
    }
    return {
        "ready": usable and clock["ticking"],
        "store": store,
        "clock": clock,
        "web": {"url": wiring.settings.public_url, "reachable": web_answers(wiring)},
        "worker": _worker(wiring, reachable=prefect["reachable"]),
        "prefect": prefect,
        "cases": {"open": None, "waiting": None, "incidents": None, **cases},
    }


def web_answers(wiring: Wiring) -> bool:
    """Whether the web process of this machine is alive; asked at its own port, past any proxy."""
    host = LOCAL.get(wiring.settings.host, wiring.settings.host)
    try:
        url = f"http://{host}:{wiring.settings.port}/healthz"
        answer = httpx.get(url, timeout=WEB_SECONDS, trust_env=False)
        return answer.is_success and answer.json() == {"status": "alive"}
    except (httpx.HTTPError, ValueError):
        return False


def workers(api: PrefectApi) -> list[Facts]:
    """The workers of our pool as Prefect sees them: `name`, `alive`, `last_heartbeat`. Empty without a pool."""
    answer = api.call("POST", f"/work_pools/{POOL}/workers/filter", {}, accept=(404,))
    if answer.status_code == httpx.codes.NOT_FOUND:
        return []
    found: list[Mapping[str, Any]] = answer.json()
    return [
        {"name": w["name"], "alive": w["status"] == "ONLINE", "last_heartbeat": w["last_heartbeat_time"]}
        for w in found
    ]


def household(wiring: Wiring) -> Facts | None:
    """The processes that `amends up` started in this home, with whether each is alive; None when it is not up."""
    record = recorded(wiring.settings)
    if record is None:
        return None
    pid, members = int(str(record["pid"])), record.get("processes")
    named: Mapping[str, object] = members if isinstance(members, dict) else {}
    processes = {name: {"pid": int(str(one)), "alive": _alive(int(str(one)))} for name, one in named.items()}
    return {"pid": pid, "alive": _alive(pid), "processes": processes}


def _store(wiring: Wiring) -> Facts:
    kind = "sqlite" if wiring.settings.embedded else "postgresql"
    try:
        wiring.database.ping()
        schema = current(wiring.database)
        with wiring.database.read() as session:
            live = session.get(LiveBundle, 1) if schema == newest() else None
    except (StoreUnreachable, DBAPIError) as error:
        return {"reachable": False, "kind": kind, "why": " ".join(str(error).split())}
    return {
        "reachable": True, "kind": kind, "schema": schema, "current": schema == newest(),
        "definitions": live.hash if live else None,
    }  # fmt: skip


def _clock_and_cases(wiring: Wiring) -> tuple[Facts, Facts]:
    with wiring.database.read() as session:
        machine_now = machine_time()
        now = process_time(session, machine_now)
        seen = overview(session, now)
        waiting = waiting_cases(session)
    age = None if seen.last_tick is None else machine_now - seen.last_tick
    clock = {
        "ticking": age is not None and age < SILENT_AFTER,
        "mode": wiring.settings.clock,
        "last_tick_seconds_ago": None if age is None else round(age.total_seconds(), 1),
        "process_time": now.isoformat(),
        "offset_seconds": round((now - machine_now).total_seconds()),
    }
    return clock, {"open": seen.open_cases, "waiting": waiting, "incidents": seen.incidents}


def _worker(wiring: Wiring, *, reachable: bool) -> Facts:
    at_home = household(wiring)
    process = at_home["processes"].get("worker") if at_home else None
    found: list[Facts] = []
    if reachable:
        try:
            found = workers(wiring.prefect)
        except (PrefectUnreachable, PrefectRefused):
            reachable = False
    alive = any(one["alive"] for one in found) if reachable else bool(process and process["alive"])
    return {"alive": alive, "workers": [one for one in found if one["alive"]], "process": process}


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
