"""The pieces of a layout: boxes with a line that runs through them, paths, and rectangles."""

from __future__ import annotations

from dataclasses import dataclass, field

from bpmn.drawing.lettering import wrap
from bpmn.model import Node, NodeKind, Scope

EVENT = 36.0
GATEWAY = 50.0
TASK_WIDTH = 100.0
TASK_HEIGHT = 80.0
WIDEST = 150.0
LETTERS = 12.0
MOST_LINES = 3
"""A task grows wider until its name takes no more lines, one less over boundary events."""
BESIDE = 70.0
"""Room along the lower edge of a task for each of several boundary events, so that their names fit."""

EVENTS = (NodeKind.START, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY, NodeKind.END)
GATEWAYS = (NodeKind.EXCLUSIVE, NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.EVENT_BASED)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def grown(self, by: float) -> Rect:
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Rect) -> bool:
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def cut_by(self, a: Point, b: Point) -> bool:
        """Whether a level or upright segment runs through the inside."""
        return (
            min(a[0], b[0]) < self.right
            and max(a[0], b[0]) > self.x
            and min(a[1], b[1]) < self.bottom
            and max(a[1], b[1]) > self.y
        )


@dataclass(slots=True)
class Box:
    """One node on its way to a place. `axis` is how far below its top the flow line runs through it."""

    node: Node
    width: float
    height: float
    axis: float
    x: float = 0.0
    y: float = 0.0
    inner: Layout | None = None

    @property
    def rect(self) -> Rect:
        return Rect(self.x, self.y, self.width, self.height)

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def line(self) -> float:
        return self.y + self.axis

    def put_on(self, line: float) -> None:
        self.y = line - self.axis


@dataclass(slots=True)
class Layout:
    """A scope laid out, in coordinates of its own; `line` is where its main flow runs."""

    boxes: dict[str, Box] = field(default_factory=dict)
    paths: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Rect] = field(default_factory=dict)
    notes: dict[str, Rect] = field(default_factory=dict)
    line: float = 0.0

    def bounds(self) -> Rect:
        rects = [box.rect for box in self.boxes.values()]
        rects += [*self.labels.values(), *self.notes.values()]
        points = [point for path in self.paths.values() for point in path]
        xs = [r.x for r in rects] + [r.right for r in rects] + [x for x, _ in points]
        ys = [r.y for r in rects] + [r.bottom for r in rects] + [y for _, y in points]
        if not xs:
            return Rect(0, 0, 0, 0)
        return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def move(self, dx: float, dy: float) -> None:
        """Shift everything, the content of subprocesses with it."""
        for box in self.boxes.values():
            box.x += dx
            box.y += dy
            if box.inner is not None:
                box.inner.move(dx, dy)
        self.paths = {name: [(x + dx, y + dy) for x, y in path] for name, path in self.paths.items()}
        for held in (self.labels, self.notes):
            for name, r in held.items():
                held[name] = Rect(r.x + dx, r.y + dy, r.width, r.height)
        self.line += dy


def attached(scope: Scope) -> dict[str, list[Node]]:
    """The boundary events of each host, in file order."""
    found: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        if node.kind is NodeKind.BOUNDARY:
            found.setdefault(node.attached_to, []).append(node)
    return found


def plain_box(node: Node, boundaries: int) -> Box:
    """A box of the usual size; a task grows with its boundary events."""
    if node.kind in EVENTS:
        return Box(node, EVENT, EVENT, EVENT / 2)
    if node.kind in GATEWAYS:
        return Box(node, GATEWAY, GATEWAY, GATEWAY / 2)
    width = max(TASK_WIDTH, BESIDE * boundaries)
    most = MOST_LINES - 1 if boundaries else MOST_LINES
    while width < WIDEST and len(wrap(node.name, width - 12, LETTERS)) > most:
        width += 10
    return Box(node, width, TASK_HEIGHT, TASK_HEIGHT / 2)
