"""What is wrong in a decision table: what it holds, and how its rules cover the values."""

from __future__ import annotations

from itertools import combinations

from tests.unit.dmn.drawn import HEAD, decision, dmn
from tests.unit.refusals.row import Row, lined

INPUTS = [("tier", "string", '"light", "severe"')]
OUTPUTS = [("minutes", "integer", "")]
RULES = [['"light"', "60"], ['"severe"', "10"]]
WHOLE = decision(INPUTS, OUTPUTS, RULES)
REPLACED: list[tuple[str, str, str]] = [
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
]
"""What stands in the whole table, what is written instead, and what is said of it."""
BESIDE: list[tuple[str, str]] = [
    ('<decision id="d" name="d"><literalExpression/></decision>', "literalExpression"),
    ('<decision id="d" name="d"><context/></decision>', "context"),
    ('<decision id="d" name="d"><invocation/></decision>', "invocation"),
    ('<businessKnowledgeModel id="b" name="b"/>', "businessKnowledgeModel"),
    ('<decisionService id="s" name="s"/>', "decisionService"),
    ('<import namespace="x"/>', "import"),
]
"""Other logic beside the table."""


SCORE = ("score", "integer", "")
PIGEONS, HOLES = 5, 4
MORE: list[tuple[bytes, str]] = [
    (dmn(decision(INPUTS, OUTPUTS, [])), "the table has no rules"),
    (dmn(decision([("1 + 1", "string", "")], OUTPUTS, [["-", "1"]])), "the input is integer but declared as string"),
    (dmn(decision(INPUTS, [], [["-"]])), "the table has no output"),
    (dmn(decision(INPUTS, [*OUTPUTS, *OUTPUTS], [["-", "1", "2"]])), "every output needs a name of its own"),
    (
        dmn(decision([SCORE], [("n", "integer", "1, 2")], [["-", "3"]], policy='hitPolicy="PRIORITY"')),
        "3 is none of the output values 1, 2",
    ),
    (
        dmn(decision(INPUTS, [*OUTPUTS, ("more", "integer", "")], [["-", "1", "2"]],
                     policy='hitPolicy="COLLECT" aggregation="SUM"')),
        "SUM works on one output, not on 2",
    ),
    (
        dmn(decision(INPUTS, [("word", "string", "")], [["-", '"a"']], policy='hitPolicy="COLLECT" aggregation="SUM"')),
        "SUM cannot work on string",
    ),
    (b"not xml", "not well-formed XML"),
    (b"<definitions/>", "the root is"),
    (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + dmn(WHOLE), "a document type (DOCTYPE)"),
    ((HEAD + "</definitions>").encode(), "there is no decision in this file"),
    (dmn(WHOLE, WHOLE), "two decisions have one id"),
    (
        dmn('<itemDefinition name="Loop"><typeRef>Loop</typeRef></itemDefinition>', decision(
            [("tier", "Loop", "")], OUTPUTS, [["-", "1"]])),
        "type 'Loop' contains itself",
    ),
    (dmn(decision([("score", "integer", "[1..3]")], OUTPUTS, [["<= 3", "1"], ["> 3", "2"]])), "rule r2 never holds"),
    (dmn(decision([SCORE], OUTPUTS, [["<= 3", "1"], [">= 3", "2"]])), "rules r1 and r2 overlap, for score = 3"),
    (
        dmn(decision([SCORE], OUTPUTS, [["< 3", "1"], [">= 3", "2"], ["-", "3"]], policy='hitPolicy="FIRST"')),
        "rule r3 is never reached",
    ),
    (dmn(decision(INPUTS, OUTPUTS, RULES[:1])), "no rule of table routing holds for tier = severe"),
]  # fmt: skip


MEANT = decision(
    [("tiers", "string", '"light", "severe"')], [("degree", "integer", "")], [["-", "1"]], key="apology"
)


def crowded() -> bytes:
    """More pigeons than holes: that a pigeon is always without a hole, or a hole shared, takes too long to prove."""
    places = [(pigeon, hole) for pigeon in range(PIGEONS) for hole in range(HOLES)]
    cells = [{(pigeon, hole): "false" for hole in range(HOLES)} for pigeon in range(PIGEONS)]
    pairs = combinations(range(PIGEONS), 2)
    cells += [{(a, hole): "true", (b, hole): "true"} for a, b in pairs for hole in range(HOLES)]
    rules = [[*(row.get(place, "-") for place in places), "1"] for row in cells]
    columns = [(f"p{pigeon}h{hole}", "boolean", "") for pigeon, hole in places]
    return dmn(decision(columns, OUTPUTS, rules, policy='hitPolicy="COLLECT"'))


def of(says: str, *files: bytes) -> Row:
    """Files t.dmn, u.dmn with a tag on each line."""
    named = dict(zip(("t.dmn", "u.dmn"), files, strict=False))
    return Row("table", {name: lined(data.decode()).encode() for name, data in named.items()}, says)


def rows() -> list[Row]:
    return [
        *(of(says, dmn(WHOLE.replace(old, new))) for old, new, says in REPLACED),
        *(of(f"<{says}>", dmn(WHOLE, part)) for part, says in BESIDE),
        *(of(says, data) for data, says in MORE),
        of("table 'apology' asks for 'tiers', which nobody gives it; did you mean 'tier'?", dmn(MEANT)),
        of("table 'apology' must give 'level' (integer), which the code asks of it", dmn(MEANT)),
        of("is too large to be proven free of gaps", crowded()),
        of("table 'routing' is in t.dmn too", dmn(WHOLE), dmn(WHOLE)),
    ]
