"""The systemd units: well formed, and each command does with its environment what the how-tos say."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from runtime.prefect_api import PrefectApi
from tests.acceptance.house import BUSY, ROOT, START_SECONDS, House, free_port
from tests.acceptance.prefects import addresses
from tests.acceptance.units import FOLDER, PROGRAMS, command, environment, environment_file, options
from tests.databases import database_on

UNITS = sorted(path.name for path in FOLDER.iterdir())
STOP_SECONDS = 60


@pytest.mark.one_machine("a unit is read, nothing runs")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: str, tmp_path: Path, systemd_analyze: str) -> None:
    for path in FOLDER.iterdir():  # a timer is looked at with its service
        text = path.read_text(encoding="utf-8")
        for program in PROGRAMS:
            text = text.replace(program, "/bin/true")
        (tmp_path / path.name).write_text(text.replace("/srv/amends", "/"), encoding="utf-8")
    done = subprocess.run(
        [systemd_analyze, "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.one_machine("the units of docs/how-to/one-machine.md")
def test_one_machine_starts_is_backed_up_and_stops_whole(tmp_path: Path) -> None:
    assert environment("amends.service") == {"AMENDS_HOME": "/var/lib/amends"}
    with House(tmp_path / "home", {"AMENDS_CLOCK": "system"}) as house, _amends(house):
        pids = house.pids()
        assert set(pids) == {"prefect", "web", "clock", "worker"}
        backup = command("amends-backup.service", {})
        subprocess.run(
            backup, cwd=ROOT, env=house.variables, check=True, capture_output=True, timeout=120 * BUSY
        )
        (removing,) = options("amends-backup.service")["ExecStartPost"]
        (folder,) = (word for word in removing.split() if word.startswith("/var/lib/amends/"))
        name = Path(folder).name
        assert len(list((house.home / name).glob("amends-*.tar.gz"))) == 1
        checks = {one["check"]: one for one in house.read_wrong("doctor")["checks"]}
        assert [check for check, one in checks.items() if one["ok"] is False] == []
    assert not [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()], "left behind"


def test_several_machines_have_servers_on_postgresql_and_redis(
    tmp_path: Path, request: pytest.FixtureRequest, redis_url: str
) -> None:
    server = request.getfixturevalue("_postgres_server")
    with psycopg.connect(server) as connection:  # off on some servers for development, and doctor says so
        autovacuum = connection.execute("SELECT current_setting('autovacuum')").fetchone()
    with database_on(server) as store, database_on(server) as prefect:
        shipped = environment_file(ROOT / "deploy" / "prefect.env") | dict(addresses(prefect, redis_url))
        first, second = free_port(), free_port()
        with (
            _prefect(tmp_path / "a", shipped, first),
            _prefect(tmp_path / "b", {**shipped, "PREFECT_HERE": "--no-services"}, second),
        ):
            settings = environment_file(ROOT / "deploy" / "amends.env")
            del settings["AMENDS_SMTP_URL"]
            given = settings | {
                "AMENDS_DATABASE_URL": store, "PREFECT_API_URL": f"http://127.0.0.1:{second}/api",
                "AMENDS_CLOCK": "system",
            }  # fmt: skip
            with House(tmp_path / "home", given, prefect_port=second) as house, _amends(house):
                checks = {one["check"]: one for one in house.read_wrong("doctor")["checks"]}
                assert "Redis" in checks["prefect messages"]["found"]
                wrong = [check for check, one in checks.items() if one["ok"] is False]
                assert wrong == ([] if autovacuum == ("on",) else ["upkeep"])


@contextmanager
def _amends(house: House) -> Iterator[None]:
    """`amends.service` in this house until SIGTERM to its first process, as `KillMode=mixed` sends it."""
    house.home.mkdir(parents=True, exist_ok=True)
    with (house.home / "up.log").open("ab") as output:
        house.process = subprocess.Popen(
            command("amends.service", {}), cwd=ROOT, env=house.variables, stdout=output, stderr=output
        )
    house.wait_for(house.is_ready, START_SECONDS, "the unit to be ready")
    house.wait_for(lambda: house.read("status")["worker"]["alive"], START_SECONDS, "a worker")
    yield
    house.process.send_signal(signal.SIGTERM)
    assert house.process.wait(STOP_SECONDS * BUSY) == 0


@contextmanager
def _prefect(home: Path, settings: Mapping[str, str], port: int) -> Iterator[None]:
    """`amends-prefect.service` with this environment, on a port of its own."""
    home.mkdir()
    own = {**environment("amends-prefect.service"), **settings, "PREFECT_HOME": str(home)}
    words = [str(port) if word == "4200" else word for word in command("amends-prefect.service", own)]
    with (home / "server.log").open("ab") as output:
        process = subprocess.Popen(words, cwd=ROOT, env={**os.environ, **own}, stdout=output, stderr=output)
    try:
        with PrefectApi(f"http://127.0.0.1:{port}/api") as api:
            house = House(home)
            house.wait_for(api.healthy, START_SECONDS, f"Prefect to answer: {home / 'server.log'}")
            assert api.call("GET", "/admin/version").status_code == httpx.codes.OK
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS * BUSY)
