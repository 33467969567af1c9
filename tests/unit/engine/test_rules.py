"""Business rule tasks: answered inside the advance, by frozen or by live tables."""

from __future__ import annotations

from typing import Any

import pytest

from bpmn.dmn import DecisionTable, parse_decisions
from bpmn.effects import Decided
from bpmn.errors import UndecidedRule
from bpmn.findings import Refused
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import chain, end, linked, process, start, tag


def table(
    days: int, *, limit: int = 10, policy: str = "UNIQUE", aggregation: str = ""
) -> dict[str, DecisionTable]:
    """`promise`: days by amount; below the limit `days`, above it twice as many, nothing at a negative amount."""
    gathered = f' aggregation="{aggregation}"' if aggregation else ""
    cells = ((f"[0..{limit}]", days), (f"&gt; {limit}", 2 * days))
    rules = "".join(
        f'<rule id="r{at}"><inputEntry id="i{at}"><text>{test}</text></inputEntry>'
        f'<outputEntry id="o{at}"><text>{out}</text></outputEntry></rule>'
        for at, (test, out) in enumerate(cells, start=1)
    )
    file = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="test">'
        f'<decision id="promise" name="promise"><decisionTable id="t" hitPolicy="{policy}"{gathered}>'
        '<input id="in"><inputExpression id="ie" typeRef="integer"><text>amount</text></inputExpression></input>'
        f'<output id="out" name="days" typeRef="integer" />{rules}</decisionTable></decision></definitions>'
    )
    return {found.key: found for found in parse_decisions(file.encode(), "promise.dmn")}


def asking(
    binding: str = "deployment",
    output: str = "result.days",
    data: dict[str, str] | None = None,
    **rest: Any,
) -> str:
    rule = tag(
        "businessRuleTask",
        "ask",
        camunda__decisionRef="promise",
        camunda__decisionRefBinding=binding,
        outputs={"n": output},
        **rest,
    )
    body = start() + rule + end() + chain("start", "ask", "end")
    return process("p", body, data=data or {"amount": "integer", "n": "integer"})


def test_a_table_takes_the_same_named_data_and_its_answer_is_reported() -> None:
    case = Case(linked(asking(), decisions=table(3)), amount=50)
    assert case.data["n"] == 6
    assert [e for e in case.effects if isinstance(e, Decided)] == [
        Decided("p", "ask", "promise", ("r2",), {"days": 6})
    ]


def test_a_table_takes_its_mapped_inputs() -> None:
    case = Case(linked(asking(inputs={"amount": "amount - 45"}), decisions=table(3)), amount=50)
    assert case.data["n"] == 3


def test_an_aggregated_answer_is_the_result_itself() -> None:
    decisions = table(3, policy="COLLECT", aggregation="SUM")
    assert Case(linked(asking(output="result"), decisions=decisions), amount=50).data["n"] == 6


def test_no_matching_rule_is_a_fault_never_null() -> None:
    with pytest.raises(UndecidedRule, match="p ask: table promise gives no answer"):
        Case(linked(asking(), decisions=table(3)), amount=-1)


@pytest.mark.parametrize(("binding", "days"), [("deployment", 3), ("latest", 7)])
def test_only_tables_bound_latest_are_replaced_by_live_ones(binding: str, days: int) -> None:
    definitions = linked(asking(binding), decisions=table(3)).with_live(table(7))
    assert Case(definitions, amount=5).data["n"] == days


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (asking(data={"n": "integer"}), "unknown name 'amount'"),
        (asking(data={"n": "integer", "amount": "string"}), "gives string where integer is wanted"),
        (asking(output="result.dais"), "did you mean 'days'"),
        (asking(inputs={"amout": "amount"}), "did you mean 'amount'"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(written: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        linked(written, decisions=table(3))
    assert said in str(refused.value)
