"""Tests of one value: what stands in a table cell, and what stands after `in`."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from bpmn.feel import syntax
from bpmn.feel.arithmetic import COMPARISONS, equal
from bpmn.feel.code import INPUT, SCALARS, Check, Code, Compiling, Values
from bpmn.feel.errors import WrongType
from bpmn.feel.syntax import Node
from bpmn.feel.types import Kind, Type

_FAST = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_ORDERED = SCALARS - {Kind.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Membership:
    """`check(value, values)` is true, false or null. `constants` are all values it compares with, `None`
    when it looks at anything besides the tested value and so cannot be reasoned about. `equals` is set
    when the test is plain equality with constants."""

    check: Check
    constants: tuple[Any, ...] | None
    equals: bool = False


def compile_tests(nodes: Sequence[Node], subject: Type, compiling: Compiling) -> Membership:
    """One test that holds when any of `nodes` holds for a value of type `subject`."""
    tests = [_test(node, subject, compiling) for node in nodes]
    constants: tuple[Any, ...] | None = ()
    for test in tests:
        constants = None if constants is None or test.constants is None else constants + test.constants
    if len(tests) == 1:
        return tests[0]
    if constants is not None and subject.kind in SCALARS and all(test.equals for test in tests):
        known = frozenset(constants)
        return Membership(lambda value, _: value in known, constants, equals=True)
    checks = tuple(test.check for test in tests)

    def any_of(value: Any, values: Values) -> bool | None:
        unknown = False
        for check in checks:
            answer = check(value, values)
            if answer is True:
                return True
            unknown = unknown or answer is None
        return None if unknown else False

    return Membership(any_of, constants)


def _test(node: Node, subject: Type, compiling: Compiling) -> Membership:
    match node:
        case syntax.Anything():
            return Membership(lambda _value, _values: True, ())
        case syntax.Bound(sign, operand):
            return _bound(sign, compiling.code(operand), subject, compiling)
        case syntax.Interval():
            return _interval(node, subject, compiling)
        case syntax.Group(tests):
            return compile_tests(tests, subject, compiling)
        case syntax.Not(tests) if not mentions_input(node):
            return _negated(compile_tests(tests, subject, compiling))
        case _:
            return _expression(node, subject, compiling)


def _bound(sign: str, operand: Code, subject: Type, compiling: Compiling) -> Membership:
    if sign in _FAST:
        compiling.must_order(subject, operand.type)
    else:
        compiling.must_compare(subject, operand.type)
    compare = COMPARISONS[sign]
    if not operand.constant:
        return Membership(lambda value, values: compare(value, operand.run(values)), None)
    limit = operand.value
    fast = _FAST.get(sign)
    if fast is not None and subject.kind in _ORDERED and operand.type.kind in _ORDERED:
        return Membership(lambda value, _: None if value is None else fast(value, limit), (limit,))
    return Membership(lambda value, _: compare(value, limit), (limit,))


def _interval(node: syntax.Interval, subject: Type, compiling: Compiling) -> Membership:
    low, high = compiling.code(node.low), compiling.code(node.high)
    if low.constant and high.constant and COMPARISONS[">"](low.value, high.value):
        compiling.refuse(WrongType, f"the interval from {low.value} to {high.value} holds nothing")
    above = _bound(">=" if node.low_closed else ">", low, subject, compiling)
    below = _bound("<=" if node.high_closed else "<", high, subject, compiling)
    is_above, is_below = above.check, below.check

    def within(value: Any, values: Values) -> bool | None:
        first = is_above(value, values)
        if first is False:
            return False
        second = is_below(value, values)
        return None if first is None and second is not False else second

    if above.constants is None or below.constants is None:
        return Membership(within, None)
    return Membership(within, above.constants + below.constants)


def _negated(test: Membership) -> Membership:
    check = test.check

    def negated(value: Any, values: Values) -> bool | None:
        answer = check(value, values)
        return None if answer is None else not answer

    return Membership(negated, test.constants)


def _expression(node: Node, subject: Type, compiling: Compiling) -> Membership:
    code = compiling.code(node)
    run = code.run
    if mentions_input(node):
        if code.type.kind not in (Kind.BOOLEAN, Kind.ANY):
            compiling.refuse(WrongType, f"a test with ? is true or false, not {code.type}")
        return Membership(lambda value, values: run({**values, INPUT: value}), None)
    if code.type.kind is Kind.LIST and subject.kind is not Kind.LIST:
        compiling.must_compare(subject, code.type.element)
        constants = tuple(code.value) if code.constant else None
        return Membership(lambda value, values: _among(value, run(values)), constants)
    if code.type.kind is Kind.BOOLEAN and not code.constant and subject.kind not in (Kind.BOOLEAN, Kind.ANY):
        return Membership(lambda _, values: run(values), None)
    compiling.must_compare(subject, code.type)
    if not code.constant:
        return Membership(lambda value, values: equal(value, run(values)), None)
    wanted = code.value
    if subject.kind in SCALARS:
        return Membership(lambda value, _: value == wanted, (wanted,), equals=True)
    return Membership(lambda value, _: equal(value, wanted), (wanted,), equals=True)


def _among(value: Any, items: Any) -> bool | None:
    return None if items is None else any(equal(value, item) is True for item in items)


def mentions_input(node: Node) -> bool:
    """Whether `?` stands anywhere in `node`."""
    waiting: list[object] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, syntax.Input):
            return True
        if isinstance(part, tuple):
            waiting.extend(part)
        elif is_dataclass(part) and not isinstance(part, Type):
            waiting.extend(getattr(part, known.name) for known in fields(part))
    return False
