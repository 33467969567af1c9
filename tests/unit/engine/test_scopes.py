"""Data, subprocesses and calls: what each scope sees, holds and hands over."""

from __future__ import annotations

from typing import Any

import pytest

from bpmn import engine
from bpmn.errors import UndeclaredData, UnknownProcess
from tests.unit.engine.case import NOON, Case
from tests.unit.engine.drawn import chain, end, linked, process, start, subprocess, tag, user

CALLED = process(
    "q",
    start("qs") + user("try", outputs={"sum": "sum + result.amount"}) + end("qe"),
    chain("qs", "try", "qe"),
    data={"sum": "integer", "hidden": "integer"},
)


def caller(**rest: Any) -> str:
    call = tag("callActivity", "call", calledElement="q", **rest)
    body = start() + call + user("after") + end() + chain("start", "call", "after", "end")
    return process("p", body, data={"total": "integer", "hidden": "integer"})


def test_a_call_hands_over_only_what_it_names_and_takes_back_only_what_it_names() -> None:
    definitions = linked(caller(inputs={"sum": "total * 2"}, outputs={"total": "sum + 1"}), CALLED)
    case = Case(definitions, total=5, hidden=9)
    called = [
        token.data for token in case.instance.tokens.values() if token.process == "q" and not token.element
    ]
    assert called == [{"sum": 10, "hidden": None}]
    case.complete("try", action="done", by="ann", amount=3)
    assert case.data == {"total": 14, "hidden": 9}
    assert case.at == ["after"]


def test_each_call_of_a_process_has_data_of_its_own() -> None:
    gateways = tag("parallelGateway", "fork") + tag("parallelGateway", "join")
    calls = "".join(
        tag("callActivity", f"call{n}", calledElement="q", inputs={"sum": str(n)}, outputs={f"n{n}": "sum"})
        for n in (1, 2)
    )
    flows = chain("start", "fork", "call1", "join", "end") + chain("fork", "call2", "join")
    case = Case(
        linked(
            process("p", start() + gateways + calls + end() + flows, data={"n1": "integer", "n2": "integer"}),
            CALLED,
        )
    )
    case.complete("try", action="done", by="a", amount=10).complete("try", action="done", by="a", amount=10)
    assert case.data == {"n1": 11, "n2": 12}


def test_the_called_process_may_be_chosen_by_an_enum() -> None:
    call = tag("callActivity", "call", calledElement="=tier")
    body = start() + call + end() + chain("start", "call", "end")
    tiers = [
        process(key, start() + user(f"{key}_work") + end() + chain("start", f"{key}_work", "end"))
        for key in ("light", "severe")
    ]
    definitions = linked(process("p", body, data={"tier": "enum(light, severe)"}), *tiers)
    assert Case(definitions, tier="severe").at == ["severe_work"]
    with pytest.raises(UnknownProcess, match="None"):
        Case(definitions)


def test_an_embedded_subprocess_sees_its_parents_data_and_writes_it() -> None:
    inner = subprocess(
        "inner",
        start("in")
        + user("try", outputs={"n": "n + result.amount"})
        + end("out")
        + chain("in", "try", "out"),
    )
    body = start() + inner + end() + chain("start", "inner", "end")
    case = Case(linked(process("p", body, data={"n": "integer"})), n=1).complete(
        "try", action="done", by="a", amount=4
    )
    assert case.data == {"n": 5}


def test_a_subprocess_with_data_of_its_own_hides_the_parents_and_gives_it_as_its_result() -> None:
    inner = subprocess(
        "inner",
        start("in")
        + user("try", outputs={"n": "n + result.amount"})
        + end("out")
        + chain("in", "try", "out"),
        properties={"data.n": "integer"},
        inputs={"n": "n * 100"},
        outputs={"m": "result.n", "k": "n"},
    )
    body = start() + inner + end() + chain("start", "inner", "end")
    case = Case(linked(process("p", body, data={"n": "integer", "m": "integer", "k": "integer"})), n=1)
    case.complete("try", action="done", by="a", amount=4)
    assert case.data == {"n": 1, "m": 104, "k": 1}


def test_scopes_of_every_depth_end_in_one_step() -> None:
    innermost = subprocess("c", start("cs") + user("try") + end("ce") + chain("cs", "try", "ce"))
    middle = subprocess("b", start("bs") + innermost + end("be") + chain("bs", "c", "be"))
    called = process("q", start("qs") + middle + end("qe") + chain("qs", "b", "qe"))
    case = Case(
        linked(
            process(
                "p",
                start()
                + tag("callActivity", "call", calledElement="q")
                + end()
                + chain("start", "call", "end"),
            ),
            called,
        )
    )
    case.complete("try")
    assert case.left("completed") == ["try", "ce", "c", "be", "b", "qe", "call", "end"]
    assert case.end == "end"


def test_starting_with_undeclared_data_or_an_unknown_process_is_refused() -> None:
    definitions = linked(process("p", start() + end() + chain("start", "end")))
    with pytest.raises(UndeclaredData, match=r"declare data\.extra"):
        Case(definitions, extra=1)
    with pytest.raises(UnknownProcess, match="'nowhere'"):
        Case(definitions, "nowhere")


def test_places_show_every_token_by_process_and_element() -> None:
    case = Case(linked(caller(), CALLED))
    assert engine.places(case.definitions, case.instance) == {"p": {"call": (3,)}, "q": {"try": (6,)}}


def test_waits_show_the_written_text_filled_from_the_data_or_the_name() -> None:
    first = user("ask", name="Ask  the customer", properties={"waits": "{who} to answer, round {n}"})
    fork = tag("parallelGateway", "fork") + tag("parallelGateway", "join")
    body = start() + fork + first + user("look", name="Look") + end()
    flows = chain("start", "fork", "ask", "join", "end") + chain("fork", "look", "join")
    case = Case(linked(process("p", body + flows, data={"who": "id", "n": "integer"})), who="logistics")
    waits = engine.waits(case.definitions, case.instance)
    assert [(wait.element, wait.text) for wait in waits] == [
        ("ask", "logistics to answer, round ?"),
        ("look", "Look"),
    ]


def test_the_data_and_the_next_activation_outlive_the_instance() -> None:
    case = Case(linked(process("p", start() + end() + chain("start", "end"), data={"n": "integer"})), n=3)
    assert case.is_over
    assert engine.data(case.definitions, case.instance) == {"n": 3}
    assert engine.next_activation(case.instance) == 4
    assert engine.timers(case.definitions, case.instance, lambda *_: NOON) == {}
