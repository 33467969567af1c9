"""Reading BPMN files: nothing executed is misread, nothing is dropped in silence."""

from __future__ import annotations

import pytest

from bpmn.model import NodeKind, Place, Text, TimerKind, Trigger, TriggerKind
from bpmn.parse import BpmnSyntaxError, parse_bpmn
from tests.unit.bpmn.drawn import definitions, flow, parsed, process, properties
from tests.unit.refusals.parsed import FLAWS, ROOTS, UNSUPPORTED


def names(content: str, *, roots: str = "", attributes: str = "") -> list[str]:
    return [found.what for found in parsed(content, roots=roots, attributes=attributes).unsupported]


class TestWhatIsExecuted:
    def test_a_service_task_carries_topic_and_mappings_with_their_places(self) -> None:
        model = parsed("""
            <serviceTask id="send" name="Send&#10;it" camunda:type="external" camunda:topic="letter.send">
              <documentation>Says so.</documentation>
              <extensionElements><camunda:inputOutput>
                <camunda:inputParameter name="tier"> next_tier </camunda:inputParameter>
                <camunda:outputParameter name="sent">result.sent</camunda:outputParameter>
              </camunda:inputOutput></extensionElements>
              <incoming>a</incoming>
            </serviceTask>""")
        node = model.processes[0].scope.nodes["send"]
        assert (node.kind, node.name, node.topic) == (NodeKind.SERVICE, "Send it", "letter.send")
        assert node.documentation == "Says so."
        assert [(a.target, a.source) for a in node.inputs] == [
            ("tier", Text("next_tier", Place("p.bpmn", 7, "send")))
        ]
        assert [(a.target, a.source.body) for a in node.outputs] == [("sent", "result.sent")]
        assert (model.unsupported, model.flaws) == ((), ())

    def test_declared_data_belongs_to_its_scope_and_other_properties_to_the_node(self) -> None:
        model = parsed(
            properties(data__tier="enum(light, severe)")
            + '<subProcess id="inner" triggeredByEvent="true">'
            + properties(data__round="integer", status="open")
            + "</subProcess>"
        )
        outer = model.processes[0].scope
        inner = outer.nodes["inner"]
        assert {name: text.body for name, text in outer.data.items()} == {"tier": "enum(light, severe)"}
        assert inner.scope is not None
        assert inner.scope.triggered_by_event
        assert {name: text.body for name, text in inner.scope.data.items()} == {"round": "integer"}
        assert {name: text.body for name, text in inner.properties.items()} == {"status": "open"}
        assert model.unsupported == ()

    def test_triggers_are_resolved_to_names_and_codes(self) -> None:
        model = parsed(
            """
            <startEvent id="m"><messageEventDefinition messageRef="M"/></startEvent>
            <boundaryEvent id="e" attachedToRef="t"><errorEventDefinition errorRef="E"/></boundaryEvent>
            <boundaryEvent id="any" attachedToRef="t" cancelActivity="false">
              <escalationEventDefinition/></boundaryEvent>
            <intermediateCatchEvent id="w"><timerEventDefinition>
              <timeDuration xsi:type="tFormalExpression">PT3H</timeDuration>
            </timerEventDefinition></intermediateCatchEvent>
            <endEvent id="x"><terminateEventDefinition/></endEvent>
            <receiveTask id="r" messageRef="M"/>""",
            roots='<message id="M" name="withdrawn"/><error id="E" name="no" errorCode="refused"/>',
        )
        nodes = model.processes[0].scope.nodes
        assert nodes["m"].trigger == Trigger(TriggerKind.MESSAGE, "withdrawn")
        assert nodes["e"].trigger == Trigger(TriggerKind.ERROR, "refused")
        assert nodes["any"].trigger == Trigger(TriggerKind.ESCALATION, "")
        assert (nodes["e"].interrupting, nodes["any"].interrupting) == (True, False)
        timer = nodes["w"].trigger
        assert timer is not None
        assert (timer.timer_kind, timer.timer and timer.timer.body) == (TimerKind.DURATION, "PT3H")
        assert nodes["x"].trigger == Trigger(TriggerKind.TERMINATE)
        assert nodes["r"].message == "withdrawn"
        assert model.flaws == ()

    def test_a_call_keeps_expression_and_handover(self) -> None:
        model = parsed("""<callActivity id="c" calledElement="=tier"><extensionElements>
            <camunda:in source="tier" target="t"/><camunda:in sourceExpression="round + 1" target="n"/>
            <camunda:out source="verdict" target="verdict"/></extensionElements></callActivity>""")
        node = model.processes[0].scope.nodes["c"]
        assert node.called is not None
        assert node.called.body == "=tier"
        assert [(a.target, a.source.body) for a in node.inputs] == [("t", "tier"), ("n", "round + 1")]
        assert [(a.target, a.source.body) for a in node.outputs] == [("verdict", "verdict")]

    def test_a_condition_keeps_its_text_and_line(self) -> None:
        found = parsed(flow("a", "b", ' tier = "light" ')).processes[0].scope.flows["a_b"]
        assert found.condition == Text('tier = "light"', Place("p.bpmn", 3, "a_b"))

    @pytest.mark.parametrize(("said", "executable"), [("", False), ('isExecutable="false"', False)])
    def test_a_process_that_is_only_drawn_is_read_and_marked(self, said: str, executable: bool) -> None:
        model = parse_bpmn(definitions(f'<process id="p" {said}><startEvent id="s"/></process>'), "p.bpmn")
        assert [(p.executable, list(p.scope.nodes)) for p in model.processes] == [(executable, ["s"])]

    def test_the_decision_binding_says_live_or_frozen(self) -> None:
        nodes = (
            parsed(
                '<businessRuleTask id="a" camunda:decisionRef="t" camunda:decisionRefBinding="latest"/>'
                '<businessRuleTask id="b" camunda:decisionRef="t" camunda:decisionRefBinding="deployment"/>'
            )
            .processes[0]
            .scope.nodes
        )
        assert [(n.decision, n.decision_live) for n in nodes.values()] == [
            ("t", True),
            ("t", False),
        ]


class TestWhatIsNot:
    @pytest.mark.parametrize(
        ("content", "what"),
        UNSUPPORTED,
    )
    def test_an_element_or_attribute_unknown_to_the_language_is_named(self, content: str, what: str) -> None:
        assert names(content) == [what]

    def test_an_unsupported_thing_carries_line_element_and_process(self) -> None:
        found = parsed('<startEvent id="s"/>\n<scriptTask id="t"/>').unsupported[0]
        assert (found.place, found.process) == (Place("p.bpmn", 4, "t"), "p")

    def test_attributes_of_the_process_are_checked_but_modeler_marks_pass(self) -> None:
        attributes = 'camunda:historyTimeToLive="30" camunda:versionTag="1" camunda:taskPriority="1"'
        assert names("", attributes=attributes) == ["attribute camunda:taskPriority of process"]

    def test_other_vendors_are_passed_over(self) -> None:
        assert (
            names('<userTask id="t" zeebe:x="1"><extensionElements><zeebe:y/></extensionElements></userTask>')
            == []
        )

    def test_drawn_things_are_kept_with_their_text_and_not_executed(self) -> None:
        model = parsed("""<textAnnotation id="n"><text>Mind the gap</text></textAnnotation>
            <association id="l" sourceRef="n" targetRef="t"/><group id="g"/>
            <laneSet id="ls"><lane id="lane" name="Desk"/></laneSet>""")
        kinds = {a.id: (a.kind, a.text) for a in model.drawing.artifacts.values()}
        assert kinds["n"] == ("textAnnotation", "Mind the gap")
        assert kinds["lane"] == ("lane", "Desk")
        assert {"l", "g"} <= kinds.keys()
        assert model.unsupported == ()
        assert not model.processes[0].scope.nodes


class TestBrokenFiles:
    def test_xml_that_is_not_well_formed_names_file_and_line(self) -> None:
        with pytest.raises(BpmnSyntaxError, match=r"^torn\.bpmn:4: not well-formed") as caught:
            parse_bpmn(process("<startEvent"), "torn.bpmn")
        assert (caught.value.file, caught.value.line) == ("torn.bpmn", 4)

    def test_another_kind_of_document_is_refused(self) -> None:
        with pytest.raises(BpmnSyntaxError, match="root is <html>"):
            parse_bpmn(b"<html/>", "page.bpmn")

    def test_an_external_entity_is_never_read(self) -> None:
        data = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + process("&x;")
        with pytest.raises(BpmnSyntaxError, match="DOCTYPE"):
            parse_bpmn(data, "evil.bpmn")

    def test_entities_that_explode_are_refused(self) -> None:
        bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        with pytest.raises(BpmnSyntaxError):
            parse_bpmn(bomb + process("&b;"), "bomb.bpmn")

    @pytest.mark.parametrize(
        ("content", "message", "near"),
        FLAWS,
    )
    def test_what_does_not_hang_together_is_noted_with_a_cure(
        self, content: str, message: str, near: str | None
    ) -> None:
        flaws = parsed(content, roots=ROOTS).flaws
        assert [(message in flaw.message, flaw.near) for flaw in flaws if message in flaw.message] == [
            (True, near)
        ]

    def test_a_parameter_given_twice_is_noted(self) -> None:
        line = '<camunda:inputParameter name="a">1</camunda:inputParameter>'
        content = f'<userTask id="t"><extensionElements><camunda:inputOutput>{line * 2}</camunda:inputOutput>'
        content += "</extensionElements></userTask>"
        assert [flaw.message for flaw in parsed(content).flaws] == [
            'camunda:inputParameter for "a" stands twice; keep one'
        ]
