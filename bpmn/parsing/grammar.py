"""Which attributes and children each element may carry; everything else is unsupported.

An attribute that maps to a set of values is harmless with these values only (they say what the engine
does anyway), one that maps to `ANY` is read elsewhere or means nothing for execution.
"""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.model import NodeKind, TriggerKind

ANY: frozenset[str] = frozenset()
NO = frozenset({"false"})
ONE = frozenset({"1"})

Attributes = Mapping[str, frozenset[str]]

NAMED: Attributes = {"id": ANY, "name": ANY}
ACTIVITY: Attributes = {
    **NAMED, "isForCompensation": NO, "startQuantity": ONE, "completionQuantity": ONE, "default": ANY,
}  # fmt: skip
GATEWAY: Attributes = {**NAMED, "gatewayDirection": ANY}
SERVICE: Attributes = {**ACTIVITY, "implementation": frozenset({"##unspecified", "##WebService"})}

ATTRIBUTES: Mapping[NodeKind, Attributes] = {
    NodeKind.START: {**NAMED, "isInterrupting": ANY, "parallelMultiple": NO},
    NodeKind.CATCH: {**NAMED, "parallelMultiple": NO},
    NodeKind.THROW: NAMED,
    NodeKind.BOUNDARY: {**NAMED, "attachedToRef": ANY, "cancelActivity": ANY, "parallelMultiple": NO},
    NodeKind.END: NAMED,
    NodeKind.SERVICE: SERVICE,
    NodeKind.SEND: SERVICE,
    NodeKind.RECEIVE: {**SERVICE, "messageRef": ANY, "instantiate": NO},
    NodeKind.USER: {**ACTIVITY, "implementation": frozenset({"##unspecified"})},
    NodeKind.RULE: {**ACTIVITY, "implementation": frozenset({"##unspecified"})},
    NodeKind.EXCLUSIVE: {**GATEWAY, "default": ANY},
    NodeKind.PARALLEL: GATEWAY,
    NodeKind.INCLUSIVE: {**GATEWAY, "default": ANY},
    NodeKind.EVENT_BASED: {**GATEWAY, "instantiate": NO, "eventGatewayType": frozenset({"Exclusive"})},
    NodeKind.SUBPROCESS: {**ACTIVITY, "triggeredByEvent": ANY},
    NodeKind.CALL: {**ACTIVITY, "calledElement": ANY},
}

PROCESS: Attributes = {
    **NAMED, "isExecutable": ANY, "processType": ANY, "isClosed": NO, "definitionalCollaborationRef": ANY,
}  # fmt: skip
FLOW: Attributes = {**NAMED, "sourceRef": ANY, "targetRef": ANY, "isImmediate": frozenset({"true"})}

CAMUNDA_ATTRIBUTES: Mapping[NodeKind, Attributes] = {
    NodeKind.SERVICE: {"type": frozenset({"external"}), "topic": ANY},
    NodeKind.SEND: {"type": frozenset({"external"}), "topic": ANY},
    NodeKind.RULE: {"decisionRef": ANY, "decisionRefBinding": frozenset({"deployment", "latest"})},
}
CAMUNDA_PROCESS: Attributes = {"versionTag": ANY, "historyTimeToLive": ANY, "isStartableInTasklist": ANY}
"""The last two are written by Camunda Modeler unasked; they speak to another server and are not heeded."""

CAMUNDA_EXTENSIONS: Mapping[NodeKind, frozenset[str]] = {
    NodeKind.CALL: frozenset({"properties", "in", "out"}),
} | {kind: frozenset({"properties", "inputOutput"}) for kind in NodeKind if kind is not NodeKind.CALL}

EVENTS: Mapping[str, TriggerKind] = {f"{kind.value}EventDefinition": kind for kind in TriggerKind}
REFERENCE: Mapping[TriggerKind, str] = {
    TriggerKind.MESSAGE: "messageRef",
    TriggerKind.ERROR: "errorRef",
    TriggerKind.ESCALATION: "escalationRef",
}
ROOTS: Mapping[str, Attributes] = {
    "message": {**NAMED, "itemRef": ANY},
    "error": {**NAMED, "errorCode": ANY, "structureRef": ANY},
    "escalation": {**NAMED, "escalationCode": ANY, "structureRef": ANY},
}
"""What stands beside the processes and is referred to from inside."""

DRAWN = frozenset({
    "laneSet", "dataObject", "dataObjectReference", "dataStoreReference", "dataStore",
    "textAnnotation", "association", "group",
})  # fmt: skip
DRAWN_LINKS = frozenset({"dataInputAssociation", "dataOutputAssociation"})
"""Arrows between an activity and a data object: drawn at the activity, nothing is copied along them."""
SILENT = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})
PLACEHOLDER = "__targetRef_placeholder"
"""Name of the `property` that bpmn.io adds to hold the end of such an arrow."""
