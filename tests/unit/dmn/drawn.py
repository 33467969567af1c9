"""Small DMN files for the tests, written as Camunda Modeler writes them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bpmn.dmn import DecisionTable, parse_decisions

HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
    'xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="file" name="file" namespace="test">\n'
)


def values(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text, quote=False)}</text></{tag}>" if text else ""


def decision(
    inputs: Sequence[tuple[str, str, str]],
    outputs: Sequence[tuple[str, str, str]],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = 'hitPolicy="UNIQUE"',
    key: str = "routing",
    requires: str = "",
    default: str = "",
) -> str:
    """A decision: inputs as (expression, type, allowed values), outputs as (name, type, output values)."""
    columns = "".join(
        f'<input id="{key}_i{at}" camunda:width="192"><inputExpression typeRef="{of}">'
        f"<text>{escape(text, quote=False)}</text></inputExpression>{values('inputValues', allowed)}</input>\n"
        for at, (text, of, allowed) in enumerate(inputs)
    )
    results = "".join(
        f'<output id="{key}_o{at}" name="{name}" typeRef="{of}">{values("outputValues", allowed)}'
        f"{values('defaultOutputEntry', default)}</output>\n"
        for at, (name, of, allowed) in enumerate(outputs)
    )
    rows = "".join(
        f'<rule id="r{at}">'
        + "".join(
            f"<{tag}><text>{escape(cell, quote=False)}</text></{tag}>"
            for tag, cells in (("inputEntry", row[: len(inputs)]), ("outputEntry", row[len(inputs) :]))
            for cell in cells
        )
        + "</rule>\n"
        for at, row in enumerate(rules, start=1)
    )
    return (
        f'<decision id="{key}" name="{key}" camunda:historyTimeToLive="1">{requires}'
        f'<decisionTable id="{key}_table" {policy}>\n{columns}{results}{rows}</decisionTable></decision>\n'
    )


def dmn(*decisions: str) -> bytes:
    return (HEAD + "".join(decisions) + "</definitions>").encode()


def table_of(drawn: str) -> DecisionTable:
    (table,) = parse_decisions(dmn(drawn), "routing.dmn")
    return table
