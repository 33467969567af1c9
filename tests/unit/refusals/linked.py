"""What is written wrong in mappings, timers, clocks and calls: what only linking finds."""

from __future__ import annotations

from tests.unit.dmn.drawn import decision, dmn
from tests.unit.engine.drawn import (
    boundary,
    chain,
    end,
    event_subprocess,
    file_of,
    flow,
    on_message,
    on_timer,
    process,
    service,
    start,
    tag,
    user,
)
from tests.unit.refusals.row import Row, lined

DATA = {
    "n": "integer",
    "who": "id",
    "tier": "enum(light, severe)",
    "note": "string",
    "when": "time",
    "price": "number",
}
BETWEEN: list[tuple[str, str]] = [
    (user("x", outputs={"m": "1"}), "no scope here declares data 'm'"),
    (user("x", outputs={"whoo": "result.by"}), "did you mean 'who'"),
    (user("x", outputs={"n": '"one"'}), "integer"),
    (user("x", outputs={"n": "result.amout"}), "did you mean 'amount'"),
    (user("x", outputs={"n": "nn + 1"}), "unknown name 'nn'"),
    (user("x", outputs={"tier": '"medium"'}), "medium"),
    (user("x", properties={"item": "when"}), "a key is an id"),
    (user("x", properties={"item": "n"}, inputs={"item": "n"}), "the input 'item' is set by the property"),
    (service("x", inputs={"txt": "who"}), "did you mean 'text'"),
    (service("x", inputs={"amount": "who"}), "gives id where integer is wanted"),
    (service("x", outputs={"n": "result.sended"}), "has no field 'sended'"),
    (user("x", properties={"clock.start": "resolv"}), "unknown clock 'resolv'; did you mean 'resolve'?"),
    (user("x", properties={"clock.stop": "resolve of price"}), "a key is an id"),
    (user("x", properties={"clock.pause": "resolve of"}), "names no clock"),
    (user("x", properties={"waits": "for {whom}"}), "not declared; did you mean 'who'?"),
    (user("x", properties={"waits": "for {note}"}), "only ids, enums and integers are shown"),
    (tag("callActivity", "x", calledElement="pp"), "no process 'pp' to call; did you mean 'p'?"),
    (tag("callActivity", "x", calledElement="=who"), "only an enum says which processes may be called"),
    (tag("callActivity", "x", calledElement="=tier"), "no process 'severe' to call"),
    (tag("callActivity", "x", calledElement="p", inputs={"nm": "n"}), "process 'p' declares no data 'nm'"),
    (tag("callActivity", "x", calledElement="p", inputs={"n": "who"}), "integer"),
    (tag("callActivity", "x", calledElement="p", outputs={"n": "who"}), "integer"),
    (tag("intermediateCatchEvent", "x", on_timer("3 hours")), "a timer may also be"),
    (tag("intermediateCatchEvent", "x", on_timer("P1M")), "no fixed length"),
    (tag("intermediateCatchEvent", "x", on_timer("=n")), "a timer needs a time or a duration"),
    (tag("intermediateCatchEvent", "x", on_timer("resole at 75 %")), "did you mean 'resolve'"),
    (tag("intermediateCatchEvent", "x", on_timer("resolve before 2H")), "ISO 8601"),
    (tag("intermediateCatchEvent", "x", on_timer("R3/PT1H")), "a cycle needs a non-interrupting"),
    (tag("intermediateCatchEvent", "x", on_message("reply"), properties={"key": "price"}), "a key is an id"),
    (tag("intermediateThrowEvent", "x", outputs={"n": "n.value"}), "has no fields"),
]  # fmt: skip
"""An element `x` between start and end, and what is said of it."""


def of(content: str, says: str, data: dict[str, str] | None = None) -> Row:
    """A process `p` of this content."""
    text = file_of(process("p", content, data=DATA if data is None else data))
    return Row("linking", {"p.bpmn": lined(text).encode()}, says)


CYCLE = "<timerEventDefinition><timeCycle>PT1H</timeCycle></timerEventDefinition>"
BESIDE: list[tuple[str, str]] = [
    (
        user("x") + boundary("off", "x", on_message("withdrawn"), properties={"keeps": "x"}) + chain("off", "end"),
        "a boundary event can keep nothing",
    ),
    (
        user("x")
        + event_subprocess("item", start("i", on_message("news"), isInterrupting="false"), end("ie"), chain("i", "ie"))
        + event_subprocess(
            "stop", start("s", on_message("withdrawn"), properties={"keeps": "itm"}), end("e"), chain("s", "e")
        ),
        "keeps names 'itm', which is not in the scope that is interrupted; did you mean 'item'?",
    ),
    (
        user("x") + boundary("late", "x", on_timer("PT1H"), properties={"takes_work": "yes"}) + chain("late", "end"),
        "takes_work is true or false, not 'yes'",
    ),
    (
        user("x") + boundary("late", "x", on_timer("R3/PT1H"), interrupting=False, properties={"catch_up": "never"})
        + chain("late", "end"),
        "catch_up is once, all or skip, not 'never'",
    ),
    (
        user("x") + boundary("late", "x", CYCLE, interrupting=False) + chain("late", "end"),
        "'PT1H' is not a cycle: write R5/PT24H",
    ),
    (tag("intermediateThrowEvent", "x", inputs={"a": "1"}), "a intermediateThrowEvent takes no input"),
]  # fmt: skip
CALLED = process("q", start("qs", on_message("news")), end("qe"), chain("qs", "qe"))
ASKED = tag("businessRuleTask", "x", camunda__decisionRef="routing", inputs={"tier": "tier"})
TABLE = dmn(
    decision(
        [("tier", "string", '"light", "severe"'), ("n", "integer", "")],
        [("minutes", "integer", "")],
        [["-", "-", "1"]],
    )
)


def rows() -> list[Row]:
    between = [*BETWEEN, *BESIDE]
    found = [of(start() + end() + element + chain("start", "x", "end"), says) for element, says in between]
    call = start() + tag("callActivity", "x", calledElement="q") + end() + chain("start", "x", "end")
    asked = of(start() + end() + ASKED + chain("start", "x", "end"), "table 'routing' needs the input 'n'")
    choice = tag("exclusiveGateway", "x", default="x_end") + user("y") + chain("start", "x", "end")
    return [
        *found,
        of(start() + end() + choice + flow("x", "y", "n + 1") + chain("y", "end"), "where boolean is wanted"),
        of(start() + end() + chain("start", "end"), "the name 'result' means", {"result": "integer"}),
        of(start() + end() + chain("start", "end"), "data.1st is not a name", {"1st": "integer"}),
        of(start() + end() + chain("start", "end"), "'integr' is not a type", {"n": "integr"}),
        Row(
            "linking",
            {"p.bpmn": lined(file_of(process("p", call), CALLED)).encode()},
            "has no none start event",
        ),
        Row("linking", {**asked.files, "t.dmn": TABLE}, asked.says),
    ]
