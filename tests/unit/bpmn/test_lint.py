"""Every refusal of the linter, each shown on the smallest drawing that earns it."""

from __future__ import annotations

import pytest

from bpmn.findings import Finding
from bpmn.lint import lint_model, lint_set
from bpmn.model import Place
from bpmn.parse import parse_bpmn
from bpmn.vocabulary import Topic, Vocabulary, Work
from tests.unit.bpmn.drawn import chain, definitions, flow, parsed, properties

WORDS = Vocabulary(
    topics={"tell": Topic()},
    work={"offer": Work(("confirm", "decline"))},
    messages={"withdrawn": {}},
    clocks=frozenset({"resolve"}),
    duties=frozenset({"supervisor"}),
    templates=frozenset({"offer_reminder"}),
    statuses=frozenset({"handling"}),
)
ROOTS = (
    '<message id="M" name="withdrawn"/><error id="E" errorCode="refused"/>'
    '<escalation id="X" escalationCode="lift"/>'
)
START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
SERVICE = '<serviceTask id="t" camunda:type="external" camunda:topic="tell">{}</serviceTask>'
MESSAGE = '<messageEventDefinition messageRef="M"/>'
ERROR = '<errorEventDefinition errorRef="E"/>'
ESCALATION = '<escalationEventDefinition escalationRef="X"/>'
TERMINATE = "<terminateEventDefinition/>"
CYCLE = "<timerEventDefinition><timeCycle>R5/PT1H</timeCycle></timerEventDefinition>"


def timer(body: str = "PT1H") -> str:
    return f"<timerEventDefinition><timeDuration>{body}</timeDuration></timerEventDefinition>"


def service(inner: str = "", identity: str = "t") -> str:
    return SERVICE.format(inner).replace('id="t"', f'id="{identity}"')


def sub(content: str, *, identity: str = "t", event: bool = False) -> str:
    return f'<subProcess id="{identity}" triggeredByEvent="{str(event).lower()}">{content}</subProcess>'


def boundary(trigger: str, more: str = "", *, identity: str = "b", host: str = "t") -> str:
    """A boundary event that leads to an end of its own."""
    event = f'<boundaryEvent id="{identity}" attachedToRef="{host}" {more}>{trigger}</boundaryEvent>'
    return f'{event}<endEvent id="{identity}_end"/>{flow(identity, f"{identity}_end")}'


def around(node: str, *more: str) -> str:
    """A whole process: start, the node `t`, end."""
    return START + node + END + chain("s", "t", "e") + "".join(more)


PERSON = {"work": "offer", "actions": "confirm, decline", "duty": "supervisor"}


def user(*more: str, **changes: str | None) -> str:
    said = {name: value for name, value in {**PERSON, **changes}.items() if value is not None}
    return around(f'<userTask id="t">{properties(**said)}</userTask>', *more)


def findings(content: str) -> list[Finding]:
    return lint_model(parsed(content, roots=ROOTS), WORDS)


def messages(content: str) -> list[str]:
    return [found.message for found in findings(content)]


INNER = '<startEvent id="is"/><endEvent id="ie"/>' + chain("is", "ie")
EVENT_BASED = (
    START
    + '<eventBasedGateway id="t"/>'
    + f'<intermediateCatchEvent id="m">{MESSAGE}</intermediateCatchEvent>'
    + END
    + chain("s", "t", "m", "e")
)


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
        ("content", "message"),
        [
            # what the language does not have
            (around(service()) + '<scriptTask id="x"/>', "scriptTask is not supported"),
            (around(service()) + START, 'id "s" is used twice'),
            # flows
            (around(service()) + flow("t", "nowhere"), "target 'nowhere', which does not exist"),
            (around(sub(INNER)) + flow("is", "e"), "its source is lies in another scope"),
            (around(service()) + flow("t", "s"), "leads into the startEvent s"),
            (around(service()) + flow("e", "t"), "leaves the end event e"),
            (
                START + service() + END + flow("s", "t") + flow("t", "e", "x"),
                "has a condition but leaves the serviceTask t",
            ),
            (around(service()) + service(identity="lost") + flow("lost", "e"), "lost cannot be reached"),
            (START + service() + END + chain("s", "t"), "serviceTask t leads nowhere"),
            (around(sub(INNER, event=True)), "leads into the event subprocess t"),
            # gateways
            (
                START + '<exclusiveGateway id="t"/>' + END + flow("s", "t") + flow("t", "e", "x"),
                "is the only way out of t and has a condition",
            ),
            (
                around('<exclusiveGateway id="t" default="t_e"/>').replace(
                    flow("t", "e"), flow("t", "e", "x")
                ) + '<endEvent id="o"/>' + flow("t", "o", "y"),
                "is the default of t; remove its condition",
            ),
            (
                around('<exclusiveGateway id="t" default="t_e"/>') + '<endEvent id="o"/>' + flow("t", "o"),
                "leaves t without a condition; write its condition",
            ),
            (
                around('<exclusiveGateway id="t" default="t_o"/>').replace(
                    flow("t", "e"), flow("t", "e", "x")
                ) + '<endEvent id="p"/>' + flow("t", "p", "y"),
                "the default flow 't_o' of t does not leave it",
            ),
            (
                START + '<inclusiveGateway id="t"/>' + END + '<endEvent id="o"/>' + flow("s", "t")
                + flow("t", "e", "x") + flow("t", "o", "y"),
                "all conditions after t can be false and it has no default flow",
            ),
            (around('<serviceTask id="t" camunda:type="external" camunda:topic="tell" default="t_e"/>'),
             "serviceTask t has a default flow; only gateways choose"),
            (EVENT_BASED, "waits for the first of several; draw two or more"),
            (EVENT_BASED + service(identity="u") + flow("t", "u") + flow("u", "e"),
             "leads to the serviceTask u; only message and timer"),
            (
                EVENT_BASED + f'<intermediateCatchEvent id="w">{timer()}</intermediateCatchEvent>'
                + flow("t", "w") + flow("w", "e") + service(identity="u") + flow("u", "w"),
                "w is entered from t and from elsewhere",
            ),
            # events
            (service() + END + flow("t", "e"), "process p has no start event"),
            (START + service() + flow("s", "t") + flow("t", "t"), "process p has no end event"),
            (around(service()) + '<startEvent id="s2"/>' + flow("s2", "t"), "has 2 none start events"),
            (around(service()).replace(START, f'<startEvent id="s">{timer()}</startEvent>'),
             "start of the process s has the trigger timer; possible here: none, message"),
            (around(sub(INNER.replace('<startEvent id="is"/>', f'<startEvent id="is">{MESSAGE}</startEvent>'))),
             "start of the embedded subprocess is has the trigger message; possible here: none"),
            (around(service()) + sub(INNER, identity="ev", event=True),
             "start of the event subprocess is has the trigger none"),
            (
                around(service()) + sub(
                    INNER.replace("is", "is").replace(
                        '<startEvent id="is"/>', f'<startEvent id="is" isInterrupting="false">{ERROR}</startEvent>'
                    ), identity="ev", event=True),
                "starts on an error without interrupting",
            ),
            (around(sub(INNER + '<startEvent id="i2"/>' + flow("i2", "ie"))), "subprocess t has 2 start events"),
            (around(service()).replace(START, '<startEvent id="s" isInterrupting="false"/>'),
             "only event subprocesses can be"),
            (around(service()).replace(END, f'<endEvent id="e">{MESSAGE}</endEvent>'),
             "endEvent e has the trigger message; possible here: none, error, escalation, terminate"),
            (around(service()).replace(END, '<endEvent id="e"><errorEventDefinition/></endEvent>'),
             "throws an error without a code"),
            (around('<intermediateCatchEvent id="t"/>'), "intermediateCatchEvent t has the trigger none"),
            (around(f'<intermediateThrowEvent id="t">{TERMINATE}</intermediateThrowEvent>'),
             "intermediateThrowEvent t has the trigger terminate"),
            (around('<intermediateCatchEvent id="t"><messageEventDefinition/></intermediateCatchEvent>'),
             "names no message"),
            (around('<receiveTask id="t"/>'), "receiveTask t names no message"),
            # boundary events
            (around(service(), boundary(timer(), host="x")), "attached to 'x', no activity of its scope"),
            (around('<parallelGateway id="t"/>', boundary(timer())), "sits on the parallelGateway t"),
            (around(service(), boundary(ERROR, 'cancelActivity="false"')), "error event b is non-interrupting"),
            (around(service(), boundary(ESCALATION)), "waits for an escalation of the serviceTask t"),
            (around(service(), boundary("")), "boundaryEvent b has the trigger none"),
            (around(service(), boundary(CYCLE)), "a cycle needs a non-interrupting boundary event"),
            (around(service(), boundary(ERROR), boundary(ERROR, identity="c")), "refused is caught twice"),
            (
                around(service(), f'<boundaryEvent id="b" attachedToRef="t">{timer()}</boundaryEvent>'),
                "boundaryEvent b leads nowhere",
            ),
            (
                around(
                    '<businessRuleTask id="t" camunda:decisionRef="d" camunda:decisionRefBinding="latest"/>',
                    boundary(timer()),
                ),
                "is answered at once",
            ),
            # names
            (around(service().replace("tell", "tel")), "unknown topic 'tel'"),
            (around('<sendTask id="t"/>'), "sendTask t has no topic"),
            (around('<businessRuleTask id="t"/>'), "businessRuleTask t names no table"),
            (around(service(properties(statuz="handling"))), "unknown property 'statuz'"),
            (around(service(properties(status="handlin"))), "unknown status 'handlin'"),
            (around(service(properties(status=""))), "property status of t is empty"),
            (around(service(properties(work="offer"))), "property work is for user tasks"),
            (around(service(properties(takes_work="true"))), "property takes_work is for timers"),
            (around(service(properties(key="1"))), "property key belongs to what catches a message"),
            (around(service(properties(template="offer_remindr"))), "unknown template 'offer_remindr'"),
            (around(service(properties(clock__start="resolve, resolv of cycle"))), "unknown clock 'resolv'"),
            (
                around('<exclusiveGateway id="t">' + properties(clock__pause="resolve") + "</exclusiveGateway>"),
                "does not wait, so it can pause no clock",
            ),
            (around(service(), boundary(timer("resolv at 75 %"))), "unknown clock 'resolv'"),
            # people
            (user(), "userTask t has no clock"),
            (user(boundary(timer()), work=None), "does not say what work it is"),
            (user(boundary(timer()), work="ofer"), "unknown work 'ofer'"),
            (user(boundary(timer()), actions=None), "does not say what finishes it"),
            (user(boundary(timer()), actions="confirm, declin"), "unknown action of offer 'declin'"),
            (user(boundary(timer()), duty=None), "has neither item nor duty"),
            (user(boundary(timer()), item="x"), "has both item and duty"),
            (user(boundary(timer()), duty="supervizor"), "unknown duty 'supervizor'"),
        ],
    )  # fmt: skip
    def test_a_mistake_is_refused_once_with_its_cause(self, content: str, message: str) -> None:
        assert len([found for found in messages(content) if message in found]) == 1, messages(content)

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
