"""What the operators do at run: exact, null in null out, three-valued.

Types are checked before, so these meet wrong kinds only behind `any`; they raise `TypeError` then,
which the expression turns into an `EvaluationError` with its place.
"""

from __future__ import annotations

import calendar
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from bpmn.durations import Duration

EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Decimals of 34 digits, as FEEL demands; independent of the thread's own decimal context."""

_MICROSECOND = timedelta(microseconds=1)
_LARGEST_POWER = 256


def add(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        return left + right
    if left is None or right is None:
        return None
    if _numbers(left, right):
        return EXACT.add(left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(months=left.months + right.months)
    if isinstance(right, Duration) and isinstance(left, date):
        return _shift(left, right.months)
    if isinstance(left, Duration) and isinstance(right, date):
        return _shift(right, left.months)
    if isinstance(left, (str, date, timedelta)):
        return left + right
    raise TypeError(f"{left!r} + {right!r}")


def subtract(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        return left - right
    if left is None or right is None:
        return None
    if _numbers(left, right):
        return EXACT.subtract(left, right)
    if isinstance(right, Duration):
        return add(left, -right)
    if isinstance(left, (date, timedelta)):
        return left - right
    raise TypeError(f"{left!r} - {right!r}")


def multiply(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        return left * right
    if left is None or right is None:
        return None
    if _numbers(left, right):
        return EXACT.multiply(left, right)
    if _is_number(left):
        left, right = right, left
    if isinstance(left, timedelta) and _is_number(right):
        return _microseconds(EXACT.multiply(left // _MICROSECOND, right))
    if isinstance(left, Duration) and type(right) is int:
        return Duration(months=left.months * right)
    raise TypeError(f"{left!r} * {right!r}")


def divide(left: Any, right: Any) -> Any:
    """The quotient; null when the divisor is zero, as FEEL says."""
    if left is None or right is None:
        return None
    if _numbers(left, right):
        return EXACT.divide(Decimal(left), right) if right else None
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return EXACT.divide(Decimal(left // _MICROSECOND), right // _MICROSECOND) if right else None
    if isinstance(left, timedelta) and _is_number(right):
        return _microseconds(EXACT.divide(Decimal(left // _MICROSECOND), right)) if right else None
    raise TypeError(f"{left!r} / {right!r}")


def power(left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if not _numbers(left, right) or abs(right) > _LARGEST_POWER:
        raise TypeError(f"{left!r} ** {right!r}: both are numbers, the power at most {_LARGEST_POWER}")
    if type(left) is int and type(right) is int and right >= 0:
        return left**right
    if not left:
        return None if right <= 0 else 0
    return EXACT.power(Decimal(left), right)


def negate(operand: Any) -> Any:
    if operand is None:
        return None
    if isinstance(operand, Decimal):
        return operand.copy_negate()
    if isinstance(operand, bool) or not isinstance(operand, (int, timedelta, Duration)):
        raise TypeError(f"-{operand!r}")
    return -operand


def equal(left: Any, right: Any) -> bool | None:
    """FEEL equality: null equals null only; values of different kinds compare to null."""
    if left is None or right is None:
        return left is right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) is True for name in left)
    if not _same_kind(left, right):
        return None
    return bool(left == right)


def unequal(left: Any, right: Any) -> bool | None:
    same = equal(left, right)
    return None if same is None else not same


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def ordered(left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return None
        if isinstance(left, bool) or not _same_kind(left, right):
            raise TypeError(f"{left!r} and {right!r} have no order")
        if isinstance(left, Duration):
            return compare(left.months, right.months)
        return compare(left, right)

    return ordered


COMPARISONS: Mapping[str, Callable[[Any, Any], bool | None]] = {
    "=": equal,
    "!=": unequal,
    "<": _ordering(operator.lt),
    "<=": _ordering(operator.le),
    ">": _ordering(operator.gt),
    ">=": _ordering(operator.ge),
}
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def _same_kind(left: Any, right: Any) -> bool:
    if _numbers(left, right):
        return True
    if isinstance(left, datetime) or isinstance(right, datetime):
        return isinstance(left, datetime) and isinstance(right, datetime)
    return any(
        isinstance(left, kind) and isinstance(right, kind) for kind in (bool, str, date, timedelta, Duration)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _numbers(left: Any, right: Any) -> bool:
    return _is_number(left) and _is_number(right)


def _microseconds(amount: Decimal) -> timedelta:
    return timedelta(microseconds=int(amount.to_integral_value(ROUND_HALF_EVEN)))


def _shift(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{day} plus {months} months is out of range")
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))
