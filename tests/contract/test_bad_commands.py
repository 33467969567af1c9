"""Every command typed wrong: its exit code, one clear line, and a store that did not change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from complaints.reference import make_ref
from runtime.cli.app import app
from store.database import Database
from tests.contract.bad_input.commands import REFUSED, Command, commands
from tests.contract.bad_input.site import state_of
from tests.contract.casework import HandClock, build
from tests.contract.desk_house import TEXT

Words = dict[str, str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Words, Database]]:
    """An installation with one complaint, offered just now: commands read the clock of the machine."""
    folder = tmp_path_factory.mktemp("home")
    built = build(f"sqlite:///{folder / 'amends.db'}", clock=HandClock(datetime.now(UTC)))
    ref = built.file(TEXT)
    with built.casework.reading(ref) as file:
        item = next(i for i in file.items(kind="resolve"))
    absent = make_ref(datetime(2026, 11, 1, tzinfo=UTC), 4_711)
    yield folder, {"REF": ref, "ITEM": str(item.id), "ABSENT": absent}, built.casework.database
    built.casework.database.close()


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.id)
def test_a_command_typed_wrong_says_so_and_changes_nothing(
    home: tuple[Path, Words, Database], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, named, database = home
    monkeypatch.setenv("AMENDS_HOME", str(folder))
    monkeypatch.setenv("AMENDS_CLOCK", "adjustable")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(folder)
    before = state_of(database)
    answer = CliRunner().invoke(app, [named.get(word, word) for word in command.words], prog_name="amends")
    said = " ".join(answer.stderr.split())
    assert answer.exit_code == command.code, answer.output or answer.exception
    assert command.says in said
    assert "Traceback" not in answer.output
    if command.code == REFUSED:
        *findings, line = answer.stderr.splitlines()
        assert findings == []
        assert line.startswith("amends: ")
    else:
        assert "Usage: amends" in said
    assert state_of(database) == before
