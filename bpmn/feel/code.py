"""A compiled piece of an expression: its type and the closure that computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from bpmn.feel.errors import ExpressionError
from bpmn.feel.syntax import Node
from bpmn.feel.types import Kind, Type

Values = Mapping[str, Any]
Run = Callable[[Values], Any]
Check = Callable[[Any, Values], bool | None]

INPUT = "?"

SCALARS = frozenset(Kind) - {Kind.LIST, Kind.CONTEXT, Kind.ANY, Kind.NULL, Kind.MONTHS}
"""Kinds whose values Python compares as FEEL does, once both sides are known to be of one kind."""


@dataclass(frozen=True, slots=True)
class Code:
    type: Type
    run: Run
    constant: bool = False

    @property
    def value(self) -> Any:
        """What a constant is."""
        return self.run({})


class Compiling(Protocol):
    """What the compiler of tests needs of the compiler of expressions."""

    def code(self, node: Node) -> Code: ...

    def refuse(self, error: type[ExpressionError], message: str, near: str | None = None) -> NoReturn: ...

    def must_compare(self, left: Type, right: Type) -> None: ...

    def must_order(self, left: Type, right: Type) -> None: ...


def constant(type: Type, value: Any) -> Code:
    return Code(type, lambda _: value, constant=True)
