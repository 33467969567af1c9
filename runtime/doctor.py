"""`amends doctor`: looks everything over; each finding names what is wrong and what mends it. Changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from bpmn.findings import Refused
from complaints.errors import Fault
from desk.tokens import BadToken
from process_definitions.loader import load_bundle
from process_definitions.vocabulary import TOPICS
from runtime.checks import machine
from runtime.checks.finding import Finding, flat
from runtime.checks.prefect import prefect
from runtime.errors import SettingsInvalid, SetupError
from runtime.secrets import OPEN_TO_OTHERS, SecretName, variable
from runtime.settings import load
from runtime.wiring import Wiring, machine_time
from store.database import StoreUnreachable
from store.history import broken_chains
from store.process_time import process_time
from store.queries import health
from store.queries.bundles import in_use
from store.schema import SchemaMismatch, current, newest
from store.schema import check as check_schema
from store.tables import LiveBundle
from tasks import BINDINGS

UNCLAIMED_AFTER = timedelta(minutes=1)
STUCK_AFTER = timedelta(minutes=5)
SAMPLED_CASES = 50
SHOWN = 5


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
    yield machine.home(built)
    yield machine.disk(built)
    yield machine.mailbox(built)
    yield from _secrets(built)
    yield _topics()
    yield _shipped()
    usable = None
    for usable in _store(built, exists=store_exists(built)):
        yield usable
    reads = usable is not None and bool(usable.fine)
    yield from _guarded("definitions", reads, lambda: _published(built))
    yield from _guarded("upkeep", reads, lambda: _upkeep(built))
    yield from _guarded("clock", reads, lambda: machine.clocks(built))
    yield machine.web(built)
    yield from prefect(built)
    for check, look in (
        ("activities", _unclaimed), ("letters", _letters), ("incidents", _incidents), ("history", _chains),
        ("links", _links),
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
        yield Finding(check, False, flat(error), "see the store's own log, then look again")
    except SetupError as error:  # a secret that cannot be trusted: named above, with its cure
        yield Finding(check, None, f"not looked at: {flat(error)}")


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
            "store", False, flat(error), "start the database server, or set AMENDS_DATABASE_URL right"
        )
        return
    yield Finding("store", True, "answers")
    try:
        check_schema(wiring.database)
    except SchemaMismatch as mismatch:
        yield Finding("schema", False, f"is {found or 'empty'}, this release needs {wanted}", mismatch.cure)
    else:
        yield Finding("schema", True, str(found))


def _upkeep(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        if health.tidies_itself(session):
            return Finding("upkeep", True, "the store does its own")
    return Finding(
        "upkeep", False, "autovacuum is off: the store becomes slow, since plans stay those of empty tables",
        "ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf(); and once VACUUM ANALYZE",
    )  # fmt: skip


def _published(wiring: Wiring) -> Finding:
    with wiring.database.read() as session:
        row = session.get(LiveBundle, 1)
        if row is None:
            return Finding("definitions", False, "none are published", "`amends definitions deploy`")
        try:
            wiring.casework.shelf.definitions(session, row.hash)
        except (Refused, Fault) as error:
            return Finding(
                "definitions", False, f"bundle {row.hash[:12]} does not load: {flat(error)}",
                "`amends definitions deploy` of this release",
            )  # fmt: skip
        for older, running in in_use(session):
            try:
                wiring.casework.shelf.definitions(session, older.hash)
            except (Refused, Fault) as error:
                return Finding(
                    "definitions", False,
                    f"{running} open complaints run on bundle {older.hash[:12]}, which does not load: {flat(error)}",
                    "go back to the release before, and let them end there or `amends definitions migrate` them",
                )  # fmt: skip
    told = f"{row.hash[:12]} is live since {row.since.isoformat()}"
    if not row.shipped or row.hash == (ours := load_bundle().hash):
        return Finding("definitions", True, told + ("" if row.shipped else ", published here"))
    return Finding(
        "definitions", False, f"{told}; those of this release are {ours[:12]}: another machine runs another release",
        "put the same release on every machine and restart them; the newest is live for new complaints",
    )  # fmt: skip


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
    if len(broken) == len(cases) and all(one.seq == 1 for one in broken):
        cure = _put_back(SecretName.HISTORY)
        return Finding(
            "history", False, "no chain holds from its first line on: the secret `history` is another", cure
        )
    told = "; ".join(f"{b.ref}: {b.why}" for b in broken[:SHOWN])
    return Finding(
        "history", False, f"{len(broken)} chains are broken: {told}", "`amends verify`, compare with a backup"
    )


def _links(wiring: Wiring) -> Finding:
    """Would the newest link that a customer was sent still be taken?"""
    with wiring.database.read() as session:
        link = health.newest_link(session)
    if link is None:
        return Finding("links", True, "none was sent yet")
    page, _, token = link.rpartition("/")
    try:
        wiring.tokens.read(page.rpartition("/")[2], token)
    except BadToken:
        cure = _put_back(SecretName.LINKS)
        return Finding(
            "links", False, "the links that customers have do not open: the secret `links` is another", cure
        )
    return Finding("links", True, "the newest that was sent opens")


def _put_back(name: SecretName) -> str:
    return f"put secrets/{name} back from a backup, or set {variable(name)}; it must be the same on every machine"


def _number(found: object) -> str:
    """How many, honest about the cut."""
    count = len(found)  # type: ignore[arg-type]
    return f"{count} or more" if count == health.SHOWN else str(count)
