"""Models that nobody here wrote: every file parses whole, and what cannot run is named."""

from __future__ import annotations

from collections import Counter

import pytest

from bpmn.parse import parse_bpmn
from tests.shared import shared


class TestConformanceFiles:
    """The interchange files of the BPMN Model Interchange Working Group, drawn by many tools."""

    @pytest.mark.parametrize(
        ("file", "nodes", "shapes", "edges", "unsupported"),
        [
            (
                "A.1.0.bpmn",
                2,
                5,
                4,
                {"task": 3},
            ),
            (
                "A.2.0.bpmn",
                4,
                8,
                9,
                {"task": 4},
            ),
            (
                "A.2.1.bpmn",
                4,
                8,
                11,
                {
                    "ioSpecification": 1,
                    "task": 4,
                    'language="http://www.w3.org/1999/XPath" of conditionExpression': 5,
                },
            ),
            (
                "A.3.0.bpmn",
                6,
                10,
                8,
                {"task": 4},
            ),
            (
                "A.4.0.bpmn",
                7,
                20,
                15,
                {"task": 6},
            ),
            (
                "A.4.1.bpmn",
                7,
                22,
                15,
                {"task": 6},
            ),
            (
                "B.1.0.bpmn",
                23,
                34,
                29,
                {
                    "globalTask": 1,
                    "task": 4,
                    'implementation="##WebService" of userTask': 2,
                    "ioSpecification in serviceTask": 1,
                },
            ),
            (
                "B.2.0.bpmn",
                49,
                99,
                87,
                {
                    "globalUserTask": 1,
                    "conditionalEventDefinition": 4,
                    'implementation="##WebService" of userTask': 5,
                    "multiInstanceLoopCharacteristics in userTask": 1,
                    "task": 22,
                    "signalEventDefinition": 7,
                    "ioSpecification in userTask": 1,
                    "attribute messageRef of sendTask": 1,
                    "multiInstanceLoopCharacteristics": 1,
                    "standardLoopCharacteristics in userTask": 1,
                    "multiInstanceLoopCharacteristics in serviceTask": 1,
                    "linkEventDefinition": 2,
                },
            ),
            (
                "C.1.1.bpmn",
                10,
                13,
                13,
                {
                    "import": 1,
                    'isClosed="true" of process': 1,
                    "ioSpecification in userTask": 3,
                    "potentialOwner in userTask": 4,
                    "resource": 3,
                },
            ),
            (
                "C.3.0.bpmn",
                14,
                14,
                15,
                {
                    'completionQuantity="2" of userTask': 1,
                    'startQuantity="2" of userTask': 1,
                    'implementation="##WebService" of userTask': 1,
                    "potentialOwner in userTask": 1,
                    'implementation="WebService" of userTask': 3,
                    'language="http://www.w3.org/1999/XPath" of timeDuration': 1,
                    "resource": 1,
                },
            ),
            (
                "C.5.0.bpmn",
                34,
                50,
                65,
                {
                    "ioSpecification in userTask": 13,
                    "ioSpecification in callActivity": 1,
                    "signalEventDefinition": 2,
                    "task": 1,
                },
            ),
            (
                "C.7.0.bpmn",
                11,
                19,
                18,
                {
                    "resource": 2,
                    "ioSpecification": 1,
                    "ioSpecification in userTask": 3,
                    "performer in userTask": 3,
                    "performer in serviceTask": 1,
                    "ioSpecification in businessRuleTask": 1,
                    "performer in businessRuleTask": 1,
                    "ioSpecification in serviceTask": 1,
                    "multiInstanceLoopCharacteristics in serviceTask": 1,
                    "relationship": 1,
                },
            ),
            (
                "C.9.0.bpmn",
                17,
                26,
                21,
                {"import": 1},
            ),
            (
                "C.9.1.bpmn",
                10,
                11,
                7,
                {
                    "attribute camunda:async of sendTask": 1,
                    "attribute camunda:asyncAfter of endEvent": 2,
                    "attribute camunda:asyncBefore of sendTask": 1,
                },
            ),
            (
                "C.9.2.bpmn",
                8,
                21,
                12,
                {"import": 1, "multiInstanceLoopCharacteristics in callActivity": 1},
            ),
        ],
    )
    def test_each_is_read_whole_with_the_unsupported_named(
        self, file: str, nodes: int, shapes: int, edges: int, unsupported: dict[str, int]
    ) -> None:
        model = parse_bpmn(shared("conformance", "bpmn-miwg", file).read_bytes(), file)
        named = Counter(found.what for found in model.unsupported)
        assert sum(len(p.scope.nodes) for p in model.processes) == nodes
        assert (len(model.drawing.shapes), len(model.drawing.edges)) == (shapes, edges)
        assert named == unsupported, "\n".join(f"{what}: {count}" for what, count in sorted(named.items()))
