"""Lint finds overlaps, hidden rules, dead rules and gaps, and never one that is not there."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn.dmn import lint_table
from tests.unit.dmn.drawn import decision, table_of

TIER = ("tier", "string", '"light", "medium", "severe"')
SCORE = ("score", "integer", "")
LOSS = ("loss", "number", "")
URGENT = ("urgent", "boolean", "")
OUT = [("n", "integer", "")]


def messages(inputs: list[tuple[str, str, str]], rules: list[list[str]], **drawn: str) -> list[str]:
    return [finding.message for finding in lint_table(table_of(decision(inputs, OUT, rules, **drawn)))]


@pytest.mark.parametrize(
    ("inputs", "rules", "parts"),
    [
        ([SCORE], [["< 3", "1"], [">= 3", "2"]], []),
        ([SCORE], [["<= 3", "1"], [">= 3", "2"]], ["rules r1 and r2 overlap, for score = 3"]),
        ([SCORE], [["< 3", "1"], ["> 2", "2"]], []),
        ([LOSS], [["< 3", "1"], ["> 2", "2"]], ["rules r1 and r2 overlap, for loss = 2.5"]),
        ([LOSS], [["(1..2)", "1"], ["2", "2"]], []),
        ([TIER], [['"light"', "1"], ["-", "2"]], ["rules r1 and r2 overlap, for tier = light"]),
        ([TIER], [['"light"', "1"], ['not("light")', "2"]], []),
        ([TIER], [['"light"', "1"]], ["no rule of table routing holds for tier = medium"]),
        (
            [TIER, URGENT],
            [['"light"', "-", "1"], ['not("light")', "true", "2"]],
            ["no rule of table routing holds for tier = medium, urgent = False"],
        ),
        ([("score", "integer", "[1..3]")], [["< 3", "1"]], ["no rule of table routing holds for score = 3"]),
        ([("score", "integer", "[1..3]")], [["< 3", "1"], ["3", "2"]], []),
        (
            [("score", "integer", "[1..3]")],
            [["<= 3", "1"], ["> 3", "2"]],
            ["rule r2 never holds for any allowed value"],
        ),
        ([SCORE, SCORE], [["> 3", "-", "1"], ["-", "< 2", "2"]], []),
        ([("word", "string", "")], [['"a"', "1"], ['not("a")', "2"]], []),
        ([("word", "string", "")], [['> "m"', "1"], ['"z"', "2"]], ["overlap, for word = z"]),
        ([("at", "dateTime", "")], [['< date and time("2026-01-01T00:00:00Z")', "1"]], []),
        ([SCORE], [["modulo(?, 2) = 0", "1"], ["4", "2"]], []),
    ],
)
def test_a_unique_table_is_judged_exactly(
    inputs: list[tuple[str, str, str]], rules: list[list[str]], parts: list[str]
) -> None:
    found = messages(inputs, rules)
    assert len(found) == len(parts), found
    assert all(part in message for part, message in zip(parts, found, strict=True)), found


def test_a_first_table_hides_no_rule() -> None:
    rules = [["< 3", "1"], [">= 5", "2"], ["[3..4]", "3"], ["-", "4"]]
    found = messages([SCORE], rules, policy='hitPolicy="FIRST"')
    assert found == ["rule r4 is never reached: the rules before it hold first"]
    assert messages([SCORE], rules[1:], policy='hitPolicy="FIRST"') == []


def test_rules_of_an_any_table_overlap_only_when_they_agree() -> None:
    any_policy = 'hitPolicy="ANY"'
    assert messages([SCORE], [["< 3", "1"], ["< 5", "1"]], policy=any_policy) == []
    (found,) = messages([SCORE], [["< 3", "1"], ["< 5", "2"]], policy=any_policy)
    assert "overlap with different outputs" in found


def test_a_default_output_leaves_no_gap() -> None:
    assert messages([TIER], [['"light"', "1"]], default="9") == []


CELLS = st.one_of(
    st.just("-"),
    st.integers(1, 6).map(lambda n: f"< {n}"),
    st.integers(1, 6).map(lambda n: f">= {n}"),
    st.tuples(st.integers(1, 6), st.integers(0, 3)).map(lambda p: f"[{p[0]}..{p[0] + p[1]}]"),
    st.integers(1, 6).map(lambda n: f"not({n})"),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_findings_are_those_that_trying_every_value_gives(cells: list[tuple[str, str]]) -> None:
    """The oracle asks each cell about every pair of allowed whole numbers."""
    inputs = [("a", "integer", "[0..9]"), ("b", "integer", "[0..9]")]
    rules = [[*row, str(n)] for n, row in enumerate(cells)]
    grid = [(a, b) for a in range(10) for b in range(10)]
    unique = table_of(decision(inputs, OUT, rules))
    held = [
        {(a, b) for a, b in grid if rule.cells[0](a, {}) and rule.cells[1](b, {})} for rule in unique.rules
    ]
    found = "\n".join(finding.message for finding in lint_table(unique))
    for (one, first), (other, second) in combinations(enumerate(held, start=1), 2):
        assert (f"rules r{one} and r{other} overlap" in found) is bool(first & second)
    assert ("no rule of table" in found) is (set().union(*held) != set(grid))
    first_found = "\n".join(messages(inputs, rules, policy='hitPolicy="FIRST"'))
    for at, region in enumerate(held):
        hidden = bool(region) and region <= set().union(*held[:at])
        assert (f"rule r{at + 1} is never reached" in first_found) is hidden
        assert (f"rule r{at + 1} never holds" in found) is (not region)
