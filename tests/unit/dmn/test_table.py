"""A table answers under its hit policy, or says why it cannot."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bpmn.dmn import NoRuleMatched, SeveralRulesMatched, WrongInput, parse_decisions
from bpmn.feel import parse_type
from tests.unit.dmn.drawn import decision, dmn, table_of

SCORE = [("score", "integer", "[1..5]")]
TIER = [("tier", "string", '"severe", "medium", "light"')]
BY_SCORE = [["< 3", '"medium"'], ["< 2", '"severe"'], ["< 4", '"light"']]


@pytest.mark.parametrize(
    ("policy", "score", "rules", "result"),
    [
        ('hitPolicy="FIRST"', 1, ("r1",), {"tier": "medium"}),
        ('hitPolicy="PRIORITY"', 1, ("r2",), {"tier": "severe"}),
        ('hitPolicy="UNIQUE"', 3, ("r3",), {"tier": "light"}),
        ('hitPolicy="ANY"', 3, ("r3",), {"tier": "light"}),
        ('hitPolicy="RULE ORDER"', 2, ("r1", "r3"), [{"tier": "medium"}, {"tier": "light"}]),
        (
            'hitPolicy="OUTPUT ORDER"',
            1,
            ("r2", "r1", "r3"),
            [{"tier": "severe"}, {"tier": "medium"}, {"tier": "light"}],
        ),
        ('hitPolicy="COLLECT"', 2, ("r1", "r3"), [{"tier": "medium"}, {"tier": "light"}]),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 1, ("r1", "r2", "r3"), 3),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 5, (), 0),
    ],
)
def test_each_hit_policy_answers_in_its_way(
    policy: str, score: int, rules: tuple[str, ...], result: object
) -> None:
    decided = table_of(decision(SCORE, TIER, BY_SCORE, policy=policy)).decide({"score": score})
    assert decided.result == result
    assert decided.rules == rules


@pytest.mark.parametrize(
    ("aggregation", "result"), [("SUM", Decimal("7.5")), ("MIN", Decimal("0.5")), ("MAX", 5)]
)
def test_an_aggregation_gives_an_exact_number(aggregation: str, result: object) -> None:
    rules = [["> 0", "5"], ["> 1", "0.5"], ["> 2", "2"]]
    policy = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
    table = table_of(decision(SCORE, [("points", "number", "")], rules, policy=policy))
    assert table.decide({"score": 3}).result == result
    assert table.result_type == parse_type("number")


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_hold_at_once_and_disagree_are_an_error(policy: str) -> None:
    table = table_of(decision(SCORE, TIER, BY_SCORE, policy=f'hitPolicy="{policy}"'))
    with pytest.raises(SeveralRulesMatched, match="r1, r2, r3"):
        table.decide({"score": 1})


def test_no_matching_rule_is_an_error_that_names_table_and_inputs() -> None:
    table = table_of(decision(SCORE, TIER, BY_SCORE))
    with pytest.raises(NoRuleMatched, match=r"'routing'.*score = 5"):
        table.decide({"score": 5})
    assert table.decide({"score": 5}, allow_none=True).result is None


def test_a_default_output_answers_when_no_rule_holds() -> None:
    table = table_of(decision(SCORE, TIER, BY_SCORE, default='"light"'))
    assert table.decide({"score": 5}).result == {"tier": "light"}


@pytest.mark.parametrize("given", [{}, {"score": "3"}, {"score": True}, {"score": 9}])
def test_an_input_the_table_was_not_drawn_for_is_an_error(given: dict[str, object]) -> None:
    with pytest.raises(WrongInput):
        table_of(decision(SCORE, TIER, BY_SCORE)).decide(given)


def test_lists_of_values_become_enums() -> None:
    table = table_of(decision([("mood", "string", '"calm", "angry"')], TIER, [['"calm"', '"light"']]))
    assert table.inputs == {"mood": parse_type("enum(calm, angry)")}
    assert table.outputs == {"tier": parse_type("enum(severe, medium, light)")}
    assert table.result_type == parse_type("context{tier: enum(severe, medium, light)}")


def test_an_empty_cell_holds_for_everything_and_an_empty_output_is_null() -> None:
    table = table_of(decision(SCORE, TIER, [["", ""]]))
    assert table.decide({"score": None}).result == {"tier": None}


def test_an_input_variable_names_an_input_without_expression() -> None:
    drawn = decision([("", "integer", "")], TIER, [["< 3", '"light"']])
    table = table_of(drawn.replace("camunda:width", 'camunda:inputVariable="score" camunda:width'))
    assert table.inputs == {"score": parse_type("integer")}


def test_a_decision_sees_the_answers_of_those_it_requires() -> None:
    grade = decision(SCORE, TIER, [["< 3", '"severe"'], [">= 3", '"light"']], key="grade")
    needs = '<informationRequirement id="q"><requiredDecision href="#grade"/></informationRequirement>'
    rules = [['"severe"', "60"], ['"light"', "240"]]
    clock = decision([("grade", "string", "")], [("minutes", "integer", "")], rules, key="k", requires=needs)
    clocks, grades = parse_decisions(dmn(clock, grade), "clocks.dmn")
    assert (clocks.key, grades.key) == ("k", "grade")
    assert clocks.inputs == {"score": parse_type("integer")}
    assert clocks.decide({"score": 2}).result == {"minutes": 60}
    assert clocks.decide({"score": 4}).result == {"minutes": 240}
