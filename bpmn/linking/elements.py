"""From a scope of the model to its block and its elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bpmn.feel.types import BOOLEAN, Kind
from bpmn.findings import nearest
from bpmn.linking.mappings import called_processes, read_inputs, read_outputs
from bpmn.linking.results import given_types
from bpmn.linking.source import Source, Types, split
from bpmn.linking.timing import read_clocks, read_timer
from bpmn.model import Flow, Node, NodeKind, Scope, TriggerKind
from bpmn.program import Block, Branch, Element, EventStart, WaitText

CATCHING = frozenset({NodeKind.CATCH, NodeKind.RECEIVE})
SHOWN = frozenset({Kind.ID, Kind.ENUM, Kind.INTEGER})
"""Kinds of data that a `waits` text may show: never free text."""


def link_scope(
    process: str,
    scope: Scope,
    outer: Types,
    around: Scope | None,
    elements: dict[str, Element],
    source: Source,
    within: str = "",
) -> Block:
    """The block of `scope`; its elements are added to `elements`. `outer` are the names seen from outside, `within`
    is the subprocess that holds the scope."""
    own = source.data(scope)
    names = {**outer, **own}
    bare: dict[str, Element] = {}
    for node in scope.nodes.values():
        armed_in = outer if node.kind is NodeKind.START and scope.triggered_by_event else names
        element = _element(process, node, names, armed_in, around, source)
        bare[node.id] = _with_flows(replace(element, within=within), node, scope, names, source)
    for node in scope.nodes.values():
        element = replace(bare[node.id], hosted=_hosted(node, scope, bare))
        if node.scope is not None:
            block = link_scope(process, node.scope, names, scope, elements, source, node.id)
            element = replace(element, block=block)
        elements[node.id] = element
    starts = [node for node in scope.nodes.values() if node.kind is NodeKind.START]
    return Block(
        types=own,
        start=next((node.id for node in starts if node.trigger is None), ""),
        message_starts={
            node.trigger.name: node.id
            for node in starts
            if node.trigger is not None and node.trigger.kind is TriggerKind.MESSAGE
        },
        events=tuple(
            EventStart(node.id, elements[start.id])
            for node in scope.nodes.values()
            if node.scope is not None and node.scope.triggered_by_event
            for start in node.scope.nodes.values()
            if start.kind is NodeKind.START and start.trigger is not None
        ),
    )


def _element(
    process: str, node: Node, names: Types, armed_in: Types, around: Scope | None, source: Source
) -> Element:
    """Everything about a node that does not depend on its neighbours."""
    trigger = node.trigger
    kind = trigger.kind if trigger else None
    name = trigger.name if trigger else ""
    if node.kind is NodeKind.RECEIVE:
        kind, name = TriggerKind.MESSAGE, node.message
    called, processes = called_processes(node, names, source) if node.kind is NodeKind.CALL else (None, [])
    key, item = node.properties.get("key"), node.properties.get("item")
    return Element(
        id=node.id,
        kind=node.kind,
        process=process,
        name=node.name,
        properties={name: text.body for name, text in node.properties.items()},
        trigger=kind,
        trigger_name=name,
        key=source.key(key, armed_in) if key else None,
        timer=read_timer(node, armed_in, source),
        takes_work=_flag(node, "takes_work", source),
        interrupting=node.interrupting or kind is TriggerKind.ERROR,
        keeps=_keeps(node, around, source),
        topic=node.topic,
        item=source.key(item, names) if item and node.kind is NodeKind.USER else None,
        result=given_types(node, source),
        decision=node.decision,
        decision_live=node.decision_live,
        called=called,
        inputs=read_inputs(node, names, processes, source),
        outputs=read_outputs(node, names, processes, source),
        clocks_started=read_clocks(node, "start", names, source),
        clocks_stopped=read_clocks(node, "stop", names, source),
        clocks_paused=read_clocks(node, "pause", names, source),
        waits=_wait_text(node, "waits", names, source),
        waits_in=_waits_in(node, names, source),
    )


def _with_flows(element: Element, node: Node, scope: Scope, names: Types, source: Source) -> Element:
    branches = {
        flow.id: _branch(flow, names, source) for flow in scope.flows.values() if flow.source == node.id
    }
    return replace(
        element,
        branches=tuple(branches.values()),
        default=branches.get(node.default_flow),
        incoming=tuple(flow.id for flow in scope.flows.values() if flow.target == node.id),
        reached_from=_reached_from(node.id, scope) if node.kind is NodeKind.INCLUSIVE else {},
    )


def _hosted(node: Node, scope: Scope, bare: Mapping[str, Element]) -> tuple[Element, ...]:
    """The events armed while a token stands at `node`."""
    found = [n.id for n in scope.nodes.values() if n.kind is NodeKind.BOUNDARY and n.attached_to == node.id]
    if node.kind in CATCHING:
        found.append(node.id)
    if node.kind is NodeKind.EVENT_BASED:
        found += [branch.target for branch in bare[node.id].branches]
    return tuple(bare[event] for event in found if event in bare)


def _branch(flow: Flow, names: Types, source: Source) -> Branch:
    condition = source.expression(flow.condition, names, BOOLEAN) if flow.condition else None
    return Branch(flow.id, flow.target, condition)


def _reached_from(join: str, scope: Scope) -> dict[str, frozenset[str]]:
    """For each flow into `join`, every element that leads to it without passing `join`.

    A host leads wherever its boundary events lead.
    """
    before: dict[str, set[str]] = {}
    for flow in scope.flows.values():
        before.setdefault(flow.target, set()).add(flow.source)
    for node in scope.nodes.values():
        if node.attached_to:
            before.setdefault(node.id, set()).add(node.attached_to)
    incoming = [flow for flow in scope.flows.values() if flow.target == join]
    return {flow.id: _ahead_of(flow.source, join, before) for flow in incoming}


def _ahead_of(source: str, join: str, before: Mapping[str, set[str]]) -> frozenset[str]:
    found = {source} - {join}
    following = list(found)
    while following:
        for element in before.get(following.pop(), ()):
            if element != join and element not in found:
                found.add(element)
                following.append(element)
    return frozenset(found)


def _keeps(node: Node, around: Scope | None, source: Source) -> frozenset[str]:
    """The elements whose tokens outlive the interruption: those beside the event subprocess in its scope."""
    text = node.properties.get("keeps")
    if text is None:
        return frozenset()
    kept = split(text.body)
    if node.kind is not NodeKind.START or node.trigger is None or around is None or not node.interrupting:
        source.note(
            text.place,
            "keeps belongs on the interrupting start event of an event subprocess: what an activity holds "
            "ends with it, so a boundary event can keep nothing",
        )
        return frozenset()
    for element in kept:
        if element not in around.nodes:
            message = f"keeps names {element!r}, which is not in the scope that is interrupted"
            source.note(text.place, message, nearest(element, around.nodes))
    return frozenset(kept)


def _flag(node: Node, name: str, source: Source) -> bool:
    text = node.properties.get(name)
    if text is not None and text.body not in ("true", "false"):
        source.note(text.place, f"{name} is true or false, not {text.body!r}")
    return text is not None and text.body == "true"


def _waits_in(node: Node, names: Types, source: Source) -> dict[str, WaitText]:
    """The texts of `waits.zh` and the like, by the tag behind the dot."""
    found: dict[str, WaitText] = {}
    for name in node.properties:
        first, _, language = name.partition(".")
        spoken = _wait_text(node, name, names, source) if first == "waits" and language else None
        if spoken is not None:
            found[language] = spoken
    return found


def _wait_text(node: Node, prop: str, names: Types, source: Source) -> WaitText | None:
    text = node.properties.get(prop)
    if text is None:
        return None
    parts = re.split(r"\{\s*(\w+)\s*\}", text.body)
    for name in parts[1::2]:
        if name not in names:
            source.note(text.place, f"waits shows {name!r}, which is not declared", nearest(name, names))
        elif names[name].kind not in SHOWN:
            source.note(
                text.place, f"waits shows {name!r}, a {names[name]}: only ids, enums and integers are shown"
            )
    return WaitText(tuple(parts[0::2]), tuple(parts[1::2]))
