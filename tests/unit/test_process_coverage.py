"""The page of process coverage names only what is there: elements in the definitions, tests in the tree."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "process_definitions"
PAGE = ROOT / "docs" / "process-coverage.md"
FOLDERS = {"S": "tests/contract/stories", "D": "tests/unit/definitions", "U": "tests/unit/complaints"}
ROW = re.compile(r"\| (\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
NAMED_TEST = re.compile(r"[\w/]+/test_\w+\.py::test_\w+")
NOT_YET = "not yet"

Row = tuple[str, str, str, str]


@cache
def rows() -> tuple[Row, ...]:
    """Number, rule, elements and tests of each row."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| \d", line):
            row = ROW.fullmatch(line)
            assert row, f"this row has not its four cells: {line}"
            found.append((row[1], row[2].strip(), row[3].strip(), row[4].strip()))
    return tuple(found)


@cache
def ids(file: str) -> frozenset[str]:
    """Ids of the elements of a definition; ids of the diagram do not count."""
    path = DEFINITIONS / file
    assert path.is_file(), f"{file} is not in process_definitions/"
    if path.suffix not in (".bpmn", ".dmn"):
        return frozenset()
    root = etree.parse(path).getroot()
    drawn = ("http://www.omg.org/spec/BPMN/20100524/DI", "https://www.omg.org/spec/DMN/20191111/DMNDI/")
    return frozenset(
        str(e.get("id")) for e in root.iter(etree.Element)
        if e.get("id") and etree.QName(e).namespace not in drawn
    )  # fmt: skip


@cache
def names_in(path: str) -> frozenset[str]:
    text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""
    return frozenset(re.findall(r"^def (test_\w+)", text, re.MULTILINE))


def full(name: str) -> str:
    folder, _, rest = name.partition("/")
    return f"{FOLDERS[folder]}/{rest}" if folder in FOLDERS else name


def test_every_section_of_the_process_has_rules() -> None:
    numbers = [number for number, *_ in rows()]
    assert len(numbers) == len(set(numbers)), "a number names one rule"
    assert {number.partition(".")[0] for number in numbers} == set("012345678")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_what_carries_a_rule_is_there(row: Row) -> None:
    for place in row[2].split(", "):
        file, _, element = place.partition("#")
        known = ids(file)
        assert not element or element in known, f"{file} has no element {element!r}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_what_shows_a_rule_is_there_or_says_why_not(row: Row) -> None:
    number, _, _, shown = row
    named = [full(name) for name in NAMED_TEST.findall(shown)]
    for name in named:
        path, _, test = name.partition("::")
        assert test in names_in(path), f"{number}: there is no {name}"
    if shown.startswith(NOT_YET):
        assert len(shown) > len(NOT_YET) + 2, f"{number} does not say why it is not yet"
    else:
        assert named, f"{number} is shown by no test"
        assert ", ".join(NAMED_TEST.findall(shown)) == shown, f"{number} holds something that is no test"
