"""Expressions give what FEEL says, and every static mistake is refused with its place and the near name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bpmn.durations import Duration
from bpmn.feel import (
    EvaluationError,
    ExpressionError,
    SyntaxRefused,
    UnknownEnumValue,
    UnknownFunction,
    UnknownName,
    WrongArity,
    WrongType,
    compile_expression,
    parse_type,
)
from tests.unit.feel.names import NAMES, PLACE, VALUES


def value_of(text: str) -> object:
    return compile_expression(text, NAMES, place=PLACE)(VALUES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('tier = "light"', True),
        ('result.action = "confirm" and cycle > 2', True),
        ('if tier = "light" then "medium" else "severe"', "medium"),
        ('tier in ("light", "medium")', True),
        ('tier in ["medium", "severe"]', False),
        ("cycle in [1..3)", False),
        ("cycle in (<1, >=3)", True),
        ("cycle between 1 and 3 and true", True),
        ("Applicant Age >= 18", True),
        ("-2 ** 2", 4),
        ("7 - 2 - 1", 4),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 4", Decimal("0.25")),
        ("loss / (cycle - 3)", None),
        ("loss + null_safe", None),
        ("floor(7 / 2)", 3),
        ("ceiling(7 / 2)", 4),
        ("round(2.5)", 3),
        ("round half down(2.5, 0)", 2),
        ("decimal(2.345, 2)", Decimal("2.34")),
        ("round up(-1.01, 1)", Decimal("-1.1")),
        ("abs(-3)", 3),
        ("modulo(-5, 3)", 1),
        ("modulo(-5.5, 3)", Decimal("0.5")),
        ('"a" + string(cycle) + string(1.50)', "a31.50"),
        ('number("1.50")', Decimal("1.50")),
        ("number(owner)", None),
        ('contains("abc", "b") and starts with("abc", "a") and ends with("abc", "c")', True),
        ('upper case("ä") + lower case("B")', "Äb"),
        ('string length("你好")', 2),
        ("count(scores) + min(scores) + max(scores) + sum(scores)", 17),
        ("min(3, 1, 2)", 1),
        ("sum([])", None),
        ("all([]) and not(any([]))", True),
        ("all([true, null])", None),
        ("any([true, null])", True),
        ("list contains(scores, 5)", True),
        ("append(scores, 7)", [1, 2, 5, 7]),
        ("concatenate(scores, [1])", [1, 2, 5, 1]),
        ("distinct values([1, 1.0, 2])", [1, 2]),
        ("scores[1]", 1),
        ("scores[-1]", 5),
        ("scores[9]", None),
        ("scores[item > 1]", [2, 5]),
        ("items[done = null].department", ["store"]),
        ("for s in scores return s * 2", [2, 4, 10]),
        ("some s in scores satisfies s > 4", True),
        ("every s in scores satisfies s > 4", False),
        ("every i in items satisfies i.done", None),
        ("flag and false", False),
        ("flag or true", True),
        ("flag or false", None),
        ("not(flag)", None),
        ("flag = null", True),
        ("is defined(flag)", False),
        ("get or else(flag, false)", False),
        ("if flag then 1 else 2", 2),
        ("{a: 1, b: {c: 2}}.b.c", 2),
        ("loose.count + 1", 2),
        ("loose.missing", None),
        ('received + duration("PT2H")', datetime(2026, 1, 31, 11, tzinfo=UTC)),
        ('received + duration("P1M")', datetime(2026, 2, 28, 9, tzinfo=UTC)),
        ('received - date and time("2026-01-31T08:00:00Z")', timedelta(hours=1)),
        ('date and time("2026-01-31T17:00:00+08:00") = received', True),
        ('day + @"P1M"', date(2026, 2, 28)),
        ("date(received) = day", True),
        ("date(2026, 1, 31) = day", True),
        ("left * 1.5", timedelta(minutes=90)),
        ("left / 4", timedelta(minutes=15)),
        ('left / duration("PT30M")', 2),
        ('duration("P1Y2M")', Duration(months=14)),
        ("string(received)", "2026-01-31T09:00:00Z"),
        (r'"a\"bA"', 'a"bA'),
    ],
)
def test_an_expression_gives_what_feel_says(text: str, value: object) -> None:
    names = {**NAMES, "null_safe": parse_type("integer")}
    found = compile_expression(text, names, place=PLACE)({**VALUES, "null_safe": None})
    assert found == value
    assert type(found) is type(value) or isinstance(found, Decimal)


@pytest.mark.parametrize(
    ("text", "error", "near"),
    [
        ('teir = "light"', UnknownName, "tier"),
        ("resutl.action", UnknownName, "result"),
        ("result.actoin", UnknownName, "action"),
        ("coutn(scores)", UnknownFunction, "count"),
        ('tier = "ligth"', UnknownEnumValue, "light"),
        ('tier in ("light", "sevre")', UnknownEnumValue, "severe"),
        ('tier in ["light", "sevre"]', UnknownEnumValue, "severe"),
        ('"mediun" = tier', UnknownEnumValue, "medium"),
        ("tier = mood", UnknownEnumValue, None),
        ('list contains(["light", "sevre"], tier)', WrongType, None),
        ('get or else(tier, "lihgt")', WrongType, None),
        ("count()", WrongArity, None),
        ("count(scores, 1)", WrongArity, None),
        ("not(flag, flag)", WrongArity, None),
        ("count(cycle)", WrongType, None),
        ('cycle = "3"', WrongType, None),
        ('cycle + "3"', WrongType, None),
        ("received + 1", WrongType, None),
        ("received > day", WrongType, None),
        ('tier < "medium"', WrongType, None),
        ("cycle and flag", WrongType, None),
        ("cycle < null", WrongType, None),
        ("1 / 0", WrongType, None),
        ("if flag then 1 else true", WrongType, None),
        ("if cycle then 1 else 2", WrongType, None),
        ("[1..3]", WrongType, None),
        ("cycle in [3..1]", WrongType, None),
        ("?", UnknownName, None),
        ("now()", UnknownFunction, None),
        ("today()", UnknownFunction, None),
        ('date("2026-02-30")', WrongType, None),
        ('date and time("2026-01-01T00:00:00")', WrongType, None),
        ('duration("P1M2D")', WrongType, None),
        ('number("x")', WrongType, None),
        ("cycle.x", UnknownName, None),
        ("a < b < c", SyntaxRefused, None),
        ("cycle +", SyntaxRefused, None),
        ("", SyntaxRefused, None),
        ("cycle; cycle", SyntaxRefused, None),
        ("]1..3[", SyntaxRefused, None),
        ("(" * 200 + "1" + ")" * 200 + " +", SyntaxRefused, None),
        ("not(" * 200 + "flag" + ")" * 200, WrongType, None),
        ("1 + " * 2000 + "1", SyntaxRefused, None),
    ],
)
def test_a_static_mistake_is_refused(text: str, error: type[ExpressionError], near: str | None) -> None:
    with pytest.raises(error) as caught:
        compile_expression(text, NAMES, place=PLACE)
    assert caught.value.place == PLACE
    assert caught.value.near == near
    assert str(caught.value).startswith("light.bpmn:7 (Flow_1): ")


@pytest.mark.parametrize(
    ("text", "expected", "error"),
    [
        ('"ligth"', "enum(light, medium)", UnknownEnumValue),
        ("owner", "enum(light, medium)", WrongType),
        ("tier", "enum(light, medium)", WrongType),
        ("1 / 2", "integer", WrongType),
        ("cycle", "boolean", WrongType),
        ("scores", "list(string)", WrongType),
    ],
)
def test_an_expression_gives_what_is_expected_or_is_refused(
    text: str, expected: str, error: type[ExpressionError]
) -> None:
    with pytest.raises(error):
        compile_expression(text, NAMES, place=PLACE, expected=parse_type(expected))


def test_a_loose_value_is_checked_when_it_is_used() -> None:
    expression = compile_expression("loose", NAMES, place=PLACE, expected=parse_type("integer"))
    assert expression.type == parse_type("integer")
    assert expression({"loose": 3}) == 3
    with pytest.raises(EvaluationError, match="where integer is wanted"):
        expression({"loose": "3"})


@pytest.mark.parametrize("text", ["loose + 1", "loose > 1", "loose and true", "loose.x", "-loose"])
def test_a_loose_value_of_a_wrong_kind_is_an_error_not_null(text: str) -> None:
    with pytest.raises(EvaluationError):
        compile_expression(text, NAMES, place=PLACE)({"loose": "text"})


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="no value was given for 'cycle'"):
        compile_expression("cycle + 1", NAMES, place=PLACE)({})


def test_the_names_are_those_used_from_outside() -> None:
    expression = compile_expression("some s in scores satisfies s > cycle", NAMES, place=PLACE)
    assert expression.names == {"scores", "cycle"}


def test_a_local_name_may_be_any_word() -> None:
    assert compile_expression("for self in scores return self", NAMES, place=PLACE)(VALUES) == [1, 2, 5]


def test_sums_of_whole_numbers_stay_whole_at_any_size() -> None:
    assert value_of("99999999999999999999999999999999999999 + 1") == 10**38


@pytest.mark.parametrize(
    ("text", "type_text"),
    [
        ("cycle + 1", "integer"),
        ("cycle / 1", "number"),
        ("received - received", "duration"),
        ("items.department", "list(id)"),
        ("scores[item > 1]", "list(integer)"),
        ("if flag then tier else null", "enum(light, medium, severe)"),
    ],
)
def test_the_type_is_known_before_any_value(text: str, type_text: str) -> None:
    assert compile_expression(text, NAMES, place=PLACE).type == parse_type(type_text)
