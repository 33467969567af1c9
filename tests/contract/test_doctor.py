"""`amends doctor` names each thing that is realistically wrong, and what cures it."""

from __future__ import annotations

import json
import sys
import threading
import zoneinfo
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from cases.sweeping import settle
from runtime.checks import machine
from runtime.checks.finding import Finding
from runtime.checks.prefect import prefect
from runtime.doctor import examine
from runtime.prefect_runs import DEPLOYMENTS
from runtime.secrets import SecretName
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time
from store.tables import Bundle, Case, Customer, LiveBundle, Tick
from tests.acceptance.house import free_port
from tests.faults.life import body
from tests.faults.undisturbed import file_directly

NOWHERE = "http://127.0.0.1:9/api"
SETTINGS = {
    "events": {"messaging_broker": "a.memory", "messaging_cache": "a.memory", "causal_ordering": "b.memory"},
    "concurrency": {"lease_storage": "c.memory"},
    "docket": {"url": "memory://"},
}
"""Of a Prefect server alone, as `/admin/settings` tells them."""


@pytest.fixture
def wiring(tmp_path: Path) -> Iterator[Wiring]:
    """An installation in order, with nothing running."""
    made = Wiring(
        Settings(home=tmp_path / "home", port=free_port(), prefect_api_url=NOWHERE, clock="adjustable")
    )
    made.prepare()
    assert made.secrets
    yield made
    made.database.close()


def look(wiring: Wiring, check: str) -> Finding:
    """The first finding of this check, judged wrong if any of that check is."""
    found = [one for one in examine(lambda: wiring, store_exists=lambda _: True) if one.check == check]
    assert found, f"{check} was not looked at"
    return next((one for one in found if one.fine is False), found[0])


def wrong(finding: Finding, *words: str) -> None:
    assert finding.fine is False, finding
    assert finding.cure, "it says what mends it"
    assert all(word in f"{finding.found} → {finding.cure}" for word in words), finding


# --- the store


def test_a_store_that_does_not_answer(tmp_path: Path) -> None:
    away = Wiring(
        Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:9/none", prefect_api_url=NOWHERE)
    )
    wrong(look(away, "store"), "start the database server")
    assert look(away, "clock").fine is None


def test_a_server_that_leaves_its_tables_as_they_are(postgres_store_url: str, tmp_path: Path) -> None:
    """Whether it does is set for the whole server, and is no business of a test."""
    theirs = Wiring(Settings(home=tmp_path, database_url=postgres_store_url, prefect_api_url=NOWHERE))
    theirs.prepare()
    with theirs.database.read() as session:
        setting = session.scalar(text("SELECT setting FROM pg_settings WHERE name = 'autovacuum'"))
    if setting == "on":
        assert look(theirs, "upkeep").fine
    else:
        wrong(look(theirs, "upkeep"), "autovacuum is off", "SET autovacuum = on", "VACUUM ANALYZE")
    theirs.database.close()


def test_a_store_of_one_file_needs_no_upkeep(wiring: Wiring) -> None:
    assert look(wiring, "upkeep").fine


@pytest.mark.parametrize(("found", "cure"), [("0999", "newer release"), (None, "amends deploy")])
def test_a_schema_of_another_release(wiring: Wiring, found: str | None, cure: str) -> None:
    with wiring.database.write() as session:
        change = (
            "delete from alembic_version"
            if found is None
            else f"update alembic_version set version_num = '{found}'"
        )
        session.connection().execute(text(change))
    wrong(look(wiring, "schema"), cure)


def test_definitions_of_another_release(wiring: Wiring) -> None:
    assert look(wiring, "definitions").fine
    with wiring.database.write() as session:
        live = session.get_one(LiveBundle, 1)
        ours = session.get_one(Bundle, live.hash)
        session.add(Bundle(hash="another", files=ours.files, published_at=machine_time()))
        session.flush()
        live.hash = "another"
    wrong(look(wiring, "definitions"), "another release", "restart")
    with wiring.database.write() as session:
        session.get_one(LiveBundle, 1).shipped = False
    assert look(wiring, "definitions").fine, "definitions of the installation's own are no mistake"


def test_open_complaints_on_definitions_that_this_release_cannot_read(wiring: Wiring) -> None:
    at = machine_time()
    with wiring.database.write() as session:
        live = session.get_one(LiveBundle, 1)
        files = dict(session.get_one(Bundle, live.hash).files)
        files["medium.bpmn"] = files["medium.bpmn"].replace(
            'camunda:topic="open_work"', 'camunda:topic="begin_work"'
        )
        session.add(Bundle(hash="older", files=files, published_at=at))
        session.add(Customer(id="c", created_at=at))
        session.flush()
        session.add(Case(
            id="k", ref="AM-2611-000000", bundle="older", customer_id="c", channel="app", external_id="x",
            occurred_at=at, received_at=at,
        ))  # fmt: skip
    wrong(
        look(wiring, "definitions"),
        "1 open complaints run on bundle older",
        "unknown topic 'begin_work'",
        "migrate",
    )


# --- secrets


def test_a_secret_that_is_missing_or_open_to_others(wiring: Wiring) -> None:
    file = wiring.settings.home / "secrets" / "history"
    file.chmod(0o644)
    wrong(look(wiring, "secret history"), "chmod 600")
    file.unlink()
    wrong(look(wiring, "secret history"), "backup")


def test_a_secret_that_is_another(wiring: Wiring) -> None:
    file_directly(wiring.casework, body(1))
    settle(wiring.casework, wiring.deliver)
    assert look(wiring, "history").fine
    assert look(wiring, "links").fine
    for name in (SecretName.HISTORY, SecretName.LINKS):
        (wiring.settings.home / "secrets" / name).write_text("ab" * 32)
    changed = Wiring(wiring.settings)
    wrong(look(changed, "history"), "secret `history` is another", "put secrets/history back")
    wrong(look(changed, "links"), "secret `links` is another", "put secrets/links back")
    changed.database.close()


# --- clocks


def test_a_clock_that_never_ticked_or_stopped(wiring: Wiring) -> None:
    wrong(look(wiring, "clock"), "no clock has ever ticked", "amends up")
    _tick(wiring, "clock-a-1", machine_time() - timedelta(minutes=5))
    wrong(look(wiring, "clock"), "last tick", "amends up")
    _tick(wiring, "clock-b-1", machine_time())
    assert look(wiring, "clock").fine


def test_two_machines_whose_clocks_differ(wiring: Wiring) -> None:
    now = machine_time()
    _tick(wiring, "clock-a-1", now)
    _tick(wiring, "clock-b-1", now - timedelta(seconds=40))

    def b_looks_again(_seconds: float) -> None:
        _tick(wiring, "clock-b-1", now - timedelta(seconds=38))

    found = machine.clocks(wiring, now=lambda: now, pause=b_looks_again)
    wrong(found, "clock-b-1 is 40 s behind", "time server")
    assert machine.clocks(wiring, now=lambda: now, pause=lambda _: None).fine, (
        "one that stopped is not behind"
    )
    _tick(wiring, "clock-a-1", now + timedelta(seconds=30))
    wrong(machine.clocks(wiring, now=lambda: now), "30 s behind the newest tick", "time server")


# --- the machine


def test_a_port_that_another_program_has(wiring: Wiring) -> None:
    wrong(look(wiring, "web"), "no answer")
    with answering({"/healthz": {"status": "fine"}}, wiring.settings.port):
        wrong(look(wiring, "web"), "another program", "AMENDS_PORT")
    with answering({"/healthz": {"status": "alive"}}, wiring.settings.port):
        assert look(wiring, "web").fine


def test_a_mailbox_that_cannot_be_written(wiring: Wiring) -> None:
    assert look(wiring, "mailbox").fine
    (wiring.settings.home / "mailbox").write_text("in the way")
    wrong(look(wiring, "mailbox"), "Not a directory", "folder")


def test_a_disk_that_is_nearly_full(wiring: Wiring) -> None:
    assert machine.disk(wiring, free_bytes=lambda _: 2 * 1024**3).fine
    wrong(machine.disk(wiring, free_bytes=lambda _: 90 * 1024**2), "0.1 GB free", "make room")


def test_time_zone_data_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath(to=())
    try:
        with pytest.raises(ValidationError, match="no time zone data; install tzdata"):
            Settings()
    finally:
        zoneinfo.reset_tzpath()


# --- Prefect


def test_a_prefect_that_is_away(wiring: Wiring) -> None:
    wrong(look(wiring, "prefect"), NOWHERE, "amends up")
    assert look(wiring, "worker").fine is None


def test_a_prefect_of_another_release(wiring: Wiring) -> None:
    with answers(wiring, {"/api/admin/version": "3.9.0"}) as seen:
        wrong(seen["prefect version"], "3.9.0", f"install prefect=={version('prefect')}")
    with answers(wiring, {"/api/admin/version": None, "/api/admin/settings": {"other": 1}}) as seen:
        wrong(seen["prefect messages"], "cannot be used")


def test_several_servers_without_redis(wiring: Wiring) -> None:
    _tick(wiring, "clock-a-11111111", machine_time())
    with answers(wiring, {}) as seen:
        assert seen["prefect messages"].fine, "one machine needs none"
    _tick(wiring, "clock-b-22222222", machine_time())
    with answers(wiring, {}) as seen:
        wrong(seen["prefect messages"], "2 machines", "Redis", "deploy/prefect.env")
    shared = {
        "events": {"messaging_broker": "prefect_redis.messaging", "messaging_cache": "prefect_redis.messaging",
                   "causal_ordering": "prefect_redis.ordering"},
        "concurrency": {"lease_storage": "prefect_redis.lease_storage"}, "docket": {"url": "redis://x"},
    }  # fmt: skip
    with answers(wiring, {"/api/admin/settings": {"server": shared}}) as seen:
        assert seen["prefect messages"].fine


def test_no_worker_no_pool_no_deployment(wiring: Wiring) -> None:
    with answers(wiring, {}) as seen:
        assert seen["worker"].fine
        assert seen["work pool"].fine
        assert seen["deployment"].fine
    dead = [{"name": "w", "status": "OFFLINE", "last_heartbeat_time": "2026-11-22T00:00:00Z"}]
    with answers(
        wiring, {WORKERS: dead, POOL: {"type": "amends", "is_paused": True}, DEPLOYED: None}
    ) as seen:
        wrong(seen["worker"], "none alive", "amends up")
        wrong(seen["work pool"], "is paused", "resume")
        wrong(seen["deployment"], "amends deploy")
    with answers(wiring, {POOL: None}) as seen:
        wrong(seen["work pool"], "there is no pool", "amends deploy")


POOL, WORKERS = "/api/work_pools/amends", "/api/work_pools/amends/workers/filter"
DEPLOYED = "/api/deployments/name/handle-complaint/complaint"
OTHERS = {
    f"/api/deployments/name/{flow}/{name}": {"id": "00000000-0000-0000-0000-000000000002"}
    for kind, (flow, name) in DEPLOYMENTS.items() if kind != "complaint"
}  # fmt: skip


@contextmanager
def answers(wiring: Wiring, changed: Mapping[str, Any]) -> Iterator[dict[str, Finding]]:
    """What is found of a Prefect server that answers as one in order does, but for what is `changed`."""
    at = free_port()
    page = {
        "/api/ready": {"message": "OK"},
        "/api/admin/version": version("prefect"),
        "/api/admin/settings": {"server": SETTINGS},
        POOL: {"type": "amends", "is_paused": False},
        WORKERS: [{"name": "w", "status": "ONLINE", "last_heartbeat_time": "2026-11-22T00:00:00Z"}],
        DEPLOYED: {"id": "00000000-0000-0000-0000-000000000001"},
        **OTHERS,
        **changed,
    }
    told = Wiring(wiring.settings.model_copy(update={"prefect_api_url": f"http://127.0.0.1:{at}/api"}))
    with answering(page, at), closing(told.prefect):
        yield {one.check: one for one in prefect(told)}
    told.database.close()


@contextmanager
def answering(pages: Mapping[str, Any], port: int) -> Iterator[None]:
    """Something that answers with these bodies; 404 to the rest and where the body is None."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = pages.get(self.path)
            written = json.dumps(content).encode()
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Not into the output of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _tick(wiring: Wiring, name: str, at: datetime) -> None:
    with wiring.database.write() as session:
        session.merge(Tick(name=name, at=at))
