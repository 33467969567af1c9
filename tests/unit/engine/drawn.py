"""Small processes for the engine's tests, written as BPMN and linked like any other definition."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import pairwise
from typing import Any

from bpmn.dmn import DecisionTable
from bpmn.findings import Refused
from bpmn.link import Definitions, compile_models, in_file_order
from bpmn.model import Model
from bpmn.parse import parse_bpmn
from bpmn.vocabulary import Topic, Vocabulary, Work

ROOTS = "".join(
    [f'<message id="m_{name}" name="{name}" />' for name in ("reply", "withdrawn", "re-enter", "news")]
    + [f'<error id="e_{code}" errorCode="{code}" />' for code in ("lost", "refused")]
    + [f'<escalation id="s_{code}" escalationCode="{code}" />' for code in ("late", "stuck")]
)
VOCABULARY = Vocabulary(
    topics={"post": Topic({"text": "id", "amount": "integer"}, {"sent": "integer"})},
    work={"answer": Work(("done", "passed"), {"amount": "integer"})},
    messages={
        "reply": {"score": "integer", "who": "id"},
        "withdrawn": {"reason": "id"},
        "re-enter": {"cycle": "integer"},
        "news": {"item": "integer"},
    },
    duties=frozenset({"desk"}),
    clocks=frozenset({"resolve", "promise"}),
)


def tag(
    name: str,
    id: str,
    /,
    *content: str,
    properties: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    **attributes: str,
) -> str:
    """One flow node; a call activity's inputs and outputs become `camunda:in` and `camunda:out`."""
    written = "".join(f' {key.replace("__", ":")}="{escape(value)}"' for key, value in attributes.items())
    lines = "".join(
        f'<camunda:property name="{escape(key)}" value="{escape(value)}" />'
        for key, value in (properties or {}).items()
    )
    extensions = f"<camunda:properties>{lines}</camunda:properties>" if lines else ""
    if name == "callActivity":
        for direction, mapping in (("in", inputs), ("out", outputs)):
            extensions += "".join(
                f'<camunda:{direction} sourceExpression="{escape(source)}" target="{target}" />'
                for target, source in (mapping or {}).items()
            )
    elif inputs or outputs:
        parameters = "".join(
            f'<camunda:{direction} name="{target}">{escape(source, quote=False)}</camunda:{direction}>'
            for direction, mapping in (("inputParameter", inputs), ("outputParameter", outputs))
            for target, source in (mapping or {}).items()
        )
        extensions += f"<camunda:inputOutput>{parameters}</camunda:inputOutput>"
    held = f"<extensionElements>{extensions}</extensionElements>" if extensions else ""
    return f'<{name} id="{id}"{written}>{held}{"".join(content)}</{name}>'


def start(id: str = "start", *content: str, **rest: Any) -> str:
    return tag("startEvent", id, *content, **rest)


def end(id: str = "end", *content: str, **rest: Any) -> str:
    return tag("endEvent", id, *content, **rest)


def user(id: str, *, properties: Mapping[str, str] | None = None, **rest: Any) -> str:
    needed = {"work": "answer", "actions": "done, passed", "duty": "desk", **(properties or {})}
    if "item" in needed:
        del needed["duty"]
    return tag("userTask", id, properties=needed, **rest)


def service(id: str, **rest: Any) -> str:
    return tag("serviceTask", id, camunda__type="external", camunda__topic="post", **rest)


def boundary(id: str, host: str, *content: str, interrupting: bool = True, **rest: Any) -> str:
    cancel = "true" if interrupting else "false"
    return tag("boundaryEvent", id, *content, attachedToRef=host, cancelActivity=cancel, **rest)


def on_message(name: str) -> str:
    return f'<messageEventDefinition messageRef="m_{name}" />'


def on_error(code: str = "") -> str:
    return f'<errorEventDefinition errorRef="e_{code}" />' if code else "<errorEventDefinition />"


def on_escalation(code: str = "") -> str:
    reference = f' escalationRef="s_{code}"' if code else ""
    return f"<escalationEventDefinition{reference} />"


def on_timer(text: str) -> str:
    kind = "timeCycle" if text.startswith("R") and "/" in text else "timeDuration"
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


TERMINATE = "<terminateEventDefinition />"


def flow(source: str, target: str, condition: str = "") -> str:
    body = f"<conditionExpression>{escape(condition, quote=False)}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{body}</sequenceFlow>'


def chain(*nodes: str) -> str:
    return "".join(flow(a, b) for a, b in pairwise(nodes))


def subprocess(id: str, *content: str, **rest: Any) -> str:
    return tag("subProcess", id, *content, **rest)


def event_subprocess(id: str, *content: str, **rest: Any) -> str:
    return tag("subProcess", id, *content, triggeredByEvent="true", **rest)


def process(key: str, *content: str, data: Mapping[str, str] | None = None) -> str:
    lines = "".join(
        f'<camunda:property name="data.{name}" value="{of}" />' for name, of in (data or {}).items()
    )
    held = f"<extensionElements><camunda:properties>{lines}</camunda:properties></extensionElements>"
    return f'<process id="{key}" isExecutable="true">{held if lines else ""}{"".join(content)}</process>'


def parsed(*processes: str) -> Model:
    """The model of a set of processes that share one file."""
    return parse_bpmn(file_of(*processes).encode(), "drawn.bpmn")


def file_of(*processes: str) -> str:
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.org/tests">'
        f"{ROOTS}{''.join(processes)}</definitions>"
    )


def linked(*processes: str, decisions: Mapping[str, DecisionTable] | None = None) -> Definitions:
    """The definitions of a file. Not linted: a test about joins need not say who is asked and by when."""
    definitions, findings = compile_models([parsed(*processes)], decisions or {}, VOCABULARY)
    if findings:
        raise Refused(in_file_order(findings))
    return definitions
