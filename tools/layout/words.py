"""Where names are written: beside their flow, event or gateway, on nothing else if there is room."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bpmn.drawing.lettering import wrap
from bpmn.model import Artifact, NodeKind, Scope
from tools.layout.box import EVENTS, GATEWAYS, Box, Layout, Point, Rect
from tools.layout.order import LABEL, LETTERS, label_size

ON_BOX, ON_WORDS, ON_FLOW = 1000.0, 800.0, 120.0
NOTE_WIDTH, NOTE_GAP = 150.0, 30.0


def write_names(layout: Layout, scope: Scope) -> None:
    """Place the names of events, gateways and flows; activities carry theirs inside."""
    for name, box in layout.boxes.items():
        if box.node.name and box.node.kind in (*EVENTS, *GATEWAYS):
            layout.labels[name] = _best(_around(box), layout)
    for name, path in layout.paths.items():
        if text := scope.flows[name].name:
            layout.labels[name] = _best(_along(path, text, _others(layout, name)), layout)


def _others(layout: Layout, name: str) -> list[tuple[Point, Point]]:
    return [ends for other, path in layout.paths.items() if other != name for ends in pairwise(path)]


def _shared(a: Point, b: Point, others: list[tuple[Point, Point]]) -> bool:
    """Whether another flow runs on the same stretch, so that a name there could be of either."""
    stretch = Rect(min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, abs(a[0] - b[0]) + 2, abs(a[1] - b[1]) + 2)
    level = a[1] == b[1]
    return any(stretch.cut_by(c, d) and (c[1] == d[1]) == level for c, d in others)


def _best(candidates: Iterator[tuple[float, Rect]], layout: Layout) -> Rect:
    return min(candidates, key=lambda found: found[0] + _trouble(found[1], layout))[1]


def _trouble(rect: Rect, layout: Layout) -> float:
    cost = sum(ON_BOX for box in layout.boxes.values() if box.rect.overlaps(rect))
    cost += sum(
        ON_WORDS for other in (*layout.labels.values(), *layout.notes.values()) if other.overlaps(rect)
    )
    for path in layout.paths.values():
        cost += sum(ON_FLOW for a, b in pairwise(path) if rect.cut_by(a, b))
    return cost


def _around(box: Box) -> Iterator[tuple[float, Rect]]:
    low, right = box.y + box.height, box.x + box.width
    for dear, limit in ((0.0, LABEL), (10.0, 150.0), (15.0, 64.0)):
        w, h = label_size(box.node.name, limit)
        beside = (Rect(box.middle + 6, low + 3, w, h), Rect(box.middle - 6 - w, low + 3, w, h))
        centred = (Rect(box.middle - w / 2, low + 5, w, h), Rect(box.middle - w / 2, box.y - 5 - h, w, h))
        above = (Rect(right - 8, box.y - h, w, h), Rect(box.x + 8 - w, box.y - h, w, h))
        order: tuple[Rect, ...]
        if box.node.kind is NodeKind.BOUNDARY:
            order = (*beside, *centred)
        elif box.node.kind in GATEWAYS:
            order = (centred[1], centred[0], *above, *beside)
        else:
            order = (*centred, *above, *beside)
        for rank, rect in enumerate(order):
            yield dear + rank * 4.0, rect


def _along(path: list[Point], text: str, others: list[tuple[Point, Point]]) -> Iterator[tuple[float, Rect]]:
    """Above and below level stretches, beside upright ones, the nearer to the beginning the better."""
    for index, (a, b) in enumerate(pairwise(path)):
        level = a[1] == b[1]
        length = abs(b[0] - a[0]) + abs(b[1] - a[1])
        limits = (min(LABEL * 1.4, max(40.0, length - 14)), LABEL) if level else (LABEL, 60.0)
        for narrow, limit in enumerate(limits):
            w, h = label_size(text, limit)
            dear = (
                (150.0 if _shared(a, b, others) else 0.0)
                + index * 8.0
                + narrow * 3.0
                + max(0.0, (w if level else h) + 6 - length)
            )
            if level:
                x = a[0] + 6 if b[0] > a[0] else a[0] - 6 - w
                yield dear, Rect(x, a[1] - 3 - h, w, h)
                yield dear + 2, Rect(x, a[1] + 3, w, h)
            else:
                y = a[1] + 14 if b[1] > a[1] else a[1] - 8 - h
                yield dear + 1, Rect(a[0] + 5, y, w, h)
                yield dear + 3, Rect(a[0] - 5 - w, y, w, h)


def note_places(layout: Layout, notes: dict[str, tuple[Artifact, str]], scope: Scope) -> None:
    """Text annotations stand above the picture, over what they are tied to, or beside their neighbour."""
    tied = {
        name: (note, on) for name, (note, on) in notes.items() if on in scope.nodes and on in layout.boxes
    }
    if not tied:
        return
    top = layout.bounds().y - NOTE_GAP
    right = float("-inf")
    for name, (note, on) in sorted(tied.items(), key=lambda found: layout.boxes[found[1][1]].x):
        height = 14.0 * len(wrap(note.text, NOTE_WIDTH - 12, LETTERS)) + 10
        x = max(layout.boxes[on].middle + 10, right + 15)
        layout.notes[name] = Rect(x, top - height, NOTE_WIDTH, height)
        right = x + NOTE_WIDTH
