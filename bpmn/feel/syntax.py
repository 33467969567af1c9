"""What an expression is made of: the tree between the parser and the compiler."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bpmn.feel.types import Type


@dataclass(frozen=True, slots=True)
class Literal:
    value: bool | int | Decimal | str | None
    type: Type


@dataclass(frozen=True, slots=True)
class Moment:
    """`@"..."`: a date, a time or a duration, by its form."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """`?`: the value a table cell is tested against."""


@dataclass(frozen=True, slots=True)
class Path:
    base: Node
    field: str


@dataclass(frozen=True, slots=True)
class Filter:
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """`operator` is one of `+ - * / ** = != < <= > >= and or`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between:
    subject: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In:
    subject: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    low: Node
    low_closed: bool
    high: Node
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """`< 5`, standing where a test is wanted."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Group:
    """Several tests in parentheses; meaningful after `in` only."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class For:
    name: str
    source: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` or (`every` true) `every` item of the source satisfies the body."""

    every: bool
    name: str
    source: Node
    body: Node


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf:
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """`-`: a cell that holds for every input."""


Node = (
    Literal
    | Moment
    | Name
    | Input
    | Path
    | Filter
    | Negative
    | Binary
    | Between
    | In
    | Interval
    | Bound
    | Group
    | Not
    | Conditional
    | For
    | Quantified
    | ListOf
    | ContextOf
    | Call
    | Anything
)
