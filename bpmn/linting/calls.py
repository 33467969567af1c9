"""What holds between files: called processes, tables, and escalations that climb out of a process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bpmn.findings import nearest
from bpmn.linting.walk import Notes, Region, regions
from bpmn.model import Model, Node, NodeKind, Process, TriggerKind

ENUM = re.compile(r"enum\((.*)\)", re.DOTALL)
THROWING = (NodeKind.THROW, NodeKind.END)


@dataclass(frozen=True, slots=True)
class Call:
    """A call activity with where it stands and the processes it may call."""

    node: Node
    region: Region
    keys: frozenset[str]


def check_calls(models: Iterable[Model], decisions: Iterable[str], notes: Notes) -> None:
    """`models` are all files of the set, `decisions` the keys of its tables."""
    files = list(models)
    processes: dict[str, tuple[Model, Process]] = {}
    for model in files:
        for process in model.processes:
            if not process.executable:
                continue
            if process.key in processes:
                first = processes[process.key][1].place
                cause = f"process {process.key!r} is defined twice, first at {first}; rename one"
                notes.add(process.place, cause)
            processes.setdefault(process.key, (model, process))
    tables = set(decisions)
    calls: list[Call] = []
    for model, process in processes.values():
        for region in regions(model, process):
            for node in region.scope.nodes.values():
                if node.kind is NodeKind.RULE and node.decision:
                    notes.known(node.place, "decision table", node.decision, tables)
                if node.kind is NodeKind.CALL:
                    calls.append(_call(node, region, processes, notes))
    _check_escalations(processes, calls, notes)


def _call(node: Node, region: Region, processes: Mapping[str, tuple[Model, Process]], notes: Notes) -> Call:
    if node.called is None or not node.called.body:
        cure = "name the process to call, or give =expression"
        notes.add(node.place, f"calledElement is missing: {cure}")
        return Call(node, region, frozenset())
    key = node.called.body
    if key.startswith("="):
        return Call(node, region, frozenset(_possible(key, region)) & processes.keys())
    if key not in processes:
        notes.add(node.called.place, f"no process {key!r} to call", nearest(key, processes))
    return Call(node, region, frozenset({key}))


def _possible(expression: str, region: Region) -> Iterator[str]:
    """Texts an expression may give: its literals, and the values of the enums it reads."""
    yield from re.findall(r'"([^"]*)"', expression)
    names = set(re.findall(r"\w+", expression))
    around: Region | None = region
    while around is not None:
        for name, text in around.scope.data.items():
            if name in names and (matched := ENUM.fullmatch(text.body)):
                yield from (value.strip() for value in matched[1].split(","))
                names.discard(name)
        around = around.outer


def _check_escalations(
    processes: Mapping[str, tuple[Model, Process]], calls: list[Call], notes: Notes
) -> None:
    """Follow each escalation out of its process to every caller, until all have caught it."""
    for model, process in processes.values():
        for region in regions(model, process):
            for node in region.nodes(*THROWING):
                trigger = node.trigger
                if trigger is not None and trigger.kind is TriggerKind.ESCALATION and trigger.name:
                    _follow(trigger.name, node, region, calls, notes)


def _follow(code: str, thrower: Node, region: Region, calls: list[Call], notes: Notes) -> None:
    if _caught_around(code, region):
        return
    called = {key for call in calls for key in call.keys}
    seen: set[str] = set()
    ahead = [region.process.key]
    while ahead:
        key = ahead.pop()
        if key in seen:
            continue
        seen.add(key)
        callers = [call for call in calls if key in call.keys]
        if not callers:
            notes.add(
                thrower.place,
                f"escalation {code!r} of {thrower.id} leaves process {key!r}, which nothing calls; catch it "
                "with a boundary event or an event subprocess",
            )
        for call in callers:
            if _caught_at(code, call.node, call.region) or _caught_around(code, call.region):
                continue
            if call.region.process.key in called:
                ahead.append(call.region.process.key)
                continue
            notes.add(
                thrower.place,
                f"escalation {code!r} of {thrower.id} is not caught by {call.node.id} in process "
                f"{call.region.process.key!r} ({call.node.place}); draw a boundary event for it there",
            )


def _caught_around(code: str, region: Region) -> bool:
    """Caught in the region itself or on the way out of its process."""
    around: Region | None = region
    while around is not None:
        for node in around.scope.nodes.values():
            inner = node.scope
            if inner is None or not inner.triggered_by_event or node is region.owner:
                continue
            if any(_catches(start, code) for start in inner.nodes.values() if start.kind is NodeKind.START):
                return True
        if (
            around.owner is not None
            and around.outer is not None
            and _caught_at(code, around.owner, around.outer)
        ):
            return True
        around = around.outer
    return False


def _caught_at(code: str, host: Node, region: Region) -> bool:
    return any(
        _catches(event, code) for event in region.nodes(NodeKind.BOUNDARY) if event.attached_to == host.id
    )


def _catches(event: Node, code: str) -> bool:
    trigger = event.trigger
    return trigger is not None and trigger.kind is TriggerKind.ESCALATION and trigger.name in ("", code)
