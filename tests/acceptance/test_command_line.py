"""The command `amends` as people and scripts use it: real processes, exit codes, one clear line."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.shapes import ComplaintPage, ComplaintView, WorkPage
from tests.acceptance.shell import PATIENCE_SECONDS, Shell, await_answer, free_port, with_a_second_machine
from tests.databases import database_on
from tests.machines import are_two

SEVERE = "我的包裹被弄坏了，客服态度很差，我要退款，已经投诉三次了！"
MEDIUM = "包裹丢失了，要求退款，三天没有人回复我，很失望"
NEEDING_NO_PREFECT = (
    "complaints", "work", "clock", "clock advance PT1M", "keys list", "verify", "status", "doctor",
    "definitions show", "recover", "down", "complaint AM-2611-000000", "submit --text x",
)  # fmt: skip


@pytest.fixture
def nowhere(tmp_path: Path) -> Shell:
    """An installation that was never started."""
    return Shell(tmp_path / "home", free_port())


@pytest.fixture(scope="module")
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """An installation with its web process on each machine; what it starts is carried out by `clock advance`."""
    shell = Shell(tmp_path_factory.mktemp("installation"), free_port())
    with ExitStack() as stack:
        if are_two(request.config):
            postgres = request.getfixturevalue("_postgres_server")
            shell = with_a_second_machine(
                shell, tmp_path_factory.mktemp("second"), stack.enter_context(database_on(postgres))
            )
        assert shell.amends("definitions", "deploy").code == 0
        for machine in shell.machines:
            web = machine.start("serve", "web")
            stack.callback(web.communicate, timeout=PATIENCE_SECONDS)
            stack.callback(web.terminate)
        for machine in shell.machines:
            await_answer(f"http://127.0.0.1:{machine.port}/healthz")
        yield shell


@pytest.fixture(scope="module")
def filed(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Four complaints, as far as they come by themselves: name to reference."""
    lines = [
        {"external_id": name, "customer": {"id": name, "name": "王芳", "phone": phone}, "text": text}
        for name, phone, text in (
            ("severe", "13812345678", SEVERE), ("medium", "13812345679", MEDIUM),
            ("void", "13812345680", "空调不制冷，维修师傅没来"), ("lead", "13812345681", "快递太慢了，催了两次"),
        )
    ]  # fmt: skip
    file = tmp_path_factory.mktemp("filed") / "complaints.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    answer = shell.amends("submit", "--file", str(file))
    assert answer.code == 0, answer
    assert shell.amends("clock", "advance", "PT1M").code == 0
    return dict(zip(("severe", "medium", "void", "lead"), answer.out.split(), strict=True))


@pytest.fixture(scope="module")
def severe(filed: dict[str, str]) -> str:
    return filed["severe"]


# --- a home in which nothing was started


def test_a_home_without_a_store_is_refused_with_the_cure_and_left_alone(nowhere: Shell) -> None:
    assert "start Amends with `amends up`" in nowhere.amends("complaints").refused
    assert not nowhere.home.exists()


def test_the_status_of_nothing_is_told_in_full_and_makes_nothing(nowhere: Shell) -> None:
    answer = nowhere.amends("status", "--json")
    assert answer.code == 0
    assert answer.json["ready"] is False
    assert set(answer.json) >= {"ready", "store", "clock", "worker", "prefect", "cases"}
    assert set(answer.json["prefect"]) == {"api_url", "ui_url", "reachable"}
    assert set(answer.json["cases"]) == {"open", "waiting", "incidents"}
    assert not (nowhere.home / "amends.db").exists()


def test_a_misspelt_setting_is_refused_with_the_near_name(nowhere: Shell) -> None:
    refused = nowhere.given(AMENDS_PROT="1").amends("complaints").refused
    assert (
        refused == "amends: AMENDS_PROT is no setting; did you mean AMENDS_PORT?; docs/settings.md lists them"
    )


def test_wrong_usage_exits_2_and_shows_the_usage(nowhere: Shell) -> None:
    answer = nowhere.amends("work", "confirm", "one", "--as", "s-li-na")
    assert answer.code == 2
    assert "Usage: amends work confirm" in answer.err
    assert "Traceback" not in answer.err


# --- filing and reading


def test_a_typed_complaint_is_filed_through_the_hook_and_prints_its_reference(
    shell: Shell, severe: str
) -> None:
    listed = shell.amends("complaints", "--open", "--tier", "severe", "--json").json
    assert severe in [one["ref"] for one in listed["items"]]
    ComplaintPage.model_validate(listed)


def test_a_file_prints_one_reference_a_line_names_bad_lines_and_may_be_repeated(
    shell: Shell, tmp_path: Path
) -> None:
    lines = [
        '{"channel": "app", "external_id": "f-1", "customer": {"id": "c-7"}, "text": "发票开错了", "_remark": 1}',
        "",
        "{broken",
        '{"channel": "app", "external_id": "f-2", "customer": {}, "text": " "}',
        '{"channel": "apq", "external_id": "f-3", "customer": {}, "text": "x"}',
        '{"external_id": "f-4", "customer": {"id": "c-8"}, "text": "优惠券用不了"}',
    ]
    file = tmp_path / "complaints.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")

    first = shell.amends("submit", "--file", str(file))
    again = shell.amends("submit", "--file", str(file))

    assert first.code == again.code == 1
    assert len(first.out.split()) == 2
    assert first.out == again.out
    told = first.err.splitlines()
    assert told[0].startswith(f"amends: {file}:3: is no JSON")
    assert told[1].startswith(f"amends: {file}:4: text says nothing")
    assert told[2] == f"amends: {file}:5: there is no channel 'apq'; did you mean 'app'?"
    assert len(told) == 4


def test_nobody_at_the_public_address_is_refused_with_the_cure(shell: Shell) -> None:
    elsewhere = shell.given(AMENDS_PUBLIC_URL=f"http://127.0.0.1:{free_port()}")
    assert "start Amends with `amends up`" in elsewhere.amends("submit", "--text", "x").refused


def test_a_complaint_is_shown_whole_with_the_reason_of_each_due_time(shell: Shell, severe: str) -> None:
    shown = shell.amends("complaint", severe.lower()).out
    assert SEVERE in shown
    assert "waits for: " in shown
    assert "acknowledge of cycle 1: Acknowledgement: 30 min from" in shown
    view = shell.amends("complaint", severe, "--json").json
    assert ComplaintView.model_validate(view).ref == severe


def test_columns_stay_straight_under_chinese(shell: Shell, severe: str) -> None:
    from rich.cells import cell_len

    shown = shell.given(COLUMNS="150").amends("complaint", severe, "--language", "zh").out
    table = shown.partition("\nWork\n")[2].partition("\n\n")[0].splitlines()
    assert len(table) > 2
    assert len({cell_len(line) for line in table}) == 1


def test_a_mistyped_reference_is_refused(shell: Shell, severe: str) -> None:
    wrong = severe[:-1] + ("0" if severe[-1] != "0" else "1")
    assert "is not a reference" in shell.amends("complaint", wrong).refused


# --- acting


def test_the_worklist_is_that_of_the_api_and_mine_is_mine(shell: Shell, severe: str) -> None:
    item = shell.offered(severe)
    mine = shell.amends("work", "--mine", "--as", item["assignee"], "--json").json
    WorkPage.model_validate(mine)
    assert item["id"] in [one["id"] for one in mine["items"]]
    assert {one["assignee"] for one in mine["items"]} == {item["assignee"]}


def test_acting_needs_somebody_with_the_right_and_a_part_in_it(shell: Shell, severe: str) -> None:
    item = shell.offered(severe)
    number, person = str(item["id"]), str(item["assignee"])
    assert shell.amends("work", "confirm", number).code == 2
    assert f"did you mean '{person}'" in shell.amends("work", "confirm", number, "--as", person + "x").refused
    assert (
        "does not carry the right work" in shell.amends("work", "confirm", number, "--as", "s-du-wen").refused
    )
    stranger = shell.amends("work", "confirm", number, "--as", "s-tom-fisher").refused
    absent = shell.amends("work", "confirm", "99999", "--as", "s-tom-fisher").refused
    assert stranger.replace(number, "N", 1) == absent.replace("99999", "N", 1)


def test_work_is_confirmed_and_resolved_once(shell: Shell, filed: dict[str, str]) -> None:
    ref = filed["medium"]
    item = shell.offered(ref)
    number, worker = str(item["id"]), shell.given(AMENDS_USER=str(item["assignee"]))

    confirmed = worker.amends("work", "confirm", number)
    assert (confirmed.code, confirmed.out.split(";")[0]) == (0, f"{ref}: work item {number} confirmed")
    assert (
        f"'confirm' is not open on work item {number} now" in worker.amends("work", "confirm", number).refused
    )

    resolved = worker.amends(
        "work", "resolve", number, "--solution", "重新发货", "--cause", "仓库漏发",
        "--option", "退款: 原路退回:refund:100", "--option", "补发", "--json",
    )  # fmt: skip
    options = ComplaintView.model_validate(resolved.json).decisions[-1].options
    assert [(o.text, o.remedy, o.amount, o.recommended) for o in options] == [
        ("退款: 原路退回", "refund", 100, True),
        ("补发", None, None, False),
    ]


def test_ops_end_a_complaint_and_bring_it_back_with_a_reason(shell: Shell, filed: dict[str, str]) -> None:
    ref, lead = filed["void"], filed["lead"]
    ops = shell.given(AMENDS_USER="s-ye-qing")

    assert "needs a reason" in ops.amends("void", ref, "--reason", " ").refused
    assert ops.amends("void", ref, "--reason", "测试").out == f"{ref}: void; it is void\n"
    assert "is void already" in ops.amends("withdraw", ref, "--reason", "r").refused
    assert ops.amends("unvoid", ref, "--reason", "误").out.startswith(
        f"{ref}: taken up again; it is handling"
    )
    assert "cannot be merged into itself" in ops.amends("merge", ref, "--into", ref, "--reason", "r").refused
    merged = ops.amends("merge", ref, "--into", lead, "--reason", "同一件事", "--json").json
    assert (merged["status"], merged["merged_into"]) == ("merged", lead)
    assert ops.amends("unmerge", ref, "--reason", "不是").code == 0
    assert (
        "does not carry the right hold" in ops.amends("hold", ref, "--reason", "r", "--as", "s-li-na").refused
    )
    assert ops.amends("hold", ref, "--reason", "律师函", "--json").json["hold"] is True
    assert ops.amends("release", ref, "--reason", "了结", "--json").json["hold"] is False


# --- the clock, keys, definitions


def test_the_clock_moves_in_a_trial_only(shell: Shell) -> None:
    refused = shell.given(AMENDS_CLOCK="system").amends("clock", "advance", "PT1H").refused
    assert "AMENDS_CLOCK=adjustable" in refused

    before = shell.amends("clock", "--json").json["offset_seconds"]
    moved = shell.amends("clock", "advance", "PT2H", "--json").json
    after = shell.amends("clock", "--json").json["offset_seconds"]
    assert set(moved) == {"from", "to", "stepped", "performed", "faults"}
    assert moved["faults"] == 0
    assert datetime.fromisoformat(moved["to"]) - datetime.fromisoformat(moved["from"]) >= timedelta(hours=2)
    assert after > before


def test_a_secret_is_printed_once_and_never_listed(shell: Shell) -> None:
    hook, role = (
        shell.amends("keys", "add", "email"),
        shell.amends("keys", "add", "--role", "ops", "s-ye-qing"),
    )
    assert hook.out.startswith("whsec_")
    assert role.out.startswith("amk_")
    listed = shell.amends("keys", "list")
    assert hook.out.strip() not in listed.out
    assert role.out.strip() not in listed.out
    known = {(k["purpose"], k["name"], k["staff"]) for k in shell.amends("keys", "list", "--json").json}
    assert {("hook", "email", None), ("role", "s-ye-qing", "s-ye-qing")} <= known
    assert shell.amends("keys", "rotate", "email").out.startswith("whsec_")
    assert "use keys add weibo" in shell.amends("keys", "rotate", "weibo").refused
    assert "did you mean 'email'" in shell.amends("keys", "add", "emial").refused


def test_definitions_are_linted_with_file_and_element(nowhere: Shell, tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "process_definitions"
    folder = tmp_path / "definitions"
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    assert nowhere.amends("definitions", "lint", str(folder)).code == 0

    drawing = folder / "light.bpmn"
    drawing.write_text(
        drawing.read_text("utf-8").replace('calledElement="', 'calledElement="no_', 1), "utf-8"
    )
    topic = folder / "offer.bpmn"
    topic.write_text(topic.read_text("utf-8").replace('camunda:topic="', 'camunda:topic="mis', 1), "utf-8")

    linted = nowhere.amends("definitions", "lint", str(folder))
    assert linted.code == 1
    assert "offer.bpmn" in linted.out
    assert "Traceback" not in linted.err
    assert nowhere.amends("definitions", "lint", str(folder), "--json").json["sound"] is False
    assert nowhere.amends("definitions", "deploy", str(folder)).code == 1
    assert not nowhere.home.exists()


def test_a_diagram_shows_where_a_complaint_is(shell: Shell, severe: str, tmp_path: Path) -> None:
    out = tmp_path / "severe.svg"
    drawn = shell.amends("definitions", "diagram", "complaint", "--ref", severe, "--out", str(out))
    assert drawn.code == 0
    assert 'class="node active' in out.read_text("utf-8") or " active" in out.read_text("utf-8")
    assert " active" not in shell.amends("definitions", "diagram", "complaint").out.partition("</style>")[2]
    assert "did you mean 'complaint'" in shell.amends("definitions", "diagram", "complain").refused


# --- integrity and health


@pytest.mark.one_machine("changes a line in a copy of SQLite's file")
def test_verify_finds_a_changed_line_and_says_what_it_cannot_know(
    shell: Shell, severe: str, tmp_path: Path
) -> None:
    whole = shell.amends("verify")
    assert whole.code == 0
    assert "this cannot tell" in whole.out

    copy = replace(shell, home=tmp_path / "copy")
    copy.home.mkdir()
    shutil.copytree(shell.home / "secrets", copy.home / "secrets")
    with (
        sqlite3.connect(shell.home / "amends.db") as source,
        sqlite3.connect(copy.home / "amends.db") as target,
    ):
        source.backup(target)
        changed = "UPDATE history SET actor = 'nobody' WHERE seq = 3 AND case_id = "
        target.execute(changed + "(SELECT id FROM cases WHERE ref = ?)", (severe,))
    source.close()
    target.close()

    verified = copy.amends("verify")
    assert "1 chains and 0 anchors are broken" in verified.refused
    assert f"{severe} line 3: line 3 was changed" in verified.out
    doctor = copy.amends("doctor", "--json")
    assert doctor.code == 1
    history = next(c for c in doctor.json["checks"] if c["check"] == "history")
    assert history["ok"] is False


def test_doctor_names_each_wrong_thing_with_its_cure(shell: Shell) -> None:
    examined = shell.amends("doctor", "--json")
    assert examined.code == 1
    checks = {one["check"]: one for one in examined.json["checks"]}
    fine = {
        "settings",
        "home",
        "topics",
        "store",
        "schema",
        "definitions",
        "web",
        "secret history",
        "history",
    }
    assert {name for name in fine if checks[name]["ok"] is not True} == set()
    wrong = {name for name, one in checks.items() if one["ok"] is False}
    assert {"clock", "prefect"} <= wrong
    assert all(checks[name]["cure"] for name in wrong)


def test_prefect_being_away_is_a_refusal_of_what_needs_it(shell: Shell, severe: str) -> None:
    assert "no answer from Prefect" in shell.amends("recover").refused
    assert "no answer from Prefect" in shell.amends("deploy").refused


def test_the_clock_process_ticks_until_it_is_told_to_stop(shell: Shell) -> None:
    process = shell.start("serve", "clock")
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not shell.amends("status", "--json").json["clock"]["ticking"]:
            assert time.monotonic() < deadline
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert shell.amends("status", "--json").json["ready"] is True


def test_a_command_that_needs_no_prefect_does_not_import_it(shell: Shell) -> None:
    program = (
        "import sys\n"
        "from runtime.cli import main\n"
        f"for words in {NEEDING_NO_PREFECT!r}:\n"
        "    sys.argv = ['amends', *words.split()]\n"
        "    try:\n        main()\n"
        "    except SystemExit:\n        pass\n"
        "    if 'prefect' in sys.modules:\n        sys.exit(words)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=shell.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
