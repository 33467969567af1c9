"""Linking refuses what cannot run, all of it at once, with the place and the near name."""

from __future__ import annotations

import pytest

from bpmn.findings import Refused
from bpmn.link import link
from tests.unit.engine.drawn import (
    VOCABULARY,
    boundary,
    chain,
    end,
    event_subprocess,
    flow,
    linked,
    on_message,
    on_timer,
    parsed,
    process,
    service,
    start,
    tag,
    user,
)

DATA = {
    "n": "integer",
    "who": "id",
    "tier": "enum(light, severe)",
    "note": "string",
    "when": "time",
    "price": "number",
}


def refusal(*content: str, data: dict[str, str] | None = None) -> str:
    """What linking says about a process `p` with these elements between start and end."""
    with pytest.raises(Refused) as refused:
        linked(process("p", start() + end() + "".join(content), data=DATA if data is None else data))
    return str(refused.value)


def between(*elements: str, id: str) -> str:
    return "".join(elements) + chain("start", id, "end")


@pytest.mark.parametrize(
    ("element", "said"),
    [
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
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_cause(element: str, said: str) -> None:
    refused = refusal(between(element, id="x"))
    assert said in refused
    assert refused.startswith("drawn.bpmn:")


def test_every_mistake_is_reported_at_once_in_the_order_of_the_file() -> None:
    one = user("x", outputs={"n": "nn"})
    two = service("y", inputs={"amount": '"many"'})
    said = refusal(one, two, chain("start", "x", "y", "end"), data={"n": "integr"})
    assert "'integr' is not a type" in said
    assert "unknown name 'nn'" in said
    assert "many" in said or "integer" in said


def test_a_condition_must_be_true_or_false() -> None:
    split = tag("exclusiveGateway", "x", default="x_end")
    said = refusal(
        split, user("y"), chain("start", "x"), flow("x", "end"), flow("x", "y", "n + 1"), chain("y", "end")
    )
    assert "boolean" in said


def test_the_name_result_is_not_for_data() -> None:
    assert "choose another" in refusal(chain("start", "end"), data={"result": "integer"})


def test_only_an_interrupting_event_subprocess_may_keep_tokens() -> None:
    event = boundary("off", "x", on_message("withdrawn"), properties={"keeps": "x"})
    assert "a boundary event can keep nothing" in refusal(
        user("x"), event, chain("start", "x", "end"), chain("off", "end")
    )


def test_what_is_kept_stands_in_the_interrupted_scope() -> None:
    begin = start("s", on_message("withdrawn"), properties={"keeps": "itm"})
    item = event_subprocess(
        "item", start("i", on_message("news"), isInterrupting="false"), end("ie"), chain("i", "ie")
    )
    event = event_subprocess("stop", begin, end("e"), chain("s", "e"))
    said = refusal(user("x"), event, item, chain("start", "x", "end"))
    assert "keeps names 'itm', which is not in the scope that is interrupted; did you mean 'item'?" in said


def test_a_subprocess_may_not_see_names_of_its_siblings() -> None:
    inner = tag(
        "subProcess",
        "x",
        start("s") + user("t", outputs={"own": "1"}) + end("e") + chain("s", "t", "e"),
        properties={"data.own": "integer"},
    )
    said = refusal(inner, user("y", outputs={"n": "own"}), chain("start", "x", "y", "end"))
    assert "unknown name 'own'" in said


def test_a_catch_up_other_than_the_three_is_refused() -> None:
    event = boundary("late", "x", on_timer("R3/PT1H"), interrupting=False, properties={"catch_up": "never"})
    assert "once, all or skip" in refusal(user("x"), event, chain("start", "x", "end"), chain("late", "end"))


GUARD = boundary("late", "x", on_timer("PT1H")) + chain("late", "end")


def test_linking_gives_definitions_for_a_file_without_a_mistake() -> None:
    body = start() + user("x") + GUARD + end() + chain("start", "x", "end")
    assert link([parsed(process("p", body))], {}, VOCABULARY).processes.keys() == {"p"}


def test_linking_reports_what_is_drawn_wrong_and_what_is_written_wrong_together_and_each_once() -> None:
    body = start() + user("x", outputs={"m": "1"}) + service("y", properties={"clock.start": "resolv"})
    call = tag("callActivity", "z", calledElement="pp")
    flows = chain("start", "x", "y", "z", "end")
    with pytest.raises(Refused) as refused:
        link([parsed(process("p", body + call + end() + flows))], {}, VOCABULARY)
    said = [finding.message for finding in refused.value.findings]
    assert sorted(said) == [
        "no process 'pp' to call",
        "no scope here declares data 'm'",
        "unknown clock 'resolv'",
        said[[message.startswith("userTask x has no clock") for message in said].index(True)],
    ]


@pytest.mark.parametrize(
    "body",
    [
        "",
        start(),
        start() + tag("subProcess", "x") + chain("start", "x", "end"),
        start() + tag("eventBasedGateway", "x") + chain("start", "x", "nowhere"),
        start() + tag("businessRuleTask", "x", camunda__decisionRef="none") + chain("start", "x"),
        start() + tag("callActivity", "x") + chain("start", "x"),
        start() + tag("inclusiveGateway", "x", default="none") + chain("start", "x", "x"),
        start() + event_subprocess("x", start("s"), end("e"), chain("s", "e")),
        start() + boundary("x", "nothing", on_message("replly")) + chain("x", "end"),
    ],
)
def test_a_broken_drawing_is_refused_and_never_breaks_the_linker(body: str) -> None:
    with pytest.raises(Refused):
        link([parsed(process("p", body))], {}, VOCABULARY)
