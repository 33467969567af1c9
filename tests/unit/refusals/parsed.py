"""What a file holds that the language does not have, and what does not hang together in it."""

from __future__ import annotations

from tests.unit.bpmn.drawn import definitions, process, properties
from tests.unit.refusals.row import Row, lined

UNSUPPORTED: list[tuple[str, str]] = [
    ('<task id="t"/>', "task"),
    ('<scriptTask id="t"><script>1</script></scriptTask>', "scriptTask"),
    ('<transaction id="t"/>', "transaction"),
    ('<startEvent id="t"><signalEventDefinition/></startEvent>', "signalEventDefinition"),
    (
        '<endEvent id="t"><errorEventDefinition/><terminateEventDefinition/></endEvent>',
        "endEvent with 2 event definitions",
    ),
    (
        '<userTask id="t"><multiInstanceLoopCharacteristics/></userTask>',
        "multiInstanceLoopCharacteristics in userTask",
    ),
    (
        '<subProcess id="t"><standardLoopCharacteristics/></subProcess>',
        "standardLoopCharacteristics",
    ),
    ('<sendTask id="t" messageRef="M"/>', "attribute messageRef of sendTask"),
    ('<userTask id="t" isForCompensation="true"/>', 'isForCompensation="true" of userTask'),
    ('<userTask id="t" camunda:assignee="x"/>', "attribute camunda:assignee of userTask"),
    ('<serviceTask id="t" camunda:type="java"/>', 'camunda:type="java" of serviceTask'),
    ('<endEvent id="t" camunda:asyncBefore="true"/>', "attribute camunda:asyncBefore of endEvent"),
    (
        '<userTask id="t"><extensionElements><camunda:taskListener/></extensionElements></userTask>',
        "camunda:taskListener of userTask",
    ),
    (
        '<sequenceFlow id="t" sourceRef="a" targetRef="b"><extensionElements>'
        "<camunda:executionListener/></extensionElements></sequenceFlow>",
        "camunda:executionListener of sequenceFlow",
    ),
    (
        '<callActivity id="t"><extensionElements><camunda:in businessKey="#"  source="a" target="b"/>'
        "</extensionElements></callActivity>",
        "attribute businessKey of camunda:in",
    ),
    (
        '<businessRuleTask id="t" camunda:decisionRef="d" camunda:decisionRefBinding="version"/>',
        'camunda:decisionRefBinding="version" of businessRuleTask',
    ),
    (f'<userTask id="t">{properties(data__x="integer")}</userTask>',
     'property "data.x" of userTask (data is declared on a scope)'),
    (properties(status="open"), 'property "status" of process (a process has data properties only)'),
    ('<zeebe:thing/>', "zeebe:thing in process"),
    (
        '<intermediateCatchEvent id="t"><timerEventDefinition><timeDate language="no">x</timeDate>'
        "</timerEventDefinition></intermediateCatchEvent>",
        'language="no" of timeDate',
    ),
]  # fmt: skip
"""Content of a process, and what of it is named as unsupported."""
ROOTS = '<message id="Withdrawn" name="withdrawn"/><message id="Nameless"/>'
FLAWS: list[tuple[str, str, str | None]] = [
    ('<startEvent id="s"/><endEvent id="s"/>', 'id "s" is used twice, first in line', None),
    ("<startEvent/>", "startEvent has no id", None),
    (
        '<receiveTask id="r" messageRef="Withdrawm"/>',
        'messageRef "Withdrawm" of receiveTask leads to no message',
        "Withdrawn",
    ),
    (
        '<endEvent id="e"><errorEventDefinition errorRef="Withdrawn"/></endEvent>',
        "leads to no error",
        None,
    ),
    (
        '<intermediateCatchEvent id="w"><timerEventDefinition/></intermediateCatchEvent>',
        "a timer needs one of",
        None,
    ),
    (
        '<intermediateCatchEvent id="w"><timerEventDefinition><timeDate/></timerEventDefinition>'
        "</intermediateCatchEvent>",
        "timeDate is empty",
        None,
    ),
    (
        '<callActivity id="c"><extensionElements><camunda:in target="x"/></extensionElements></callActivity>',
        "either source or sourceExpression",
        None,
    ),
    (
        '<receiveTask id="r" messageRef="Nameless"/>',
        'message "Nameless" has no name',
        None,
    ),
]
"""Content of a process beside these roots, what is said of it, and the near name."""
HELD = '<userTask id="t"><extensionElements>{}</extensionElements></userTask>'
PARAMETERS = HELD.format("<camunda:inputOutput>{}</camunda:inputOutput>")
CALL = '<callActivity id="c"><extensionElements>{}</extensionElements></callActivity>'
MORE: list[tuple[str, str]] = [
    (HELD.format("<camunda:properties><camunda:proprty/></camunda:properties>"), "camunda:proprty in camunda:"),
    (HELD.format('<camunda:properties><camunda:property value="1"/></camunda:properties>'), "a property has no name"),
    (
        HELD.format('<camunda:properties><camunda:property name="duty" value="desk"/>'
                    '<camunda:property name="duty" value="desk"/></camunda:properties>'),
        'property "duty" stands twice',
    ),
    (PARAMETERS.format('<camunda:inputParameter name="a"><camunda:list/></camunda:inputParameter>'),
     "camunda:list in camunda:inputParameter"),
    (PARAMETERS.format("<camunda:inputParameter>1</camunda:inputParameter>"), "camunda:inputParameter names no target"),
    (PARAMETERS.format('<camunda:inputParameter name="a"></camunda:inputParameter>'), '"a" is empty; write'),
    (
        PARAMETERS.format('<camunda:inputParameter name="a">1</camunda:inputParameter>' * 2),
        'camunda:inputParameter for "a" stands twice',
    ),
    (CALL.format('<camunda:in source="a" target="b"><camunda:list/></camunda:in>'), "camunda:list in camunda:in"),
    ('<userTask id="t"><taskk/></userTask>', "taskk in userTask"),
    ('<sequenceFlow id="f" sourceRef="a" targetRef="b"><thing/></sequenceFlow>', "thing in sequenceFlow"),
]  # fmt: skip
WHOLE: list[tuple[bytes, str]] = [
    (process("<startEvent"), "not well-formed XML"),
    (b"<html/>", "the root is <html>, not <definitions> of BPMN 2.0"),
    (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + process("&x;"), "a document type (DOCTYPE)"),
    (definitions('<choreography id="c"/>'), "choreography is not supported"),
    (definitions('<zeebe:thing id="z"/>'), "zeebe:thing in definitions"),
    (definitions('<process isExecutable="true"/>'), "a process has no id"),
    (definitions('<process id="p"/>'), "the file holds no executable process"),
    (process("", attributes='camunda:taskPriority="1"'), "attribute camunda:taskPriority of process"),
    (
        definitions('<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="s"><dc:Bounds x="left"/>'
                    "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"),
        'x="left" in the diagram is not a number',
    ),
]  # fmt: skip
"""Whole files."""


def rows() -> list[Row]:
    inside = [*UNSUPPORTED, *((content, says) for content, says, _ in FLAWS), *MORE]
    found = [
        Row("file", {"p.bpmn": lined(process(content, roots=ROOTS).decode()).encode()}, says)
        for content, says in inside
    ]
    return [*found, *(Row("file", {"p.bpmn": data}, says) for data, says in WHOLE)]
