"""Every case of the DMN Technology Compatibility Kit we hold gives the expected result."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bpmn.dmn import Aggregation, DecisionTable, lint_table, parse_decisions
from tests.shared import SHARED, shared

KIT = SHARED / "conformance" / "dmn-tck"
FOLDERS = sorted(path.name for path in KIT.iterdir() if path.is_dir()) if KIT.exists() else []
CASE = "{http://www.omg.org/spec/DMN/20160719/testcase}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def read_value(holder: etree._Element) -> Any:
    """What an `inputNode`, `expected`, `item` or `component` of the kit holds."""
    components = holder.findall(f"{CASE}component")
    if components:
        return {component.get("name"): read_value(component) for component in components}
    listed = holder.find(f"{CASE}list")
    if listed is not None:
        return [read_value(item) for item in listed.findall(f"{CASE}item")]
    value = holder.find(f"{CASE}value")
    assert value is not None
    text = value.text or ""
    kind = value.get(TYPE, "").rpartition(":")[2]
    if kind == "boolean":
        return text == "true"
    return Decimal(text) if kind in ("decimal", "double", "integer") else text


def unwrapped(table: DecisionTable, result: Any) -> Any:
    """The result as DMN states it: one output without its name."""
    if table.aggregation is not None or len(table.outputs) > 1:
        return result
    (name,) = table.outputs
    return [row[name] for row in result] if isinstance(result, list) else result[name]


def cases(folder: Path) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Case id, inputs, and the expected result of each decision, of every test file of a folder."""
    return [
        (
            f"{file.stem} {case.get('id')}",
            {node.get("name", ""): read_value(node) for node in case.findall(f"{CASE}inputNode")},
            {
                node.get("name", ""): read_value(expected)
                for node in case.findall(f"{CASE}resultNode")
                if (expected := node.find(f"{CASE}expected")) is not None
            },
        )
        for file in sorted(folder.glob("*-test-*.xml"))
        for case in etree.parse(file).getroot().findall(f"{CASE}testCase")
    ]


def tables_of(folder: Path) -> dict[str, DecisionTable]:
    (model,) = folder.glob("*.dmn")
    return {table.name: table for table in parse_decisions(model.read_bytes(), model.name)}


def test_the_kit_is_whole() -> None:
    folders = [path for path in shared("conformance", "dmn-tck").iterdir() if path.is_dir()]
    assert len(folders) == 17
    assert sum(len(cases(folder)) for folder in folders) == 51


@pytest.mark.parametrize("name", FOLDERS or ["absent"])
def test_every_case_gives_the_expected_result(name: str) -> None:
    folder = shared("conformance", "dmn-tck", name)
    tables = tables_of(folder)
    for case, inputs, results in cases(folder):
        assert results, case
        for decision, expected in results.items():
            table = tables[decision]
            found = table.decide(inputs, allow_none=True).result
            assert unwrapped(table, found) == expected, case


def test_the_kit_covers_every_hit_policy_and_aggregation_but_max() -> None:
    tables = [
        table
        for folder in shared("conformance", "dmn-tck").iterdir()
        if folder.is_dir()
        for table in tables_of(folder).values()
    ]
    assert {str(table.policy) for table in tables} == {
        *("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
    }
    assert {table.aggregation for table in tables} == {
        *(None, Aggregation.MIN, Aggregation.SUM, Aggregation.COUNT)
    }


@pytest.mark.parametrize("name", FOLDERS or ["absent"])
def test_no_table_of_the_kit_is_found_at_fault(name: str) -> None:
    for table in tables_of(shared("conformance", "dmn-tck", name)).values():
        assert lint_table(table) == []
