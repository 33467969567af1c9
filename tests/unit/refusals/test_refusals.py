"""Every refusal of the linter: said once, at its file, line and element, and every place that refuses is tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

import bpmn.dmn.lint as lint
from bpmn.findings import nearest
from bpmn.parsing.document import line
from tests.unit.refusals.page import page
from tests.unit.refusals.row import Row
from tests.unit.refusals.sites import sites, watched
from tests.unit.refusals.table import table

ROOT = Path(__file__).resolve().parents[3]
OUT_OF_REACH = {
    "bpmn/durations.py": "a duration goes one way",  # its text has one sign; only arithmetic could mix two
    "bpmn/feel/grammar.py": "is not an expression",  # whatever else the parser may raise one day
}
"""Refusals that no definition earns, each with the reason."""


@pytest.mark.parametrize("row", table(), ids=lambda row: row.id[:100])
def test_a_mistake_is_refused_once_at_its_file_line_and_element(row: Row) -> None:
    finding = row.finding
    place, near = finding.place, finding.near
    said = f"{place.file}:{place.line}" + (f" ({place.element})" if place.element else "")
    assert str(finding).startswith(f"{said}: {finding.message}")
    assert str(finding).endswith(f"; did you mean {near!r}?" if near else finding.message)
    lines = row.files[place.file].decode().splitlines()
    assert 1 <= place.line <= len(lines)
    if place.element:
        assert place.line in _lines_of(row.files[place.file], place.element)


def _lines_of(data: bytes, element: str) -> range:
    """From the tag of an element to where the next one that is not inside begins."""
    root = etree.fromstring(data)
    lines: list[int] = []
    for found in root.iter():
        if found.get("id") == element:
            inside = [line(part) for part in found.iter()]
            lines += [min(inside), max(inside) + 1]
    assert lines, f"no element {element!r} in the file"
    return range(min(lines), max(lines) + 1)


def test_a_word_that_is_nearly_right_comes_with_the_right_one() -> None:
    with_near = [row.finding for row in table() if row.finding.near]
    assert len(with_near) > 30
    for finding in with_near:
        assert finding.near is not None
        words = re.findall(r"[\w.]+", finding.message)
        assert any(nearest(word, [finding.near]) and word != finding.near for word in words), finding


def test_every_place_that_refuses_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "MOST_STEPS", 1_000)  # to be watched at a hundred thousand takes half a minute
    seen: set[tuple[str, int]] = set()
    with watched(seen):
        for row in table():
            row.findings()
    untried = [
        str(site)
        for site in sites()
        if not any(file == site.file and site.line <= line <= site.last for file, line in seen)
        and OUT_OF_REACH.get(site.file, "\0") not in site.source
    ]
    assert untried == [], "write a row in tests/unit/refusals for each"


def test_the_page_of_refusals_is_the_table() -> None:
    written = (ROOT / "docs" / "refusals.md").read_text(encoding="utf-8")
    assert written == page(), (
        "write it again: .venv/bin/python -m tests.unit.refusals.page > docs/refusals.md"
    )
