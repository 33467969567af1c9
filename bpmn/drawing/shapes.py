"""One piece of SVG for each kind of thing on a plane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import hypot
from xml.sax.saxutils import escape

from bpmn.drawing import marks
from bpmn.drawing.lettering import width, wrap
from bpmn.model import Artifact, Edge, Node, NodeKind, Point, Shape

EVENTS = (NodeKind.START, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY, NodeKind.END)
LINE = 14.5
CORNER = 7.0
SIGN = 24.0
"""How far the sign of a task reaches into its box."""


def lines(text: Iterable[str], x: float, middle: float, *, anchor: str = "middle", style: str = "") -> str:
    """Text lines around a middle height."""
    found = list(text)
    top = middle - LINE * (len(found) - 1) / 2 + 4.2
    spans = "".join(
        f'<tspan x="{x:g}" y="{top + index * LINE:g}">{escape(line)}</tspan>'
        for index, line in enumerate(found)
    )
    style = f' class="{style}"' if style else ""
    return f'<text text-anchor="{anchor}"{style}>{spans}</text>' if found else ""


def node(node: Node, shape: Shape, *, framed: bool) -> str:
    """The body of a node with its sign and, when it is an activity, its name. `framed`: content is shown."""
    if node.kind in EVENTS:
        return _event(node, shape)
    if node.kind in marks.GATEWAYS:
        return _gateway(node, shape)
    if framed:
        return _frame(node, shape)
    style = "node call" if node.kind is NodeKind.CALL else "node"
    folded = node.kind in (NodeKind.CALL, NodeKind.SUBPROCESS)
    if node.scope is not None and node.scope.triggered_by_event:
        style += " event-frame"
    body = _box(shape, style, 10)
    body += marks.task(node.kind, shape.x + 15, shape.y + 15)
    if folded:
        body += marks.plus(shape.x + shape.width / 2, shape.y + shape.height - 3)
    return body + _name_inside(node.name, shape, signed=not folded)


def _name_inside(name: str, shape: Shape, *, signed: bool) -> str:
    """The name in the middle, kept clear of the sign above or below it when it needs the height."""
    written = wrap(name, shape.width - 12, 12, lines=max(1, int((shape.height - 8) // LINE)))
    room = (shape.height - LINE * len(written)) / 2
    shift = max(0.0, min(SIGN - room, room - 4))
    middle = shape.y + shape.height / 2 + (shift if signed else -shift)
    return lines(written, shape.x + shape.width / 2, middle)


def _box(shape: Shape, style: str, radius: float) -> str:
    place = f'x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'
    return f'<rect class="{style}" {place} rx="{radius:g}" />'


def _frame(node: Node, shape: Shape) -> str:
    event = node.scope is not None and node.scope.triggered_by_event
    caption = wrap(node.name, shape.width - 24, 12, lines=1)
    return _box(shape, "frame event-frame" if event else "frame", 10) + lines(
        caption, shape.x + 14, shape.y + 17, anchor="start", style="caption"
    )


def _event(node: Node, shape: Shape) -> str:
    x, y, radius = shape.x + shape.width / 2, shape.y + shape.height / 2, shape.width / 2
    dashed = " dashed" if not node.interrupting and node.kind in (NodeKind.START, NodeKind.BOUNDARY) else ""
    style = "node end" if node.kind is NodeKind.END else f"node{dashed}"
    body = f'<circle class="{style}" cx="{x:g}" cy="{y:g}" r="{radius:g}" />'
    if node.kind in (NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY):
        body += f'<circle class="node inner{dashed}" cx="{x:g}" cy="{y:g}" r="{radius - 3.5:g}" />'
    if node.trigger is not None:
        throwing = node.kind in (NodeKind.THROW, NodeKind.END)
        body += marks.trigger(node.trigger.kind, x, y, throwing=throwing)
    return body


def _gateway(node: Node, shape: Shape) -> str:
    x, y = shape.x + shape.width / 2, shape.y + shape.height / 2
    right, low = shape.x + shape.width, shape.y + shape.height
    diamond = f"M{x:g},{shape.y:g} L{right:g},{y:g} L{x:g},{low:g} L{shape.x:g},{y:g} Z"
    return f'<path class="node" stroke-linejoin="round" d="{diamond}" />' + marks.gateway(node.kind, x, y)


def label(text: str, box: tuple[float, float, float, float], *, wide: float = 0.0) -> str:
    """A name beside its element, wrapped to the place the diagram gives it."""
    x, y, w, h = box
    written = wrap(text, max(w, wide) + 1, 11)
    return lines(written, x + w / 2, y + max(h, LINE * len(written)) / 2)


def label_below(text: str, shape: Shape) -> str:
    """A name under an event or gateway for which the diagram gives no place."""
    written = wrap(text, 96, 11)
    middle = shape.y + shape.height + 6 + LINE * len(written) / 2
    return lines(written, shape.x + shape.width / 2, middle)


def label_along(text: str, edge: Edge) -> str:
    """A name over the longest stretch of a flow for which the diagram gives no place."""
    a, b = max(pairwise(edge.points), key=lambda ends: hypot(ends[1].x - ends[0].x, ends[1].y - ends[0].y))
    written = wrap(text, 96, 11)
    return lines(written, (a.x + b.x) / 2, (a.y + b.y) / 2 - LINE * len(written) / 2 - 2)


def flow(points: Sequence[Point], *, default: bool) -> str:
    """A sequence flow with rounded corners and a filled head; the default flow is crossed where it begins."""
    body = f'<path class="flow" d="{_rounded(points)}" />'
    a, b = points[-2], points[-1]
    ux, uy = _unit(a, b)
    back = (b.x - 10 * ux, b.y - 10 * uy)
    sides = (back[0] - 4.2 * uy, back[1] + 4.2 * ux, back[0] + 4.2 * uy, back[1] - 4.2 * ux)
    head = f"M{b.x:g},{b.y:g} L{sides[0]:.1f},{sides[1]:.1f} L{sides[2]:.1f},{sides[3]:.1f} Z"
    body += f'<path class="head" d="{head}" />'
    if default:
        ux, uy = _unit(points[0], points[1])
        x, y = points[0].x + 11 * ux, points[0].y + 11 * uy
        slash = (x - 2.5 * ux - 5 * uy, y - 2.5 * uy + 5 * ux, x + 2.5 * ux + 5 * uy, y + 2.5 * uy - 5 * ux)
        body += f'<path class="flow" d="M{slash[0]:.1f},{slash[1]:.1f} L{slash[2]:.1f},{slash[3]:.1f}" />'
    return body


def _unit(a: Point, b: Point) -> tuple[float, float]:
    length = hypot(b.x - a.x, b.y - a.y) or 1.0
    return (b.x - a.x) / length, (b.y - a.y) / length


def _rounded(points: Sequence[Point]) -> str:
    parts = [f"M{points[0].x:g},{points[0].y:g}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _unit(before, at), _unit(at, after)
        bend = min(
            CORNER,
            hypot(at.x - before.x, at.y - before.y) / 2,
            hypot(after.x - at.x, after.y - at.y) / 2,
        )
        parts.append(f"L{at.x - bend * into[0]:.1f},{at.y - bend * into[1]:.1f}")
        parts.append(f"Q{at.x:g},{at.y:g} {at.x + bend * out[0]:.1f},{at.y + bend * out[1]:.1f}")
    parts.append(f"L{points[-1].x:g},{points[-1].y:g}")
    return " ".join(parts)


def badge(text: str, right: float, y: float, *, style: str) -> str:
    """A pill that ends at `right` with its middle at `y`."""
    size = max(18.0, width(text, 11) + 13)
    body = f'<rect x="{right - size:g}" y="{y - 9:g}" width="{size:g}" height="18" rx="9" />'
    return f'<g class="{style}">{body}{lines((text,) if text else (), right - size / 2, y - 0.3)}</g>'


def artifact(found: Artifact, shape: Shape) -> str:
    """Lanes, pools, groups, notes and data; unsupported nodes as the plain thing they resemble."""
    x, y, w, h = shape.x, shape.y, shape.width, shape.height
    if found.kind in ("participant", "lane"):
        turned = f'transform="translate({x + 15:g} {y + h / 2:g}) rotate(-90)"'
        name = lines(wrap(found.text, h - 8, 12, lines=1), 0, 0)
        edge = f'<path class="lane" d="M{x + 30:g},{y:g} v{h:g}" />' if found.kind == "participant" else ""
        return _box(shape, "lane", 0) + edge + f"<g {turned}>{name}</g>"
    if found.kind == "group":
        return _box(shape, "lane dashed", 8)
    if found.kind == "textAnnotation":
        bracket = f'<path class="flow" d="M{x + 12:g},{y:g} h-12 v{h:g} h12" />'
        return bracket + lines(wrap(found.text, w - 12, 11), x + 7, y + h / 2, anchor="start")
    if found.kind == "dataObjectReference":
        sheet = f"M{x:g},{y:g} h{w - 9:g} l9,9 v{h - 9:g} h{-w:g} Z m{w - 9:g},0 v9 h9"
        return f'<path class="node" d="{sheet}" />'
    if found.kind == "dataStoreReference":
        drum = f"M{x:g},{y + 6:g} a{w / 2:g},6 0 0 1 {w:g},0 v{h - 12:g} a{w / 2:g},6 0 0 1 {-w:g},0 Z"
        return f'<path class="node" d="{drum} a{w / 2:g},6 0 0 0 {w:g},0" />'
    if found.kind.endswith("Event"):
        return f'<circle class="node" cx="{x + w / 2:g}" cy="{y + h / 2:g}" r="{w / 2:g}" />'
    return _box(shape, "node", 10) + _name_inside(found.text, shape, signed=False)


def link(points: Sequence[Point]) -> str:
    """An association: dotted, without head."""
    return f'<path class="flow dotted" d="{_rounded(points)}" />'
