"""The signs inside events, gateways and tasks, as SVG path data around a middle point."""

from __future__ import annotations

from math import cos, pi, sin

from bpmn.model import NodeKind, TriggerKind


def _path(data: str, x: float, y: float, *, filled: bool = False, cut: str = "") -> str:
    style = "mark-filled" if filled else "mark"
    cutout = f'<path class="mark-cut" d="{cut}" />' if cut else ""
    return f'<g transform="translate({x:g} {y:g})"><path class="{style}" d="{data}" />{cutout}</g>'


ENVELOPE = "M-8,-5.5 H8 V5.5 H-8 Z"
FOLD = "M-8,-5.5 L0,1 L8,-5.5"
CLOCK = "M0,-9 A9,9 0 1 1 0,9 A9,9 0 1 1 0,-9 Z M0,-9 v2.5 M0,9 v-2.5 M-9,0 h2.5 M9,0 h-2.5 M0,-5.5 V0 L4,2.5"
BOLT = "M-7.5,7 L-3,-6.5 L2.5,1.5 L7.5,-7 L3,6.5 L-2.5,-1.5 Z"
ARROWHEAD = "M0,-8.5 L6.5,7.5 L0,1 L-6.5,7.5 Z"
DISC = "M0,-9 A9,9 0 1 1 0,9 A9,9 0 1 1 0,-9 Z"


def trigger(kind: TriggerKind, x: float, y: float, *, throwing: bool) -> str:
    """The sign of an event; thrown ones are filled, caught ones are outlined."""
    if kind is TriggerKind.MESSAGE:
        return _envelope(x, y, filled=throwing)
    if kind is TriggerKind.TIMER:
        return _path(CLOCK, x, y)
    if kind is TriggerKind.ERROR:
        return _path(BOLT, x, y, filled=throwing)
    if kind is TriggerKind.ESCALATION:
        return _path(ARROWHEAD, x, y, filled=throwing)
    return _path(DISC, x, y, filled=True)


def _envelope(x: float, y: float, *, filled: bool) -> str:
    if filled:
        return _path(ENVELOPE, x, y, filled=True, cut=FOLD)
    return _path(f"{ENVELOPE} {FOLD}", x, y)


GATEWAYS = {
    NodeKind.EXCLUSIVE: ("mark-thick", "M-7,-8 L7,8 M7,-8 L-7,8"),
    NodeKind.PARALLEL: ("mark-thick", "M-10,0 H10 M0,-10 V10"),
    NodeKind.INCLUSIVE: ("mark-ring", DISC),
    NodeKind.EVENT_BASED: (
        "mark",
        "M0,-13 A13,13 0 1 1 0,13 A13,13 0 1 1 0,-13 Z M0,-10 A10,10 0 1 1 0,10 A10,10 0 1 1 0,-10 Z "
        "M0,-6.5 L6.2,-2 L3.8,5.3 H-3.8 L-6.2,-2 Z",
    ),
}


def gateway(kind: NodeKind, x: float, y: float) -> str:
    style, data = GATEWAYS[kind]
    return f'<path class="{style}" transform="translate({x:g} {y:g})" d="{data}" />'


PERSON = "M-7.5,8 V4.5 C-7.5,1.5 -5,-0.5 -2.5,-0.8 H2.5 C5,-0.5 7.5,1.5 7.5,4.5 V8 Z"
HEAD = "M0,-8.5 A4,4 0 1 1 0,-0.5 A4,4 0 1 1 0,-8.5 Z"
TABLE = "M-8,-6.5 H8 V6.5 H-8 Z M-8,-2.2 H8 M-8,2.2 H8 M-2.8,-2.2 V6.5"


def _gear() -> str:
    """A wheel of eight teeth around the origin."""
    points = []
    for tooth in range(8):
        for turn, radius in ((-0.26, 5.8), (-0.17, 8.2), (0.17, 8.2), (0.26, 5.8)):
            angle = tooth * pi / 4 + turn
            points.append(f"{radius * cos(angle):.2f},{radius * sin(angle):.2f}")
    return f"M{' L'.join(points)} Z M0,-2.7 A2.7,2.7 0 1 1 0,2.7 A2.7,2.7 0 1 1 0,-2.7 Z"


GEAR = _gear()


def task(kind: NodeKind, x: float, y: float) -> str:
    """The sign in the upper left corner of a task; "" for kinds that have none."""
    if kind is NodeKind.USER:
        return _path(f"{PERSON} {HEAD}", x, y)
    if kind is NodeKind.SERVICE:
        return _path(GEAR, x, y)
    if kind in (NodeKind.SEND, NodeKind.RECEIVE):
        return _envelope(x, y, filled=kind is NodeKind.SEND)
    if kind is NodeKind.RULE:
        return _path(TABLE, x, y)
    return ""


def plus(x: float, y: float) -> str:
    """The sign of content that is not shown here; `y` is the lower edge it stands on."""
    return _path("M-7,-7 H7 V7 H-7 Z M-4,0 H4 M0,-4 V4", x, y - 8)
