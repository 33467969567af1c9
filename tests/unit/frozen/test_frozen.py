"""Complaints that wait on the definitions of an earlier release finish on today's engine, vocabulary and rules."""

from __future__ import annotations

import gzip
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bpmn.engine import waits
from bpmn.findings import Refused
from bpmn.instance import Instance
from bpmn.model import NodeKind
from process_definitions.calendars import around_the_clock
from process_definitions.loader import Bundle, load_bundle, read_bundle
from tests.unit.definitions.chance import MOST_ACTS, answers_by, move
from tests.unit.definitions.world import ANSWERS
from tests.unit.frozen.freeze import MOST_BYTES, RELEASES, AlreadyFrozen, freeze, released
from tests.unit.frozen.world import loaded

VERSIONS = sorted(path.name.removesuffix(".json.gz") for path in RELEASES.glob("*.json.gz"))
WAITING = frozenset({NodeKind.USER, NodeKind.RECEIVE, NodeKind.CATCH, NodeKind.EVENT_BASED})
NOT_PLAYED = 4
"""Processes that no played complaint waits in: a lead's members, an improvement, calls, what needs nobody."""
PLAYS = 2
"""How often each complaint is played to its end, by other chances."""


@cache
def content(version: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((RELEASES / f"{version}.json.gz").read_bytes()))
    return found


@cache
def linked(version: str) -> Bundle | str:
    """The definitions as they were released, linked today; what is said of them when they cannot be."""
    try:
        return read_bundle(content(version)["files"], published=True)
    except Refused as refused:
        return str(refused)


def release(version: str) -> tuple[Bundle, list[dict[str, Any]]]:
    """The definitions of a release, and the complaints that wait on them."""
    bundle = linked(version)
    assert isinstance(bundle, Bundle), (
        f"an open complaint of {version} could not be stepped any more: {bundle}; give back what its definitions use, "
        f"or, while {version} is not released, python -m tests.unit.frozen.freeze {version} --again"
    )
    return bundle, content(version)["cases"]


def every_case() -> list[tuple[str, int]]:
    return [(version, at) for version in VERSIONS for at in range(len(content(version)["cases"]))]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_definitions_of_that_release_still_link(version: str) -> None:
    release(version)


@pytest.mark.parametrize(("version", "at"), every_case())
def test_a_complaint_of_that_release_finishes(version: str, at: int) -> None:
    bundle, cases = release(version)
    kept = cases[at]
    assert Instance.from_json(kept["instance"], bundle.definitions).to_json() == kept["instance"]
    for play in range(PLAYS):
        chance = random.Random(f"{version} {at} {play}")
        answers = {**ANSWERS, **answers_by(chance)}
        case = loaded(bundle.definitions, around_the_clock("always", "UTC"), answers, kept, MOST_BYTES)
        where = {f"{wait.process}/{wait.element}" for wait in waits(case.definitions, case.instance)}
        assert where == set(kept["name"].split())
        for _ in range(MOST_ACTS):
            if case.end:
                break
            move(case, chance)
        assert case.end in {"closed", "withdrawn_end"}, case.waiting_for()


@pytest.mark.parametrize("version", VERSIONS)
def test_they_wait_wherever_chance_leads(version: str) -> None:
    """In all but the processes that chance does not come to, and there at all but a few places."""
    bundle, cases = release(version)
    covered = {place for case in cases for place in case["name"].split()}
    visited = {place.partition("/")[0] for place in covered}
    programs = bundle.definitions.processes
    assert len(visited) >= len(programs) - NOT_PLAYED, sorted(programs.keys() - visited)
    elements = [element for key in visited for element in programs[key].elements.values()]
    raced = {
        (e.process, branch.target)
        for e in elements
        if e.kind is NodeKind.EVENT_BASED
        for branch in e.branches
    }
    waiting = {
        f"{e.process}/{e.id}" for e in elements if e.kind in WAITING and (e.process, e.id) not in raced
    }
    assert len(covered & waiting) >= len(waiting) * 0.9, sorted(waiting - covered)


def test_every_release_is_frozen() -> None:
    assert released() <= set(VERSIONS), "freeze it: .venv/bin/python -m tests.unit.frozen.freeze VERSION"
    assert VERSIONS, "no release is frozen"


@pytest.mark.parametrize("again", [False, True])
def test_what_was_released_is_never_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    (tmp_path / "9.9.9.json.gz").write_bytes(b"kept")
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## 9.9.9\n")
    monkeypatch.setattr("tests.unit.frozen.freeze.CHANGELOG", changelog)
    with pytest.raises(AlreadyFrozen):
        freeze("9.9.9", tmp_path, again=again)
    assert (tmp_path / "9.9.9.json.gz").read_bytes() == b"kept"


def test_a_definition_that_moved_on_does_not_load_them() -> None:
    """Else the test above could not fail: today's definitions without a step refuse a case that waits there."""
    bundle = load_bundle()
    text = bundle.files["medium.bpmn"]
    for attribute in ("id", "sourceRef", "targetRef", "attachedToRef", "bpmnElement"):
        text = text.replace(f'{attribute}="resolve"', f'{attribute}="solve"')
    moved_on = read_bundle({**bundle.files, "medium.bpmn": text})
    _, cases = release(VERSIONS[-1])
    kept = next(case for case in cases if "medium/resolve" in case["name"].split())
    with pytest.raises(Exception, match="no element 'resolve'"):
        Instance.from_json(kept["instance"], moved_on.definitions)
