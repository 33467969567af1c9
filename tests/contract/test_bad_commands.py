"""Every command typed wrong: its exit code, one clear line, and a store that did not change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from complaints.reference import make_ref
from runtime import wiring
from runtime.cli.app import app
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.database import Database
from store.tables import InboxRow, WorkItem
from tasks import BINDINGS
from tests.contract.bad_input.commands import FILES, REFUSED, Command, commands
from tests.contract.bad_input.site import followed, state_of
from tests.contract.casework import Built, HandClock, build
from tests.contract.desk_house import TEXT

Words = dict[str, str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Words, Database]]:
    """An installation with one complaint, offered just now: commands read the clock of the machine."""
    folder = tmp_path_factory.mktemp("home")
    now = datetime.now(UTC)
    built = build(f"sqlite:///{folder / 'amends.db'}", clock=HandClock(now - timedelta(minutes=40)))
    faulty = built.file(TEXT)
    built.clock.now = now
    ref = built.file(TEXT)
    action, check = followed(built)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    item, faulty_item = _offered(built, ref), _offered(built, faulty)
    absent = make_ref(datetime(2026, 11, 1, tzinfo=UTC), 4_711)
    named = {
        "REF": ref, "ITEM": str(item.id), "ABSENT": absent, "FAULTY": faulty, "FAULTY-ITEM": str(faulty_item.id),
        "TAKER": str(faulty_item.assignee), "ACTION": action, "CHECK": str(check),
    }  # fmt: skip
    yield folder, named, built.casework.database
    built.casework.database.close()


def _offered(built: Built, ref: str) -> WorkItem:
    with built.casework.reading(ref) as file:
        return next(i for i in file.items(kind="resolve"))


def _write(file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
    if inputs["template"] == "offer_reminder":
        raise TypeError("a template that does not fit")
    return BINDINGS["tell"].write(file, inputs, prepared)


@pytest.fixture(autouse=True)
def told(home: tuple[Path, Words, Database], monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation as the commands find it: the reminder of half an hour cannot be written."""
    monkeypatch.setattr(wiring, "BINDINGS", {**BINDINGS, "tell": Binding("tell", _write)})
    monkeypatch.setenv("AMENDS_HOME", str(home[0]))
    monkeypatch.setenv("AMENDS_CLOCK", "adjustable")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(home[0])


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.id)
def test_a_command_typed_wrong_says_so_and_changes_nothing(
    home: tuple[Path, Words, Database], command: Command
) -> None:
    _, named, database = home
    before = state_of(database)
    answer = CliRunner().invoke(app, [named.get(word, word) for word in command.words], prog_name="amends")
    said = " ".join(answer.stderr.split())
    assert answer.exit_code == command.code, answer.output or answer.exception
    assert command.says in said
    assert "Traceback" not in answer.output
    if command.found:
        assert answer.stderr.startswith("line "), answer.stderr
        assert "0 imported" in answer.stdout
    elif command.code == REFUSED:
        *findings, line = answer.stderr.splitlines()
        assert findings == []
        assert line.startswith("amends: ")
    else:
        assert "Usage: amends" in said
    assert state_of(database) == before


def test_an_action_without_words_on_a_complaint_at_fault_is_kept(home: tuple[Path, Words, Database]) -> None:
    _, named, database = home
    words = ["work", "confirm", named["FAULTY-ITEM"], "--as", named["TAKER"]]
    for _ in range(2):
        answer = CliRunner().invoke(app, words, prog_name="amends")
        assert answer.exit_code == 0, answer.output or answer.exception
        assert "your action is kept, counts from when it came" in answer.stdout
    with database.read() as session:
        kept = session.exec(select(InboxRow)).all()
    assert [(row.name, row.payload["action"], row.actor) for row in kept] == [
        ("act", "confirm", named["TAKER"])
    ]
