"""The picture of a process as SVG, drawn from its diagram interchange, with tokens and the travelled path.

The picture needs nothing from outside: no script, no font file, no marker ids that could clash in a page.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from bpmn.drawing import shapes
from bpmn.drawing.style import STYLE
from bpmn.model import Artifact, Edge, Flow, Model, Node, NodeKind, Process, Scope, Shape

MARGIN = 24.0
LABELLED = (*shapes.EVENTS, NodeKind.EXCLUSIVE, NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.EVENT_BASED)


class NotDrawn(ValueError):
    """The file holds no such process, or no shape for something in it."""


@dataclass(frozen=True, slots=True)
class _Words:
    now: str
    nothing: str
    joined: str


WORDS = {
    "en": _Words("Now at: ", "No step is active.", ", "),
    "zh": _Words("当前步骤:", "没有进行中的步骤。", "、"),
}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node that is shown, with how deep it lies and whether its content is shown too."""

    node: Node
    shape: Shape
    depth: int
    framed: bool


def svg(
    model: Model,
    process_key: str,
    *,
    active: Mapping[str, str] | None = None,
    path: Container[str] = (),
    counts: Mapping[str, int] | None = None,
    heat: Mapping[str, int] | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> str:
    """The process as an SVG document.

    `active` maps an element that holds a token to the label of its badge ("" for a bare dot), `path` holds
    ids of flows and elements that were passed, `counts` says how often each element was passed (or how
    many cases stand there), `heat` shades it from 1 to 5. What lies in a collapsed subprocess is shown
    at the subprocess. `language` ("en", "zh") is that of the description read aloud; `names` puts other words in
    the place of names as drawn, the others stay.
    Raises `NotDrawn` for an unknown process and for a node without a shape.
    """
    process = next((found for found in model.processes if found.key == process_key), None)
    if process is None:
        known = ", ".join(found.key for found in model.processes)
        raise NotDrawn(f"{model.file} holds no process {process_key!r}; it holds {known or 'none'}")
    picture = _Picture(model, process, heat or {}, names or {})
    return picture.text(active or {}, path, counts or {}, language)


class _Picture:
    def __init__(
        self, model: Model, process: Process, heat: Mapping[str, int], names: Mapping[str, str]
    ) -> None:
        self._heat, self._names = heat, names
        self._drawing = model.drawing
        self._process = process
        self._file = model.file
        self._placed: dict[str, _Placed] = {}
        self._flows: list[tuple[Flow, Edge, bool, int]] = []
        self._shown_at: dict[str, str] = {}
        self._gather(process.scope, 0)

    def _gather(self, scope: Scope, depth: int) -> None:
        for node in scope.nodes.values():
            shape = self._drawing.shapes.get(node.id)
            if shape is None:
                cure = "draw it, or let python -m tools.lay_out draw the file"
                raise NotDrawn(f"{self._file}: {node.id} has no shape in the diagram; {cure}")
            inside = node.scope.nodes if node.scope is not None else {}
            framed = shape.expanded and any(
                name in self._drawing.shapes and self._drawing.shapes[name].plane == shape.plane
                for name in inside
            )
            shown = replace(node, name=self._called(node.name))
            self._placed[node.id] = _Placed(shown, shape, depth, framed)
            self._shown_at[node.id] = node.id
            if node.scope is not None and framed:
                self._gather(node.scope, depth + 1)
            elif node.scope is not None:
                self._fold(node.scope, node.id)
        defaults = {node.default_flow for node in scope.nodes.values()}
        for flow in scope.flows.values():
            edge = self._drawing.edges.get(flow.id)
            if edge is not None and len(edge.points) > 1:
                shown_flow = replace(flow, name=self._called(flow.name))
                self._flows.append((shown_flow, edge, flow.id in defaults, depth))

    def _called(self, name: str) -> str:
        return self._names.get(name, name)

    def _fold(self, scope: Scope, into: str) -> None:
        for node in scope.nodes.values():
            self._shown_at[node.id] = into
            if node.scope is not None:
                self._fold(node.scope, into)

    def text(
        self, active: Mapping[str, str], path: Container[str], counts: Mapping[str, int], language: str
    ) -> str:
        x, y, width, height = self._bounds()
        key = self._process.key
        words = WORDS.get(language, WORDS["en"])
        tokens = self._tokens(active)
        title = self._called(self._process.name) or key
        held = words.joined.join(
            self._placed[name].node.name or name if name in self._placed else name for name in tokens
        )
        description = f"{words.now}{held}" if held else words.nothing
        names = f"bpmn-{key}-title bpmn-{key}-desc"
        box = f'viewBox="{x:g} {y:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        pieces = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" lang={quoteattr(language)} '
            f"aria-labelledby={quoteattr(names)} {box}>",
            f"<title id={quoteattr(f'bpmn-{key}-title')}>{escape(title)}</title>",
            f"<desc id={quoteattr(f'bpmn-{key}-desc')}>{escape(description)}</desc>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" />',
            *self._backgrounds(),
            *self._frames(tokens, path),
            *self._edges(path),
            *self._nodes(tokens, path),
            *self._labels(),
            *self._badges(tokens, counts),
            "</svg>",
        ]
        return "\n".join(pieces)

    def _tokens(self, active: Mapping[str, str]) -> dict[str, str]:
        """The active elements that are shown; several in one collapsed subprocess share its badge."""
        found: dict[str, str] = {}
        for element, text in active.items():
            shown = self._shown_at.get(element)
            if shown is not None:
                found[shown] = ", ".join(filter(None, dict.fromkeys((found.get(shown, ""), text))))
        return found

    def _artifacts(self) -> Iterator[Artifact]:
        return (found for found in self._drawing.artifacts.values() if found.process == self._process.key)

    def _bounds(self) -> tuple[float, float, float, float]:
        xs: list[float] = []
        ys: list[float] = []
        drawn = [placed.shape for placed in self._placed.values()]
        drawn += [
            self._drawing.shapes[found.id] for found in self._artifacts() if found.id in self._drawing.shapes
        ]
        for shape in drawn:
            xs += [shape.x, shape.x + shape.width]
            ys += [shape.y, shape.y + shape.height]
            if shape.label is not None:
                xs += [shape.label[0], shape.label[0] + shape.label[2]]
                ys += [shape.label[1], shape.label[1] + shape.label[3]]
        for _, edge, _, _ in self._flows:
            xs += [point.x for point in edge.points]
            ys += [point.y for point in edge.points]
        if not xs:
            return 0.0, 0.0, 2 * MARGIN, 2 * MARGIN
        left, top = min(xs) - MARGIN, min(ys) - MARGIN
        return left, top, max(xs) + MARGIN - left, max(ys) + MARGIN - top

    def _backgrounds(self) -> Iterator[str]:
        for found in self._artifacts():
            shape = self._drawing.shapes.get(found.id)
            edge = self._drawing.edges.get(found.id)
            if shape is not None:
                yield f'<g class="label">{shapes.artifact(found, shape)}</g>'
            elif edge is not None and len(edge.points) > 1:
                plain = found.kind == "sequenceFlow"
                body = shapes.flow(edge.points, default=False) if plain else shapes.link(edge.points)
                yield f"<g>{body}</g>"

    def _frames(self, tokens: Mapping[str, str], path: Container[str]) -> Iterator[str]:
        for placed in sorted(self._placed.values(), key=lambda found: found.depth):
            if placed.framed:
                yield self._node(placed, tokens, path)

    def _nodes(self, tokens: Mapping[str, str], path: Container[str]) -> Iterator[str]:
        # Boundary events lie on top of their hosts.
        plain = [placed for placed in self._placed.values() if not placed.framed]
        for placed in sorted(plain, key=lambda found: found.node.kind is NodeKind.BOUNDARY):
            yield self._node(placed, tokens, path)

    def _node(self, placed: _Placed, tokens: Mapping[str, str], path: Container[str]) -> str:
        name = placed.node.id
        state = " active" if name in tokens else " travelled" if name in path else ""
        if (shade := self._heat.get(name)) is not None:
            state += f" heat-{shade}"
        title = f"<title>{escape(placed.node.name or name)}</title>"
        body = shapes.node(placed.node, placed.shape, framed=placed.framed)
        return f'<g class="element{state}" data-element={quoteattr(name)}>{title}{body}</g>'

    def _edges(self, path: Container[str]) -> Iterator[str]:
        # The travelled ones last, so that no other flow is drawn over them.
        for flow, edge, default, _ in sorted(self._flows, key=lambda found: found[0].id in path):
            state = " travelled" if flow.id in path else ""
            body = shapes.flow(edge.points, default=default)
            yield f'<g class="edge{state}" data-flow={quoteattr(flow.id)}>{body}</g>'

    def _labels(self) -> Iterator[str]:
        for placed in self._placed.values():
            node, shape = placed.node, placed.shape
            if node.name and node.kind in LABELLED:
                text = (
                    shapes.label(node.name, shape.label, wide=40)
                    if shape.label
                    else shapes.label_below(node.name, shape)
                )
                yield f'<g class="label{" in-frame" if placed.depth else ""}">{text}</g>'
        for flow, edge, _, depth in self._flows:
            if flow.name:
                text = (
                    shapes.label(flow.name, edge.label, wide=24)
                    if edge.label
                    else shapes.label_along(flow.name, edge)
                )
                yield f'<g class="label{" in-frame" if depth else ""}">{text}</g>'

    def _badges(self, tokens: Mapping[str, str], counts: Mapping[str, int]) -> Iterator[str]:
        for element, count in counts.items():
            if element in self._placed:
                shape = self._placed[element].shape
                yield shapes.badge(str(count), shape.x + 12, shape.y, style="count")
        for element, text in tokens.items():
            shape = self._placed[element].shape
            yield shapes.badge(text, shape.x + shape.width + 8, shape.y, style="badge")


__all__ = ["NotDrawn", "svg"]
