"""Draw a BPMN file: give it the diagram interchange its process needs, or replace the one it has.

    python -m tools.lay_out FILE.bpmn [FILE.bpmn ...]

The happy path runs straight from left to right, other ways below it, loops around. Everything but the
BPMNDiagram element stays byte for byte as it is. One process a file.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lxml import etree

from bpmn.model import Artifact, Model
from bpmn.parse import parse_bpmn
from bpmn.parsing.document import BPMN, BPMNDI, DC, DI, load
from tools.layout.box import Layout, Rect
from tools.layout.place import lay_out

MARGIN_LEFT, MARGIN_TOP = 160.0, 80.0
"""Where modelers begin to draw."""
DIAGRAM = re.compile(
    rb"[ \t]*<(?:([\w.-]+):)?BPMNDiagram\b.*</(?:\1:)?BPMNDiagram\s*>[ \t]*\r?\n?", re.DOTALL
)
CLOSING = re.compile(rb"[ \t]*</(?:[\w.-]+:)?definitions\s*>\s*\Z")


class CannotLayOut(ValueError):
    """The file holds no process to draw, or several."""


def with_diagram(data: bytes, file: str) -> bytes:
    """The same file with a diagram of its one process. Raises `CannotLayOut` and `BpmnSyntaxError`."""
    model = parse_bpmn(data, file)
    if len(model.processes) != 1:
        found = ", ".join(process.key for process in model.processes) or "none"
        raise CannotLayOut(f"{file}: one process a file can be laid out, found: {found}")
    root = load(data, file)
    notes = _notes(root, model)
    layout = lay_out(model.processes[0].scope, notes)
    bounds = layout.bounds()
    layout.move(MARGIN_LEFT - bounds.x, MARGIN_TOP - bounds.y)
    written = _Diagram(root, model, layout, notes).text().encode()
    if DIAGRAM.search(data):
        return DIAGRAM.sub(lambda _: written, data, count=1)
    end = CLOSING.search(data)
    if end is None:
        raise CannotLayOut(f"{file}: the closing tag of definitions is not the last thing in the file")
    return data[: end.start()] + written + data[end.start() :]


def _notes(root: etree._Element, model: Model) -> dict[str, tuple[Artifact, str]]:
    """Each text annotation with the element that an association ties it to."""
    tied: dict[str, tuple[Artifact, str]] = {}
    for association in root.iter(f"{{{BPMN}}}association"):
        ends = (association.get("sourceRef", ""), association.get("targetRef", ""))
        for note, on in (ends, ends[::-1]):
            artifact = model.drawing.artifacts.get(note)
            if artifact is not None and artifact.kind == "textAnnotation":
                tied[note] = (artifact, on)
    return tied


class _Diagram:
    """Writes the BPMNDiagram element with the prefixes the file already has."""

    def __init__(
        self, root: etree._Element, model: Model, layout: Layout, notes: dict[str, tuple[Artifact, str]]
    ) -> None:
        self._root = root
        self._process = model.processes[0]
        self._layout = layout
        self._notes = notes
        self._lines: list[str] = []
        self._declared: list[str] = []
        self._di = self._prefix(BPMNDI, "bpmndi")
        self._dc = self._prefix(DC, "dc")
        self._points = self._prefix(DI, "di")

    def _prefix(self, uri: str, usual: str) -> str:
        for prefix, known in self._root.nsmap.items():
            if known == uri and prefix:
                return prefix
        self._declared.append(f' xmlns:{usual}="{uri}"')
        return usual

    def text(self) -> str:
        di, key = self._di, self._process.key
        opening = f'{di}:BPMNDiagram id="BPMNDiagram_{key}"{"".join(self._declared)}'
        self._lines = [f"  <{opening}>", f'    <{di}:BPMNPlane id="BPMNPlane_{key}" bpmnElement="{key}">']
        self._scope(self._layout)
        self._lines += [f"    </{di}:BPMNPlane>", f"  </{di}:BPMNDiagram>", ""]
        return "\n".join(self._lines)

    def _scope(self, layout: Layout) -> None:
        for name, box in layout.boxes.items():
            expanded = ' isExpanded="true"' if box.inner is not None else ""
            self._shape(name, box.rect, layout.labels.get(name), expanded)
            if box.inner is not None:
                self._scope(box.inner)
        for name, path in layout.paths.items():
            self._edge(name, path, layout.labels.get(name))
        for name, rect in layout.notes.items():
            self._shape(name, rect, None, "")
        self._associations(layout)

    def _associations(self, layout: Layout) -> None:
        for association in self._root.iter(f"{{{BPMN}}}association"):
            ends = (association.get("sourceRef", ""), association.get("targetRef", ""))
            for note, on in (ends, ends[::-1]):
                if note in layout.notes and on in layout.boxes and note in self._notes:
                    box, rect = layout.boxes[on].rect, layout.notes[note]
                    path = [(box.x + box.width / 2, box.y), (rect.x + 8, rect.bottom)]
                    self._edge(association.get("id", ""), path if note == ends[1] else path[::-1], None)

    def _shape(self, element: str, rect: Rect, label: Rect | None, more: str) -> None:
        di = self._di
        named = f"id={quoteattr(element + '_di')} bpmnElement={quoteattr(element)}{more}"
        self._lines.append(f"      <{di}:BPMNShape {named}>")
        self._lines.append(f"        {self._bounds(rect)}")
        self._label(label)
        self._lines.append(f"      </{di}:BPMNShape>")

    def _edge(self, element: str, path: list[tuple[float, float]], label: Rect | None) -> None:
        di = self._di
        named = f"id={quoteattr(element + '_di')} bpmnElement={quoteattr(element)}"
        self._lines.append(f"      <{di}:BPMNEdge {named}>")
        for x, y in path:
            self._lines.append(f'        <{self._points}:waypoint x="{x:.0f}" y="{y:.0f}" />')
        self._label(label)
        self._lines.append(f"      </{di}:BPMNEdge>")

    def _label(self, label: Rect | None) -> None:
        if label is not None:
            di = self._di
            self._lines.append(f"        <{di}:BPMNLabel>")
            self._lines.append(f"          {self._bounds(label)}")
            self._lines.append(f"        </{di}:BPMNLabel>")

    def _bounds(self, r: Rect) -> str:
        size = f'width="{r.width:.0f}" height="{r.height:.0f}"'
        return f'<{self._dc}:Bounds x="{r.x:.0f}" y="{r.y:.0f}" {size} />'


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    for name in arguments:
        path = Path(name)
        path.write_bytes(with_diagram(path.read_bytes(), path.name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
