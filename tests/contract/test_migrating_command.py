"""`amends definitions migrate`: shows what would happen, does it with --yes, and says which complaint stays and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cases.opening import Complainant
from runtime.cli.app import app
from tests.contract.casework import Built, HandClock, build
from tests.contract.desk_house import TEXT
from tests.contract.stories.test_migration import published, solving

OPS = ("--as", "s-ye-qing")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Built]:
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    monkeypatch.setenv("AMENDS_CLOCK", "adjustable")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    built = build(f"sqlite:///{tmp_path / 'amends.db'}", clock=HandClock(datetime.now(UTC)))
    yield built
    built.casework.database.close()


def amends(*words: str) -> Result:
    return CliRunner().invoke(app, ["definitions", "migrate", *words, *OPS], prog_name="amends")


def bundle_of(house: Built, ref: str) -> str:
    with house.casework.reading(ref) as file:
        return file.case.bundle


def test_it_shows_first_and_moves_with_yes(house: Built) -> None:
    ref = house.file(TEXT)
    bundle, before = published(house, medium=solving()), bundle_of(house, ref)
    shown = amends(ref, "--to", bundle.hash[:10], "--map", "medium/resolve=solve")
    assert (shown.exit_code, bundle_of(house, ref)) == (0, before)
    assert f"{ref}, {before[:12]} → {bundle.hash[:12]}: can move" in shown.stdout
    assert "nothing was changed: --yes does it" in shown.stderr
    rows = [line.split() for line in shown.stdout.splitlines()[3:]]
    assert {row[0] for row in rows} == {"token", "timer", "clock", "item"}
    done = amends(ref, "--to", bundle.hash[:10], "--map", "medium/resolve=solve", "--yes", "--json")
    assert (done.exit_code, bundle_of(house, ref)) == (0, bundle.hash)
    (view,) = json.loads(done.stdout)["complaints"]
    assert (view["ref"], view["moved"], view["sound"], view["hindrances"]) == (ref, True, True, [])


def test_of_several_each_moves_or_stays_for_itself(house: Built) -> None:
    waiting, resolving = house.file(TEXT), house.file(TEXT, customer=Complainant(id="somebody else"))
    with house.casework.reading(resolving) as file:
        item = next(i for i in file.items(kind="resolve"))
    confirm = CliRunner().invoke(app, ["work", "confirm", str(item.id), "--as", str(item.assignee)])
    assert confirm.exit_code == 0, confirm.output
    bundle, before = published(house, medium=solving()), bundle_of(house, resolving)
    answer = amends(waiting, resolving, "--to", bundle.hash, "--yes")
    assert answer.exit_code == 1
    assert (bundle_of(house, waiting), bundle_of(house, resolving)) == (bundle.hash, before)
    gone = "the element is gone: name the one that takes its place; did you mean 'solve'?"
    assert answer.stderr.splitlines() == [f"amends: {resolving}: medium/resolve: {gone}"]
