"""From a DMN file to its decision tables, every name, type and cell checked on the way."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from lxml import etree

from bpmn.dmn.columns import TableReader
from bpmn.dmn.document import Reading, load, part, parts, variable_name
from bpmn.dmn.item_types import ItemTypes
from bpmn.dmn.table import DecisionTable
from bpmn.feel.types import ANY, Type
from bpmn.findings import Refused


def parse_decisions(data: bytes, file: str) -> tuple[DecisionTable, ...]:
    """All decisions of one DMN 1.1 to 1.5 file, in the file's order, each ready to be asked by itself.

    `Refused` lists everything the file holds that is not executed, and every mistake in what is.
    """
    root = load(data, file)
    reading = Reading(file)
    reading.check(root)
    decisions = {_key(element): element for element in parts(root, "decision")}
    if len(decisions) < sum(1 for _ in parts(root, "decision")):
        reading.find("two decisions have one id", root)
    if not decisions:
        reading.find("there is no decision in this file", root)
    inputs = {element.get("id", ""): element for element in parts(root, "inputData")}
    definitions = {element.get("name", ""): element for element in parts(root, "itemDefinition")}
    types = ItemTypes(reading, definitions)
    required = {key: _requirements(element, inputs, decisions, reading) for key, element in decisions.items()}
    tables: dict[str, DecisionTable] = {}
    for key in _in_order(required, decisions, reading):
        if any(other not in tables for other in required[key][1]):
            continue
        given = {variable_name(inputs[i]): _variable_type(inputs[i], types) for i in required[key][0]}
        needed = tuple(tables[other] for other in required[key][1])
        table = TableReader(decisions[key], key, types, reading, given, needed).read()
        if table is not None:
            tables[key] = table
    if reading.findings:
        raise Refused(dict.fromkeys(reading.findings))
    return tuple(tables[key] for key in decisions)


def _key(decision: etree._Element) -> str:
    return decision.get("id", "") or decision.get("name", "")


def _variable_type(element: etree._Element, types: ItemTypes) -> Type:
    variable = part(element, "variable")
    return (types.named(variable.get("typeRef"), variable) if variable is not None else None) or ANY


def _requirements(
    decision: etree._Element,
    inputs: Mapping[str, etree._Element],
    decisions: Mapping[str, etree._Element],
    reading: Reading,
) -> tuple[list[str], list[str]]:
    """Ids of the input data and of the decisions that a decision asks for."""
    data: list[str] = []
    others: list[str] = []
    for requirement in parts(decision, "informationRequirement"):
        for reference in parts(requirement):
            href = reference.get("href", "")
            target = href.removeprefix("#")
            if target in inputs:
                data.append(target)
            elif target in decisions:
                others.append(target)
            else:
                reading.find(f"the requirement {href!r} leads to nothing in this file", reference)
    return data, others


def _in_order(
    required: Mapping[str, tuple[list[str], list[str]]],
    decisions: Mapping[str, etree._Element],
    reading: Reading,
) -> list[str]:
    """The decisions, each after those it requires."""
    sorter = TopologicalSorter({key: others for key, (_, others) in required.items()})
    try:
        return list(sorter.static_order())
    except CycleError as cycle:
        path = [str(key) for key in cycle.args[1]]
        reading.find(f"decisions require each other: {' > '.join(path)}", decisions[path[0]])
        return []
