"""Which tables a running complaint asks: those of its bundle, but for the live ones; and what may not be published."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from cases.opening import Complainant
from cases.requests.direction import End, Regrade
from complaints.acting import Actor
from process_definitions.loader import FOLDER, read_bundle
from runtime.cli.app import app
from store.tables import Case, ClockRow, LiveBundle
from tests.contract.casework import Built, HandClock, build, shipped
from tests.contract.desk_house import TEXT

OPS = Actor("s-ye-qing", "ops")
Edit = Callable[[str], str]


def case_of(house: Built, ref: str) -> Case:
    with house.casework.database.read() as session:
        return session.exec(select(Case).where(Case.ref == ref)).one()


def test_a_running_complaint_routes_by_the_live_table_and_keeps_the_clocks_of_its_own(store_url: str) -> None:
    house = build(store_url)
    bundle = shipped()[0]
    ref = house.file(TEXT)
    files = dict(bundle.files)
    routing = files["routing.dmn"]
    at = routing.index(
        '<text>"billing"</text>', routing.index('<text>"billing"</text>') + 1
    )  # the output of its rule
    files["routing.dmn"] = (
        routing[:at] + '<text>"customer_care"</text>' + routing[at + len('<text>"billing"</text>') :]
    )
    assert files["clocks.dmn"].count('"PT24H"') > 0
    files["clocks.dmn"] = files["clocks.dmn"].replace('"PT24H"', '"PT23H"')
    changed = read_bundle(files)
    with house.casework.database.write() as session:
        house.casework.shelf.publish(session, changed, house.clock.now)
    house.step(ref, Regrade(OPS, "a charge", {"category": "billing"}))
    case = case_of(house, ref)
    assert (case.department, case.bundle) == ("customer_care", bundle.hash)
    newer = house.file(TEXT, customer=Complainant(id="somebody else"))
    assert case_of(house, newer).bundle == changed.hash
    durations = {}
    for one in (ref, newer):
        with house.casework.reading(one) as file:
            durations[one] = file.duration_of(file.decide("clocks", file.clock_question("resolve", 1)))
    assert str(durations[ref]) != str(durations[newer])
    with house.casework.database.read() as session:
        kept = session.exec(
            select(ClockRow).where(ClockRow.case_id == case.id, ClockRow.name == "resolve")
        ).all()
    assert {row.duration for row in kept} == {str(durations[ref])}
    house.casework.database.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Built]:
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    monkeypatch.setenv("AMENDS_CLOCK", "adjustable")
    monkeypatch.chdir(tmp_path)
    house = build(f"sqlite:///{tmp_path / 'amends.db'}", clock=HandClock(datetime.now(UTC)))
    yield house
    house.casework.database.close()


def deploy(tmp_path: Path, name: str, **edits: Edit) -> Result:
    """Deploy a folder `name` with the shipped definitions, some of them edited."""
    folder = tmp_path / name
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    for file, edit in edits.items():
        path = folder / file.replace("__", ".")
        text = edit(path.read_text("utf-8"))
        assert text != path.read_text("utf-8")
        path.write_text(text, "utf-8")
    return CliRunner().invoke(app, ["definitions", "deploy", str(folder)], prog_name="amends")


def live(text: str) -> str:
    """The table of the next cycle asked as it stands now."""
    return text.replace(
        'decisionRef="next_cycle" camunda:decisionRefBinding="deployment"',
        'decisionRef="next_cycle" camunda:decisionRefBinding="latest"',
    )


def watched(text: str) -> str:
    """The task that asks it, taking the output under another name."""
    before, task, after = text.partition('id="choose_tier"')
    return before + task + after.replace("result.supervised", "result.watched", 1)


def test_what_an_open_complaint_could_not_use_is_not_published(home: Built, tmp_path: Path) -> None:
    assert deploy(tmp_path, "first", complaint__bpmn=live).exit_code == 0
    ref = home.file(TEXT)
    edits: dict[str, Edit] = {
        "next_cycle__dmn": lambda text: text.replace('name="supervised"', 'name="watched"'),
        "complaint__bpmn": lambda text: watched(live(text)),
    }
    answer = deploy(tmp_path, "second", **edits)
    assert answer.exit_code == 1
    bundle = case_of(home, ref).bundle
    assert (
        f"1 open complaints run on bundle {bundle[:12]}, which could not use the new tables" in answer.stderr
    )
    assert re.search(r"complaint\.bpmn:\d+ \(choose_tier\): .*no field 'supervised'", answer.stderr)
    with home.casework.database.read() as session:
        kept = session.get(LiveBundle, 1)
        assert kept is not None
        assert kept.hash == bundle
    home.step(ref, End("voided", OPS, "a test"))
    assert deploy(tmp_path, "third", **edits).exit_code == 0


def test_a_table_that_the_code_could_not_ask_is_never_published(home: Built, tmp_path: Path) -> None:
    answer = deploy(
        tmp_path, "first", remedy__dmn=lambda text: text.replace('name="ceiling"', 'name="celing"')
    )
    assert answer.exit_code == 1
    said = "table 'remedy' must give 'ceiling' (integer), which the code asks of it; did you mean 'celing'?"
    assert re.fullmatch(rf"amends: remedy\.dmn:\d+ \(remedy\): {re.escape(said)}\n", answer.stderr)
