"""The commands: documented as they are, and those that the design fixes are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from cases.requests.work import ACTIONS
from process_definitions.vocabulary import IMPACT, TIER, URGENCY
from runtime.cli import options
from runtime.cli.app import app
from runtime.cli.page import commands, page

ROOT = Path(__file__).resolve().parents[3]
FIXED = (
    "up", "down", "status", "doctor", "deploy", "submit", "complaints", "complaint", "work", "survey answer",
    "withdraw", "undo", "regrade", "reassign", "merge", "unmerge", "void", "unvoid", "hold", "release", "reopen",
    "clock", "clock advance", "definitions lint", "definitions deploy", "definitions show", "definitions diagram",
    "keys add", "keys rotate", "keys list", "verify", "recover", "backup", "restore", "erase",
)  # fmt: skip


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == page(), "write it again: .venv/bin/python -m runtime.cli.page > docs/commands.md"


def test_every_fixed_command_exists_and_every_command_has_its_heading() -> None:
    known = set(commands())
    assert {f"amends {name}" for name in FIXED} - known == set()
    headings = re.findall(r"^## `(amends [a-z ]+?)(?: [A-Z\[].*)?`$", page(), re.MULTILINE)
    assert sorted(headings) == sorted(known)


def test_every_action_on_work_is_a_command() -> None:
    assert {f"amends work {action}" for action in ACTIONS} - set(commands()) == set()


@pytest.mark.parametrize(
    ("choices", "declared"), [(options.Tier, TIER), (options.Urgency, URGENCY), (options.Impact, IMPACT)]
)
def test_choices_are_those_of_the_definitions(choices: object, declared: str) -> None:
    assert f"enum({', '.join(get_args(choices))})" == declared


@pytest.mark.parametrize(
    "words",
    [
        "frobnicate",
        "work confirm",
        "complaints --tier grave",
        "complaints --limit 0",
        "submit",
        "submit --text x --file y",
        "clock advance tomorrow",
        "clock advance -- -PT1H",
        "regrade AM-2611-000000 --reason r --urgency soon",
        "regrade AM-2611-000000 --reason r",
        "keys add app --days 3",
    ],
)
def test_wrong_usage_exits_2(words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    answer = CliRunner().invoke(app, words.split(), prog_name="amends")
    assert answer.exit_code == 2, answer.output
    assert "Usage: amends" in answer.output
