"""Complaints that wait on the definitions of an earlier release finish on today's engine, vocabulary and rules."""

from __future__ import annotations

import gzip
import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bpmn.engine import waits
from bpmn.instance import Instance
from bpmn.model import NodeKind
from process_definitions.calendars import around_the_clock
from process_definitions.loader import Bundle, load_bundle, read_bundle
from tests.unit.definitions.chance import MOST_ACTS, answers_by, move
from tests.unit.definitions.world import ANSWERS
from tests.unit.frozen.freeze import MOST_BYTES, RELEASES, AlreadyFrozen, freeze
from tests.unit.frozen.world import loaded

ROOT = Path(__file__).resolve().parents[3]
VERSIONS = sorted(path.name.removesuffix(".json.gz") for path in RELEASES.glob("*.json.gz"))
WAITING = frozenset({NodeKind.USER, NodeKind.RECEIVE, NodeKind.CATCH, NodeKind.EVENT_BASED})
PLAYS = 2
"""How often each complaint is played to its end, by other chances."""


@cache
def release(version: str) -> tuple[Bundle, list[dict[str, Any]]]:
    """The definitions as they were released, linked today, and the complaints that wait on them."""
    content = json.loads(gzip.decompress((RELEASES / f"{version}.json.gz").read_bytes()))
    return read_bundle(content["files"]), content["cases"]


def every_case() -> list[tuple[str, int]]:
    return [(version, at) for version in VERSIONS for at in range(len(release(version)[1]))]


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
    """All but a few of the places where a complaint can wait for somebody or something."""
    bundle, cases = release(version)
    covered = {place for case in cases for place in case["name"].split()}
    elements = [e for program in bundle.definitions.processes.values() for e in program.elements.values()]
    raced = {
        (e.process, branch.target)
        for e in elements
        if e.kind is NodeKind.EVENT_BASED
        for branch in e.branches
    }
    waiting = {
        f"{e.process}/{e.id}" for e in elements if e.kind in WAITING and (e.process, e.id) not in raced
    }
    assert len(covered & waiting) > len(waiting) * 0.8, sorted(waiting - covered)


def test_every_release_is_frozen() -> None:
    """A heading of the changelog, but for what is not released yet, has its file."""
    named = re.findall(
        r"^## \[?(\d[\w.]*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(named) <= set(VERSIONS), "freeze it: .venv/bin/python -m tests.unit.frozen.freeze VERSION"
    assert VERSIONS, "no release is frozen"


def test_what_was_frozen_is_never_written_again(tmp_path: Path) -> None:
    (tmp_path / "9.9.9.json.gz").write_bytes(b"kept")
    with pytest.raises(AlreadyFrozen):
        freeze("9.9.9", tmp_path)
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
