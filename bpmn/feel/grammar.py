"""The grammar of the supported part of FEEL (DMN 1.3, chapter 10.3) and its parser.

Left out by intent: time of day, `instance of`, function definitions, named arguments, intervals written
with turned brackets (`]1..3[`), several iterators in one `for`, chained `**` and chained comparisons.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from bpmn.feel import syntax
from bpmn.feel.errors import SyntaxRefused
from bpmn.feel.syntax import Node
from bpmn.feel.types import BOOLEAN, INTEGER, NULL, NUMBER, enum_of
from bpmn.findings import nearest
from bpmn.model import Place

LONGEST = 4000
"""Characters an expression may have; a longer one belongs in a decision table."""

KEYWORDS = frozenset(
    {"and", "between", "else", "every", "false", "for", "if", "in"}
    | {"not", "null", "or", "return", "satisfies", "some", "then", "true"}
)

GRAMMAR = r"""
    ?expression: disjunction
        | "if" expression "then" expression "else" expression       -> conditional
        | "for" name "in" expression "return" expression            -> iteration
        | "some" name "in" expression "satisfies" expression        -> some
        | "every" name "in" expression "satisfies" expression       -> every
    ?disjunction: conjunction
        | disjunction OR conjunction                                -> binary
    ?conjunction: comparison
        | conjunction AND comparison                                -> binary
    ?comparison: sum
        | sum COMPARE sum                                           -> binary
        | sum "between" sum AND sum                                 -> between
        | sum "in" sum                                              -> contained
        | sum "in" bound                                            -> contained
    ?sum: product
        | sum PLUS product                                          -> binary
        | sum MINUS product                                         -> binary
    ?product: power
        | product STAR power                                        -> binary
        | product SLASH power                                       -> binary
    ?power: negation
        | negation POWER negation                                   -> binary
    ?negation: postfix
        | MINUS negation                                            -> negative
    ?postfix: atom
        | postfix "." name                                          -> path
        | postfix "[" expression "]"                                -> filter
    ?atom: NUMBER                                                   -> number
        | STRING                                                    -> string
        | "@" STRING                                                -> moment
        | "true"                                                    -> true
        | "false"                                                   -> false
        | "null"                                                    -> null
        | "?"                                                       -> input
        | name                                                      -> reference
        | (name | FUNCTION) "(" [expression ("," expression)*] ")"  -> call
        | "[" [expression ("," expression)*] "]"                    -> list
        | "{" [entry ("," entry)*] "}"                              -> context
        | (OPEN | SQUARE) expression ".." expression (CLOSE | UNSQUARE)  -> interval
        | "(" tests ")"                                             -> group
        | "not" "(" tests ")"                                       -> negated
    entry: (name | STRING) ":" expression
    name: NAME+
    tests: test ("," test)*
    ?test: expression | bound
    bound: COMPARE sum
    ?unary_tests: tests
        | MINUS                                                     -> anything

    OR: "or"
    AND: "and"
    COMPARE: "<=" | ">=" | "!=" | "=" | "<" | ">"
    PLUS: "+"
    MINUS: "-"
    STAR: "*"
    SLASH: "/"
    POWER: "**"
    OPEN: "("
    CLOSE: ")"
    SQUARE: "["
    UNSQUARE: "]"
    FUNCTION.2: /(date\s+and\s+time|years\s+and\s+months\s+duration|get\s+or\s+else)(?=\s*\()/
    NAME: /[^\W\d]\w*/
    NUMBER: /\d+(\.\d+)?/
    STRING: /"(\\.|[^"\\])*"/
    %ignore /\s+/
"""

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/"}


def parse_expression(text: str, place: Place) -> Node:
    """The tree of an expression; `SyntaxRefused` says at which column the text stops making sense."""
    node: Node = _parse(text, place, "expression")
    return node


def parse_tests(text: str, place: Place) -> tuple[Node, ...]:
    """The tests of a table cell, or `(Anything(),)` for `-`."""
    tests: tuple[Node, ...] = _parse(text, place, "unary_tests")
    return tests


def _parse(text: str, place: Place, start: str) -> Any:
    if not text.strip():
        raise SyntaxRefused(place, "the expression is empty")
    if len(text) > LONGEST:
        raise SyntaxRefused(place, f"an expression of {len(text)} characters; {LONGEST} is the most")
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as problem:
        raise _refusal(problem, text, place) from problem


def _refusal(problem: UnexpectedInput, text: str, place: Place) -> SyntaxRefused:
    shown = " ".join(text.split())
    if isinstance(problem, UnexpectedToken) and problem.token.type == "$END":
        return SyntaxRefused(place, f"`{shown}` ends too early")
    if isinstance(problem, UnexpectedToken):
        near = nearest(str(problem.token), KEYWORDS) if problem.token.type == "NAME" else None
        return SyntaxRefused(place, f"`{shown}`: unexpected {str(problem.token)!r} at {problem.column}", near)
    if isinstance(problem, UnexpectedCharacters):
        return SyntaxRefused(place, f"`{shown}`: unexpected {problem.char!r} at {problem.column}")
    return SyntaxRefused(place, f"`{shown}` is not an expression")


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer="basic",
        start=["expression", "unary_tests"],
        transformer=_Build(),
        maybe_placeholders=False,
    )


@v_args(inline=True)
class _Build(Transformer[Token, Any]):
    """Builds the tree while parsing, so that deep nesting costs no recursion."""

    def binary(self, left: Node, operator: Token, right: Node) -> Node:
        return syntax.Binary(str(operator), left, right)

    def between(self, subject: Node, low: Node, _and: Token, high: Node) -> Node:
        return syntax.Between(subject, low, high)

    def contained(self, subject: Node, target: Node) -> Node:
        return syntax.In(subject, target.tests if isinstance(target, syntax.Group) else (target,))

    def negative(self, _minus: Token, operand: Node) -> Node:
        if isinstance(operand, syntax.Literal) and isinstance(operand.value, (int, Decimal)):
            return syntax.Literal(-operand.value, operand.type)
        return syntax.Negative(operand)

    def conditional(self, condition: Node, then: Node, otherwise: Node) -> Node:
        return syntax.Conditional(condition, then, otherwise)

    def iteration(self, name: str, source: Node, body: Node) -> Node:
        return syntax.For(name, source, body)

    def some(self, name: str, source: Node, body: Node) -> Node:
        return syntax.Quantified(False, name, source, body)

    def every(self, name: str, source: Node, body: Node) -> Node:
        return syntax.Quantified(True, name, source, body)

    def path(self, base: Node, field: str) -> Node:
        return syntax.Path(base, field)

    def filter(self, base: Node, condition: Node) -> Node:
        return syntax.Filter(base, condition)

    def number(self, token: Token) -> Node:
        return syntax.Literal(Decimal(token), NUMBER) if "." in token else syntax.Literal(int(token), INTEGER)

    def string(self, token: Token) -> Node:
        value = _unquote(token)
        return syntax.Literal(value, enum_of(value, literal=True))

    def moment(self, token: Token) -> Node:
        return syntax.Moment(_unquote(token))

    def true(self) -> Node:
        return syntax.Literal(True, BOOLEAN)

    def false(self) -> Node:
        return syntax.Literal(False, BOOLEAN)

    def null(self) -> Node:
        return syntax.Literal(None, NULL)

    def input(self) -> Node:
        return syntax.Input()

    def anything(self, _minus: Token) -> tuple[Node, ...]:
        return (syntax.Anything(),)

    def reference(self, name: str) -> Node:
        return syntax.Name(name)

    def name(self, *words: Token) -> str:
        return " ".join(words)

    def call(self, function: str, *arguments: Node) -> Node:
        return syntax.Call(" ".join(function.split()), arguments)

    def list(self, *items: Node) -> Node:
        return syntax.ListOf(items)

    def context(self, *entries: tuple[str, Node]) -> Node:
        return syntax.ContextOf(entries)

    def entry(self, name: str, value: Node) -> tuple[str, Node]:
        return (_unquote(name) if isinstance(name, Token) else name), value

    def interval(self, opening: Token, low: Node, high: Node, closing: Token) -> Node:
        return syntax.Interval(low, opening == "[", high, closing == "]")

    def tests(self, *tests: Node) -> tuple[Node, ...]:
        return tests

    def bound(self, operator: Token, operand: Node) -> Node:
        return syntax.Bound(str(operator), operand)

    def group(self, tests: tuple[Node, ...]) -> Node:
        alone = len(tests) == 1 and not isinstance(tests[0], syntax.Bound)
        return tests[0] if alone else syntax.Group(tests)

    def negated(self, tests: tuple[Node, ...]) -> Node:
        return syntax.Not(tests)


def _unquote(token: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _ESCAPES.get(code, match[0])

    return _ESCAPE.sub(plain, token[1:-1])
