"""Small BPMN files for tests: one process around whatever a test wants to say."""

from __future__ import annotations

from itertools import pairwise

from bpmn.model import Model
from bpmn.parse import parse_bpmn

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://example.org/tests"'
)


def definitions(content: str) -> bytes:
    """A whole file; `content` begins in its second line."""
    return f"<definitions {NAMESPACES}>\n{content}\n</definitions>".encode()


def process(content: str, *, key: str = "p", roots: str = "", attributes: str = "") -> bytes:
    """A file with one executable process; `content` begins in line 3, after `roots` in line 2."""
    opening = f'{roots}<process id="{key}" isExecutable="true" {attributes}>'
    return definitions(f"{opening}\n{content}\n</process>")


def parsed(content: str, *, key: str = "p", roots: str = "", attributes: str = "") -> Model:
    return parse_bpmn(process(content, key=key, roots=roots, attributes=attributes), f"{key}.bpmn")


def flow(source: str, target: str, condition: str = "") -> str:
    body = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{source}_{target}" {ends}>{body}</sequenceFlow>'


def chain(*nodes: str) -> str:
    """Sequence flows from each id to the next."""
    return "".join(flow(a, b) for a, b in pairwise(nodes))


def properties(**values: str) -> str:
    """`camunda:properties` in `extensionElements`; a double underscore in a name stands for a dot."""
    lines = "".join(
        f'<camunda:property name="{name.replace("__", ".")}" value="{value}" />'
        for name, value in values.items()
    )
    return f"<extensionElements><camunda:properties>{lines}</camunda:properties></extensionElements>"
