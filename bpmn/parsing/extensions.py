"""The `camunda:` extensions. Those of other vendors say nothing to this engine and are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from bpmn.model import Assignment, NodeKind, Text
from bpmn.parsing.document import BPMN, CAMUNDA, Reading, local, namespace, part, parts, written
from bpmn.parsing.grammar import CAMUNDA_EXTENSIONS, Attributes

DATA = "data."


@dataclass(slots=True)
class Extensions:
    inputs: list[Assignment] = field(default_factory=list)
    outputs: list[Assignment] = field(default_factory=list)
    properties: dict[str, Text] = field(default_factory=dict)
    data: dict[str, Text] = field(default_factory=dict)


def check_attributes(
    element: etree._Element, known: Attributes, camunda: Attributes, reading: Reading
) -> None:
    """Note every attribute that is not known, or known with another value; foreign vendors' pass."""
    for name, value in _attributes(element):
        qualified = etree.QName(name)
        if qualified.namespace in (None, BPMN):
            allowed = known.get(qualified.localname)
        elif qualified.namespace == CAMUNDA:
            allowed = camunda.get(qualified.localname)
        else:
            continue
        shown = written(element, name)
        if allowed is None:
            reading.refuse(f"attribute {shown} of {written(element)}", element)
        elif allowed and value not in allowed:
            reading.refuse(f'{shown}="{value}" of {written(element)}', element)


def _attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    return ((str(name), element.get(name, "")) for name in element.attrib)


def check_parts(element: etree._Element, known: frozenset[str], reading: Reading) -> None:
    """Note every BPMN child that is not known; foreign children belong into `extensionElements`."""
    for child in parts(element):
        if namespace(child) != BPMN or local(child) not in known:
            reading.refuse(f"{written(child)} in {written(element)}", child)


def read_extensions(element: etree._Element, kind: NodeKind | None, reading: Reading) -> Extensions:
    """What stands in `extensionElements` of a node, or of a process (`kind` None)."""
    found = Extensions()
    holder = part(element, "extensionElements")
    if holder is None:
        return found
    allowed = frozenset({"properties"}) if kind is None else CAMUNDA_EXTENSIONS[kind]
    for child in parts(holder):
        if namespace(child) != CAMUNDA:
            continue
        tag = local(child)
        if tag not in allowed:
            reading.refuse(f"{written(child)} of {written(element)}", child)
        elif tag == "properties":
            _read_properties(child, element, kind, found, reading)
        elif tag == "inputOutput":
            _read_parameters(child, found, reading)
        else:
            _read_handover(child, tag, found, reading)
    return found


def refuse_extensions(element: etree._Element, reading: Reading) -> None:
    """Note every camunda extension of an element that may have none (flows, event definitions, messages)."""
    holder = part(element, "extensionElements")
    for child in () if holder is None else parts(holder):
        if namespace(child) == CAMUNDA:
            reading.refuse(f"{written(child)} of {written(element)}", child)


def _children(element: etree._Element, tags: frozenset[str], reading: Reading) -> Iterator[etree._Element]:
    for child in parts(element):
        if namespace(child) == CAMUNDA and local(child) in tags:
            yield child
        else:
            reading.refuse(f"{written(child)} in {written(element)}", child)


def _read_properties(
    holder: etree._Element,
    owner: etree._Element,
    kind: NodeKind | None,
    found: Extensions,
    reading: Reading,
) -> None:
    for child in _children(holder, frozenset({"property"}), reading):
        _plain_attributes(child, frozenset({"id", "name", "value"}), reading)
        name = child.get("name", "").strip()
        declares = name.startswith(DATA)
        into, key = (found.data, name.removeprefix(DATA)) if declares else (found.properties, name)
        if not key:
            reading.flaw("a property has no name; name it or remove it", child)
        elif key in into:
            reading.flaw(f'property "{name}" stands twice; keep one', child)
        elif declares != (kind is None) and kind is not NodeKind.SUBPROCESS:
            cause = "data is declared on a scope" if declares else "a process has data properties only"
            reading.refuse(f'property "{name}" of {written(owner)} ({cause})', child)
        else:
            into[key] = reading.text(child, child.get("value"))


def _read_parameters(holder: etree._Element, found: Extensions, reading: Reading) -> None:
    for child in _children(holder, frozenset({"inputParameter", "outputParameter"}), reading):
        _plain_attributes(child, frozenset({"name"}), reading)
        for inner in parts(child):
            reading.refuse(f"{written(inner)} in {written(child)}", inner)
        into = found.inputs if local(child) == "inputParameter" else found.outputs
        _assign(into, child, child.get("name", ""), reading.text(child, child.text), reading)


def _read_handover(child: etree._Element, tag: str, found: Extensions, reading: Reading) -> None:
    _plain_attributes(child, frozenset({"source", "sourceExpression", "target"}), reading)
    for inner in parts(child):
        reading.refuse(f"{written(inner)} in {written(child)}", inner)
    source, expression = child.get("source"), child.get("sourceExpression")
    if (source is None) == (expression is None):
        reading.flaw(f"{written(child)} needs either source or sourceExpression, one of the two", child)
    into = found.inputs if tag == "in" else found.outputs
    _assign(into, child, child.get("target", ""), reading.text(child, source or expression), reading)


def _assign(
    into: list[Assignment], child: etree._Element, target: str, source: Text, reading: Reading
) -> None:
    target = target.strip()
    if not target:
        reading.flaw(f"{written(child)} names no target; say what receives the value", child)
    elif not source.body:
        reading.flaw(f'{written(child)} for "{target}" is empty; write an expression', child)
    elif any(known.target == target for known in into):
        reading.flaw(f'{written(child)} for "{target}" stands twice; keep one', child)
    else:
        into.append(Assignment(target, source))


def _plain_attributes(element: etree._Element, known: frozenset[str], reading: Reading) -> None:
    for name, _ in _attributes(element):
        qualified = etree.QName(name)
        if qualified.localname not in known and qualified.namespace in (None, CAMUNDA):
            reading.refuse(f"attribute {qualified.localname} of {written(element)}", element)
