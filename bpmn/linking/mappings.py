"""What goes into an element and what comes out of it, checked on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bpmn.feel import Type
from bpmn.feel.types import Kind
from bpmn.findings import nearest
from bpmn.linking.results import result_type
from bpmn.linking.source import RESERVED, Source, Types
from bpmn.model import Assignment, Node, NodeKind, Process, Text
from bpmn.program import Evaluate

Mappings = tuple[tuple[str, Evaluate], ...]


def read_inputs(node: Node, names: Types, called: Iterable[Process], source: Source) -> Mappings:
    """The inputs by name; an input that a topic takes and nobody gives is null.

    A call activity's are checked against every process in `called`.
    """
    match node.kind:
        case NodeKind.SERVICE | NodeKind.SEND:
            topic = source.vocabulary.topics.get(node.topic)
            takes = source.words(topic.inputs) if topic else {}
            given = _assigned(node.inputs, names, takes, f"topic {node.topic!r} takes no", source)
            missing = takes.keys() - {name for name, _ in given}
            return (*given, *((name, _null) for name in sorted(missing)))
        case NodeKind.USER:
            return _free(node, names, source)
        case NodeKind.RULE:
            return _table_inputs(node, names, source)
        case NodeKind.SUBPROCESS:
            own = source.data(node.scope) if node.scope else {}
            return _assigned(node.inputs, names, own, f"{node.id} declares no data", source)
        case NodeKind.CALL:
            handed: Mappings = ()
            for process in called:
                handed = _handed(node, process, names, source)
            return handed
    for unused in node.inputs:
        source.note(unused.source.place, f"a {node.kind} takes no input; map it in the outputs")
    return ()


def read_outputs(node: Node, names: Types, called: Iterable[Process], source: Source) -> Mappings:
    """The outputs by the declared name they are written to; a call activity's see the called process's data."""
    if node.kind is NodeKind.CALL:
        returned: Mappings = ()
        for process in called:
            returned = _returned(node, process, names, source)
        return returned
    own = source.data(node.scope) if node.scope else {}
    seen = {**names, RESERVED: result_type(node, own, source)}
    return _assigned(node.outputs, seen, _writable(names), "no scope here declares data", source)


def called_processes(node: Node, names: Types, source: Source) -> tuple[Evaluate | None, list[Process]]:
    """What a call activity calls: the expression of the key, and every process that key may name."""
    text = node.called
    if text is None or not text.body:
        source.note(node.place, "calledElement is missing: name the process to call, or give =expression")
        return None, []
    if not text.body.startswith("="):
        found = _process(text, text.body, source)
        key = text.body
        return (lambda _: key), [found] if found else []
    expression = source.expression(Text(text.body.removeprefix("=").strip(), text.place), names)
    if expression is None:
        return None, []
    if expression.type.kind is not Kind.ENUM:
        cause = f"`{expression.text}` is a {expression.type}: only an enum says which processes may be called"
        source.note(text.place, cause)
        return expression, []
    processes = [_process(text, value, source) for value in expression.type.values]
    return expression, [process for process in processes if process is not None]


def _process(text: Text, key: str, source: Source) -> Process | None:
    process = source.processes.get(key)
    if process is None:
        source.note(text.place, f"no process {key!r} to call", nearest(key, source.processes))
        return None
    if not any(n.kind is NodeKind.START and n.trigger is None for n in process.scope.nodes.values()):
        source.note(text.place, f"process {key!r} has no none start event, so it cannot be called")
    return process


def _assigned(
    assignments: Iterable[Assignment], names: Types, targets: Types, refusal: str, source: Source
) -> Mappings:
    found: list[tuple[str, Evaluate]] = []
    for assignment in assignments:
        declared = targets.get(assignment.target)
        if declared is None:
            place = assignment.source.place
            source.note(place, f"{refusal} {assignment.target!r}", nearest(assignment.target, targets))
        expression = source.expression(assignment.source, names, declared)
        if expression is not None:
            found.append((assignment.target, expression))
    return tuple(found)


def _free(node: Node, names: Types, source: Source) -> Mappings:
    """The inputs of a user task: any names, but `item`, which is the work item itself."""
    for assignment in node.inputs:
        if assignment.target == "item" and "item" in node.properties:
            source.note(
                assignment.source.place, "the input 'item' is set by the property of that name; drop one"
            )
    expressions = ((a.target, source.expression(a.source, names)) for a in node.inputs)
    return tuple((name, expression) for name, expression in expressions if expression is not None)


def _table_inputs(node: Node, names: Types, source: Source) -> Mappings:
    table = source.decisions.get(node.decision)
    if table is None:
        return ()
    takes: Mapping[str, Type] = table.inputs
    if node.inputs:
        given = _assigned(node.inputs, names, takes, f"table {node.decision!r} takes no", source)
    else:
        same = (Assignment(name, Text(name, node.place)) for name in takes)
        given = _assigned(same, names, takes, f"table {node.decision!r} takes no", source)
    for name in sorted(takes.keys() - {name for name, _ in given} if node.inputs else ()):
        if name not in {assignment.target for assignment in node.inputs}:
            source.note(node.place, f"table {node.decision!r} needs the input {name!r}: map it")
    return given


def _handed(node: Node, process: Process, names: Types, source: Source) -> Mappings:
    declared = source.data(process.scope)
    return _assigned(node.inputs, names, declared, f"process {process.key!r} declares no data", source)


def _returned(node: Node, process: Process, names: Types, source: Source) -> Mappings:
    declared = source.data(process.scope)
    return _assigned(node.outputs, declared, _writable(names), "no scope here declares data", source)


def _writable(names: Types) -> dict[str, Type]:
    return {name: of for name, of in names.items() if name != RESERVED}


def _null(_: Mapping[str, object]) -> None:
    return None
