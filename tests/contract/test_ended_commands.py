"""A command that is over holds nothing of the store."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from runtime.cli.app import app
from tests.conftest import POSTGRES
from tests.databases import cleared

SECONDS = 10.0
"""In which PostgreSQL lets go of a connection that was closed."""


@pytest.mark.parametrize("words", [["status"], ["complaint", "AM-2611-000000"]], ids=["done", "refused"])
def test_a_command_closes_its_connections_however_it_ends(
    words: list[str], postgres_store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    monkeypatch.setenv("AMENDS_DATABASE_URL", cleared(postgres_store_url))
    ended = CliRunner().invoke(app, words, prog_name="amends")
    deadline = time.monotonic() + SECONDS
    while (held := connections(postgres_store_url)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert held == 0, ended.output


def test_a_command_that_never_opened_a_store_makes_none_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("AMENDS_HOME", str(home))
    assert "there is no store" in CliRunner().invoke(app, ["complaints"], prog_name="amends").stderr
    assert not home.exists()


def connections(url: str) -> int:
    with psycopg.connect(POSTGRES) as server:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        found = server.execute(query, [make_url(url).database]).fetchone()
    assert found is not None
    return int(found[0])
