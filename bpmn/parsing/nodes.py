"""Flow nodes, sequence flows and the scopes that hold them."""

from __future__ import annotations

from lxml import etree

from bpmn.findings import nearest
from bpmn.model import Flow, Node, NodeKind, Scope, Text, TimerKind, Trigger, TriggerKind
from bpmn.parsing.document import (
    BPMN,
    CAMUNDA,
    Reading,
    documentation,
    local,
    namespace,
    part,
    parts,
    written,
)
from bpmn.parsing.extensions import check_attributes, check_parts, read_extensions, refuse_extensions
from bpmn.parsing.grammar import (
    ATTRIBUTES,
    CAMUNDA_ATTRIBUTES,
    DRAWN,
    DRAWN_LINKS,
    EVENTS,
    FLOW,
    NAMED,
    PLACEHOLDER,
    REFERENCE,
    ROOTS,
    SILENT,
)

NODES = frozenset(kind.value for kind in NodeKind)
TIMERS = frozenset(kind.value for kind in TimerKind)
EVENT_KINDS = (NodeKind.START, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY, NodeKind.END)


def read_scope(owner: etree._Element, data: dict[str, Text], reading: Reading) -> Scope:
    """What a process or an embedded subprocess holds; nothing in it is left out without a note."""
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    for child in parts(owner):
        tag = local(child)
        if namespace(child) != BPMN:
            reading.refuse(f"{written(child)} in {written(owner)}", child)
        elif tag in SILENT:
            continue
        elif tag in NODES:
            if (node := _read_node(child, NodeKind(tag), reading)) is not None:
                nodes.setdefault(node.id, node)
        elif tag == "sequenceFlow":
            if (flow := _read_flow(child, reading)) is not None:
                flows.setdefault(flow.id, flow)
        elif tag in DRAWN:
            text = part(child, "text")
            reading.draw(child, "" if text is None else "".join(str(t) for t in text.itertext()).strip())
        elif tag in DRAWN_LINKS:
            reading.draw(child)
        elif tag != "property" or child.get("name") != PLACEHOLDER:
            reading.refuse(tag, child)
            reading.draw(child)
    event = owner.get("triggeredByEvent") == "true"
    return Scope(nodes, flows, data, triggered_by_event=event)


def _identity(element: etree._Element, reading: Reading) -> str:
    identity = element.get("id", "").strip()
    if not identity:
        reading.flaw(f"{local(element)} has no id; give it one that is unique in the file", element)
    return identity


def _read_flow(element: etree._Element, reading: Reading) -> Flow | None:
    check_attributes(element, FLOW, {}, reading)
    check_parts(element, SILENT | {"conditionExpression"}, reading)
    refuse_extensions(element, reading)
    identity = _identity(element, reading)
    condition = part(element, "conditionExpression")
    if condition is not None:
        _check_expression(condition, reading)
    if not identity:
        return None
    return Flow(
        id=identity,
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        condition=None if condition is None else reading.text(condition, condition.text),
        name=element.get("name", ""),
        place=reading.place(element),
    )


def _check_expression(element: etree._Element, reading: Reading) -> None:
    """An expression may name FEEL as its language, none other."""
    check_attributes(element, {"id": frozenset(), "language": frozenset()}, {}, reading)
    language = element.get("language", "")
    if language and "feel" not in language.lower():
        reading.refuse(f'language="{language}" of {written(element)}', element)


def _read_node(element: etree._Element, kind: NodeKind, reading: Reading) -> Node | None:
    """The node, or None when it is of a kind that cannot be executed (noted, and drawn)."""
    triggers = [child for child in parts(element) if local(child).endswith("EventDefinition")]
    unknown = [child for child in triggers if local(child) not in EVENTS]
    if kind in EVENT_KINDS and (
        unknown or len(triggers) > 1 or part(element, "eventDefinitionRef") is not None
    ):
        for child in unknown:
            reading.refuse(local(child), element)  # by the event: the definition's own id is drawn nowhere
        if not unknown:
            reading.refuse(f"{local(element)} with {len(triggers) or 'shared'} event definitions", element)
        reading.draw(element)
        return None
    check_attributes(element, ATTRIBUTES[kind], CAMUNDA_ATTRIBUTES.get(kind, {}), reading)
    extensions = read_extensions(element, kind, reading)
    scope = None
    if kind is NodeKind.SUBPROCESS:
        scope = read_scope(element, extensions.data, reading)
    else:
        _check_node_parts(element, kind, reading)
    identity = _identity(element, reading)
    if not identity:
        return None
    called = element.get("calledElement")
    return Node(
        id=identity,
        kind=kind,
        name=" ".join(element.get("name", "").split()),
        place=reading.place(element),
        trigger=_read_trigger(triggers[0], reading) if triggers and kind in EVENT_KINDS else None,
        attached_to=element.get("attachedToRef", ""),
        interrupting=element.get("cancelActivity", element.get("isInterrupting", "true")) != "false",
        topic=element.get(f"{{{CAMUNDA}}}topic", "").strip(),
        message=_referred(element, "messageRef", "message", "name", reading)
        if kind is NodeKind.RECEIVE
        else "",
        decision=element.get(f"{{{CAMUNDA}}}decisionRef", "").strip(),
        decision_live=element.get(f"{{{CAMUNDA}}}decisionRefBinding") == "latest",
        called=None if called is None else reading.text(element, called),
        default_flow=element.get("default", ""),
        inputs=tuple(extensions.inputs),
        outputs=tuple(extensions.outputs),
        properties=extensions.properties,
        documentation=documentation(element),
        scope=scope,
    )


def _check_node_parts(element: etree._Element, kind: NodeKind, reading: Reading) -> None:
    for child in parts(element):
        tag = local(child)
        if namespace(child) == BPMN and tag in DRAWN_LINKS:
            reading.draw(child)
        elif namespace(child) == BPMN and (
            tag in SILENT
            or (tag == "property" and child.get("name") == PLACEHOLDER)
            or (tag in EVENTS and kind in EVENT_KINDS)
        ):
            continue
        else:
            reading.refuse(f"{written(child)} in {written(element)}", child)


def _read_trigger(element: etree._Element, reading: Reading) -> Trigger:
    kind = EVENTS[local(element)]
    refuse_extensions(element, reading)
    if kind is TriggerKind.TIMER:
        return _read_timer(element, reading)
    check_parts(element, SILENT, reading)
    reference = REFERENCE.get(kind)
    check_attributes(element, NAMED if reference is None else {**NAMED, reference: frozenset()}, {}, reading)
    if reference is None:
        return Trigger(kind)
    naming = "name" if kind is TriggerKind.MESSAGE else f"{kind.value}Code"
    return Trigger(kind, _referred(element, reference, kind.value, naming, reading))


def _read_timer(element: etree._Element, reading: Reading) -> Trigger:
    check_attributes(element, NAMED, {}, reading)
    check_parts(element, SILENT | TIMERS, reading)
    bodies = [child for child in parts(element) if local(child) in TIMERS]
    if len(bodies) != 1:
        reading.flaw("a timer needs one of timeDuration, timeDate or timeCycle", element)
        return Trigger(TriggerKind.TIMER)
    _check_expression(bodies[0], reading)
    body = reading.text(bodies[0], bodies[0].text)
    if not body.body:
        reading.flaw(f"{local(bodies[0])} is empty; write when the timer is due", bodies[0])
    return Trigger(TriggerKind.TIMER, timer=body, timer_kind=TimerKind(local(bodies[0])))


def _referred(element: etree._Element, attribute: str, tag: str, naming: str, reading: Reading) -> str:
    """The name or code behind a reference; "" when there is none, which catches any code."""
    reference = element.get(attribute, "").strip()
    if not reference:
        return ""
    # A reference is a QName: a prefix may stand before the id.
    target = reading.roots.get(reference)
    if target is None:
        target = reading.roots.get(reference.rpartition(":")[2])
    if target is None or local(target) != tag:
        known = [identity for identity, root in reading.roots.items() if local(root) == tag]
        cause = f'{attribute} "{reference}" of {written(element)} leads to no {tag} in this file'
        reading.flaw(
            f"{cause}; define the {tag} or correct the reference", element, nearest(reference, known)
        )
        return ""
    name = target.get(naming, "").strip()
    if not name:
        reading.flaw(f'{tag} "{reference}" has no {naming}; give it one', target)
    return name


def read_roots(definitions: etree._Element, reading: Reading) -> None:
    """Note messages, errors and escalations, before any process refers to them."""
    for child in parts(definitions):
        tag = local(child)
        if namespace(child) == BPMN and tag in ROOTS:
            check_attributes(child, ROOTS[tag], {}, reading)
            check_parts(child, SILENT, reading)
            refuse_extensions(child, reading)
            reading.roots[child.get("id", "")] = child
