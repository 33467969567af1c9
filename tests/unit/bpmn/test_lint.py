"""What the linter accepts, what it adds to a refusal, and what it finds between files.

Each refusal by itself: tests/unit/refusals.
"""

from __future__ import annotations

import pytest

from bpmn.findings import Finding
from bpmn.lint import lint_model, lint_set
from bpmn.model import Place
from bpmn.parse import parse_bpmn
from tests.unit.bpmn.drawn import chain, definitions, flow, parsed, properties
from tests.unit.refusals.drawn import (
    CYCLE,
    END,
    ERROR,
    ESCALATION,
    EVENT_BASED,
    INNER,
    MESSAGE,
    PERSON,
    ROOTS,
    START,
    around,
    boundary,
    service,
    sub,
    timer,
    user,
)
from tests.unit.refusals.row import WORDS


def findings(content: str) -> list[Finding]:
    return lint_model(parsed(content, roots=ROOTS), WORDS)


def messages(content: str) -> list[str]:
    return [found.message for found in findings(content)]


class TestWhatIsAccepted:
    @pytest.mark.parametrize(
        "content",
        [
            around(service()),
            around(service(), boundary(ERROR), boundary(timer(), 'cancelActivity="false"', identity="c")),
            user(boundary(timer("resolve of cycle at 75 %"))),
            user(boundary(CYCLE, 'cancelActivity="false"')),
            around(sub(INNER), boundary(ESCALATION)),
            around(service())
            + sub(f'<startEvent id="is">{MESSAGE}</startEvent>{END.replace("e", "e", 1)}'.replace('"e"', '"ie"')
                  + chain("is", "ie"), identity="ev", event=True),
            around('<exclusiveGateway id="t" default="t_e"/>') + END.replace('"e"', '"o"') + flow("t", "o", "x"),
            around('<inclusiveGateway id="t"/>').replace(
                flow("t", "e"), flow("t", "e", "true")) + END.replace('"e"', '"o"') + flow("t", "o", "x"),
            EVENT_BASED + f'<intermediateCatchEvent id="w">{timer()}</intermediateCatchEvent>'
            + flow("t", "w") + flow("w", "e"),
        ],
    )  # fmt: skip
    def test_a_sound_drawing_has_no_finding(self, content: str) -> None:
        assert findings(content) == []

    def test_a_timer_on_the_subprocess_around_it_is_a_persons_clock(self) -> None:
        inner = INNER.replace(chain("is", "ie"), "") + f'<userTask id="u">{properties(**PERSON)}</userTask>'
        content = around(sub(inner + chain("is", "u", "ie")), boundary(timer()))
        assert findings(content) == []

    def test_a_process_that_is_only_drawn_is_not_judged(self) -> None:
        sketch = '<process id="q"><task id="x"/></process>'
        model = parse_bpmn(
            definitions(sketch + f'<process id="p" isExecutable="true">{around(service())}</process>'), "p"
        )
        assert lint_model(model, WORDS) == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "near"),
        [
            (around(service().replace("tell", "tel")), "tell"),
            (around(service(properties(status="Handlin"))), "handling"),
            (around(service(properties(clock_start="resolve"))), "clock.start"),
            (user(boundary(timer()), actions="confirm, declin"), "decline"),
            (user(boundary(timer()), duty="supervizor"), "supervisor"),
            (around(service()) + flow("t", "ee"), "e"),
            (around(service(), boundary(timer("resolv at 75 %"))), "resolve"),
            (around(service()) + '<receiveTask id="r" messageRef="m"/>' + chain("t", "r", "e"), "M"),
        ],
    )
    def test_the_near_name_is_offered(self, content: str, near: str) -> None:
        assert near in {found.near for found in findings(content)}

    def test_an_unknown_message_is_refused(self) -> None:
        model = parsed(
            around('<receiveTask id="t" messageRef="M"/>'), roots='<message id="M" name="withdrawm"/>'
        )
        assert [(f.message, f.near) for f in lint_model(model, WORDS)] == [
            ("unknown message 'withdrawm'", "withdrawn")
        ]

    @pytest.mark.parametrize("source", ['"nope"', 'if tier = "light" then "nope" else "offer_reminder"'])
    def test_a_template_that_an_input_names_must_exist(self, source: str) -> None:
        parameter = source.replace('"', "&quot;")
        inner = (
            '<extensionElements><camunda:inputOutput><camunda:inputParameter name="template">'
            f"{parameter}</camunda:inputParameter></camunda:inputOutput></extensionElements>"
        )
        assert messages(around(service(inner))) == ["unknown template 'nope'"]

    def test_a_finding_says_file_line_and_element(self) -> None:
        found = findings(START + "\n" + service().replace("tell", "tel") + END + chain("s", "t", "e"))
        assert [f.place for f in found] == [Place("p.bpmn", 4, "t")]

    def test_a_file_without_an_executable_process_is_refused(self) -> None:
        model = parse_bpmn(definitions('<process id="p"><startEvent id="s"/></process>'), "p.bpmn")
        assert [f.message for f in lint_model(model, WORDS)] == [
            'the file holds no executable process; set isExecutable="true" on one'
        ]


LIFT = START + f'<endEvent id="e">{ESCALATION}</endEvent>' + flow("s", "e")


def calling(target: str, *more: str, data: str = "") -> str:
    return data + around(f'<callActivity id="t" calledElement="{target}"/>', *more)


def between(files: dict[str, str], tables: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    models = [parsed(content, key=key, roots=ROOTS) for key, content in files.items()]
    return [(found.place.file, found.message) for found in lint_set(models, tables, WORDS)]


class TestBetweenFiles:
    def test_a_call_to_a_process_that_is_not_there_is_refused_with_the_near_name(self) -> None:
        models = [parsed(calling("medum"), key="a"), parsed(around(service()), key="medium")]
        assert [(f.message, f.near) for f in lint_set(models, (), WORDS)] == [
            ("no process 'medum' to call", "medium")
        ]

    def test_a_call_activity_must_say_what_it_calls(self) -> None:
        assert between({"a": around('<callActivity id="t"/>')}) == [
            ("a.bpmn", "calledElement is missing: name the process to call, or give =expression")
        ]

    def test_a_table_that_is_not_there_is_refused(self) -> None:
        rule = '<businessRuleTask id="t" camunda:decisionRef="triag" camunda:decisionRefBinding="latest"/>'
        assert between({"a": around(rule)}, ("triage",)) == [("a.bpmn", "unknown decision table 'triag'")]
        assert between({"a": around(rule)}, ("triag",)) == []

    def test_a_process_key_stands_once_in_a_set(self) -> None:
        found = lint_set([parsed(around(service())), parsed(around(service()))], (), WORDS)
        assert ["defined twice" in f.message for f in found] == [True]

    def test_each_files_own_findings_are_included(self) -> None:
        assert between({"a": around(service().replace("tell", "tel"))}) == [("a.bpmn", "unknown topic 'tel'")]

    def test_processes_may_call_each_other_in_a_circle(self) -> None:
        assert between({"a": calling("b"), "b": calling("a")}) == []

    @pytest.mark.parametrize(
        "caller",
        [
            calling("b", boundary(ESCALATION)),
            calling("b", boundary("<escalationEventDefinition/>")),
            calling("b")
            + sub(
                f'<startEvent id="is">{ESCALATION}</startEvent><endEvent id="ie"/>' + chain("is", "ie"),
                identity="ev",
                event=True,
            ),
            calling("=tier", boundary(ESCALATION), data=properties(data__tier="enum(b, c)")),
        ],
    )
    def test_an_escalation_that_the_caller_catches_is_accepted(self, caller: str) -> None:
        assert between({"a": caller, "b": LIFT, "c": around(service())}) == []

    @pytest.mark.parametrize(
        "caller",
        [
            calling("b"),
            calling("=tier", data=properties(data__tier="enum(b, c)")),
            calling("=if x then &quot;b&quot; else &quot;c&quot;"),
        ],
    )
    def test_an_escalation_that_a_caller_does_not_catch_is_refused(self, caller: str) -> None:
        found = between({"a": caller, "b": LIFT, "c": around(service())})
        assert [
            (file, "escalation 'lift' of e is not caught by t in process 'a'" in m) for file, m in found
        ] == [("b.bpmn", True)]

    def test_an_escalation_climbs_through_callers_until_it_is_caught(self) -> None:
        files = {"a": calling("m", boundary(ESCALATION)), "m": calling("b"), "b": LIFT}
        assert between(files) == []
        files["a"] = calling("m")
        assert ["is not caught by t in process 'a'" in m for _, m in between(files)] == [True]

    def test_an_escalation_out_of_a_process_that_nothing_calls_is_refused(self) -> None:
        assert ["which nothing calls" in m for _, m in between({"b": LIFT})] == [True]

    def test_an_escalation_caught_inside_its_process_concerns_no_caller(self) -> None:
        inner = f'<startEvent id="is"/><endEvent id="ie">{ESCALATION}</endEvent>' + chain("is", "ie")
        assert between({"a": around(sub(inner), boundary(ESCALATION))}) == []
