"""From the tree of an expression to a closure, every name, field, function and type checked on the way."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, NoReturn

from bpmn.durations import parse_timedelta
from bpmn.feel import syntax, typing_rules
from bpmn.feel.arithmetic import ARITHMETIC, COMPARISONS, negate
from bpmn.feel.code import INPUT, SCALARS, Code, Run, Values, constant
from bpmn.feel.errors import (
    ExpressionError,
    UnknownEnumValue,
    UnknownFunction,
    UnknownName,
    WrongArity,
    WrongType,
)
from bpmn.feel.functions import FUNCTIONS, Misfit
from bpmn.feel.lists import compile_filter, compile_for, compile_quantified
from bpmn.feel.membership import compile_tests
from bpmn.feel.syntax import Node
from bpmn.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DURATION,
    MONTHS,
    NULL,
    NUMBERS,
    TIME,
    Kind,
    Type,
    join,
    list_of,
)
from bpmn.feel.values import parse_instant, parse_months
from bpmn.findings import nearest
from bpmn.model import Place

DEEPEST = 60
_FAST = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the expressions of one text. `used` collects the declared names that were met."""

    text: str
    names: Mapping[str, Type]
    place: Place
    used: set[str] = field(default_factory=set)
    locals: frozenset[str] = frozenset()
    depth: int = 0

    def code(self, node: Node) -> Code:
        """The closure and type of `node`; an `ExpressionError` for whatever cannot be right."""
        if self.depth > DEEPEST:
            self.refuse(WrongType, f"the expression is nested deeper than {DEEPEST} levels")
        return replace(self, depth=self.depth + 1)._code(node)

    def within(self, names: Mapping[str, Type]) -> Compiler:
        """The compiler for a place that also sees these local names."""
        return replace(self, names={**self.names, **names}, locals=self.locals | set(names))

    def refuse(self, error: type[ExpressionError], message: str, near: str | None = None) -> NoReturn:
        raise self.refusal(error, message, near)

    def refusal(self, error: type[ExpressionError], message: str, near: str | None = None) -> ExpressionError:
        """The error that names the expression and its place."""
        return error(self.place, f"`{' '.join(self.text.split())}`: {message}", near)

    def must_compare(self, left: Type, right: Type) -> None:
        """Refuse a comparison that can never be true."""
        if not typing_rules.comparable(left, right):
            self.refuse(WrongType, f"{left} is never equal to {right}")
        foreign = typing_rules.foreign_values(left, right)
        if foreign is not None:
            self.refuse_foreign(*foreign)

    def must_order(self, left: Type, right: Type) -> None:
        if not typing_rules.ordered(left, right):
            self.refuse(WrongType, f"{left} and {right} have no order")
        self.must_compare(left, right)

    def refuse_foreign(self, values: tuple[str, ...], declared: Type) -> NoReturn:
        shown = ", ".join(f'"{value}"' for value in values)
        self.refuse(UnknownEnumValue, f"{shown} is none of {declared}", nearest(values[0], declared.values))

    def _code(self, node: Node) -> Code:
        match node:
            case syntax.Literal(value, of):
                return constant(of, value)
            case syntax.Moment(text):
                return self._moment(text)
            case syntax.Name(name):
                return self._name(name)
            case syntax.Input():
                return self._name(INPUT)
            case syntax.Path(base, name):
                return self._path(self.code(base), name)
            case syntax.Negative(operand):
                return self._negative(self.code(operand))
            case syntax.Binary("and" | "or" as sign, left, right):
                return self._logical(sign, self._boolean(left, sign), self._boolean(right, sign))
            case syntax.Binary(sign, left, right) if sign in COMPARISONS:
                return self._comparison(sign, self.code(left), self.code(right))
            case syntax.Binary(sign, left, right):
                return self._arithmetic(sign, self.code(left), self.code(right))
            case syntax.Between(subject, low, high):
                return self._in(subject, (syntax.Interval(low, True, high, True),))
            case syntax.In(subject, tests):
                return self._in(subject, tests)
            case syntax.Not(tests):
                return self._not(tests)
            case syntax.Conditional():
                return self._conditional(node)
            case syntax.Call(function, arguments):
                return self._call(function, arguments)
            case syntax.ListOf(items):
                return self._list([self.code(item) for item in items])
            case syntax.ContextOf(entries):
                return self._context(entries)
            case syntax.For():
                return compile_for(node, self)
            case syntax.Quantified():
                return compile_quantified(node, self)
            case syntax.Filter():
                return compile_filter(node, self)
            case _:
                pass
        raise self.refusal(WrongType, "an interval or several tests stand after `in` or in a table cell")

    def _moment(self, text: str) -> Code:
        readers: list[tuple[Type, Any]] = (
            [(DURATION, parse_timedelta), (MONTHS, parse_months)]
            if text.lstrip(" -").startswith("P")
            else [(DATE, date.fromisoformat), (TIME, parse_instant)]
        )
        cause = ""
        for of, read in readers:
            try:
                return constant(of, read(text))
            except ValueError as problem:
                cause = str(problem)
        raise self.refusal(WrongType, cause)

    def _name(self, name: str) -> Code:
        of = self.names.get(name)
        if of is None:
            if name == INPUT:
                self.refuse(UnknownName, "? has a meaning in a table cell only")
            self.refuse(UnknownName, f"unknown name {name!r}", nearest(name, self.names))
        if name not in self.locals:
            self.used.add(name)
        return Code(of, operator.itemgetter(name))

    def _path(self, base: Code, name: str) -> Code:
        of = base.type
        inner = of.element if of.kind is Kind.LIST else of
        if inner.kind is Kind.ANY:
            found = ANY
        elif inner.kind is Kind.CONTEXT:
            declared = inner.field(name)
            if declared is None:
                fields = [known for known, _ in inner.fields]
                self.refuse(UnknownName, f"{inner} has no field {name!r}", nearest(name, fields))
            found = declared
        else:
            self.refuse(UnknownName, f"{of} has no fields, so none named {name!r}")
        run = base.run
        if of.kind is Kind.LIST:
            return Code(list_of(found), lambda values: _field_of_each(run(values), name))
        return Code(found, lambda values: None if (held := run(values)) is None else _field(held, name))

    def _negative(self, operand: Code) -> Code:
        if operand.type.kind not in NUMBERS | {Kind.DURATION, Kind.MONTHS, Kind.ANY}:
            self.refuse(WrongType, f"a {operand.type} has no sign to change")
        run = operand.run
        return Code(operand.type, lambda values: negate(run(values)), operand.constant)

    def _boolean(self, node: Node, where: str) -> Code:
        code = self.code(node)
        if code.type.kind not in (Kind.BOOLEAN, Kind.ANY, Kind.NULL):
            self.refuse(WrongType, f"`{where}` takes true or false, not {code.type}")
        return code

    def _logical(self, sign: str, left: Code, right: Code) -> Code:
        """Three-valued: a decisive side decides, else an unknown side makes the answer unknown."""
        first, second = left.run, right.run
        decisive = sign == "or"

        def logical(values: Values) -> bool | None:
            a = _truth(first(values))
            if a is decisive:
                return decisive
            b = _truth(second(values))
            if b is decisive:
                return decisive
            return None if a is None or b is None else not decisive

        return Code(BOOLEAN, logical, left.constant and right.constant)

    def _comparison(self, sign: str, left: Code, right: Code) -> Code:
        if sign in _FAST:
            self.must_order(left.type, right.type)
        else:
            self.must_compare(left.type, right.type)
        scalar = left.type.kind in SCALARS and right.type.kind in SCALARS | {Kind.NULL}
        run = _comparing(sign, left.run, right, scalar)
        return Code(BOOLEAN, run, left.constant and right.constant)

    def _arithmetic(self, sign: str, left: Code, right: Code) -> Code:
        of = typing_rules.arithmetic(sign, left.type, right.type)
        if of is None:
            self.refuse(WrongType, f"no `{left.type} {sign} {right.type}`")
        if sign == "/" and right.constant and right.type.kind in NUMBERS and not right.value:
            self.refuse(WrongType, "division by zero")
        work, first, second = ARITHMETIC[sign], left.run, right.run
        return Code(of, lambda v: work(first(v), second(v)), left.constant and right.constant)

    def _in(self, subject: Node, tests: tuple[Node, ...]) -> Code:
        code = self.code(subject)
        if code.type.kind is Kind.NULL:
            self.refuse(WrongType, "null is compared with `= null`, not with `in`")
        check, run = compile_tests(tests, code.type, self).check, code.run
        return Code(BOOLEAN, lambda values: check(run(values), values))

    def _not(self, tests: tuple[Node, ...]) -> Code:
        if len(tests) != 1:
            self.refuse(WrongArity, "not() takes one argument outside a table cell")
        operand = self._boolean(tests[0], "not")
        run = operand.run
        return Code(BOOLEAN, lambda v: None if (of := _truth(run(v))) is None else not of, operand.constant)

    def _conditional(self, node: syntax.Conditional) -> Code:
        condition = self._boolean(node.condition, "if")
        then, otherwise = self.code(node.then), self.code(node.otherwise)
        of = join(then.type, otherwise.type)
        if of is None:
            self.refuse(WrongType, f"`then` gives {then.type} and `else` gives {otherwise.type}")
        asked, yes, no = condition.run, then.run, otherwise.run
        return Code(of, lambda values: yes(values) if _truth(asked(values)) else no(values))

    def _call(self, name: str, nodes: tuple[Node, ...]) -> Code:
        function = FUNCTIONS.get(name)
        if function is None:
            self.refuse(UnknownFunction, f"unknown function {name!r}", nearest(name, FUNCTIONS))
        if len(nodes) < function.least or (function.most is not None and len(nodes) > function.most):
            wanted = f"{function.least}" if function.least == function.most else f"{function.least} or more"
            if function.most is not None and function.least != function.most:
                wanted = f"{function.least} to {function.most}"
            self.refuse(WrongArity, f"{name}() takes {wanted} arguments, not {len(nodes)}")
        if name == "duration" and isinstance(nodes[0], syntax.Literal):
            return self._duration(nodes[0])
        arguments = [self.code(node) for node in nodes]
        try:
            of = function.result([argument.type for argument in arguments])
        except Misfit as misfit:
            self.refuse(WrongType, str(misfit))
        runs = tuple(argument.run for argument in arguments)
        fixed = all(argument.constant for argument in arguments)
        code = Code(of, _calling(function.run, runs, function.takes_null), fixed)
        return self._folded(name, code) if fixed else code

    def _duration(self, literal: syntax.Literal) -> Code:
        if not isinstance(literal.value, str) or not literal.value.lstrip(" -").startswith("P"):
            self.refuse(WrongType, f"duration() takes a text such as PT3H, not {literal.value!r}")
        return self._moment(literal.value)

    def _folded(self, name: str, code: Code) -> Code:
        try:
            value = code.value
        except (TypeError, ValueError, ArithmeticError) as problem:
            self.refuse(WrongType, f"{name}(): {problem}")
        if name == "number" and value is None:
            self.refuse(WrongType, "number(): the text is not a number")
        return constant(code.type, value)

    def _list(self, items: list[Code]) -> Code:
        of: Type = items[0].type if items else NULL
        for item in items[1:]:
            of = join(of, item.type) or ANY
        runs = tuple(item.run for item in items)
        fixed = all(item.constant for item in items)
        return Code(list_of(of if items else NULL), lambda v: [run(v) for run in runs], fixed)

    def _context(self, entries: tuple[tuple[str, Node], ...]) -> Code:
        names = [name for name, _ in entries]
        if len(set(names)) != len(names):
            self.refuse(WrongType, "a context names one field twice")
        codes = {name: self.code(node) for name, node in entries}
        runs = tuple((name, code.run) for name, code in codes.items())
        of = Type(Kind.CONTEXT, fields=tuple((name, code.type) for name, code in codes.items()))
        fixed = all(code.constant for code in codes.values())
        return Code(of, lambda values: {name: run(values) for name, run in runs}, fixed)


def _truth(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} stands where true or false is wanted")


def _field(held: Any, name: str) -> Any:
    if isinstance(held, Mapping):
        return held.get(name)
    raise TypeError(f"{held!r} has no fields")


def _field_of_each(items: Any, name: str) -> Any:
    return None if items is None else [None if item is None else _field(item, name) for item in items]


def _calling(run: Any, runs: tuple[Run, ...], takes_null: bool) -> Run:
    def call(values: Values) -> Any:
        given = [argument(values) for argument in runs]
        if not takes_null and None in given:
            return None
        return run(*given)

    return call


def _comparing(sign: str, left: Run, right: Code, scalar: bool) -> Run:
    """The closure of a comparison; plain Python operators where both kinds are known to agree."""
    other = right.run
    if not scalar:
        compare = COMPARISONS[sign]
        return lambda values: compare(left(values), other(values))
    fast = _FAST.get(sign)
    if right.constant:
        wanted = right.value
        if sign == "=":
            return lambda values: left(values) == wanted
        if sign == "!=":
            return lambda values: left(values) != wanted
        return partial(_ordered_with, fast, left, wanted)
    if sign == "=":
        return lambda values: left(values) == other(values)
    if sign == "!=":
        return lambda values: left(values) != other(values)
    return partial(_ordered, fast, left, other)


def _ordered_with(compare: Any, left: Run, wanted: Any, values: Values) -> bool | None:
    value = left(values)
    return None if value is None else compare(value, wanted)


def _ordered(compare: Any, left: Run, right: Run, values: Values) -> bool | None:
    first, second = left(values), right(values)
    return None if first is None or second is None else compare(first, second)
