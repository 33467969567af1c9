"""What each operator takes and gives. Any other combination is refused at compile."""

from __future__ import annotations

from bpmn.feel.types import (
    ANY,
    DATE,
    DURATION,
    INTEGER,
    MONTHS,
    NUMBER,
    NUMBERS,
    STRING,
    TEXTS,
    TIME,
    Kind,
    Type,
)

_ORDERED = NUMBERS | {Kind.STRING, Kind.ID, Kind.TIME, Kind.DATE, Kind.DURATION, Kind.MONTHS}
_ARITHMETIC: dict[tuple[str, Kind, Kind], Type] = {
    ("+", Kind.TIME, Kind.DURATION): TIME,
    ("+", Kind.DURATION, Kind.TIME): TIME,
    ("+", Kind.TIME, Kind.MONTHS): TIME,
    ("+", Kind.MONTHS, Kind.TIME): TIME,
    ("+", Kind.DATE, Kind.DURATION): DATE,
    ("+", Kind.DURATION, Kind.DATE): DATE,
    ("+", Kind.DATE, Kind.MONTHS): DATE,
    ("+", Kind.MONTHS, Kind.DATE): DATE,
    ("+", Kind.DURATION, Kind.DURATION): DURATION,
    ("+", Kind.MONTHS, Kind.MONTHS): MONTHS,
    ("-", Kind.TIME, Kind.TIME): DURATION,
    ("-", Kind.DATE, Kind.DATE): DURATION,
    ("-", Kind.TIME, Kind.DURATION): TIME,
    ("-", Kind.TIME, Kind.MONTHS): TIME,
    ("-", Kind.DATE, Kind.DURATION): DATE,
    ("-", Kind.DATE, Kind.MONTHS): DATE,
    ("-", Kind.DURATION, Kind.DURATION): DURATION,
    ("-", Kind.MONTHS, Kind.MONTHS): MONTHS,
    ("*", Kind.MONTHS, Kind.INTEGER): MONTHS,
    ("*", Kind.INTEGER, Kind.MONTHS): MONTHS,
    ("*", Kind.DURATION, Kind.NUMBER): DURATION,
    ("*", Kind.NUMBER, Kind.DURATION): DURATION,
    ("*", Kind.DURATION, Kind.INTEGER): DURATION,
    ("*", Kind.INTEGER, Kind.DURATION): DURATION,
    ("/", Kind.DURATION, Kind.NUMBER): DURATION,
    ("/", Kind.DURATION, Kind.INTEGER): DURATION,
    ("/", Kind.DURATION, Kind.DURATION): NUMBER,
}


def arithmetic(operator: str, left: Type, right: Type) -> Type | None:
    """The type of `left operator right`, `None` when the two do not go together."""
    if Kind.NULL in (left.kind, right.kind):
        return None
    if Kind.ANY in (left.kind, right.kind):
        return ANY
    if left.kind in NUMBERS and right.kind in NUMBERS:
        both_whole = left.kind is right.kind is Kind.INTEGER
        return INTEGER if both_whole and operator in ("+", "-", "*") else NUMBER
    if operator == "+" and left.kind in TEXTS and right.kind in TEXTS:
        return STRING
    return _ARITHMETIC.get((operator, left.kind, right.kind))


def comparable(left: Type, right: Type) -> bool:
    """Whether `=` between the two can ever be true, enum values aside."""
    if {Kind.ANY, Kind.NULL} & {left.kind, right.kind}:
        return True
    for alike in (TEXTS, NUMBERS):
        if left.kind in alike:
            return right.kind in alike
    if left.kind is right.kind is Kind.LIST:
        return comparable(left.element, right.element)
    return left.kind is right.kind


def foreign_values(left: Type, right: Type) -> tuple[tuple[str, ...], Type] | None:
    """Values that one side can never have, with the enum that lacks them; `None` when the two fit.

    Text written in the expression must fit whole into a declared enum; two declared enums need only overlap.
    """
    if left.kind is not Kind.ENUM or right.kind is not Kind.ENUM or (left.literal and right.literal):
        return None
    if right.literal or left.literal:
        written, declared = (right, left) if right.literal else (left, right)
        missing = tuple(value for value in written.values if value not in declared.values)
        return (missing, declared) if missing else None
    return None if set(left.values) & set(right.values) else (right.values, left)


def ordered(left: Type, right: Type) -> bool:
    """Whether `<` has a meaning between the two. Declared enums have no order; text has."""
    if Kind.NULL in (left.kind, right.kind):
        return False
    return all(
        of.kind is Kind.ANY or of.kind in _ORDERED or (of.kind is Kind.ENUM and of.literal)
        for of in (left, right)
    ) and comparable(left, right)


def iterable(source: Type) -> Type | None:
    """The type of the items of a list, `None` for what is no list."""
    if source.kind is Kind.LIST:
        return source.element
    return ANY if source.kind is Kind.ANY else None


def narrowed(left: Type) -> Type:
    """A literal's own enum as a plain string: for results that are computed, not written."""
    return STRING if left.kind is Kind.ENUM and left.literal else left
