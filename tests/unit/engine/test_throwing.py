"""Errors, escalations and terminate ends: what leaves a scope before its time."""

from __future__ import annotations

import pytest

from bpmn.errors import UncaughtEscalation
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import (
    TERMINATE,
    boundary,
    chain,
    end,
    event_subprocess,
    flow,
    linked,
    on_error,
    on_escalation,
    process,
    start,
    subprocess,
    tag,
    user,
)

# errors and escalations through scopes and calls

INNER = process(
    "q",
    start("qs") + user("try") + tag("exclusiveGateway", "well", default="well_good"),
    end("good") + end("bad", on_error("lost")),
    flow("qs", "try") + flow("try", "well") + flow("well", "bad", "n > 0") + flow("well", "good"),
    data={"n": "integer"},
)


def calling(*events: str, then: dict[str, str]) -> str:
    body = start() + tag("callActivity", "call", calledElement="q", inputs={"n": "n"}) + end()
    ways = "".join(user(task) + chain(event, task, "end") for event, task in then.items())
    return process("p", body + chain("start", "call", "end") + "".join(events) + ways, data={"n": "integer"})


def test_an_error_end_event_travels_through_the_call_activity() -> None:
    definitions = linked(calling(boundary("lost", "call", on_error("lost")), then={"lost": "search"}), INNER)
    case = Case(definitions, n=1).complete("try")
    assert case.at == ["search"]
    assert case.left("error") == ["call"]
    assert Case(definitions, n=0).complete("try").is_over


def test_an_error_is_caught_by_the_event_subprocess_of_the_nearest_scope() -> None:
    handler = event_subprocess(
        "fix",
        start("oops", on_error("lost"), outputs={"code": "result.code"}),
        user("repair"),
        end("fixed"),
        chain("oops", "repair", "fixed"),
    )
    inner = subprocess(
        "inner",
        start("in")
        + user("try")
        + user("beside")
        + end("bad", on_error("lost"))
        + end("x")
        + chain("in", "try", "bad")
        + chain("in", "beside", "x"),
    )
    body = start() + inner + end() + chain("start", "inner", "end") + handler
    case = Case(linked(process("p", body, data={"code": "id"}))).complete("try")
    assert case.at == ["repair"]
    assert case.data == {"code": "lost"}
    assert set(case.left("error")) == {"beside", "inner"}
    assert case.complete("repair").end == "fixed"


def escalating(interrupting: bool) -> str:
    inner = subprocess(
        "inner",
        start("in")
        + user("try")
        + tag("intermediateThrowEvent", "shout", on_escalation("late"))
        + user("more"),
        end("out") + chain("in", "try", "shout", "more", "out"),
    )
    event = boundary("told", "inner", on_escalation("late"), interrupting=interrupting)
    return process(
        "p",
        start()
        + inner
        + event
        + user("help")
        + end()
        + chain("start", "inner", "end")
        + chain("told", "help", "end"),
    )


def test_a_non_interrupting_escalation_lets_the_thrower_go_on() -> None:
    assert Case(linked(escalating(False))).complete("try").at == ["help", "more"]


def test_an_interrupting_escalation_ends_the_thrower() -> None:
    assert Case(linked(escalating(True))).complete("try").at == ["help"]


def test_an_escalation_travels_through_calls_and_is_a_fault_where_nobody_catches_it() -> None:
    inner = process(
        "q",
        start("qs") + user("try") + end("up", on_escalation("stuck")) + chain("qs", "try", "up"),
        data={"n": "integer"},
    )
    definitions = linked(
        calling(boundary("told", "call", on_escalation(), interrupting=False), then={"told": "help"}), inner
    )
    assert Case(definitions).complete("try").at == ["help"]
    with pytest.raises(UncaughtEscalation, match="q up"):
        Case(definitions, "q").complete("try")


# ends


def test_a_terminate_end_event_ends_its_scope_only() -> None:
    inner = subprocess(
        "inner",
        start("in")
        + user("x")
        + user("y")
        + end("stop", TERMINATE)
        + end("o")
        + chain("in", "x", "stop")
        + chain("in", "y", "o"),
    )
    body = start() + inner + user("after") + end() + chain("start", "inner", "after", "end")
    case = Case(linked(process("p", body))).complete("x")
    assert (case.at, case.left("cancelled"), case.withdrawn) == (["after"], ["y"], ["y"])


def test_a_terminate_end_event_of_the_root_ends_the_instance() -> None:
    body = (
        start()
        + user("x")
        + user("y")
        + end("stop", TERMINATE)
        + end()
        + chain("start", "x", "stop")
        + chain("start", "y", "end")
    )
    case = Case(linked(process("p", body))).complete("x")
    assert (case.is_over, case.end, case.at) == (True, "stop", [])


def test_a_terminate_end_event_in_a_called_process_completes_the_call() -> None:
    inner = process(
        "q",
        start("qs")
        + user("try")
        + user("z")
        + end("stop", TERMINATE)
        + end("o")
        + chain("qs", "try", "stop")
        + chain("qs", "z", "o"),
        data={"n": "integer"},
    )
    case = Case(linked(calling(then={}), inner)).complete("try")
    assert case.is_over
    assert "call" in case.left("completed")


def test_a_branch_not_yet_entered_is_gone_when_a_sibling_ends_the_scope() -> None:
    fork = tag("parallelGateway", "fork")
    inner = subprocess(
        "inner",
        start("in"),
        fork,
        end("bad", on_error("lost")),
        user("late"),
        end("out"),
        chain("in", "fork", "bad"),
        chain("fork", "late", "out"),
    )
    event = boundary("lost", "inner", on_error("lost"))
    body = (
        start()
        + inner
        + event
        + user("search")
        + end()
        + chain("start", "inner", "end")
        + chain("lost", "search", "end")
    )
    case = Case(linked(process("p", body)))
    assert case.at == ["search"]
    assert "late" not in case.entered
