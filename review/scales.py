"""From what to what the axis of a drawing goes: round numbers, and always from zero, so that heights compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import floor, log10

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
STEPS: Mapping[str, Sequence[float]] = {
    "share": (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0),
    "seconds": (
        *(n * MINUTE for n in (1, 2, 5, 10, 20, 30, 45)), *(n * HOUR for n in (1, 2, 3, 6, 12, 18, 24, 36)),
        *(n * DAY for n in (2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90)),
    ),
    "points": (10, 20, 50, 100), "cycles": (3, 5, 10),
}  # fmt: skip
ROUND = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


def span(unit: str, values: Iterable[float]) -> tuple[float, float]:
    """The lowest and the highest of the axis: 47 complaints go from 0 to 50, 31 % from 0 to 40 %, an NPS of −43 from
    −50 to 0."""
    known = list(values)
    high, low = (_top(unit, max(0.0, *(sign * v for v in known), 0.0)) for sign in (1, -1))
    return (-low, high) if low or high else (0.0, _top(unit, 1e-9))


def _top(unit: str, value: float) -> float:
    """The first round number that is no less; 0 for 0."""
    if value <= 0:
        return 0.0
    for step in STEPS.get(unit, ()):
        if value <= step:
            return float(step)
    size = 10.0 ** floor(log10(max(value, 1.0)))
    return next(size * step for step in ROUND if value <= size * step)
