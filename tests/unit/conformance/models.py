"""The public models: how much of each BPMN file is read, and how each case of each decision table ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from bpmn.findings import Refused
from bpmn.model import Flow, Model, Node, Scope, Unsupported
from bpmn.parse import parse_bpmn
from bpmn.parsing.document import BPMN
from tests.shared import shared
from tests.unit.dmn.test_conformance import cases, tables_of, unwrapped

FLOW_NODES = frozenset({
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "implicitThrowEvent",
    "task", "serviceTask", "sendTask", "receiveTask", "userTask", "manualTask", "businessRuleTask", "scriptTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "complexGateway", "eventBasedGateway", "choreographyTask", "subChoreography",
})  # fmt: skip
"""Every flow node of BPMN 2.0, executable here or not."""


@dataclass(frozen=True, slots=True)
class Read:
    """One BPMN file: what stands in it by plain XML, and what the parser made of it."""

    name: str
    drawn: tuple[str, ...]
    """Ids of flow nodes and sequence flows, counted without our parser."""
    nodes: tuple[str, ...]
    flows: tuple[str, ...]
    shapes: int
    edges: int
    refused: tuple[Unsupported, ...]

    @property
    def lost(self) -> set[str]:
        """What was neither read nor refused by name."""
        return set(self.drawn) - {*self.nodes, *self.flows, *(one.place.element for one in self.refused)}

    @property
    def kinds(self) -> Counter[str]:
        return Counter(one.what for one in self.refused)


def bpmn_files() -> list[Path]:
    return sorted(shared("conformance", "bpmn-miwg").glob("*.bpmn"))


def read(path: Path) -> Read:
    data = path.read_bytes()
    model = parse_bpmn(data, path.name)
    inside = [
        element.get("id", "")
        for element in etree.fromstring(data).iter(f"{{{BPMN}}}*")
        if etree.QName(element).localname in FLOW_NODES | {"sequenceFlow"}
    ]
    nodes, flows = list(_nodes(model)), list(_flows(model))
    return Read(
        path.name, tuple(inside), tuple(n.id for n in nodes), tuple(f.id for f in flows),
        len(model.drawing.shapes), len(model.drawing.edges), model.unsupported,
    )  # fmt: skip


def _scopes(model: Model) -> Iterator[Scope]:
    ahead = [process.scope for process in model.processes]
    while ahead:
        scope = ahead.pop()
        yield scope
        ahead += [node.scope for node in scope.nodes.values() if node.scope is not None]


def _nodes(model: Model) -> Iterator[Node]:
    for scope in _scopes(model):
        yield from scope.nodes.values()


def _flows(model: Model) -> Iterator[Flow]:
    for scope in _scopes(model):
        yield from scope.flows.values()


@dataclass(frozen=True, slots=True)
class Judged:
    """One folder of the decision kit: how many cases gave what they should, and what was refused by name."""

    name: str
    policy: str
    passed: int
    failed: tuple[str, ...]
    refused: tuple[str, ...] = ()


def decision_folders() -> list[Path]:
    return sorted(path for path in shared("conformance", "dmn-tck").iterdir() if path.is_dir())


def judge(folder: Path) -> Judged:
    try:
        tables = tables_of(folder)
    except Refused as refused:
        return Judged(folder.name, "", 0, (), tuple(map(str, refused.findings)))
    passed: list[str] = []
    failed: list[str] = []
    for case, inputs, results in cases(folder):
        right = bool(results) and all(
            unwrapped(tables[name], tables[name].decide(inputs, allow_none=True).result) == expected
            for name, expected in results.items()
        )
        (passed if right else failed).append(case)
    policies = sorted({str(table.policy) for table in tables.values()})
    return Judged(folder.name, ", ".join(policies), len(passed), tuple(failed))
