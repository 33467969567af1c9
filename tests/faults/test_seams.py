"""Crash seams: each is reached by the shipped definitions, and dying there loses, doubles and strands nothing."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store import seams
from store.seams import BETWEEN, ENVIRONMENT, SEAMS, Change, UnknownSeam
from tests.conftest import POSTGRES
from tests.faults.courses import MACHINERY, PATHS, cast
from tests.faults.ending import CaseEnd, Ending, compare
from tests.faults.provider import Arrival, Provider, handed, note
from tests.faults.tale import side_by_side

pytestmark = pytest.mark.one_machine("played in the process of the test")
ROOT = Path(__file__).resolve().parents[2]
CASES = len(MACHINERY) + 3
CHANGING = ("cases", "intake", "runtime/post")
"""Rooms in which each changing transaction lies on the path of a complaint."""


@pytest.fixture
def server(request: pytest.FixtureRequest) -> str:
    """What `--database` takes."""
    if request.param == "postgresql":
        request.getfixturevalue("_postgres_server")
        return POSTGRES
    return "sqlite"


@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_dying_at_every_seam_loses_doubles_and_strands_nothing(server: str) -> None:
    arguments = ("--rounds", "1", "--cases", str(CASES), "--jobs", "1", "--database", server)
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=1_800, check=False,
    )  # fmt: skip
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert "0 lost, 0 doubled, 0 stuck, 0 changed" in run.stdout
    assert f"{len(SEAMS)} kills at {len(SEAMS)} of {len(SEAMS)} seams" in run.stdout


def test_definitions_that_do_not_load_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--definitions", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert str(tmp_path) in run.stderr
    assert "Traceback" not in run.stderr


# --- arming


def test_an_armed_process_dies_at_that_passage_and_at_no_other(capfd: pytest.CaptureFixture[str]) -> None:
    child = os.fork()
    if not child:
        seams.arm("sent:3, step.after:9")
        for number in range(1, 10):
            os.write(1, f"{number}".encode())
            seams.passed("sent")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert capfd.readouterr().out == "123"


@pytest.mark.parametrize("text", ["setn:3", "step:1", "step.after", "step.after:0", "sent:x"])
def test_a_seam_that_there_is_not_is_refused_with_the_near_name(text: str) -> None:
    with pytest.raises(UnknownSeam) as refused:
        seams.arm(text)
    assert ENVIRONMENT in str(refused.value)


def test_nothing_is_armed_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert seams.arm_from_environment() is None


def test_every_changing_transaction_on_the_path_of_a_complaint_is_named() -> None:
    unnamed = [
        str(path.relative_to(ROOT))
        for room in CHANGING
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write"
        and "database" in ast.unparse(node.func.value).lower() and not node.args
    ]  # fmt: skip
    beside = {
        "cases/sweeping.py",
        "cases/erasing.py",
        "cases/importing.py",
        "cases/checking.py",
        "cases/improving.py",
    }
    assert set(unnamed) == beside, "name it in store/seams.py"
    assert unnamed.count("cases/sweeping.py") == 1, "moving a trial's clock alone has none"
    # beside the path: an erasure, which test_erasure.py breaks off and lets go on; an import, a draw of checks and the
    # opening of an action that is owed, each of which is one transaction that a repeat finds done


def test_every_seam_is_passed_somewhere_in_the_rooms() -> None:
    text = "".join(path.read_text(encoding="utf-8") for room in ("cases", "intake", "runtime", "store")
                   for path in (ROOT / room).rglob("*.py") if path.name != "seams.py")  # fmt: skip
    assert [change for change in Change if f"Change.{change.name}" not in text] == []
    assert [seam for seam in BETWEEN if f'passed("{seam}")' not in text] == []


# --- the comparison can fail


@pytest.fixture
def ends() -> tuple[Ending, Ending]:
    """Two ends alike, to be told apart."""

    def one() -> Ending:
        case = CaseEnd(
            {"status": "closed", "ended": True, "waiting": []},
            ["letter answer (answer) to customer, cycle 1: delivered", "timer_fired offer 50 %"],
            {"resolve 1 1": ["met", "2026-11-18T02:00:00+00:00", None, None]},
        )
        return Ending({"life-0000": case})

    return one(), one()


def test_equal_ends_have_no_differences(ends: tuple[Ending, Ending]) -> None:
    found = compare(*ends)
    assert list(found.lines()) == []
    assert found.checked > 5


def test_a_difference_is_told_by_what_it_is(ends: tuple[Ending, Ending]) -> None:
    expected, found = ends
    case = found.cases["life-0000"]
    case.happened.append(case.happened[0])
    assert [line.partition(":")[0] for line in compare(expected, found).lines()] == ["doubled"]
    del case.happened[1:]
    assert [line.partition(":")[0] for line in compare(expected, found).lines()] == ["lost"]
    case.happened[:] = expected.cases["life-0000"].happened
    case.facts["ended"] = False
    assert {line.partition(":")[0] for line in compare(expected, found).lines()} == {"stuck", "changed"}
    case.facts["ended"] = True
    case.clocks["resolve 1 1"][1] = "2026-11-18T02:11:00+00:00"
    assert [line.partition(":")[0] for line in compare(expected, found).lines()] == ["changed"]
    found.cases.clear()
    assert [line.partition(":")[0] for line in compare(expected, found).lines()] == ["lost"]
    found.faults.append("left over: letter x is sending")
    assert [line.partition(":")[0] for line in compare(expected, found).lines()] == ["lost", "stuck"]


def test_what_is_asked_about_is_told_of_both_lives_with_the_deaths_in_their_places() -> None:
    before, after = (
        ["2026-11-18T02:00:00+00:00 read a"],
        ["2026-11-18T02:00:00+00:00 b", "2026-11-18T02:05:00+00:00 c"],
    )
    told = side_by_side(before, after, {"sent": "2026-11-18T02:03:00+00:00"})
    assert told == [
        "undisturbed:",
        *before,
        "disturbed:",
        after[0],
        "2026-11-18T02:03:00+00:00 † killed at sent",
        after[1],
    ]


def test_a_difference_names_its_round(ends: tuple[Ending, Ending]) -> None:
    expected, found = ends
    found.cases["life-0000"].happened.pop()
    (line,) = compare(expected, found).of_round(7).lines()
    assert line.startswith("lost: round 7, life-0000: ")


def test_the_provider_tells_a_repeat_from_a_letter_with_other_words(tmp_path: Path) -> None:
    ledger = tmp_path / "provider.jsonl"
    for arrival in (
        Arrival("a", "1", True), Arrival("a", "1", True), Arrival("b", "1", False), Arrival("c", "1", True),
        Arrival("c", "2", True),
    ):  # fmt: skip
        note(ledger, arrival.key, arrival.digest, arrival.taken)
    seen = handed(ledger)
    assert (sorted(seen.taken), seen.again, seen.changed) == (["a", "c"], 2, ("c",))
    assert Provider(ledger, "").seen == {"a", "b", "c"}


def test_a_cast_has_the_machinery_in_every_round_and_all_courses_in_turn() -> None:
    rounds = [cast(seed, 10, seed) for seed in range(6)]
    assert all(set(MACHINERY) <= set(one) for one in rounds)
    assert {course for one in rounds for course in one} == set(PATHS)
    assert cast(3, 10, 3) == rounds[3]
