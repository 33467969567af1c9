"""Who stands left of whom: loops broken, columns by longest way, and the chains that share a line."""

from __future__ import annotations

from dataclasses import dataclass

from bpmn.drawing.lettering import width, wrap
from bpmn.model import Flow, NodeKind, Scope, TriggerKind
from tools.layout.box import EVENT, GATEWAYS, Box

GAP = 42.0
LETTERS = 11.0
LABEL = 90.0


@dataclass(frozen=True, slots=True)
class Link:
    """A flow between boxes; `source` is the host when the flow leaves a boundary event."""

    flow: Flow
    source: str
    target: str
    boundary: str = ""


def links(scope: Scope) -> list[Link]:
    found = []
    for flow in scope.flows.values():
        source = scope.nodes.get(flow.source)
        if source is None or flow.target not in scope.nodes:
            continue
        if source.kind is NodeKind.BOUNDARY:
            found.append(Link(flow, source.attached_to, flow.target, source.id))
        else:
            found.append(Link(flow, flow.source, flow.target))
    return found


def forward(boxes: dict[str, Box], all_links: list[Link]) -> list[Link]:
    """The links without those that close a loop, found by depth-first search from the starts."""
    leaving: dict[str, list[Link]] = {name: [] for name in boxes}
    entered = {link.target for link in all_links}
    for link in sorted(all_links, key=lambda found: bool(found.boundary)):
        if link.source in leaving and link.target in boxes and link.source != link.target:
            leaving[link.source].append(link)
    roots = [name for name, box in boxes.items() if box.node.kind is NodeKind.START]
    roots += [name for name in boxes if name not in entered and name not in roots]
    kept: list[Link] = []
    open_path: set[str] = set()
    done: set[str] = set()

    def visit(root: str) -> None:
        stack = [(root, iter(leaving[root]))]
        open_path.add(root)
        while stack:
            name, rest = stack[-1]
            link = next(rest, None)
            if link is None:
                open_path.discard(name)
                done.add(name)
                stack.pop()
            elif link.target not in open_path:
                kept.append(link)
                if link.target not in done:
                    open_path.add(link.target)
                    stack.append((link.target, iter(leaving[link.target])))

    for root in [*roots, *boxes]:
        if root not in done:
            visit(root)
    return kept


def label_size(text: str, limit: float = LABEL) -> tuple[float, float]:
    """Width and height of a wrapped label."""
    lines = wrap(text, limit, LETTERS)
    return (max((width(line, LETTERS) for line in lines), default=0.0) + 2, 14.0 * len(lines))


def slots(box: Box, count: int) -> list[float]:
    """Where the middles of `count` boundary events stand on the lower edge, from the left, relative to it."""
    if box.inner is None:
        return [box.width * (index + 0.5) / count for index in range(count)]
    step = min(110.0, (box.width - 40) / count)
    return [50 + step * index for index in range(count)]


def spread(boxes: dict[str, Box], kept: list[Link], events: dict[str, int]) -> None:
    """Give each box the x that the longest way to it needs. `events` counts boundary events of a host."""
    arriving: dict[str, list[Link]] = {name: [] for name in boxes}
    leaving: dict[str, list[Link]] = {name: [] for name in boxes}
    for link in kept:
        arriving[link.target].append(link)
        leaving[link.source].append(link)
    for name in _sorted(boxes, kept):
        box = boxes[name]
        box.x = max((_right_of(boxes, link, events) for link in arriving[name]), default=0.0)
    # What only a second start leads to belongs right before where it joins, not at the far left.
    starts = [name for name, box in boxes.items() if box.node.kind is NodeKind.START]
    main = _reachable(starts[:1], leaving)
    for name in reversed(_sorted(boxes, kept)):
        if name not in main and leaving[name]:
            ahead = min(boxes[link.target].x for link in leaving[name])
            boxes[name].x = max(boxes[name].x, ahead - GAP - boxes[name].width)


def _reachable(roots: list[str], leaving: dict[str, list[Link]]) -> set[str]:
    found = set(roots)
    ahead = list(roots)
    while ahead:
        for link in leaving[ahead.pop()]:
            if link.target not in found:
                found.add(link.target)
                ahead.append(link.target)
    return found


def _right_of(boxes: dict[str, Box], link: Link, events: dict[str, int]) -> float:
    source = boxes[link.source]
    if link.boundary:
        return source.x + slots(source, events[link.source])[-1] + EVENT / 2 + 42
    gap = GAP
    if link.flow.name and source.node.kind in GATEWAYS:
        gap = max(gap, label_size(link.flow.name)[0] + 22)
    return source.x + source.width + gap


def _sorted(boxes: dict[str, Box], kept: list[Link]) -> list[str]:
    waiting = dict.fromkeys(boxes, 0)
    for link in kept:
        waiting[link.target] += 1
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:
        for link in kept:
            if link.source == name:
                waiting[link.target] -= 1
                if not waiting[link.target]:
                    ready.append(link.target)
    return ready


def chains(boxes: dict[str, Box], kept: list[Link]) -> list[list[str]]:
    """All boxes in chains that each take one line; the first is the happy path from the first start."""
    leaving: dict[str, list[Link]] = {name: [] for name in boxes}
    for link in kept:
        leaving[link.source].append(link)
    order = _sorted(boxes, kept)
    length: dict[str, tuple[int, int]] = {}
    for name in reversed(order):
        length[name] = max(
            (
                (good, steps + 1)
                for good, steps in (length[n.target] for n in leaving[name] if not n.boundary)
            ),
            default=(_goodness(boxes[name]), 1),
        )
    taken: set[str] = set()
    found: list[list[str]] = []
    starts = [name for name in order if boxes[name].node.kind is NodeKind.START]
    for first in [*starts, *order]:
        if first in taken:
            continue
        chain = [first]
        taken.add(first)
        while True:
            ahead = [n.target for n in leaving[chain[-1]] if not n.boundary and n.target not in taken]
            if not ahead:
                break
            best = max(ahead, key=lambda name: length[name])
            chain.append(best)
            taken.add(best)
        found.append(chain)
    return found


def _goodness(box: Box) -> int:
    """A process is meant to reach an end that is no failure."""
    trigger = box.node.trigger
    failed = trigger is not None and trigger.kind in (TriggerKind.ERROR, TriggerKind.ESCALATION)
    return int(box.node.kind is NodeKind.END and not failed)
