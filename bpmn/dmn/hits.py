"""What becomes of several rules that hold at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpmn.feel.arithmetic import equal
from bpmn.feel.functions import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Hit:
    rule: str
    outputs: dict[str, Any]


def agree(rows: Sequence[Hit]) -> bool:
    """Whether all rows have the same outputs."""
    return all(equal(row.outputs, rows[0].outputs) is True for row in rows[1:])


def by_output(rows: Sequence[Hit], orders: Mapping[str, tuple[object, ...]]) -> list[Hit]:
    """The rows by the place of their outputs in the lists of output values, left to right, best first;
    rows of the same place keep the order of the table."""

    def rank(row: Hit) -> tuple[int, ...]:
        return tuple(order.index(row.outputs[name]) for name, order in orders.items() if order)

    return sorted(rows, key=rank)


def aggregate(aggregation: str, numbers: Sequence[Any]) -> Any:
    """SUM, MIN or MAX as the functions of the expression language give it; COUNT of the rows."""
    if aggregation == "COUNT":
        return len(numbers)
    return FUNCTIONS[aggregation.lower()].run(list(numbers))
