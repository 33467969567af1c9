"""The functions of the language. Null in gives null out unless a function says what null means to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from functools import partial
from typing import Any

from bpmn.durations import Duration, parse_timedelta
from bpmn.feel import arithmetic
from bpmn.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DURATION,
    INTEGER,
    MONTHS,
    NUMBER,
    NUMBERS,
    STRING,
    TIME,
    Kind,
    Type,
    accepts,
    join,
    list_of,
    parse_type,
)
from bpmn.feel.typing_rules import comparable, foreign_values, iterable, ordered
from bpmn.feel.values import encode, parse_instant

MOST_DIGITS = 30
_ANY_LIST = list_of(ANY)


class Misfit(Exception):
    """Arguments that a function does not take; the compiler adds the place."""


@dataclass(frozen=True, slots=True)
class Function:
    """One builtin. `result` gives its type for the argument types, or raises `Misfit`."""

    name: str
    least: int
    most: int | None
    result: Callable[[Sequence[Type]], Type]
    run: Callable[..., Any]
    takes_null: bool = False


def _plain(name: str, signature: str, run: Callable[..., Any], optional: int = 0) -> Function:
    """A function of fixed argument types: `string, string -> boolean`."""
    given, result = signature.split("->")
    parameters = [parse_type(text) for text in given.split(",")]
    of = parse_type(result)

    def check(arguments: Sequence[Type]) -> Type:
        for position, (parameter, argument) in enumerate(zip(parameters, arguments, strict=False), start=1):
            if argument.kind is Kind.NULL or not accepts(parameter, argument):
                raise Misfit(f"argument {position} of {name}() is {argument}, not {parameter}")
        return of

    return Function(name, len(parameters) - optional, len(parameters), check, run)


def _items(name: str, arguments: Sequence[Type]) -> Type:
    """The joined type of what a function like `min` looks at: one list, or several values."""
    if len(arguments) == 1:
        of = iterable(arguments[0])
        if of is None:
            raise Misfit(f"{name}() takes a list or several values, not one {arguments[0]}")
        return of
    joined: Type | None = arguments[0]
    for argument in arguments[1:]:
        joined = join(joined, argument) if joined else None
    if joined is None:
        raise Misfit(f"the arguments of {name}() have no type in common: {', '.join(map(str, arguments))}")
    return joined


def _over_items(
    name: str, fits: Callable[[Type], bool], result: Callable[[Type], Type], run: Callable[[Any], Any]
) -> Function:
    def check(arguments: Sequence[Type]) -> Type:
        of = _items(name, arguments)
        if of.kind is not Kind.NULL and not fits(of):
            raise Misfit(f"{name}() cannot work on {of}")
        return result(of)

    def over(*arguments: Any) -> Any:
        items = arguments[0] if len(arguments) == 1 else arguments
        return None if items is None else run(items)

    return Function(name, 1, None, check, over, takes_null=True)


def _best(items: Sequence[Any], sign: str) -> Any:
    """The first item that no other one beats; null when there is none or one of them is null."""
    if not items or any(item is None for item in items):
        return None
    best = items[0]
    for item in items[1:]:
        if arithmetic.COMPARISONS[sign](item, best):
            best = item
    return best


def _sum(items: Sequence[Any]) -> Any:
    if not items:
        return None
    total = items[0]
    for item in items[1:]:
        total = arithmetic.add(total, item)
    return total


def _every(items: Sequence[Any]) -> bool | None:
    if any(item is False for item in items):
        return False
    return None if any(item is None for item in items) else True


def _some(items: Sequence[Any]) -> bool | None:
    if any(item is True for item in items):
        return True
    return None if any(item is None for item in items) else False


def _same_items(name: str, items: Type, value: Type) -> Type:
    of = iterable(items)
    if of is None:
        raise Misfit(f"{name}() takes a list first, not {items}")
    if not comparable(of, value):
        raise Misfit(f"{name}(): a list of {of} never holds a {value}")
    foreign = foreign_values(of, value)
    if foreign is not None:
        raise Misfit(f"{name}(): {', '.join(map(repr, foreign[0]))} is none of {foreign[1]}")
    return of


def _list_contains(items: Any, value: Any) -> bool | None:
    return None if items is None else any(arithmetic.equal(item, value) is True for item in items)


def _list_contains_type(arguments: Sequence[Type]) -> Type:
    _same_items("list contains", *arguments)
    return BOOLEAN


def _append_type(arguments: Sequence[Type]) -> Type:
    of = _same_items("append", arguments[0], arguments[1])
    for argument in arguments[1:]:
        _same_items("append", arguments[0], argument)
        of = join(of, argument) or ANY
    return list_of(of)


def _concatenate_type(arguments: Sequence[Type]) -> Type:
    of: Type | None = None
    for argument in arguments:
        item = iterable(argument)
        if item is None:
            raise Misfit(f"concatenate() takes lists, not {argument}")
        of = item if of is None else join(of, item) or ANY
    return list_of(of or ANY)


def _distinct(items: Any) -> Any:
    kept: list[Any] = []
    for item in items:
        if not any(arithmetic.equal(item, known) is True for known in kept):
            kept.append(item)
    return kept


def _get_or_else_type(arguments: Sequence[Type]) -> Type:
    value, default = arguments
    foreign = foreign_values(value, default)
    if foreign is not None:
        raise Misfit(f"get or else(): {', '.join(map(repr, foreign[0]))} is none of {foreign[1]}")
    joined = join(value, default)
    if joined is None:
        raise Misfit(f"get or else(): {value} and {default} have no type in common")
    return joined


def _list_type(name: str) -> Callable[[Sequence[Type]], Type]:
    def check(arguments: Sequence[Type]) -> Type:
        of = iterable(arguments[0])
        if of is None:
            raise Misfit(f"{name}() takes a list, not {arguments[0]}")
        return list_of(of)

    return check


def _count_type(arguments: Sequence[Type]) -> Type:
    _list_type("count")(arguments)
    return INTEGER


def _rounded(mode: str, number: Any, scale: Any = 0) -> Any:
    """`number` kept to `scale` decimals; an integer when no decimals are kept."""
    if isinstance(number, int) and scale >= 0:
        return number
    if abs(scale) > MOST_DIGITS:
        raise ValueError(f"{scale} decimals; {MOST_DIGITS} is the most")
    kept = Decimal(number).quantize(Decimal(1).scaleb(-int(scale)), mode, arithmetic.EXACT)
    return int(kept) if scale <= 0 else kept


def _rounding(name: str, mode: str, optional: int = 0) -> Function:
    check = _plain(name, "number, integer -> number", abs).result

    def result(arguments: Sequence[Type]) -> Type:
        check(arguments)
        return NUMBER if len(arguments) == 2 else INTEGER

    return Function(name, 2 - optional, 2, result, partial(_rounded, mode))


def _modulo_type(arguments: Sequence[Type]) -> Type:
    of = _plain("modulo", "number, number -> number", _modulo).result(arguments)
    return INTEGER if all(argument.kind is Kind.INTEGER for argument in arguments) else of


def _modulo(number: Any, divisor: Any) -> Any:
    """The remainder with the sign of the divisor; null when that is zero."""
    if not divisor:
        return None
    if isinstance(number, int) and isinstance(divisor, int):
        return number % divisor
    exact = arithmetic.EXACT
    whole = exact.divide(Decimal(number), divisor).to_integral_value(ROUND_FLOOR)
    return exact.subtract(number, exact.multiply(divisor, whole))


def _abs_type(arguments: Sequence[Type]) -> Type:
    of = arguments[0]
    if of.kind not in NUMBERS | {Kind.ANY, Kind.DURATION, Kind.MONTHS}:
        raise Misfit(f"abs() takes a number or a duration, not {of}")
    return of


def _abs(value: Any) -> Any:
    return Duration(months=abs(value.months)) if isinstance(value, Duration) else abs(value)


def _date_type(arguments: Sequence[Type]) -> Type:
    if len(arguments) == 1:
        (of,) = arguments
        if of.kind is Kind.NULL or not (accepts(STRING, of) or accepts(TIME, of)):
            raise Misfit(f"date() takes a text, a time, or year, month and day; not {of}")
    elif len(arguments) != 3 or any(of.kind not in (Kind.INTEGER, Kind.ANY) for of in arguments):
        raise Misfit("date() takes a text, a time, or year, month and day as integers")
    return DATE


def _date(*given: Any) -> date:
    if len(given) == 3:
        return date(*given)
    if isinstance(given[0], datetime):
        return given[0].astimezone(UTC).date()
    return date.fromisoformat(given[0])


def _number(text: str) -> Any:
    """The number written in `text`, null when it is none."""
    sign = text[1:] if text.startswith("-") else text
    whole, point, fraction = sign.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (
        point and not (fraction.isascii() and fraction.isdigit())
    ):
        return None
    return Decimal(text) if point else int(text)


def _string(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (list, tuple, Mapping)):
        raise TypeError("string() takes one value, no list and no context")
    kinds = {datetime: TIME, date: DATE, Duration: MONTHS}
    return str(encode(value, kinds.get(type(value), ANY if isinstance(value, (int, str)) else DURATION)))


def _string_type(arguments: Sequence[Type]) -> Type:
    if arguments[0].kind in (Kind.LIST, Kind.CONTEXT, Kind.NULL):
        raise Misfit(f"string() takes one value, not {arguments[0]}")
    return STRING


def _boolean(of: Type) -> bool:
    return of.kind in (Kind.BOOLEAN, Kind.ANY)


def _summable(of: Type) -> bool:
    return of.kind in NUMBERS | {Kind.ANY, Kind.DURATION, Kind.MONTHS}


def _sortable(of: Type) -> bool:
    return ordered(of, of)


def _same(of: Type) -> Type:
    return of


def _always_boolean(_: object) -> Type:
    return BOOLEAN


FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        Function("date", 1, 3, _date_type, _date),
        _plain("date and time", "string -> time", parse_instant),
        _plain("duration", "string -> duration", parse_timedelta),
        Function("string", 1, 1, _string_type, _string),
        _plain("number", "string -> number", _number),
        _plain("contains", "string, string -> boolean", lambda text, part: part in text),
        _plain("starts with", "string, string -> boolean", str.startswith),
        _plain("ends with", "string, string -> boolean", str.endswith),
        _plain("upper case", "string -> string", str.upper),
        _plain("lower case", "string -> string", str.lower),
        _plain("string length", "string -> integer", len),
        Function("count", 1, 1, _count_type, len),
        _over_items("min", _sortable, _same, lambda items: _best(items, "<")),
        _over_items("max", _sortable, _same, lambda items: _best(items, ">")),
        _over_items("sum", _summable, _same, _sum),
        _over_items("all", _boolean, _always_boolean, _every),
        _over_items("any", _boolean, _always_boolean, _some),
        Function("list contains", 2, 2, _list_contains_type, _list_contains, takes_null=True),
        Function(
            "append", 2, None, _append_type, lambda items, *more: [*(items or ()), *more], takes_null=True
        ),
        Function(
            "concatenate", 1, None, _concatenate_type, lambda *lists: [i for items in lists for i in items]
        ),
        Function("distinct values", 1, 1, _list_type("distinct values"), _distinct),
        _plain("floor", "number -> integer", partial(_rounded, ROUND_FLOOR)),
        _plain("ceiling", "number -> integer", partial(_rounded, ROUND_CEILING)),
        _rounding("round", ROUND_HALF_UP, optional=1),
        _rounding("round half up", ROUND_HALF_UP),
        _rounding("round half down", ROUND_HALF_DOWN),
        _rounding("round up", ROUND_UP),
        _rounding("round down", ROUND_DOWN),
        _rounding("decimal", ROUND_HALF_EVEN),
        Function("modulo", 2, 2, _modulo_type, _modulo),
        Function("abs", 1, 1, _abs_type, _abs),
        Function("is defined", 1, 1, _always_boolean, lambda value: value is not None, takes_null=True),
        Function(
            "get or else",
            2,
            2,
            _get_or_else_type,
            lambda value, default: default if value is None else value,
            takes_null=True,
        ),
    )
}
