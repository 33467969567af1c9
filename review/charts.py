"""The drawings of the report as plain SVG: labelled directly, quiet, told apart by shape and place as well as colour.

Everything stands in presentation attributes, so that a page with a strict policy, a PDF and a file show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from review.scales import span

INK, SOFT, LINE, MAIN, LIGHT, ACCENT = "#20262a", "#5b646b", "#dedbd4", "#0f5b5c", "#bcd5d2", "#b3541e"
FONT = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Segoe UI', system-ui, sans-serif"
SMALL = 11
NAMES = 120.0
"""Room for the names of bars at least, so that those of several drawings begin at one place."""
NARROW, USUAL = 0.36, 0.62
"""Widths of Latin letters for their size, rather too wide than too narrow."""
Written = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """`before` is marked by a tick where it is known; `rest` is what several smaller ones make up together."""

    name: str
    value: float
    before: float | None = None
    href: str | None = None
    rest: bool = False


def trend(names: Sequence[str], values: Sequence[float | None], *, unit: str = "count", target: float | None,
          written: Written, target_says: str, says: str) -> str:  # fmt: skip
    """A line over months with its target dashed; None is a gap. The axis begins at zero and says how far it goes; the
    last value is written at its point. `names`: the first and the last whole, those between short."""
    width, height, left, right, top, bottom = 250.0, 124.0, 16.0, 84.0, 20.0, 20.0
    known = [v for v in values if v is not None]
    if not known:
        return _svg(width, height, [_text(width / 2, height / 2, says, anchor="middle", fill=SOFT)], says)
    low, high = span(unit, [*known, *([target] if target is not None else [])])
    step = (width - left - right) / max(1, len(values) - 1)

    def x(place: int) -> float:
        return left + place * step

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - (value - low) / (high - low))

    pieces = [_line(left, y(edge), width - right, y(edge), LINE) for edge in {low, high, 0.0}]
    pieces.append(_text(left, y(high) - 4, written(high) if high else "0", fill=SOFT, size=SMALL - 1))
    at_zero = written(low) if low else "0"
    pieces.append(_text(left - 4, y(low) + 3, at_zero, anchor="end", fill=SOFT, size=SMALL - 1) if not low else
                  _text(left, y(low) - 4, at_zero, fill=SOFT, size=SMALL - 1))  # fmt: skip
    middle = (len(names) - 1) // 2
    for place, anchor in ((0, "start"), (middle, "middle"), (len(names) - 1, "end")):
        if place or anchor == "start":
            pieces.append(_text(x(place), height - 5, names[place], anchor=anchor, fill=SOFT, size=SMALL - 1))
    if target is not None:
        pieces.append(_line(left, y(target), width - right, y(target), ACCENT, dash="5 4"))
    for run in _runs(
        [x(place) for place in range(len(values))], [None if v is None else y(v) for v in values]
    ):
        pieces += [_path(run)] if len(run) > 1 else []
        pieces += [_dot(*at, r=1.8) for at in run]
    last = max(place for place, value in enumerate(values) if value is not None)
    at = values[last]
    assert at is not None, "the last that is known"
    pieces += [_dot(x(last), y(at), r=3.2), _text(x(last) + 6, y(at) + 4, written(at), weight="600")]
    if target is not None:
        beside = y(target)
        if abs(beside - y(at)) < 14:
            beside = y(at) + (14 if beside >= y(at) else -14)
        pieces.append(_text(width - right + 6, beside + 4, target_says, fill=ACCENT, size=SMALL - 1))
    return _svg(width, height, pieces, says)


def _runs(xs: Sequence[float], ys: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Points that follow each other without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(xs, ys, strict=True):
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def bars(rows: Sequence[Bar], *, written: Written, before_says: str, says: str) -> str:
    """Bars to the right, each with its name and number; a tick marks where it stood before, its number stands at the
    right edge."""
    compares = any(r.before is not None for r in rows)
    width, row, top = 640.0, 26.0, 20.0 if compares else 4.0
    left = min(260.0, max([NAMES, *(_wide(r.name) + 12 for r in rows)]))
    height = top + row * len(rows) + 6
    highest = max((max(r.value, r.before or 0) for r in rows), default=1) or 1
    room = width - left - (130 if compares else 60)
    pieces = []
    if compares:
        pieces.append(_text(width - 4, 12, f"│ {before_says}", anchor="end", fill=ACCENT, size=SMALL - 1))
    for place, r in enumerate(rows):
        y, long = top + row * place, room * r.value / highest
        tick = None if r.before is None else left + room * r.before / highest
        number, end = written(r.value), left + max(long, 1)
        in_the_way = tick is not None and end - 2 < tick < end + 10 + _wide(number)
        fill = LIGHT if r.rest else MAIN
        body = [
            _text(left - 8, y + 16, _cut(r.name, left - 10), anchor="end"),
            f'<rect x="{left:g}" y="{y + 5:g}" width="{max(long, 1):.1f}" height="15" rx="2" fill="{fill}"/>',
            _text((tick or 0) + 6 if in_the_way else end + 6, y + 16, number, weight="600"),
        ]
        if tick is not None and r.before is not None:
            body.append(_line(tick, y + 2, tick, y + 23, ACCENT, wide=2))
            body.append(_text(width - 4, y + 16, written(r.before), anchor="end", fill=ACCENT))
        pieces.append(_linked("".join(body), r.href))
    return _svg(width, height, pieces, says)


def pareto(rows: Sequence[Bar], *, together_says: str, says: str) -> str:
    """Causes with the most frequent on top, and what they make up together as a line that goes down to the right."""
    width, row, top = 640.0, 28.0, 24.0
    left = min(280.0, max((_wide(r.name) for r in rows), default=0) + 12)
    room, height = width - left - 120, top + row * len(rows) + 8
    total = sum(r.value for r in rows)
    pieces, points, so_far = [], [], 0.0
    for share in (0.5, 0.8, 1.0):
        pieces.append(_line(left + room * share, top - 4, left + room * share, height - 4, LINE))
        pieces.append(
            _text(left + room * share, 14, f"{share:.0%}", anchor="middle", fill=SOFT, size=SMALL - 1)
        )
    for place, r in enumerate(rows):
        y, so_far = top + row * place, so_far + r.value
        points.append((left + room * so_far / total, y + 13))
        body = _text(left - 8, y + 17, _cut(r.name, left - 10), anchor="end")
        body += f'<rect x="{left:g}" y="{y + 5:g}" width="{room * r.value / total:.1f}" height="16" '
        body += f'rx="2" fill="{LIGHT}"/>'
        body += _text(left + 6, y + 17, f"{r.value:,.0f}", weight="600")
        pieces.append(_linked(body, r.href))
    pieces += [_path(points, ACCENT), *(_dot(*at, r=3, fill=ACCENT) for at in points)]
    sums = 0.0
    for place, r in enumerate(rows):
        sums += r.value
        label = f"{sums / total:.0%}"
        pieces.append(_text(width - 4, top + row * place + 17, label, anchor="end", fill=ACCENT))
    pieces.append(_text(width - 4, 14, together_says, anchor="end", fill=ACCENT, size=SMALL - 1))
    return _svg(width, height, pieces, says)


def days(names: Sequence[str], open_: Sequence[int | None], received: Sequence[int | None], *, open_says: str,
         received_says: str, says: str) -> str:  # fmt: skip
    """Open complaints as a line with gaps where no snapshot is, what came in as bars below it. The last of each is
    written where it stands."""
    width, height, left, right, top, bottom = 640.0, 190.0, 22.0, 84.0, 20.0, 22.0
    _, highest = span("count", [float(v) for v in (*open_, *received) if v is not None])
    step = (width - left - right) / max(1, len(names))

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / highest)

    pieces = [_line(left, y(edge), width - right, y(edge), LINE) for edge in (0, highest)]
    pieces.append(_text(left, y(highest) - 4, f"{highest:,.0f}", fill=SOFT, size=SMALL - 1))
    pieces.append(_text(left - 4, y(0) + 3, "0", anchor="end", fill=SOFT, size=SMALL - 1))
    for place, name in enumerate(names):
        middle, came = left + step * (place + 0.5), received[place]
        if place % 5 == 0 or place == len(names) - 1:
            pieces.append(_text(middle, height - 7, name, anchor="middle", fill=SOFT, size=SMALL - 1))
        if came is not None:
            pieces.append(
                f'<rect x="{middle - step * 0.32:.1f}" y="{y(came):.1f}" width="{step * 0.64:.1f}" '
                f'height="{y(0) - y(came):.1f}" fill="{LIGHT}"/>'
            )
    xs = [left + step * (place + 0.5) for place in range(len(open_))]
    for run in _runs(xs, [None if v is None else y(v) for v in open_]):
        pieces += [_path(run)] if len(run) > 1 else [_dot(*run[0], r=2.5)]
    above = 0.0
    for values, label, fill in ((open_, open_says, MAIN), (received, received_says, SOFT)):
        told = [(place, v) for place, v in enumerate(values) if v is not None]
        if told:
            place, v = told[-1]
            beside = max(y(v) + 4, above + 14) if y(v) + 4 >= above else min(y(v) + 4, above - 14)
            above = beside
            pieces.append(_text(xs[place] + step / 2 + 4, beside, f"{label} {v}", fill=fill, weight="600"))
    return _svg(width, height, pieces, says)


def _svg(width: float, height: float, pieces: Sequence[str], says: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label={quoteattr(says)} font-family="{FONT}" '
        f'font-size="{SMALL + 1}" fill="{INK}">{"".join(pieces)}</svg>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK, size: int = SMALL + 1,
          weight: str = "400") -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, *, dash: str = "", wide: float = 1) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{wide:g}"{dashed}/>'
    )


def _path(points: Sequence[tuple[float, float]], stroke: str = MAIN) -> str:
    course = " ".join(f"{'L' if place else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(points))
    return f'<path d="{course}" fill="none" stroke="{stroke}" stroke-width="2" stroke-linejoin="round"/>'


def _dot(x: float, y: float, *, r: float, fill: str = MAIN) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" fill="{fill}"/>'


def _linked(body: str, href: str | None) -> str:
    return f"<a href={quoteattr(href)}>{body}</a>" if href else f"<g>{body}</g>"


def _wide(text: str, size: int = SMALL + 1) -> float:
    return (
        sum(
            1.0 if east_asian_width(c) in "WF" else NARROW if c in "fijlrt.,:;'()[]|! " else USUAL
            for c in text
        )
        * size
    )


def _cut(text: str, room: float) -> str:
    if _wide(text) <= room:
        return text
    while text and _wide(text + "…") > room:
        text = text[:-1]
    return text + "…"
