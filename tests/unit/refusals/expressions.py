"""What is wrong in the text of an expression, a type, a duration, a timer or a table cell."""

from __future__ import annotations

from tests.unit.dmn.drawn import decision, dmn
from tests.unit.engine.drawn import boundary, chain, end, on_timer, start, user
from tests.unit.refusals.linked import DATA, of
from tests.unit.refusals.row import Row

NAMES = {**DATA, "many": "list(integer)", "span": "duration", "held": "boolean"}
GIVEN: list[tuple[str, str]] = [
    ("", '"n" is empty'),
    ("1 + ", "ends too early"),
    ("1 2", "unexpected '2'"),
    ("1 $ 2", "unexpected '$'"),
    ("1 " + "+ 1 " * 3_000, "characters; "),
    ("-(" * 70 + "n" + ")" * 70, "the expression is nested deeper"),
    ("n > 1 ad n < 3", "did you mean 'and'?"),
    ("nn + 1", "unknown name 'nn'"),
    ("?", "? has a meaning in a table cell only"),
    ('if n = "a" then 1 else 2', "integer is never equal to"),
    ("if many < many then 1 else 2", "have no order"),
    ('if tier = "medium" then 1 else 2', '"medium" is none of'),
    ("[1..2]", "an interval or several tests stand after `in`"),
    ('@"soon"', "is not a date and time"),
    ("-who", "has no sign to change"),
    ("if n then 1 else 2", "takes true or false, not integer"),
    ("n + who", "no `integer + id`"),
    ("n / 0", "division by zero"),
    ("if null in (1, 2) then 1 else 2", "null is compared with `= null`"),
    ("if not(held, held) then 1 else 2", "not() takes one argument outside a table cell"),
    ("if held then 1 else many", "`then` gives integer and `else` gives list(integer)"),
    ("coun(many)", "did you mean 'count'?"),
    ("count()", "count() takes"),
    ('floor(who)', "argument 1 of floor() is id"),
    ("max(n)", "max() takes a list or several values"),
    ("max(n, who)", "have no type in common"),
    ("max([held])", "max() cannot work on"),
    ("count(n)", "count()"),
    ("if list contains(n, 1) then 1 else 2", "list contains() takes a list first"),
    ('if list contains(many, "a") then 1 else 2', "never holds a"),
    ('if list contains([tier], "medium") then 1 else 2', "list contains(): 'medium' is none of"),
    ("count(concatenate(n))", "concatenate() takes lists"),
    ('if get or else(tier, "medium") = "light" then 1 else 2', "get or else(): 'medium' is none of"),
    ("get or else(n, held)", "get or else(): integer and boolean have no type in common"),
    ("abs(who)", "abs() takes a number or a duration"),
    ("if date(held) = null then 1 else 2", "date() takes a text, a time, or year, month and day"),
    ('if date(1, 2, "a") = null then 1 else 2', "year, month and day as integers"),
    ("if string(many) = null then 1 else 2", "string() takes one value"),
    ('if duration("soon") = null then 1 else 2', "duration() takes a text such as PT3H"),
    ('if date("soon") = null then 1 else 2', "date(): "),
    ('number("one")', "number(): the text is not a number"),
    ("{a: 1, a: 2}.a", "a context names one field twice"),
    ("if some x in many satisfies x then 1 else 2", "`satisfies` takes true or false"),
    ("many[who]", "a filter is a position"),
    ("count(for x in n return x)", "a list is wanted, not integer"),
    ("if n in [3..1] then 1 else 2", "the interval from 3 to 1 holds nothing"),
    ("n.value", "has no fields"),
    ('"one"', "where integer is wanted"),
    ('if @"P1Y2D" = null then 1 else 2', "mixes months with days"),
]  # fmt: skip
"""Expressions written to the integer `n`."""
TYPES: list[tuple[str, str]] = [
    ("integr", "did you mean 'integer'?"),
    ("enum(a, a)", "names a value twice"),
    ("integer integer", "comes after a whole type"),
    ("context{a: integer, a: integer}", "names the field 'a' twice"),
    ("list)integer", "stands where"),
    ("enum(a b)", "stands where"),
    ("enum((", "stands where"),
    ("list(", "ends where"),
    ("integer;", "has no meaning in one"),
]
TIMERS: list[tuple[str, str]] = [
    ("resolve before PT1.5S", "has a fraction of a second"),
    ("P1M", "years and months need a date"),
    ("P999999999DT99H", "is longer than can be kept"),
    ("R3/", "is not a cycle"),
    ("R0/PT1H", "never happens"),
    ("R3/PT0S", "must be longer than nothing"),
    ("R3/P1M", "no fixed length"),
    ("3 hours", "a timer may also be"),
]
CELLS: list[tuple[str, str]] = [
    ("? + 1", "a test with ? is true or false"),
    ("[3..1]", "holds nothing"),
]


def given(text: str, says: str) -> Row:
    written = user("x", outputs={"n": text}) + boundary("late", "x", on_timer("PT1H")) + chain("late", "end")
    return of(start() + end() + written + chain("start", "x", "end"), says, NAMES)


def typed(text: str, says: str) -> Row:
    return of(start() + end() + chain("start", "end"), says, {"n": text})


def timed(text: str, says: str) -> Row:
    reminder = boundary("late", "x", on_timer(text), interrupting=not text.startswith("R"))
    return of(
        start() + end() + user("x") + reminder + chain("start", "x", "end") + chain("late", "end"), says
    )


def rows() -> list[Row]:
    score, number = [("score", "integer", "")], [("n", "integer", "")]
    cells = [
        Row("expression", {"t.dmn": dmn(decision(score, number, [[cell, "1"]]))}, says)
        for cell, says in CELLS
    ]
    made = [
        *(given(*one) for one in GIVEN),
        *(typed(*one) for one in TYPES),
        *(timed(*one) for one in TIMERS),
    ]
    return [*(Row("expression", row.files, row.says) for row in made), *cells]
