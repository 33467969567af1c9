"""All of the public models, none left out: read whole, refused by name, and counted where people read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared import SHARED
from tests.unit.conformance.models import bpmn_files, decision_folders, judge, read
from tests.unit.conformance.page import page, summary

DOCS = Path(__file__).resolve().parents[3] / "docs"
FILES = sorted(path.name for path in (SHARED / "conformance" / "bpmn-miwg").glob("*.bpmn"))


@pytest.mark.parametrize("name", FILES or ["absent"])
def test_whatever_is_drawn_is_read_or_refused_by_name(name: str) -> None:
    found = read(next((path for path in bpmn_files() if path.name == name), Path(name)))
    assert found.drawn
    assert found.lost == set()
    for one in found.refused:
        assert (one.place.file, bool(one.what)) == (name, True)
        assert one.place.line > 1
        assert one.place.element, one


def test_every_decision_case_passes_or_is_refused_by_name() -> None:
    judged = [judge(folder) for folder in decision_folders()]
    assert [one.name for one in judged if one.failed] == []
    assert all(one.passed or one.refused for one in judged)


def test_the_counts_stand_in_the_documents() -> None:
    written = (DOCS / "conformance.md").read_text(encoding="utf-8")
    assert written == page(), (
        "write it again: .venv/bin/python -m tests.unit.conformance.page > docs/conformance.md"
    )
    assert summary() in (DOCS / "language.md").read_text(encoding="utf-8")
