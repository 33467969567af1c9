"""Names of the world outside the drawing: topics, work, messages, clocks, duties, templates, statuses."""

from __future__ import annotations

import re

from bpmn.linting.walk import ACTIVITIES, Notes, Region
from bpmn.model import Node, NodeKind, TriggerKind
from bpmn.vocabulary import Vocabulary

PROPERTIES = frozenset({
    "status", "waits", "waits.zh", "keeps", "key", "work", "actions", "item", "duty", "template", "catch_up",
    "takes_work", "clock.start", "clock.stop", "clock.pause",
})  # fmt: skip
FOR_PEOPLE = ("work", "actions", "item", "duty")
ON_TIMERS = ("catch_up", "takes_work")
CLOCK = re.compile(r"\s*(\w+)(?:\s+of\s+.+)?\s*", re.DOTALL)
CLOCK_TIMER = re.compile(r"(\w+)(?:\s+of\s+.+?)?\s+(?:at\s+\S.*%|before\s+\S+)", re.DOTALL)
WHOLE_LITERAL = re.compile(r'\s*"([^"]*)"\s*')


def check_names(region: Region, vocabulary: Vocabulary, notes: Notes) -> None:
    for node in region.scope.nodes.values():
        _check_properties(node, vocabulary, notes)
        _check_templates(node, vocabulary, notes)
        _check_clocks(node, vocabulary, notes)
        if node.kind in (NodeKind.SERVICE, NodeKind.SEND):
            if node.topic:
                notes.known(node.place, "topic", node.topic, vocabulary.topics)
            else:
                cure = 'set camunda:type="external" and camunda:topic'
                notes.add(node.place, f"{node.kind} {node.id} has no topic; {cure}")
        if node.kind is NodeKind.RULE and not node.decision:
            notes.add(node.place, f"businessRuleTask {node.id} names no table; set camunda:decisionRef")
        message = node.message
        if node.trigger is not None and node.trigger.kind is TriggerKind.MESSAGE:
            message = node.trigger.name
        if message:
            notes.known(node.place, "message", message, vocabulary.messages)


def catches_message(node: Node) -> bool:
    return node.kind is NodeKind.RECEIVE or (
        node.trigger is not None and node.trigger.kind is TriggerKind.MESSAGE
    )


def _check_properties(node: Node, vocabulary: Vocabulary, notes: Notes) -> None:
    timed = node.trigger is not None and node.trigger.kind is TriggerKind.TIMER
    for name, text in node.properties.items():
        if name not in PROPERTIES:
            notes.known(text.place, "property", name, PROPERTIES)
        elif name in FOR_PEOPLE and node.kind is not NodeKind.USER:
            notes.add(
                text.place, f"property {name} is for user tasks; remove it from the {node.kind} {node.id}"
            )
        elif name in ON_TIMERS and not timed:
            notes.add(text.place, f"property {name} is for timers; remove it from the {node.kind} {node.id}")
        elif name == "key" and not catches_message(node):
            notes.add(text.place, f"property key belongs to what catches a message; {node.id} catches none")
        elif not text.body:
            notes.add(text.place, f"property {name} of {node.id} is empty; fill it or remove it")
        elif name == "status":
            notes.known(text.place, "status", text.body, vocabulary.statuses)


def _check_templates(node: Node, vocabulary: Vocabulary, notes: Notes) -> None:
    """The property `template`, and every text in the input parameter of that name."""
    named = node.properties.get("template")
    if named is not None and named.body:
        notes.known(named.place, "template", named.body, vocabulary.templates)
    for assignment in node.inputs:
        if assignment.target != "template" or node.kind is NodeKind.CALL:
            continue
        source = assignment.source
        whole = WHOLE_LITERAL.fullmatch(source.body)
        # In `if tier = "light" then "a" else "b"` only what follows then and else names templates.
        found = [whole[1]] if whole else re.findall(r'\b(?:then|else)\s*"([^"]*)"', source.body)
        for name in found:
            notes.known(source.place, "template", name, vocabulary.templates)


def _check_clocks(node: Node, vocabulary: Vocabulary, notes: Notes) -> None:
    for name in ("clock.start", "clock.stop", "clock.pause"):
        text = node.properties.get(name)
        if text is None:
            continue
        if name == "clock.pause" and node.kind not in ACTIVITIES and node.kind is not NodeKind.CATCH:
            notes.add(text.place, f"{node.id} does not wait, so it can pause no clock; pause where it waits")
        for part in _split(text.body):
            if matched := CLOCK.fullmatch(part):
                notes.known(text.place, "clock", matched[1], vocabulary.clocks)
    timer = node.trigger.timer if node.trigger is not None else None
    if timer is not None and not timer.body.startswith("=") and (on := CLOCK_TIMER.fullmatch(timer.body)):
        notes.known(timer.place, "clock", on[1], vocabulary.clocks)


def _split(text: str) -> list[str]:
    """A comma separated list; commas inside brackets separate nothing."""
    return [part for part in re.split(r",(?![^(\[]*[)\]])", text) if part.strip()]
