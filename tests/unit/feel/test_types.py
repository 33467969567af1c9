"""Type texts read back as themselves; everything else is refused with the near name."""

from __future__ import annotations

import pytest

from bpmn.feel import TypeTextError, accepts, parse_type


@pytest.mark.parametrize(
    "text",
    [
        *(
            "boolean",
            "integer",
            "number",
            "string",
            "id",
            "time",
            "date",
            "duration",
            "months",
            "any",
            "null",
        ),
        "enum(light, medium)",
        'enum(a, "b c")',
        "list(list(id))",
        "context{name: string, due: time}",
        "list(context{tier: enum(a, b)})",
    ],
)
def test_a_type_text_reads_back_as_itself(text: str) -> None:
    assert str(parse_type(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strng", "'string'"),
        ("enum()", "where a value is wanted"),
        ("enum(a, a)", "twice"),
        ("list", "ends where"),
        ("list(id", "ends where"),
        ("id id", "after a whole type"),
        ("context{a: id, a: id}", "twice"),
        ("", "ends where a type"),
        ("enum(a; b)", "has no meaning"),
    ],
)
def test_another_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(TypeTextError, match=message):
        parse_type(text)


@pytest.mark.parametrize(
    ("target", "source", "fits"),
    [
        ("number", "integer", True),
        ("integer", "number", False),
        ("enum(a, b)", "enum(a)", True),
        ("enum(a)", "enum(a, b)", False),
        ("enum(a)", "string", False),
        ("string", "enum(a)", True),
        ("time", "date", False),
        ("list(number)", "list(integer)", True),
        ("context{a: number}", "context{a: integer, b: id}", True),
        ("context{a: number, b: id}", "context{a: integer}", False),
        ("id", "null", True),
        ("id", "any", True),
    ],
)
def test_a_value_goes_only_where_its_type_fits(target: str, source: str, fits: bool) -> None:
    assert accepts(parse_type(target), parse_type(source)) is fits
