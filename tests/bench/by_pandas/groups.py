"""Breaking units down by pandas: shares and percentiles of each group of each dimension."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

PERCENTS = (50, 90, 95)
Facts = dict[str, Any]
Groups = dict[str | None, Facts]


@dataclass
class Units:
    """Rows that a figure counts. `lengths` are seconds where `measured`; None of a share."""

    case: np.ndarray
    apart: np.ndarray
    groups: dict[str, pd.Categorical]
    counted: np.ndarray
    adds: np.ndarray
    weighs: np.ndarray
    pending: np.ndarray
    begun: np.ndarray | None = None
    ended: np.ndarray | None = None
    measured: np.ndarray | None = None
    together: bool = False
    unit: str = "share"
    more: Facts = field(default_factory=dict)


def whole(units: Units) -> Facts:
    one = np.zeros(len(units.case), dtype="int64")
    found = _count(units, one, 1)
    return found[0] if found else _empty(units)


def broken_down(units: Units, by: str) -> Groups:
    column = units.groups[by]
    codes = column.codes.astype("int64")
    names = list(column.categories)
    codes[codes < 0] = len(names)
    found = _count(units, codes, len(names) + 1)
    return {(names[code] if code < len(names) else None): facts for code, facts in found.items()}


def _count(units: Units, codes: np.ndarray, size: int) -> dict[int, Facts]:
    present = np.bincount(codes, minlength=size) > 0
    if units.measured is not None or units.unit == "cycles":
        return _spread(units, codes, size, present)
    inside = ~units.apart & units.counted
    n = np.bincount(codes, np.where(inside, units.weighs, 0), size).astype("int64")
    numerator = np.bincount(codes, np.where(inside, units.adds, 0), size).astype("int64")
    pending = np.bincount(codes, units.pending & ~units.apart, size).astype("int64")
    withdrawn = np.bincount(codes, units.apart, size).astype("int64")
    return {
        int(code): _share(units.unit, int(n[code]), int(numerator[code]), int(pending[code]), int(withdrawn[code]))
        for code in np.flatnonzero(present)
    }  # fmt: skip


def _share(unit: str, n: int, numerator: int, pending: int, withdrawn: int) -> Facts:
    value: float | None = numerator if unit == "money" else n
    if unit in ("share", "points"):
        value = (100 if unit == "points" else 1) * numerator / n if n else None
    return {
        "n": n, "numerator": None if unit == "count" else numerator, "value": value, "p90": None, "p95": None,
        "pending": pending, "withdrawn": withdrawn,
    }  # fmt: skip


def _spread(units: Units, codes: np.ndarray, size: int, present: np.ndarray) -> dict[int, Facts]:
    pending, withdrawn = units.pending & ~units.apart, units.apart
    if units.unit == "cycles":
        chosen = ~units.apart
        groups, lengths = codes[chosen], units.adds[chosen]
    else:
        assert units.measured is not None, "a duration"
        assert units.begun is not None, "a duration"
        assert units.ended is not None, "a duration"
        chosen = units.measured & ~units.apart
        groups, lengths = codes[chosen], (units.ended - units.begun)[chosen]
    if units.together:
        groups, lengths = _summed(units, groups, lengths, chosen)
        waiting = _once(units, codes, pending, size)
        beside = _once(units, codes, withdrawn, size)
    else:
        waiting, beside = np.bincount(codes, pending, size), np.bincount(codes, withdrawn, size)
    order = np.lexsort((lengths, groups))
    groups, lengths = groups[order], lengths[order]
    sizes = np.bincount(groups, minlength=size)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    found = {}
    for code in np.flatnonzero(present):
        n = int(sizes[code])
        at = [int(lengths[starts[code] - (-percent * n // 100) - 1]) if n else None for percent in PERCENTS]
        found[int(code)] = {
            "n": n, "numerator": None, "value": at[0], "p90": at[1], "p95": at[2],
            "pending": int(waiting[code]), "withdrawn": int(beside[code]),
        }  # fmt: skip
    return found


def _summed(
    units: Units, groups: np.ndarray, lengths: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    sums = pd.Series(lengths).groupby([groups, units.case[chosen]], sort=False).sum()
    return sums.index.get_level_values(0).to_numpy(), sums.to_numpy()


def _once(units: Units, codes: np.ndarray, flag: np.ndarray, size: int) -> np.ndarray:
    once = pd.DataFrame({"code": codes[flag], "case": units.case[flag]}).drop_duplicates()
    found: np.ndarray = np.bincount(once["code"], minlength=size)
    return found


def business(units: Units, opens: np.ndarray, closes: np.ndarray) -> list[int | None] | None:
    """Median and P90 of the whole in the working time of these spans (epoch seconds)."""
    if units.measured is None:
        return None
    assert units.begun is not None, "a duration"
    assert units.ended is not None, "a duration"
    chosen = units.measured & ~units.apart
    before = np.concatenate(([0], np.cumsum(closes - opens)[:-1]))

    def until(at: np.ndarray) -> np.ndarray:
        place = np.searchsorted(opens, at, side="right") - 1
        worked: np.ndarray = before[place] + np.minimum(at, closes[place]) - opens[place]
        return np.where(place < 0, 0, worked)

    lengths = until(units.ended[chosen]) - until(units.begun[chosen])
    if units.together:
        _, lengths = _summed(units, np.zeros(len(lengths), dtype="int64"), lengths, chosen)
    ordered, n = np.sort(lengths), len(lengths)
    return [int(ordered[-(-percent * n // 100) - 1]) if n else None for percent in (50, 90)]


def _empty(units: Units) -> Facts:
    spread = units.measured is not None or units.unit == "cycles"
    if spread:
        return {
            "n": 0,
            "numerator": None,
            "value": None,
            "p90": None,
            "p95": None,
            "pending": 0,
            "withdrawn": 0,
        }
    return _share(units.unit, 0, 0, 0, 0)
