"""One sample of each class of values that the cells of a column cannot tell apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bpmn.durations import Duration
from bpmn.feel import UnaryTest
from bpmn.feel.arithmetic import EXACT
from bpmn.feel.types import TEXTS, Kind, Type

OTHER = "\0"
"""Ends the sample text that comes right after a constant: some text that no cell names."""

_STEPS: dict[Kind, Any] = {
    Kind.INTEGER: 1,
    Kind.NUMBER: Decimal(1),
    Kind.TIME: timedelta(seconds=1),
    Kind.DATE: timedelta(days=1),
    Kind.DURATION: timedelta(seconds=1),
}


def samples_of(of: Type, allowed: Sequence[UnaryTest | None], cells: Iterable[UnaryTest]) -> tuple[Any, ...]:
    """Samples of a column of type `of`, those outside the `allowed` values left out.

    `(None,)` stands for the one class of a column whose cells never compare its value, or whose type
    (`any`, lists, contexts) has no samples: see `has_samples`.
    """
    limits = [test for test in allowed if test is not None and test.constants is not None]
    constants = [value for test in [*limits, *cells] for value in test.constants or () if value is not None]
    samples = _samples(of, constants)
    return tuple(sample for sample in samples if all(test(sample, {}) for test in limits)) or (None,)


def has_samples(of: Type) -> bool:
    """Whether the values of a type can be cut into classes at all."""
    return of.kind in TEXTS or of.kind in _STEPS or of.kind in (Kind.BOOLEAN, Kind.MONTHS)


def _samples(of: Type, constants: list[Any]) -> tuple[Any, ...]:
    if of.kind is Kind.ENUM:
        return of.values
    if of.kind is Kind.BOOLEAN:
        return (True, False)
    if not constants or not has_samples(of):
        return (None,)
    if of.kind in TEXTS:
        after = [text + OTHER for text in constants]
        return tuple(dict.fromkeys(["", *constants, *after]))
    if of.kind is Kind.MONTHS:
        counts = _spread(sorted({value.months for value in constants}), 1)
        return tuple(Duration(months=count) for count in counts)
    if of.kind is Kind.INTEGER:
        constants = [around(value) for value in constants for around in (math.floor, math.ceil)]
    return tuple(_spread(sorted(set(constants)), _STEPS[of.kind]))


def _spread(marks: list[Any], step: Any) -> list[Any]:
    """The marks with a value before, between and after them; whole steps where values come in steps."""
    spread = [_moved(marks[0], -step)]
    for mark, following in pairwise(marks):
        spread.append(mark)
        middle = _middle(mark, following, step)
        if middle is not None:
            spread.append(middle)
    return [value for value in [*spread, marks[-1], _moved(marks[-1], step)] if value is not None]


def _middle(low: Any, high: Any, step: Any) -> Any:
    if isinstance(step, Decimal):
        return EXACT.divide(EXACT.add(low, high), 2)
    if isinstance(low, int) or (isinstance(low, date) and not isinstance(low, datetime)):
        return low + step if low + step < high else None
    return low + (high - low) / 2


def _moved(value: Any, step: Any) -> Any:
    """The value a step further, `None` at the end of what there is."""
    try:
        return value + step
    except OverflowError:
        return None
