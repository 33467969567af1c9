"""What `result` is at each kind of element."""

from __future__ import annotations

from bpmn.feel import Type
from bpmn.feel.types import ID, context_of, enum_of
from bpmn.linking.source import Source, split
from bpmn.model import Node, NodeKind, TriggerKind

CODE = {"code": ID}
"""A caught error or escalation says which one it is."""
THROWING = frozenset({NodeKind.THROW, NodeKind.END})


def result_type(node: Node, own: dict[str, Type], source: Source) -> Type:
    """The type of `result` after `node`; `own` is the data that a subprocess declares.

    A context of fields, but for tables that give several rows (a list of contexts) or an aggregated value.
    """
    if node.kind is NodeKind.RULE:
        table = source.decisions.get(node.decision)
        return table.result_type if table else context_of()
    if node.kind is NodeKind.SUBPROCESS:
        return context_of(**own)
    trigger = node.trigger.kind if node.trigger else None
    if trigger in (TriggerKind.ERROR, TriggerKind.ESCALATION) and node.kind not in THROWING:
        return context_of(**CODE)
    return context_of(**given_types(node, source))


def given_types(node: Node, source: Source) -> dict[str, Type]:
    """The fields of what somebody outside gives: a topic's outputs, a person's result, a message's payload."""
    match node.kind:
        case NodeKind.SERVICE | NodeKind.SEND:
            topic = source.vocabulary.topics.get(node.topic)
            return source.words(topic.outputs) if topic else {}
        case NodeKind.USER:
            return _work(node, source)
        case NodeKind.RECEIVE:
            return source.words(source.vocabulary.messages.get(node.message, {}))
    if node.trigger is not None and node.trigger.kind is TriggerKind.MESSAGE:
        return source.words(source.vocabulary.messages.get(node.trigger.name, {}))
    return {}


def _work(node: Node, source: Source) -> dict[str, Type]:
    kind = node.properties.get("work")
    work = source.vocabulary.work.get(kind.body) if kind else None
    if work is None:
        return {"by": ID}
    named = node.properties.get("actions")
    actions = split(named.body) if named else list(work.actions)
    return {**source.words(work.result), "action": enum_of(*actions), "by": ID}
