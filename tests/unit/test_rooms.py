"""What import-linter cannot say about the rooms: purity, file grammar, declared dependencies."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    *("bpmn", "complaints", "process_definitions", "store", "cases"),
    *("tasks", "review", "flows", "intake", "desk", "runtime"),
)
LONGEST_FILE = 400
DRAFTED = "store/migrations/versions/"
"""Drafted from the tables: the first holds them all."""
HEAPS = re.compile(r"^(utils?|helpers?|common|misc|manager|.*_(utils?|helpers?|manager|service))$")
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
WAITING = {"time.monotonic", "time.perf_counter", "time.sleep"}
CHANCE = {
    "random.random",
    "random.choice",
    "random.randint",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid4",
    "os.urandom",
}
OUTSIDE = {"os.environ.get", "os.getenv", "open"}
IMPURE = CLOCK | WAITING | CHANCE | OUTSIDE


def sources(*rooms: str) -> Iterator[tuple[str, ast.Module, str]]:
    """Path, syntax tree and text of every Python file of the rooms."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield str(path.relative_to(ROOT)), ast.parse(text), text


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of the modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def declared() -> frozenset[str]:
    """Distributions that the project says it needs to run."""
    wanted = project()["project"]["dependencies"]
    return frozenset(_canonical(re.split(r"[\[<>=!~ ;]", line, maxsplit=1)[0]) for line in wanted)


def test_the_process_language_stands_on_the_standard_library_lxml_and_lark_alone() -> None:
    allowed = {"bpmn", "lxml", "lark"} | sys.stdlib_module_names
    foreign = {name: extra for name, tree, _ in sources("bpmn") if (extra := imported(tree) - allowed)}
    assert foreign == {}


@pytest.mark.parametrize("room", ["bpmn", "complaints"])
def test_pure_rooms_read_no_clock_no_chance_no_file_and_no_environment(room: str) -> None:
    found = [
        f"{name}:{node.lineno}: {called}"
        for name, tree, _ in sources(room)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in IMPURE
    ]
    assert found == []


def test_every_package_that_a_room_imports_is_declared() -> None:
    known = packages_distributions()
    undeclared = {
        f"{name}: {module}"
        for name, tree, _ in sources(*ROOMS)
        for module in imported(tree) - set(ROOMS) - sys.stdlib_module_names
        if not {_canonical(d) for d in known.get(module, [])} & declared()
    }
    assert undeclared == set(), "declare it in pyproject.toml and run `make lock`"


def test_the_import_contract_of_the_process_language_names_every_dependency() -> None:
    contract = next(
        c for c in project()["tool"]["importlinter"]["contracts"] if c.get("source_modules") == ["bpmn"]
    )
    modules = {
        module
        for module, owners in packages_distributions().items()
        if {_canonical(owner) for owner in owners} & declared() and not module.startswith("_")
    }
    assert modules - {"lxml", "lark", "tests"} - set(contract["forbidden_modules"]) - set(ROOMS) == set()


def test_files_are_named_for_a_thing_and_stay_readable_in_one_go() -> None:
    heaps = [name for name, _, _ in sources(*ROOMS, "tests") if HEAPS.match(Path(name).stem)]
    long = [
        name
        for name, _, text in sources(*ROOMS, "tests")
        if text.count("\n") > LONGEST_FILE and DRAFTED not in name
    ]
    assert heaps == []
    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        name
        for name, tree, text in sources(*ROOMS)
        if text.strip() and not name.endswith("__init__.py") and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_a_file_in_flows_holds_one_flow_at_most() -> None:
    for name, tree, _ in sources("flows"):
        flows = [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and any(ast.unparse(mark).partition("(")[0] == "flow" for mark in node.decorator_list)
        ]
        assert len(flows) <= 1, f"{name} holds {flows}: one file, one flow, one deployment"
