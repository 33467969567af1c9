"""A measured figure: a value with its unit and how it was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """`more` holds what stands beside the value: its spread, or the other side of a comparison.

    A figure that could not be taken has no value, and `more["skipped"]` says why.
    """

    value: float | int | None
    unit: str
    how: str
    more: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {"value": rounded(self.value), "unit": self.unit, "how": self.how, **self.more}


def skipped(unit: str, why: str) -> Figure:
    return Figure(None, unit, "not measured", {"skipped": why})


def spread(values: Sequence[float]) -> dict[str, object]:
    """Median, least and greatest of repetitions."""
    return {
        "median": rounded(statistics.median(values)),
        "min": rounded(min(values)),
        "max": rounded(max(values)),
        "repetitions": len(values),
    }


def percentiles(values: Sequence[float]) -> dict[str, object]:
    """p50 and p99 by nearest rank; with fewer than 100 values p99 is the greatest."""
    return {
        "p50": rounded(percentile(values, 50)),
        "p99": rounded(percentile(values, 99)),
        "min": rounded(min(values)),
        "max": rounded(max(values)),
        "count": len(values),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent of the values do not exceed. `values` is not empty."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


def rounded(value: float | int | None) -> float | int | None:
    """Three significant digits after the integer part has been kept whole."""
    if value is None or isinstance(value, int):
        return value
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, max(0, 2 - math.floor(math.log10(abs(value)))))
