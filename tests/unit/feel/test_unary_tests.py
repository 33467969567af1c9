"""Table cells hold for exactly the values they describe."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.feel import ExpressionError, UnaryTest, UnknownEnumValue, compile_unary_tests, parse_type
from tests.unit.feel.names import NAMES, PLACE, VALUES


def cell(text: str, type_text: str = "integer") -> UnaryTest:
    return compile_unary_tests(text, parse_type(type_text), NAMES, place=PLACE)


@pytest.mark.parametrize(
    ("text", "type_text", "holds", "fails"),
    [
        ("-", "string", ["a", None], []),
        ('"a", "b"', "enum(a, b, c)", ["a", "b"], ["c", None]),
        ('not("a", "b")', "enum(a, b, c)", ["c", None], ["a", "b"]),
        ("< 5", "number", [4, Decimal("4.9")], [5, None]),
        ("[1..3), 7", "integer", [1, 2, 7], [0, 3, None]),
        ("not([1..3], > 8)", "integer", [0, 5], [2, 9, None]),
        ("? > 5 and ? < 9", "integer", [6], [5, 9, None]),
        ("modulo(?, 2) = 0", "integer", [4], [5]),
        ("cycle", "integer", [3], [4]),
        ("> cycle + 1", "integer", [5], [4]),
        ("scores", "integer", [1, 5], [3]),
        ("null", "string", [None], ["a"]),
        ("not(null)", "string", ["a"], [None]),
        ("true", "boolean", [True], [False, None]),
        ('tier = "light"', "integer", [0], []),
        ('> duration("PT1H")', "duration", [], [VALUES["left"]]),
    ],
)
def test_a_cell_holds_for_what_it_says(
    text: str, type_text: str, holds: list[object], fails: list[object]
) -> None:
    test = cell(text, type_text)
    assert [test(value, VALUES) for value in holds] == [True] * len(holds)
    assert [test(value, VALUES) for value in fails] == [False] * len(fails)


def test_a_cell_with_a_foreign_enum_value_is_refused() -> None:
    with pytest.raises(UnknownEnumValue) as caught:
        cell('"ligth"', "enum(light, medium)")
    assert caught.value.near == "light"


@pytest.mark.parametrize("text", ['"5"', "< null", "? + 1", "[9..1]", "cylce", "5,", "-, 5"])
def test_a_cell_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        cell(text)


WHOLE = st.integers(-50, 50)


@given(WHOLE, WHOLE, st.booleans(), st.booleans(), WHOLE)
def test_an_interval_holds_what_lies_between_its_ends(
    a: int, b: int, low_closed: bool, high_closed: bool, value: int
) -> None:
    low, high = min(a, b), max(a, b)
    test = cell(f"{'[' if low_closed else '('}{low}..{high}{']' if high_closed else ')'}")
    above = value >= low if low_closed else value > low
    below = value <= high if high_closed else value < high
    assert test(value, {}) is (above and below)


@given(st.lists(WHOLE, min_size=1), WHOLE)
def test_not_holds_exactly_where_the_values_do_not(listed: list[int], value: int) -> None:
    texts = ", ".join(map(str, listed))
    assert cell(texts)(value, {}) is (value in listed)
    assert cell(f"not({texts})")(value, {}) is (value not in listed)


@given(WHOLE, WHOLE)
def test_each_sign_is_the_sign_of_python(limit: int, value: int) -> None:
    found = [cell(f"{sign} {limit}")(value, {}) for sign in ("<", "<=", ">", ">=", "=", "!=")]
    assert found == [
        value < limit,
        value <= limit,
        value > limit,
        value >= limit,
        value == limit,
        value != limit,
    ]
