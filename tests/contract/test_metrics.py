"""What is watched: counts and ages from the rows themselves, on both databases, and counters of several processes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from runtime.meters import FOLDER, Meters, begin_anew
from runtime.metrics import exposition
from runtime.settings import Settings
from runtime.wiring import Wiring
from store.database import Database
from store.queries.depths import depths
from store.tables import ActivityRow, InboxRow, Incident
from tests.contract.rows import NOON, a_case, a_letter

MINUTE = timedelta(minutes=1)


def test_depths_are_those_of_the_rows(database: Database) -> None:
    with database.write() as session:
        late = a_case(session, "AM-2611-000001")
        late.next_due_at, late.version, late.shown_version, late.flow_run_id = NOON - 7 * MINUTE, 3, 2, "run"
        at_fault = a_case(session, "AM-2611-000002")
        at_fault.next_due_at, at_fault.instance_no = NOON - 90 * MINUTE, 1
        history = a_case(session, "AM-2611-000003", status="closed")
        history.imported, history.ended, history.instance_no = True, True, 1
        session.add(Incident(case_id=at_fault.id, kind="fault", reason="KeyError", opened_at=NOON))
        session.add(InboxRow(
            case_id=late.id, name="message", actor="c", source="s", external_id="x", effective_at=NOON,
        ))  # fmt: skip
        for activation, state, since in (
            (1, "ready", 4),
            (2, "ready", 2),
            (3, "claimed", 30),
            (4, "done", 60),
        ):
            session.add(_activity(late.id, activation, state, since))
        postponed = _activity(late.id, 5, "ready", 50)
        postponed.not_before = NOON + MINUTE
        session.add(postponed)
        a_letter(session, late, "due").send_at = NOON - 3 * MINUTE
        a_letter(session, late, "later").send_at = NOON + 3 * MINUTE
        a_letter(session, late, "lost").state = "failed"
    with database.read() as session:
        found = depths(session, NOON, NOON)
    assert found.inbox == 1
    assert found.activities_claimed == 1
    assert found.oldest_ready == 4 * MINUTE, "what is postponed does not wait yet"
    assert found.timers_late == 7 * MINUTE, "a case at fault has its incident instead"
    assert found.oldest_letter == 3 * MINUTE
    assert found.letters_given_up == 1
    assert (found.runs_missing, found.runs_behind) == (1, 1)


def test_nothing_waiting_is_no_age(database: Database) -> None:
    with database.read() as session:
        found = depths(session, NOON, NOON)
    assert found.oldest_ready == found.timers_late == found.oldest_letter == timedelta(0)


def test_the_state_is_the_same_wherever_it_is_asked(store_url: str, tmp_path: Path) -> None:
    webs = [Wiring(Settings(home=tmp_path / name, database_url=store_url, prefect_api_url="http://127.0.0.1:9/api"))
            for name in ("a", "b")]  # fmt: skip
    with webs[0].database.write() as session:
        a_case(session, "AM-2611-000001").tier = "severe"
        a_case(session, "AM-2611-000002", status="closed")
    first, second = (_figures(exposition(web, Meters())) for web in webs)
    assert first == second
    assert first["amends_cases", ("handling", "severe")] == 1
    assert first["amends_cases", ("closed", "ungraded")] == 1
    assert first["amends_prefect_reachable", ()] == 0
    for web in webs:
        web.database.close()


def test_a_store_that_is_away_is_a_figure_and_no_error(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:9/none"
    wiring = Wiring(Settings(home=tmp_path, database_url=url, prefect_api_url="http://127.0.0.1:9/api"))
    meters = Meters()
    meters.answered(503, 0.2)
    found = _figures(exposition(wiring, meters))
    assert found["amends_store_reachable", ()] == 0
    assert found["amends_hook_answer_seconds_count", ("503",)] == 1
    assert ("amends_incidents_open", ()) not in found


def test_one_web_answers_for_all_processes_of_its_home(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from runtime.meters import Meters, count_together\n"
        "count_together(Path(sys.argv[1])); meters = Meters()\n"
        "for _ in range(int(sys.argv[2])): meters.stepped('ActOnItem', 0.02)\n"
        "from prometheus_client import generate_latest\n"
        "if sys.argv[3:]: print(generate_latest(meters.registry).decode())"
    )

    def process(steps: int, *ask: str) -> str:
        command = [sys.executable, "-c", program, str(tmp_path), str(steps), *ask]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60, env=os.environ
        ).stdout

    process(3)
    process(4)
    counted = _figures(process(5, "ask").encode())
    assert counted["amends_step_seconds_count", ("ActOnItem",)] == 12
    assert list((tmp_path / FOLDER).iterdir())
    begin_anew(tmp_path)
    assert _figures(process(2, "ask").encode())["amends_step_seconds_count", ("ActOnItem",)] == 2


def _activity(case_id: str, activation: int, state: str, minutes_ago: int) -> ActivityRow:
    since = NOON - minutes_ago * MINUTE
    return ActivityRow(
        case_id=case_id, activation=activation, topic="read", name="Read", state=state, ready_since=since,
        not_before=since, inputs={}, process="complaint", element="read",
    )  # fmt: skip


def _figures(text: bytes) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (
            sample.name,
            tuple(value for label, value in sorted(sample.labels.items()) if label != "le"),
        ): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }
