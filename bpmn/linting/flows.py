"""Sequence flows and gateways: everything hangs together, and every split knows where to go."""

from __future__ import annotations

from bpmn.findings import nearest
from bpmn.linting.walk import GATEWAYS, Notes, Region, is_event_subprocess
from bpmn.model import Flow, Node, NodeKind, TriggerKind

CHOOSING = (NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE)
NOT_ENTERED = (NodeKind.START, NodeKind.BOUNDARY)


def check_flows(region: Region, notes: Notes) -> None:
    for flow in region.scope.flows.values():
        _check_ends(flow, region, notes)
        _check_condition(flow, region, notes)
    for node in region.scope.nodes.values():
        if node.kind in GATEWAYS:
            _check_gateway(node, region, notes)
        elif node.default_flow:
            notes.add(node.place, f"{node.kind} {node.id} has a default flow; only gateways choose, draw one")
    _check_connected(region, notes)


def _check_ends(flow: Flow, region: Region, notes: Notes) -> None:
    for word, end in (("source", flow.source), ("target", flow.target)):
        if end in region.scope.nodes or _unsupported(end, region):
            continue
        if _elsewhere(end, region):
            notes.add(
                flow.place,
                f"flow {flow.id} crosses the border of {region.name}: its {word} {end} lies in another scope; "
                "end the flow inside, and leave by the subprocess or an event on its border",
            )
        else:
            notes.add(
                flow.place,
                f"flow {flow.id} has the {word} {end!r}, which does not exist; connect it to a node",
                nearest(end, region.scope.nodes),
            )
    target = region.scope.nodes.get(flow.target)
    if target is not None and (target.kind in NOT_ENTERED or is_event_subprocess(target)):
        what = "event subprocess" if is_event_subprocess(target) else str(target.kind)
        notes.add(
            flow.place, f"flow {flow.id} leads into the {what} {target.id}, which its event alone enters"
        )
    source = region.scope.nodes.get(flow.source)
    if source is not None and (source.kind is NodeKind.END or is_event_subprocess(source)):
        what = "event subprocess" if is_event_subprocess(source) else "end event"
        notes.add(flow.place, f"flow {flow.id} leaves the {what} {source.id}, where nothing goes on")


def _unsupported(element: str, region: Region) -> bool:
    """Refused already, under its own name."""
    return any(found.place.element == element for found in region.model.unsupported)


def _elsewhere(element: str, region: Region) -> bool:
    top = region
    while top.outer is not None:
        top = top.outer
    ahead = [top.scope]
    while ahead:
        scope = ahead.pop()
        if element in scope.nodes:
            return True
        ahead += [node.scope for node in scope.nodes.values() if node.scope is not None]
    return False


def _check_condition(flow: Flow, region: Region, notes: Notes) -> None:
    source = region.scope.nodes.get(flow.source)
    if flow.condition is None or source is None:
        return
    if source.kind not in CHOOSING:
        notes.add(
            flow.condition.place,
            f"flow {flow.id} has a condition but leaves the {source.kind} {source.id}; "
            "only exclusive and inclusive gateways choose, put one between",
        )
    elif len(region.leaving(source)) == 1:
        notes.add(
            flow.condition.place,
            f"flow {flow.id} is the only way out of {source.id} and has a condition; remove the condition, "
            "or draw the way taken when it is false",
        )
    elif flow.id == source.default_flow:
        notes.add(flow.condition.place, f"flow {flow.id} is the default of {source.id}; remove its condition")
    elif not flow.condition.body:
        notes.add(flow.condition.place, f"the condition of flow {flow.id} is empty; write it, or remove it")


def _check_gateway(node: Node, region: Region, notes: Notes) -> None:
    leaving = region.leaving(node)
    if node.kind in CHOOSING:
        _check_choice(node, leaving, region, notes)
    elif node.default_flow:
        notes.add(node.place, f"{node.kind} {node.id} has a default flow, but does not choose; remove it")
    if node.kind is NodeKind.EVENT_BASED:
        _check_event_based(node, leaving, region, notes)


def _check_choice(node: Node, leaving: list[Flow], region: Region, notes: Notes) -> None:
    ways = [flow.id for flow in leaving]
    if node.default_flow and node.default_flow not in ways:
        cause = f"the default flow {node.default_flow!r} of {node.id} does not leave it; name one that does"
        notes.add(node.place, cause, nearest(node.default_flow, ways))
        return
    if len(leaving) < 2:
        return
    bare = [flow for flow in leaving if flow.condition is None and flow.id != node.default_flow]
    for flow in bare:
        cure = "write its condition" if node.default_flow else "write its condition, or make it the default"
        notes.add(flow.place, f"flow {flow.id} leaves {node.id} without a condition; {cure}")
    always = any(flow.condition is not None and flow.condition.body == "true" for flow in leaving)
    if not node.default_flow and not bare and not always:
        notes.add(
            node.place,
            f"all conditions after {node.id} can be false and it has no default flow; mark one as default",
        )


def _check_event_based(node: Node, leaving: list[Flow], region: Region, notes: Notes) -> None:
    if len(leaving) < 2:
        notes.add(
            node.place, f"event-based gateway {node.id} waits for the first of several; draw two or more"
        )
    for flow in leaving:
        target = region.scope.nodes.get(flow.target)
        if target is None:
            continue
        waits = target.kind is NodeKind.RECEIVE or (
            target.kind is NodeKind.CATCH
            and target.trigger is not None
            and target.trigger.kind in (TriggerKind.MESSAGE, TriggerKind.TIMER)
        )
        if not waits:
            notes.add(
                flow.place,
                f"event-based gateway {node.id} leads to the {target.kind} {target.id}; only message and timer "
                "events and receive tasks can be waited for",
            )
        elif len(region.arriving(target)) > 1:
            notes.add(
                target.place, f"{target.id} is entered from {node.id} and from elsewhere; draw it twice"
            )


def _check_connected(region: Region, notes: Notes) -> None:
    nodes = region.scope.nodes
    reached = {node.id for node in nodes.values() if node.kind is NodeKind.START or is_event_subprocess(node)}
    ahead = list(reached)
    while ahead:
        at = ahead.pop()
        following = [flow.target for flow in region.scope.flows.values() if flow.source == at]
        following += [node.id for node in nodes.values() if node.attached_to == at]
        for name in following:
            if name in nodes and name not in reached:
                reached.add(name)
                ahead.append(name)
    for node in nodes.values():
        if node.kind is not NodeKind.BOUNDARY and node.id not in reached:
            notes.add(
                node.place,
                f"{node.kind} {node.id} cannot be reached from a start event of {region.name}; "
                "connect it or remove it",
            )
        if node.kind is not NodeKind.END and not is_event_subprocess(node) and not region.leaving(node):
            notes.add(
                node.place,
                f"{node.kind} {node.id} leads nowhere; draw a flow from it, to an end event at least",
            )
