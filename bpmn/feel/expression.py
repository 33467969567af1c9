"""The two things a definition writes in the expression language: expressions and table cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bpmn.events import Value
from bpmn.feel import typing_rules
from bpmn.feel.code import INPUT, Check, Run
from bpmn.feel.compiler import Compiler
from bpmn.feel.errors import EvaluationError, WrongType
from bpmn.feel.grammar import KEYWORDS, parse_expression, parse_tests
from bpmn.feel.membership import compile_tests
from bpmn.feel.types import Kind, Type, accepts
from bpmn.feel.values import conforms
from bpmn.model import Place

_FAULTS = (KeyError, TypeError, ValueError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. Calling it with the values of its `names` gives a value of `type`.

    The values must be of the declared types (see `values.conforms`); null is one of every type.
    `EvaluationError` when a name has no value at all, or a value behind `any` is of a wrong kind.
    """

    text: str
    type: Type
    names: frozenset[str]
    place: Place
    _run: Run = field(repr=False, compare=False)

    def __call__(self, values: Mapping[str, Value]) -> Value:
        try:
            return self._run(values)
        except _FAULTS as problem:
            raise _fault(self.text, self.place, problem) from problem


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """A checked table cell. `constants` are the values it compares its input with, `None` when the
    cell looks at anything besides the input and so cannot be reasoned about."""

    text: str
    names: frozenset[str]
    place: Place
    constants: tuple[Value, ...] | None
    _check: Check = field(repr=False, compare=False)

    def __call__(self, input_value: Value, values: Mapping[str, Value]) -> bool:
        """Whether the cell holds; an unknown answer (null) does not."""
        try:
            return self._check(input_value, values) is True
        except _FAULTS as problem:
            raise _fault(self.text, self.place, problem) from problem


def compile_expression(
    text: str, names: Mapping[str, Type], *, place: Place, expected: Type | None = None
) -> Expression:
    """Parse, check and compile `text`, which sees `names` and gives `expected`; else `ExpressionError`."""
    compiler = Compiler(text, names, place)
    code = compiler.code(parse_expression(text, place))
    run, of = code.run, code.type
    if expected is not None:
        _must_give(expected, of, compiler)
        if _uncertain(of) and expected.kind is not Kind.ANY:
            run, of = _checked(run, expected), expected
    return Expression(text, of, frozenset(compiler.used), place, run)


def compile_unary_tests(text: str, input_type: Type, names: Mapping[str, Type], *, place: Place) -> UnaryTest:
    """Parse, check and compile the cell `text` over an input of `input_type`; `?` names the input."""
    compiler = Compiler(text, {**names, INPUT: input_type}, place, locals=frozenset({INPUT}))
    test = compile_tests(parse_tests(text, place), input_type, compiler)
    return UnaryTest(text, frozenset(compiler.used), place, test.constants, test.check)


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a value: words of letters, digits and `_`, none of them a keyword."""
    words = text.split(" ")
    return all(word.isidentifier() and word not in KEYWORDS for word in words)


def _must_give(expected: Type, given: Type, compiler: Compiler) -> None:
    foreign = typing_rules.foreign_values(expected, given)
    if foreign is not None:
        compiler.refuse_foreign(*foreign)
    if not accepts(expected, given):
        compiler.refuse(WrongType, f"gives {given} where {expected} is wanted")


def _uncertain(of: Type) -> bool:
    """Whether a value of this type can be something its user did not declare."""
    if of.kind is Kind.LIST:
        return _uncertain(of.element)
    return of.kind is Kind.ANY or any(_uncertain(inner) for _, inner in of.fields)


def _checked(run: Run, expected: Type) -> Run:
    def checked(values: Mapping[str, Any]) -> Any:
        value = run(values)
        if not conforms(value, expected):
            raise TypeError(f"gives {value!r} where {expected} is wanted")
        return value

    return checked


def _fault(text: str, place: Place, problem: Exception) -> EvaluationError:
    shown = " ".join(text.split())
    if isinstance(problem, KeyError):
        return EvaluationError(place, f"`{shown}`: no value was given for {problem.args[0]!r}")
    return EvaluationError(place, f"`{shown}`: {problem}")
