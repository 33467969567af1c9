"""The process language never reads a clock: time is an argument."""

from __future__ import annotations

import ast
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NoReturn

import pytest

import bpmn
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import boundary, chain, end, linked, on_timer, process, start, user

FILES = sorted(Path(bpmn.__file__).parent.rglob("*.py"))
FORBIDDEN_MODULES = frozenset({"time", "random", "secrets", "uuid", "os", "socket", "asyncio", "threading"})
FORBIDDEN_CALLS = frozenset({"now", "utcnow", "today"})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_of_the_language_can_reach_a_clock_or_chance(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named = {(node.module or "").partition(".")[0]}
        else:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in FORBIDDEN_CALLS, f"{file.name}:{node.lineno} reads a clock"
            continue
        assert not named & FORBIDDEN_MODULES, f"{file.name}:{node.lineno} imports {named}"


class _Meta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _WithoutClock(datetime, metaclass=_Meta):
    """`datetime` with everything but the present."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> NoReturn:
        raise AssertionError("the engine read the clock")

    @classmethod
    def utcnow(cls) -> NoReturn:
        raise AssertionError("the engine read the clock")

    @classmethod
    def today(cls) -> NoReturn:
        raise AssertionError("the engine read the clock")


def test_a_process_runs_where_no_clock_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[str] = []
    for name, module in list(sys.modules.items()):
        if name.startswith("bpmn.") and vars(module).get("datetime") is datetime:
            monkeypatch.setattr(module, "datetime", _WithoutClock)
            replaced.append(name)
    assert {"bpmn.instance", "bpmn.engine.run", "bpmn.engine.timers"} <= set(replaced)

    def broken(*_: Any) -> NoReturn:
        raise AssertionError("the engine read the clock")

    for clock in ("time", "time_ns", "monotonic"):
        monkeypatch.setattr(f"time.{clock}", broken)
    body = start() + user("ask") + boundary("late", "ask", on_timer("=when")) + end()
    definitions = linked(
        process("p", body + chain("start", "ask", "end") + chain("late", "end"), data={"when": "duration"})
    )
    assert Case(definitions, when=timedelta(hours=1)).fire("late").is_over
