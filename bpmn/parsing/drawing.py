"""Diagram interchange: where each shape and each edge of the file lies."""

from __future__ import annotations

from lxml import etree

from bpmn.model import Drawing, Edge, Point, Shape
from bpmn.parsing.document import BPMNDI, DC, DI, BpmnSyntaxError, Reading, line

Box = tuple[float, float, float, float]


def read_drawing(definitions: etree._Element, reading: Reading) -> Drawing:
    """The shapes and edges of all diagrams of the file; one without diagram gives an empty drawing."""
    shapes: dict[str, Shape] = {}
    edges: dict[str, Edge] = {}
    for plane in definitions.iter(f"{{{BPMNDI}}}BPMNPlane"):
        owner = _element(plane)
        for found in plane.iter(f"{{{BPMNDI}}}BPMNShape"):
            if (box := _box(found, reading)) is not None:
                expanded = found.get("isExpanded", "true") != "false"
                shape = Shape(_element(found), *box, expanded, _label(found, reading), owner)
                shapes.setdefault(shape.element, shape)
        for found in plane.iter(f"{{{BPMNDI}}}BPMNEdge"):
            points = tuple(
                Point(_number(at, "x", reading), _number(at, "y", reading))
                for at in found.iter(f"{{{DI}}}waypoint")
            )
            edge = Edge(_element(found), points, _label(found, reading), owner)
            edges.setdefault(edge.flow, edge)
    return Drawing(shapes, edges, reading.artifacts)


def _element(found: etree._Element) -> str:
    return found.get("bpmnElement", "").rpartition(":")[2]


def _label(found: etree._Element, reading: Reading) -> Box | None:
    label = found.find(f"{{{BPMNDI}}}BPMNLabel")
    return None if label is None else _box(label, reading)


def _box(found: etree._Element, reading: Reading) -> Box | None:
    bounds = found.find(f"{{{DC}}}Bounds")
    if bounds is None:
        return None
    return (
        _number(bounds, "x", reading),
        _number(bounds, "y", reading),
        _number(bounds, "width", reading),
        _number(bounds, "height", reading),
    )


def _number(found: etree._Element, name: str, reading: Reading) -> float:
    text = found.get(name, "0")
    try:
        return float(text)
    except ValueError as error:
        cause = f'{name}="{text}" in the diagram is not a number'
        raise BpmnSyntaxError(reading.file, line(found), cause) from error
