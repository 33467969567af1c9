"""Level and upright ways for the flows, around the boxes and with few bends and crossings.

Each way is the cheapest on a grid of lines that run between, beside and through the middles of the boxes
(A* over grid point and direction). Ways laid earlier make crossing dear and running on top of each other
dearer still, unless both come from or lead to the same box.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

from tools.layout.box import GATEWAYS, Box, Layout, Point, Rect
from tools.layout.order import Link

CLEAR = 9.0
TRACKS = (16.0, 26.0, 36.0)
BEND = 40.0
CROSSING = 45.0
ON_TOP = 12.0
RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)
Direction = tuple[int, int]
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Port:
    """A point on a box's edge, the direction a flow has there, and what it costs to use it."""

    at: Point
    direction: Direction
    cost: float


@dataclass(slots=True)
class Grid:
    xs: list[float]
    ys: list[float]
    boxes: dict[str, Rect]
    level: dict[Cell, frozenset[str]] = field(default_factory=dict)
    """Which boxes lie in the way between a grid point and the next to its right."""
    upright: dict[Cell, frozenset[str]] = field(default_factory=dict)
    used: dict[tuple[Cell, bool], set[tuple[str, str]]] = field(default_factory=dict)
    passed: dict[tuple[Cell, bool], set[tuple[str, str]]] = field(default_factory=dict)
    _beside: dict[tuple[int, bool], list[tuple[str, Rect]]] = field(default_factory=dict)
    """The boxes that a whole grid line comes near, each grown by the room to keep clear."""

    def blocked(self, cell: Cell, level: bool, own: frozenset[str]) -> bool:
        held = self.level if level else self.upright
        if cell not in held:
            i, j = cell
            a = (self.xs[i], self.ys[j])
            b = (self.xs[i + 1], self.ys[j]) if level else (self.xs[i], self.ys[j + 1])
            near = {name for name, grown in self._along(j if level else i, level) if grown.cut_by(a, b)}
            inside = {f"={name}" for name in near if self.boxes[name].cut_by(a, b)}
            held[cell] = frozenset(near | inside)
        return any(name.startswith("=") or name not in own for name in held[cell])

    def _along(self, line: int, level: bool) -> list[tuple[str, Rect]]:
        if (line, level) not in self._beside:
            along, across = (self.xs, self.ys) if level else (self.ys, self.xs)
            ends = [(at, across[line]) if level else (across[line], at) for at in (along[0], along[-1])]
            grown = [(name, rect.grown(CLEAR)) for name, rect in self.boxes.items()]
            self._beside[line, level] = [(name, rect) for name, rect in grown if rect.cut_by(*ends)]
        return self._beside[line, level]


def route(layout: Layout, links: list[Link], boundaries: set[str]) -> None:
    """Lay a way for every link; the straight ones first, then the short ones."""
    rects = {name: box.rect for name, box in layout.boxes.items()}
    grid = Grid(*_lines(layout), rects)

    def effort(link: Link) -> tuple[bool, bool, float]:
        source, target = layout.boxes[link.flow.source], layout.boxes[link.target]
        straight = source.line == target.line and source.x < target.x and not link.boundary
        back = target.x <= source.x
        return (not straight, back, abs(target.x - source.x) + abs(target.line - source.line))

    for link in sorted(links, key=effort):
        source, target = layout.boxes[link.flow.source], layout.boxes[link.target]
        own = frozenset({link.flow.source, link.target} | ({link.source} if link.boundary else set()))
        own |= {name for name in boundaries if layout.boxes[name].node.attached_to == link.target} & own
        path = _cheapest(
            grid,
            _exits(source, target, bool(link.boundary)),
            _entries(target),
            own,
            (link.flow.source, link.target),
        )
        layout.paths[link.flow.id] = path


def _lines(layout: Layout) -> tuple[list[float], list[float]]:
    xs: set[float] = set()
    ys: set[float] = set()
    for box in layout.boxes.values():
        rect = box.rect
        ys.add(box.line)
        xs.update(port.at[0] for port in [*_entries(box), *_exits(box, box, False)])
        ys.update(port.at[1] for port in [*_entries(box), *_exits(box, box, False)])
        for track in TRACKS:
            xs.update((rect.x - track, rect.right + track))
            ys.update((rect.y - track, rect.bottom + track))
    return sorted(xs), sorted(ys)


def _columns(box: Box) -> list[float]:
    """Where a flow may touch the upper or lower edge."""
    return [box.middle] if box.width <= 200 else [box.x + 40, box.middle, box.x + box.width - 40]


def _exits(source: Box, target: Box, boundary: bool) -> list[Port]:
    low = source.y + source.height
    if boundary:
        return [Port((source.middle, low), DOWN, 0)]
    gateway = source.node.kind in GATEWAYS
    aside = 5.0 if gateway else 70.0
    ports = [Port((source.x + source.width, source.line), RIGHT, 0)]
    for x in _columns(source):
        ports.append(Port((x, low), DOWN, aside))
        ports.append(Port((x, source.y), UP, aside + (0 if target.line <= source.line else 40)))
    return ports


def _entries(target: Box) -> list[Port]:
    """Ports with the direction of the last step of a flow that arrives there."""
    aside = 10.0 if target.node.kind in GATEWAYS else 60.0
    ports = [Port((target.x, target.line), RIGHT, 0)]
    for x in _columns(target):
        ports.append(Port((x, target.y), DOWN, aside))
        ports.append(Port((x, target.y + target.height), UP, aside))
    return ports


def _cheapest(
    grid: Grid, exits: list[Port], entries: list[Port], own: frozenset[str], ends: tuple[str, str]
) -> list[Point]:
    column = {x: i for i, x in enumerate(grid.xs)}
    row = {y: j for j, y in enumerate(grid.ys)}
    goals = {(column[p.at[0]], row[p.at[1]], p.direction): p.cost for p in entries}
    goal_points = [p.at for p in entries]
    best: dict[tuple[int, int, Direction], float] = {}
    came: dict[tuple[int, int, Direction], tuple[int, int, Direction] | None] = {}
    queue: list[tuple[float, float, tuple[int, int, Direction]]] = []

    def ahead(i: int, j: int) -> float:
        x, y = grid.xs[i], grid.ys[j]
        return min(abs(x - gx) + abs(y - gy) for gx, gy in goal_points)

    for port in exits:
        state = (column[port.at[0]], row[port.at[1]], port.direction)
        best[state], came[state] = port.cost, None
        heapq.heappush(queue, (port.cost + ahead(state[0], state[1]), port.cost, state))
    end: tuple[int, int, Direction] | None = None
    final = float("inf")
    while queue:
        estimate, cost, state = heapq.heappop(queue)
        if estimate >= final:
            break
        if cost > best[state]:
            continue
        if state in goals and came[state] is not None and cost + goals[state] < final:
            final, end = cost + goals[state], state
        i, j, direction = state
        for turn in (RIGHT, DOWN, LEFT, UP):
            back = turn == (-direction[0], -direction[1])
            if back or (came[state] is None and turn != direction):
                continue
            ni, nj = i + turn[0], j + turn[1]
            if not (0 <= ni < len(grid.xs) and 0 <= nj < len(grid.ys)):
                continue
            level = turn[1] == 0
            cell = (min(i, ni), min(j, nj))
            if grid.blocked(cell, level, own):
                continue
            step = abs(grid.xs[ni] - grid.xs[i]) + abs(grid.ys[nj] - grid.ys[j])
            price = cost + step + (BEND if turn != direction else 0)
            for others in grid.used.get((cell, level), ()):
                price += _company(others, ends, level) * step
            for others in grid.passed.get(((ni, nj), not level), ()):
                price += 0 if _joined(others, ends) else CROSSING
            following = (ni, nj, turn)
            if price < best.get(following, float("inf")):
                best[following], came[following] = price, state
                heapq.heappush(queue, (price + ahead(ni, nj), price, following))
    if end is None:
        # Boxes stand so tight that no way is free: a straight line says at least what belongs together.
        return [exits[0].at, entries[0].at]
    return _record(grid, came, end, ends)


def _company(others: tuple[str, str], ends: tuple[str, str], level: bool) -> float:
    """What a unit of way costs that another flow takes as well. Ways may come together before the same box;
    ways from the same box part at once, or a name beside them could be of either."""
    if others[1] == ends[1]:
        return 0.0
    if others[0] == ends[0]:
        return ON_TOP / 4 if level else 0.0
    return ON_TOP


def _joined(others: tuple[str, str], ends: tuple[str, str]) -> bool:
    """Two flows that leave the same box or lead to the same box may share a stretch."""
    return others[0] == ends[0] or others[1] == ends[1]


def _record(
    grid: Grid,
    came: dict[tuple[int, int, Direction], tuple[int, int, Direction] | None],
    end: tuple[int, int, Direction],
    ends: tuple[str, str],
) -> list[Point]:
    cells: list[Cell] = []
    state: tuple[int, int, Direction] | None = end
    while state is not None:
        cells.append((state[0], state[1]))
        state = came[state]
    cells.reverse()
    for (ai, aj), (bi, bj) in pairwise(cells):
        level = aj == bj
        grid.used.setdefault(((min(ai, bi), min(aj, bj)), level), set()).add(ends)
        for cell in ((ai, aj), (bi, bj)):
            grid.passed.setdefault((cell, level), set()).add(ends)
    points = [(grid.xs[i], grid.ys[j]) for i, j in cells]
    corners = [points[0]]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        if (before[0] == at[0]) != (at[0] == after[0]):
            corners.append(at)
    return [*corners, points[-1]]
