"""What a DMN file holds and the engine does not execute is refused by name, with file, line and element."""

from __future__ import annotations

import pytest

from bpmn.dmn import parse_decisions
from bpmn.findings import Refused
from tests.unit.dmn.drawn import HEAD, decision, dmn

INPUTS = [("tier", "string", '"light", "severe"')]
OUTPUTS = [("minutes", "integer", "")]
RULES = [['"light"', "60"], ['"severe"', "10"]]
WHOLE = decision(INPUTS, OUTPUTS, RULES)


def refusals(data: bytes) -> list[str]:
    with pytest.raises(Refused) as caught:
        parse_decisions(data, "clocks.dmn")
    assert str(caught.value).splitlines() == [str(finding) for finding in caught.value.findings]
    assert all(finding.place.file == "clocks.dmn" for finding in caught.value.findings)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'hitPolicy="UNIQUE"',
            'hitPolicy="UNIQE"',
            "hit policy 'UNIQE' is not known; did you mean 'UNIQUE'?",
        ),
        ('hitPolicy="UNIQUE"', 'hitPolcy="UNIQUE"', "did you mean 'hitPolicy'?"),
        ('hitPolicy="UNIQUE"', 'aggregation="SUM"', "under UNIQUE has no meaning"),
        ('hitPolicy="UNIQUE"', 'hitPolicy="PRIORITY"', "needs a list of output values"),
        ('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT" aggregation="SUMM"', "did you mean 'SUM'?"),
        ('<text>"light"</text>', '<text>"ligth"</text>', "did you mean 'light'?"),
        ("<text>60</text>", "<text>tear</text>", "unknown name 'tear'; did you mean 'tier'?"),
        ("<text>60</text>", '<text>"60"</text>', "where integer is wanted"),
        ('typeRef="integer"', 'typeRef="intger"', "did you mean 'integer'?"),
        ('typeRef="integer"', 'typeRef="time"', "time of day is not; use dateTime"),
        ('<rule id="r2">', '<rule id="r1">', "every rule needs an id of its own"),
        ("<outputEntry><text>10</text></outputEntry>", "", "the rule has 1 and 0 entries"),
        ('<input id="routing_i0"', "<context/><input", "<context> in <decisionTable> is not supported"),
        ('name="minutes"', 'name="minutes" x="1"', "attribute 'x' of <output> is not supported"),
        ("<inputExpression", '<inputExpression expressionLanguage="groovy"', "only FEEL"),
        ("<text>tier</text>", "<text></text>", "the input asks for nothing"),
        (
            "<decisionTable",
            '<informationRequirement><requiredDecision href="#gone"/></informationRequirement><decisionTable',
            "'#gone' leads to nothing",
        ),
        (
            "<decisionTable",
            '<informationRequirement><requiredDecision href="#routing"/></informationRequirement><decisionTable',
            "decisions require each other: routing > routing",
        ),
    ],
)
def test_a_mistake_is_refused_by_name(old: str, new: str, message: str) -> None:
    assert old in WHOLE
    found = refusals(dmn(WHOLE.replace(old, new)))
    assert any(message in line for line in found), found


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ('<decision id="d" name="d"><literalExpression/></decision>', "literalExpression"),
        ('<decision id="d" name="d"><context/></decision>', "context"),
        ('<decision id="d" name="d"><invocation/></decision>', "invocation"),
        ('<businessKnowledgeModel id="b" name="b"/>', "businessKnowledgeModel"),
        ('<decisionService id="s" name="s"/>', "decisionService"),
        ('<import namespace="x"/>', "import"),
    ],
)
def test_other_boxed_logic_is_refused_by_name(part: str, name: str) -> None:
    assert any(f"<{name}>" in line for line in refusals(dmn(WHOLE, part)))


def test_every_mistake_is_listed_at_its_line() -> None:
    found = refusals(dmn(WHOLE.replace('"light"<', '"ligth"<').replace("<text>10<", "<text>true<")))
    assert [line.split(" ")[0] for line in found] == ["clocks.dmn:5", "clocks.dmn:6"]
    assert "(r1)" in found[0]
    assert "(r2)" in found[1]


@pytest.mark.parametrize(
    "data",
    [
        b"not xml",
        b"<definitions/>",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + dmn(WHOLE),
        (HEAD + "</definitions>").encode(),
    ],
)
def test_a_file_that_is_no_safe_dmn_is_refused_whole(data: bytes) -> None:
    assert len(refusals(data)) == 1


def test_what_is_only_drawn_is_left_alone() -> None:
    drawn = '<textAnnotation id="t"><text>why</text></textAnnotation><knowledgeSource id="k"/><extensionElements/>'
    (table,) = parse_decisions(dmn(WHOLE, drawn), "clocks.dmn")
    assert table.key == "routing"
