"""SpiffWorkflow as a second opinion: the same drawing, told in its words, and driven step by step.

It is asked only where it is sound (docs/decisions/0001). What is told otherwise: conditions are Python, data is written
by script tasks, a service task is one that somebody does, and a timer is due when the test says so, since its clock
cannot be handed in.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent

from bpmn.parsing.document import BPMN, CAMUNDA, XSI

TOLD = re.compile(r"^(task|end)\d+$")
"""Elements that both engines report in the same way; gateways and repeated timers are counted differently."""


def translated(processes: list[str]) -> bytes:
    """The drawing in words that SpiffWorkflow knows."""
    text = (
        f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}" xmlns:xsi="{XSI}" targetNamespace="oracle">'
        f'<message id="m_reply" name="reply"/>{"".join(processes)}</definitions>'
    )
    root = etree.fromstring(text)
    for node in list(root.iter(f"{{{BPMN}}}intermediateThrowEvent")):
        lines = [f"{one.get('name')} = {one.text}" for one in node.iter(f"{{{CAMUNDA}}}outputParameter")]
        node.tag = f"{{{BPMN}}}scriptTask"
        script = etree.SubElement(node, f"{{{BPMN}}}script")
        script.text = "\n".join(lines) or "pass"
    for node in root.iter(f"{{{BPMN}}}serviceTask"):
        node.tag = f"{{{BPMN}}}userTask"
        for name in [name for name in node.attrib if str(name).startswith(f"{{{CAMUNDA}}}")]:
            del node.attrib[name]
    for extensions in list(root.iter(f"{{{BPMN}}}extensionElements")):
        holder = extensions.getparent()
        assert holder is not None
        holder.remove(extensions)
    for kind in ("timeDuration", "timeCycle"):
        for timer in root.iter(f"{{{BPMN}}}{kind}"):
            timer.text = f'"{timer.text}"'
    return etree.tostring(root)


class Spiff:
    """One run of the process `p`."""

    def __init__(self, processes: list[str], **data: int) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(translated(processes))
        self._flow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self._flow.task_tree.set_data(**data)
        self.passed: Counter[str] = Counter()
        self._go_on()

    def _go_on(self) -> None:
        self._flow.do_engine_steps(did_complete_task=self._note)

    def _note(self, task: Any) -> None:
        name = str(task.task_spec.bpmn_id)
        if TOLD.match(name):
            self.passed[name] += 1

    @property
    def waiting(self) -> Counter[str]:
        """Tasks that somebody may do, with how many of each are open."""
        return Counter(str(task.task_spec.bpmn_id) for task in self._ready())

    @property
    def is_over(self) -> bool:
        return bool(self._flow.completed)

    @property
    def data(self) -> dict[str, object]:
        return dict(self._flow.last_task.data)

    def complete(self, element: str, **data: int) -> None:
        task = next(task for task in self._ready() if task.task_spec.bpmn_id == element)
        task.set_data(**data)
        self._note(task)
        task.run()
        self._go_on()

    def send(self, message: str) -> None:
        self._flow.send_event(BpmnEvent(MessageEventDefinition(message), payload={}))
        self._go_on()

    def fire(self, element: str) -> None:
        """The armed timer is due: its instant is put into the past, and timers are looked at again."""
        waiting = list(self._flow.get_tasks(state=TaskState.WAITING))
        own = [task for task in waiting if task.task_spec.bpmn_id == element]
        behind = [task for task in waiting if any(o.bpmn_id == element for o in task.task_spec.outputs)]
        task = (own or behind)[0]
        due, now = task.internal_data["event_value"], (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        task.internal_data["event_value"] = {**due, "next": now} if isinstance(due, dict) else now
        self._flow.refresh_timers()
        self._go_on()

    def _ready(self) -> list[Any]:
        return list(self._flow.get_tasks(state=TaskState.READY, manual=True))
