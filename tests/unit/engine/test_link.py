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
