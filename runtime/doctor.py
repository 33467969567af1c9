"""`amends doctor`: looks everything over; each finding names what is wrong and what mends it. Changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from bpmn.findings import Refused
from complaints.errors import Fault
from process_definitions.loader import load_bundle
from process_definitions.vocabulary import TOPICS
from runtime import status
from runtime.errors import SettingsInvalid, SetupError
from runtime.prefect_errors import NotDeployed, PrefectError
from runtime.prefect_runs import DEPLOYMENTS
from runtime.secrets import OPEN_TO_OTHERS, SecretName, variable
from runtime.settings import load
from runtime.wiring import Wiring, machine_time
from store.database import StoreUnreachable
from store.history import broken_chains
from store.process_time import process_time
from store.queries import health
from store.queries.overview import overview
from store.schema import SchemaMismatch, current, newest
from store.schema import check as check_schema
from store.tables import LiveBundle
from tasks import BINDINGS

UNCLAIMED_AFTER = timedelta(minutes=1)
BACK_BY = timedelta(seconds=5)
"""How far the clocks of several machines may differ."""
STUCK_AFTER = timedelta(minutes=5)
SAMPLED_CASES = 50
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `cure` is empty for what is well; `fine` is None for what could not be looked at."""

    check: str
    fine: bool | None
    found: str
    cure: str = ""


def examine(wiring: Callable[[], Wiring], *, store_exists: Callable[[Wiring], bool]) -> Iterator[Finding]:
    """Every check in order, each yielded as soon as it is made."""
    try:
        load()
    except SettingsInvalid as invalid:
        yield Finding(
            "settings", False, "; ".join(invalid.problems), "set them right; docs/settings.md lists them"
        )
        return
    yield Finding("settings", True, "usable")
    built = wiring()
    yield _home(built)
    yield from _secrets(built)
    yield _topics()
    yield _shipped()
    usable = None
    for usable in _store(built, exists=store_exists(built)):
        yield usable
    reads = usable is not None and bool(usable.fine)
    yield from _guarded("definitions", reads, lambda: _published(built))
    yield from _guarded("clock", reads, lambda: _clock(built))
    yield _web(built)
    yield from _prefect(built)
    for check, look in (
        ("activities", _unclaimed), ("letters", _letters), ("incidents", _incidents), ("history", _chains),
    ):  # fmt: skip
        yield from _guarded(check, reads, lambda look=look: look(built))  # type: ignore[misc]


def _guarded(check: str, reads: bool, look: Callable[[], Finding]) -> Iterator[Finding]:
    """Looks where there is something to look at; a store that went away meanwhile is a finding too."""
    if not reads:
        yield Finding(check, None, "not looked at: the store cannot be used")
        return
    try:
        yield look()
    except (StoreUnreachable, DBAPIError) as error:
        yield Finding(check, False, _flat(error), "see the store's own log, then look again")
    except SetupError as error:  # a secret that cannot be trusted: named above, with its cure
        yield Finding(check, None, f"not looked at: {_flat(error)}")


def _home(wiring: Wiring) -> Finding:
    home = wiring.settings.home
    place = home if home.exists() else home.parent
    if os.access(place, os.W_OK | os.X_OK):
        return Finding("home", True, f"{home} can be written" + ("" if home.exists() else " (not made yet)"))
    return Finding("home", False, f"{home} cannot be written", "give it to this user, or set AMENDS_HOME")


def _secrets(wiring: Wiring) -> Iterator[Finding]:
    for name in SecretName:
        if variable(name) in os.environ:
            yield Finding(f"secret {name}", True, f"from {variable(name)}")
            continue
        path = wiring.settings.home / "secrets" / name
        try:
            mode = path.stat().st_mode
        except OSError as error:
            cure = f"`amends up` makes it; in an old installation put it back from a backup, or set {variable(name)}"
            yield Finding(f"secret {name}", False, f"{path}: {error.strerror}", cure)
            continue
        if mode & OPEN_TO_OTHERS:
            found = f"{path} has mode {stat.S_IMODE(mode):04o}: others can reach it"
            yield Finding(f"secret {name}", False, found, f"chmod 600 {path}")
        else:
            yield Finding(f"secret {name}", True, f"mode {stat.S_IMODE(mode):04o}")


def _topics() -> Finding:
    unbound = sorted(TOPICS.keys() - BINDINGS.keys())
    if unbound:
        return Finding(
            "topics", False, f"no code is bound to {', '.join(unbound)}", "bind them in tasks/__init__.py"
        )
    return Finding("topics", True, f"{len(TOPICS)} bound")


def _shipped() -> Finding:
    try:
        bundle = load_bundle()
    except Refused as refused:
        found = f"{len(refused.findings)} findings, first: {refused.findings[0]}"
        return Finding("shipped definitions", False, found, "`amends definitions lint` lists them all")
    return Finding(
        "shipped definitions", True, f"{len(bundle.definitions.processes)} processes, {bundle.hash[:12]}"
    )


def _store(wiring: Wiring, *, exists: bool) -> Iterator[Finding]:
    """The last finding says whether the store can be used."""
    if not exists:
        yield Finding("store", False, "nothing was ever started here", "`amends up`, or set AMENDS_HOME")
        return
    try:
        wiring.database.ping()
        found, wanted = current(wiring.database), newest()
    except (StoreUnreachable, DBAPIError) as error:
        yield Finding(
            "store", False, _flat(error), "start the database server, or set AMENDS_DATABASE_URL right"
        )
        return
    yield Finding("store", True, "answers")
    try:
        check_schema(wiring.database)
    except SchemaMismatch as mismatch:
        yield Finding("schema", False, f"is {found or 'empty'}, this release needs {wanted}", mismatch.cure)
    else:
        yield Finding("schema", True, str(found))


def _published(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        row = session.get(LiveBundle, 1)
        if row is None:
            return Finding("definitions", False, "none are published", "`amends definitions deploy`")
        try:
            wiring.casework.shelf.definitions(session, row.hash)
        except (Refused, Fault) as error:
            return Finding(
                "definitions", False, f"bundle {row.hash[:12]} does not load: {_flat(error)}",
                "`amends definitions deploy` of this release",
            )  # fmt: skip
    return Finding("definitions", True, f"{row.hash[:12]} is live since {row.since.isoformat()}")


def _clock(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        seen = overview(session, process_time(session, machine_time()))
    cure = "`amends up`, or start another `amends serve clock`"
    if seen.last_tick is None:
        return Finding("clock", False, "no clock has ever ticked", cure)
    age = machine_time() - seen.last_tick
    if age < -BACK_BY:
        return Finding(
            "clock", False,
            f"this machine's clock is {-age.total_seconds():.0f} s behind the newest tick: process time stands still "
            "until it has caught up",
            "set the machine's clock right; nothing is lost meanwhile",
        )  # fmt: skip
    told = f"last tick {age.total_seconds():.0f} s ago"
    return Finding("clock", True, told) if age < status.SILENT_AFTER else Finding("clock", False, told, cure)


def _web(wiring: Wiring) -> Finding:
    place = f"{wiring.settings.host}:{wiring.settings.port}"
    if status.web_answers(wiring):
        return Finding("web", True, f"answers at {place}")
    return Finding(
        "web", False, f"no answer at {place}", "`amends up`; its log is in logs/web.log of the home"
    )


def _prefect(wiring: Wiring) -> Iterator[Finding]:
    api, up = wiring.prefect, "`amends up`, or set PREFECT_API_URL right; complaints go on without it"
    if not api.healthy():
        yield Finding("prefect", False, f"no answer from {api.url}", up)
        for check in ("work pool", "deployment", "worker"):
            yield Finding(check, None, "not looked at: Prefect does not answer")
        return
    yield Finding("prefect", True, f"answers at {api.url}")
    try:
        yield _pool(wiring)
        yield _deployment(wiring)
        yield _worker(wiring)
    except PrefectError as error:
        yield Finding("prefect", False, _flat(error), up)


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
        return Finding("deployment", False, _flat(error), "`amends deploy`")
    return Finding("deployment", True, ", ".join("/".join(one) for one in DEPLOYMENTS.values()))


def _worker(wiring: Wiring) -> Finding:
    alive = [one["name"] for one in status.workers(wiring.prefect) if one["alive"]]
    if alive:
        return Finding("worker", True, f"{len(alive)} alive: {', '.join(alive[:SHOWN])}")
    cure = f"`amends up`, or `prefect worker start --pool {status.POOL}`"
    return Finding("worker", False, "none alive; clocks carry activities out directly", cure)


def _unclaimed(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        found = health.unclaimed_since(session, machine_time() - UNCLAIMED_AFTER)
    if not found:
        return Finding("activities", True, "none is left lying")
    told = "; ".join(f"{ref} {row.name}" for ref, row in found[:SHOWN])
    return Finding(
        "activities", False, f"{_number(found)} nobody takes: {told}", "see clock and worker above"
    )


def _letters(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        machine_now = machine_time()
        now = process_time(session, machine_now)
        found = health.stuck_letters(session, now - STUCK_AFTER, machine_now - STUCK_AFTER)
    if not found:
        return Finding("letters", True, "none is stuck")
    told = "; ".join(
        f"{ref} {row.kind} by {row.channel} ({row.error or row.state})" for ref, row in found[:SHOWN]
    )
    cure = "see clock above; for a refused address or server check AMENDS_SMTP_URL and the customer's address"
    return Finding("letters", False, f"{_number(found)} did not go: {told}", cure)


def _incidents(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        found = health.open_incidents(session)
    if not found:
        return Finding("incidents", True, "none is open")
    told = "; ".join(
        f"{ref} {row.kind}, with {row.owner or 'nobody'}: {row.reason}" for ref, row in found[:SHOWN]
    )
    cure = "put the cause right, then Retry the run in Prefect; `amends complaint REF` tells more"
    return Finding("incidents", False, f"{_number(found)} open: {told}", cure)


def _chains(wiring: Wiring) -> Finding:
    secret = wiring.secrets[SecretName.HISTORY]
    with wiring.database.read() as session:
        cases = health.newest_cases(session, SAMPLED_CASES)
        broken = broken_chains(session, secret, cases)
    if not broken:
        return Finding("history", True, f"the chains of the {len(cases)} newest complaints hold")
    told = "; ".join(f"{b.ref}: {b.why}" for b in broken[:SHOWN])
    return Finding(
        "history", False, f"{len(broken)} chains are broken: {told}", "`amends verify`, compare with a backup"
    )


def _number(found: object) -> str:
    """How many, honest about the cut."""
    count = len(found)  # type: ignore[arg-type]
    return f"{count} or more" if count == health.SHOWN else str(count)


def _flat(error: object) -> str:
    return " ".join(str(error).split())
