"""What is drawn wrong: flows, gateways, events, names and people, each on the smallest drawing that earns it."""

from __future__ import annotations

from tests.unit.bpmn.drawn import chain, flow, process, properties
from tests.unit.refusals.row import Row, lined

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


INNER = '<startEvent id="is"/><endEvent id="ie"/>' + chain("is", "ie")
EVENT_BASED = (
    START
    + '<eventBasedGateway id="t"/>'
    + f'<intermediateCatchEvent id="m">{MESSAGE}</intermediateCatchEvent>'
    + END
    + chain("s", "t", "m", "e")
)


DRAWN: list[tuple[str, str]] = [
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
]  # fmt: skip


CHOICE = around('<exclusiveGateway id="t" default="t_o"/>') + '<endEvent id="o"/>' + flow("t", "o")
TEMPLATE = (
    '<extensionElements><camunda:inputOutput><camunda:inputParameter name="template">"offer_remindr"'
    "</camunda:inputParameter></camunda:inputOutput></extensionElements>"
)
LIFTING = START + f'<endEvent id="e">{ESCALATION}</endEvent>' + flow("s", "e")
MORE: list[tuple[dict[str, str], str]] = [
    ({"p": CHOICE.replace(flow("t", "e"), flow("t", "e", " "))}, "the condition of flow t_e is empty"),
    ({"p": around('<parallelGateway id="t" default="t_e"/>')}, "has a default flow, but does not choose"),
    ({"p": around('<receiveTask id="t" messageRef="Z"/>')}, "unknown message 'withdrawm'; did you mean 'withdrawn'?"),
    ({"p": around(service(TEMPLATE))}, "unknown template 'offer_remindr'; did you mean 'offer_reminder'?"),
    ({"p": around('<callActivity id="t"/>')}, "calledElement is missing"),
    ({"p": around('<callActivity id="t" calledElement="medum"/>'), "medium": around(service())},
     "no process 'medum' to call; did you mean 'medium'?"),
    ({"p": LIFTING}, "leaves process 'p', which nothing calls"),
    ({"p": around('<callActivity id="t" calledElement="q"/>'), "q": LIFTING}, "is not caught by t in process 'p'"),
]  # fmt: skip
"""Content of each process of a set, by its key, a file each."""


def rows() -> list[Row]:
    made = [*(({"p": content}, says) for content, says in DRAWN), *MORE]
    found = [
        Row("drawing", {f"{key}.bpmn": _file(content, key) for key, content in of.items()}, says)
        for of, says in made
    ]
    twice = {name: _file(around(service()), "p") for name in ("p.bpmn", "q.bpmn")}
    return [*found, Row("drawing", twice, "process 'p' is defined twice, first at p.bpmn:6")]


def _file(content: str, key: str) -> bytes:
    roots = ROOTS + '<message id="Z" name="withdrawm"/>'
    return lined(process(content, key=key, roots=roots).decode()).encode()
