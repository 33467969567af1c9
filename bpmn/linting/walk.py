"""Every scope of a process with what surrounds it, and the findings of one file as they come up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bpmn.findings import Finding, nearest
from bpmn.model import Flow, Model, Node, NodeKind, Place, Process, Scope, TriggerKind

ACTIVITIES = frozenset({
    NodeKind.SERVICE, NodeKind.SEND, NodeKind.RECEIVE, NodeKind.USER, NodeKind.RULE,
    NodeKind.SUBPROCESS, NodeKind.CALL,
})  # fmt: skip
GATEWAYS = frozenset({NodeKind.EXCLUSIVE, NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.EVENT_BASED})


@dataclass(frozen=True, slots=True)
class Region:
    """A scope as a lint rule sees it. `owner` is the subprocess around it, None for the process itself."""

    model: Model
    process: Process
    scope: Scope
    owner: Node | None = None
    outer: Region | None = None

    @property
    def on_event(self) -> bool:
        return self.scope.triggered_by_event

    @property
    def place(self) -> Place:
        return self.owner.place if self.owner is not None else self.process.place

    @property
    def name(self) -> str:
        return f"subprocess {self.owner.id}" if self.owner is not None else f"process {self.process.key}"

    def leaving(self, node: Node) -> list[Flow]:
        return [flow for flow in self.scope.flows.values() if flow.source == node.id]

    def arriving(self, node: Node) -> list[Flow]:
        return [flow for flow in self.scope.flows.values() if flow.target == node.id]

    def nodes(self, *kinds: NodeKind) -> Iterator[Node]:
        return (node for node in self.scope.nodes.values() if node.kind in kinds)

    def timers(self, host: Node) -> Iterator[Node]:
        """The boundary timers of a node."""
        return (
            event
            for event in self.nodes(NodeKind.BOUNDARY)
            if event.attached_to == host.id and event.trigger and event.trigger.kind is TriggerKind.TIMER
        )


@dataclass(slots=True)
class Notes:
    findings: list[Finding] = field(default_factory=list)

    def add(self, place: Place, message: str, near: str | None = None) -> None:
        self.findings.append(Finding(place, message, near))

    def known(self, place: Place, what: str, name: str, known: Iterable[str]) -> None:
        """A finding when `name` is none of `known`; worded as the linker words it, so that one remains."""
        words = set(known)
        if name not in words:
            self.add(place, f"unknown {what} {name!r}", nearest(name, words))


def is_event_subprocess(node: Node) -> bool:
    return node.scope is not None and node.scope.triggered_by_event


def regions(model: Model, process: Process) -> Iterator[Region]:
    """The process's own scope, then every subprocess in it, outer before inner."""
    ahead = [Region(model, process, process.scope)]
    while ahead:
        region = ahead.pop(0)
        yield region
        ahead += [
            Region(model, process, node.scope, node, region)
            for node in region.scope.nodes.values()
            if node.scope is not None
        ]
