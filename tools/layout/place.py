"""Where every box of a scope stands: the happy path on one line, the other chains below it."""

from __future__ import annotations

from bpmn.model import Artifact, Node, NodeKind, Scope
from tools.layout.box import EVENT, Box, Layout, attached, plain_box
from tools.layout.order import Link, chains, forward, links, slots, spread
from tools.layout.route import route
from tools.layout.words import note_places, write_names

BETWEEN_LINES = 40.0
HALF_LINE = 40.0
UNDER_EVENT = 18.0
CLEAR_OF_WAYS = 24.0
PADDING_SIDE = 30.0
PADDING_TOP = 40.0
PADDING_BOTTOM = 26.0
EVENT_SCOPE_GAP = 40.0


class Skyline:
    """How far down the picture is taken, for each stretch of x."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float]] = []

    def add(self, left: float, right: float, bottom: float) -> None:
        self._taken.append((left, right, bottom))

    def below(self, left: float, right: float) -> float | None:
        """The lowest thing between two x, or None when nothing stands there."""
        return max((y for a, b, y in self._taken if a < right and left < b), default=None)


def lay_out(scope: Scope, notes: dict[str, tuple[Artifact, str]]) -> Layout:
    """A scope with all it holds. `notes` maps a text annotation to its artifact and what it is tied to."""
    events = attached(scope)
    layout = Layout()
    flowing = [
        node for node in scope.nodes.values() if node.kind is not NodeKind.BOUNDARY and not _on_event(node)
    ]
    for node in flowing:
        layout.boxes[node.id] = _box(node, len(events.get(node.id, ())), notes)
    every = [link for link in links(scope) if link.source in layout.boxes and link.target in layout.boxes]
    kept = forward(layout.boxes, every)
    counts = {host: len(found) for host, found in events.items()}
    spread(layout.boxes, kept, counts)
    _stack(layout.boxes, kept, every, counts)
    boundaries = _attach(layout, events, every)
    _frame_event_scopes(scope, layout, notes)
    route(layout, every, {box.node.id for box in boundaries})
    write_names(layout, scope)
    note_places(layout, notes, scope)
    layout.line = next((layout.boxes[node.id].line for node in flowing), 0.0)
    for box in layout.boxes.values():
        if box.inner is not None:
            box.inner.move(box.x, box.y)
    return layout


def _on_event(node: Node) -> bool:
    return node.scope is not None and node.scope.triggered_by_event


def _box(node: Node, boundaries: int, notes: dict[str, tuple[Artifact, str]]) -> Box:
    if node.scope is None or not node.scope.nodes:
        return plain_box(node, boundaries)
    inner = lay_out(node.scope, notes)
    bounds = inner.bounds()
    inner.move(PADDING_SIDE - bounds.x, PADDING_TOP - bounds.y)
    width = max(bounds.width + 2 * PADDING_SIDE, 60.0 + 100.0 * boundaries)
    height = bounds.height + PADDING_TOP + PADDING_BOTTOM
    return Box(node, width, height, inner.line, inner=inner)


def _stack(boxes: dict[str, Box], kept: list[Link], every: list[Link], counts: dict[str, int]) -> None:
    """Give each chain its line; the shorter a chain, the nearer it stays to what it branches from."""
    sky = Skyline()
    placed: set[str] = set()
    waiting = chains(boxes, kept)
    _make_way(waiting, boxes, every, counts)
    first = True
    while waiting:
        ready = [chain for chain in waiting if first or _parents(chain, every) <= placed] or waiting
        chain = ready[0] if first else _next(ready, boxes, every, counts)
        left, right = _interval(chain, boxes, every, counts)
        line = 0.0
        if not first:
            floor = sky.below(left, right)
            line = (floor or 0.0) + BETWEEN_LINES + HALF_LINE
            for name in chain:
                under = sky.below(boxes[name].x, boxes[name].x + boxes[name].width)
                if under is not None:
                    line = max(line, under + BETWEEN_LINES + boxes[name].axis)
        sky.add(left, right, line + HALF_LINE)
        for name in chain:
            box = boxes[name]
            box.put_on(line)
            extra = EVENT / 2 + UNDER_EVENT if counts.get(name) else 0.0
            sky.add(box.x - 10, box.x + box.width + 10, box.y + box.height + extra)
        placed.update(chain)
        waiting.remove(chain)
        first = False


def _make_way(
    waiting: list[list[str]], boxes: dict[str, Box], every: list[Link], counts: dict[str, int]
) -> None:
    """Shift what only a second start leads to left, out of the ways that come down from the main line."""
    exits = sorted((x for chain in waiting for x in _exits(chain, boxes, every, counts)), reverse=True)
    for chain in waiting[1:]:
        if _exits(chain, boxes, every, counts):
            continue
        for x in exits:
            left, right = boxes[chain[0]].x, boxes[chain[-1]].x + boxes[chain[-1]].width
            shift = right + CLEAR_OF_WAYS - x
            if left - CLEAR_OF_WAYS < x < right + CLEAR_OF_WAYS and shift <= left:
                for name in chain:
                    boxes[name].x -= shift


def _next(
    ready: list[list[str]], boxes: dict[str, Box], every: list[Link], counts: dict[str, int]
) -> list[str]:
    """The shortest chain whose boxes stand in the way down of no other chain."""
    exits = {chain[0]: _exits(chain, boxes, every, counts) for chain in ready}

    def in_the_way(chain: list[str]) -> bool:
        spans = [(boxes[name].x - 12, boxes[name].x + boxes[name].width + 12) for name in chain]
        return any(
            left < x < right
            for other, found in exits.items()
            if other != chain[0]
            for x in found
            for left, right in spans
        )

    free = [chain for chain in ready if not in_the_way(chain)] or ready
    return min(free, key=lambda chain: _reach(chain, boxes, every, counts))


def _exits(chain: list[str], boxes: dict[str, Box], every: list[Link], counts: dict[str, int]) -> list[float]:
    """Where the flows into the chain come down from the line above."""
    found = []
    for link in every:
        if link.target == chain[0] and link.source not in chain:
            source = boxes[link.source]
            leftmost = slots(source, counts[link.source])[0] if link.boundary else source.width / 2
            found.append(source.x + leftmost)
    return found


def _parents(chain: list[str], every: list[Link]) -> set[str]:
    """What the chain hangs on: the sources of the links into its first box, its own boxes left out."""
    return {link.source for link in every if link.target == chain[0]} - set(chain)


def _interval(
    chain: list[str], boxes: dict[str, Box], every: list[Link], counts: dict[str, int]
) -> tuple[float, float]:
    """From where the chain leaves the line above to where it comes back."""
    left = boxes[chain[0]].x
    right = boxes[chain[-1]].x + boxes[chain[-1]].width
    left = min([left, *_exits(chain, boxes, every, counts)])
    for link in every:
        if link.source == chain[-1] and link.target not in chain:
            target = boxes[link.target]
            right = max(right, target.x + min(target.width / 2, 40.0))
    return left, right


def _reach(
    chain: list[str], boxes: dict[str, Box], every: list[Link], counts: dict[str, int]
) -> tuple[float, float]:
    left, right = _interval(chain, boxes, every, counts)
    return right - left, -left


def _attach(layout: Layout, events: dict[str, list[Node]], every: list[Link]) -> list[Box]:
    """Put boundary events on the lower edge; the one whose flow stays highest stands rightmost."""
    added: list[Box] = []
    goal = {link.boundary: layout.boxes[link.target] for link in every if link.boundary}
    for host, found in events.items():
        if host not in layout.boxes:
            continue
        box = layout.boxes[host]

        def depth(node: Node, host_box: Box = box) -> tuple[float, float]:
            target = goal.get(node.id)
            if target is None or target.line <= host_box.line:
                # Back into the line above: leftmost when it goes left, rightmost when it goes right.
                return (1e9, 0.0) if target is None or target.x <= host_box.x else (-1.0, 0.0)
            return (target.line, -target.x)

        ordered = sorted(found, key=depth, reverse=True)
        for node, middle in zip(ordered, slots(box, len(ordered)), strict=True):
            event = Box(node, EVENT, EVENT, EVENT / 2)
            event.x = box.x + middle - EVENT / 2
            event.y = box.y + box.height - EVENT / 2
            added.append(event)
    for event in added:
        layout.boxes[event.node.id] = event
    return added


def _frame_event_scopes(scope: Scope, layout: Layout, notes: dict[str, tuple[Artifact, str]]) -> None:
    """Event subprocesses stand below all else, side by side while they fit under the main flow."""
    frames = [node for node in scope.nodes.values() if _on_event(node)]
    if not frames:
        return
    bounds = layout.bounds()
    limit = max(bounds.right, bounds.x + 900.0)
    x, y, tallest = bounds.x, bounds.bottom + BETWEEN_LINES + EVENT_SCOPE_GAP, 0.0
    for node in frames:
        box = _box(node, 0, notes)
        if x > bounds.x and x + box.width > limit:
            x, y, tallest = bounds.x, y + tallest + EVENT_SCOPE_GAP, 0.0
        box.x, box.y = x, y
        layout.boxes[node.id] = box
        x += box.width + EVENT_SCOPE_GAP
        tallest = max(tallest, box.height)
