"""Start, end, intermediate and boundary events: which triggers where, and what they need."""

from __future__ import annotations

from collections import Counter

from bpmn.findings import nearest
from bpmn.linting.walk import ACTIVITIES, Notes, Region, is_event_subprocess
from bpmn.model import Node, NodeKind, TimerKind, TriggerKind

MESSAGE, TIMER, ERROR = TriggerKind.MESSAGE, TriggerKind.TIMER, TriggerKind.ERROR
ESCALATION, TERMINATE = TriggerKind.ESCALATION, TriggerKind.TERMINATE
ALLOWED: dict[NodeKind, tuple[TriggerKind | None, ...]] = {
    NodeKind.CATCH: (MESSAGE, TIMER),
    NodeKind.THROW: (None, ESCALATION),
    NodeKind.BOUNDARY: (MESSAGE, TIMER, ERROR, ESCALATION),
    NodeKind.END: (None, ERROR, ESCALATION, TERMINATE),
}
PROCESS_STARTS = (None, MESSAGE)
EMBEDDED_STARTS = (None,)
EVENT_STARTS = (MESSAGE, TIMER, ERROR, ESCALATION)
HOLDS_A_SCOPE = (NodeKind.SUBPROCESS, NodeKind.CALL)


def check_events(region: Region, notes: Notes) -> None:
    _check_starts(region, notes)
    _check_ends(region, notes)
    for node in region.scope.nodes.values():
        if node.kind in ALLOWED:
            _check_trigger(node, ALLOWED[node.kind], str(node.kind), notes)
        if node.kind is NodeKind.BOUNDARY:
            _check_boundary(node, region, notes)
        if node.kind is NodeKind.RECEIVE and not node.message:
            notes.add(node.place, f"receiveTask {node.id} names no message; set its messageRef")
    _check_rivals(region, notes)


def _words(trigger: TriggerKind | None) -> str:
    return "none" if trigger is None else str(trigger)


def _check_trigger(node: Node, allowed: tuple[TriggerKind | None, ...], where: str, notes: Notes) -> None:
    kind = node.trigger.kind if node.trigger is not None else None
    if kind not in allowed:
        listed = ", ".join(_words(one) for one in allowed)
        notes.add(node.place, f"{where} {node.id} has the trigger {_words(kind)}; possible here: {listed}")
        return
    if node.trigger is None:
        return
    if kind is MESSAGE and not node.trigger.name:
        notes.add(node.place, f"{where} {node.id} names no message; set its messageRef")
    throwing = node.kind in (NodeKind.THROW, NodeKind.END)
    if throwing and kind in (ERROR, ESCALATION) and not node.trigger.name:
        notes.add(node.place, f"{where} {node.id} throws an {kind} without a code; set its {kind}Ref")
    repeats = node.kind is NodeKind.BOUNDARY or (node.kind is NodeKind.START and allowed == EVENT_STARTS)
    if node.trigger.timer_kind is TimerKind.CYCLE and (node.interrupting or not repeats):
        notes.add(
            node.trigger.timer.place if node.trigger.timer else node.place,
            "a cycle needs a non-interrupting boundary event or event subprocess start",
        )


def _check_starts(region: Region, notes: Notes) -> None:
    starts = list(region.nodes(NodeKind.START))
    if not starts:
        notes.add(region.place, f"{region.name} has no start event; draw one")
        return
    if region.on_event:
        allowed: tuple[TriggerKind | None, ...] = EVENT_STARTS
        where = "start of the event subprocess"
    elif region.owner is not None:
        allowed, where = EMBEDDED_STARTS, "start of the embedded subprocess"
    else:
        allowed, where = PROCESS_STARTS, "start of the process"
    for start in starts:
        _check_trigger(start, allowed, where, notes)
        if region.on_event and start.trigger and start.trigger.kind is ERROR and not start.interrupting:
            notes.add(
                start.place, f"{start.id} starts on an error without interrupting; an error always does"
            )
        if not region.on_event and not start.interrupting:
            notes.add(start.place, f"{start.id} is marked non-interrupting; only event subprocesses can be")
    if region.owner is not None and len(starts) > 1:
        notes.add(starts[1].place, f"{region.name} has {len(starts)} start events; keep one")
    none = [start for start in starts if start.trigger is None]
    if region.owner is None and len(none) > 1:
        notes.add(none[1].place, f"{region.name} has {len(none)} none start events; keep one")


def _check_ends(region: Region, notes: Notes) -> None:
    if not any(region.nodes(NodeKind.END)):
        notes.add(region.place, f"{region.name} has no end event; draw one")


def _check_boundary(node: Node, region: Region, notes: Notes) -> None:
    host = region.scope.nodes.get(node.attached_to)
    if host is None:
        if not any(found.place.element == node.attached_to for found in region.model.unsupported):
            hosts = [name for name, found in region.scope.nodes.items() if found.kind in ACTIVITIES]
            cause = f"boundary event {node.id} is attached to {node.attached_to!r}, no activity of its scope"
            notes.add(node.place, f"{cause}; attach it to one", nearest(node.attached_to, hosts))
        return
    if host.kind not in ACTIVITIES or is_event_subprocess(host):
        what = "event subprocess" if is_event_subprocess(host) else str(host.kind)
        notes.add(
            node.place, f"boundary event {node.id} sits on the {what} {host.id}; only activities carry one"
        )
        return
    kind = node.trigger.kind if node.trigger is not None else None
    if kind is ERROR and not node.interrupting:
        notes.add(node.place, f"error event {node.id} is non-interrupting; an error always interrupts")
    if kind is ESCALATION and host.kind not in HOLDS_A_SCOPE:
        cause = f"{node.id} waits for an escalation of the {host.kind} {host.id}, which never throws one"
        notes.add(node.place, f"{cause}; attach it to a subprocess or a call activity")
    if host.kind is NodeKind.RULE and kind in (MESSAGE, TIMER):
        cause = f"{node.id} waits on the businessRuleTask {host.id}, which is answered at once"
        notes.add(node.place, f"{cause}; it can never happen, remove it")


def _check_rivals(region: Region, notes: Notes) -> None:
    """Two catchers of the same error or escalation in one place: which would win is nobody's intent."""
    nodes = list(region.scope.nodes.values())
    event_starts = [
        start
        for node in nodes
        if node.scope is not None and node.scope.triggered_by_event
        for start in node.scope.nodes.values()
        if start.kind is NodeKind.START
    ]
    boundaries = [node for node in nodes if node.kind is NodeKind.BOUNDARY]
    counted = Counter(
        (node.attached_to, node.trigger.kind, node.trigger.name)
        for node in (*boundaries, *event_starts)
        if node.trigger is not None and node.trigger.kind in (ERROR, ESCALATION)
    )
    for node in (*boundaries, *event_starts):
        if node.trigger is None:
            continue
        key = (node.attached_to, node.trigger.kind, node.trigger.name)
        if counted.pop(key, 0) > 1:
            code = node.trigger.name or "any code"
            notes.add(node.place, f"{node.trigger.kind} {code} is caught twice at the same place; keep one")
