"""Messages, boundary events and event subprocesses."""

from __future__ import annotations

from typing import Any

import pytest

from bpmn.effects import Left
from bpmn.errors import DeadActivation, NoSuchStart, UncaughtError
from bpmn.events import Completed
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import (
    boundary,
    chain,
    end,
    event_subprocess,
    linked,
    on_error,
    on_message,
    on_timer,
    process,
    service,
    start,
    subprocess,
    tag,
    user,
)


def hear(id: str, name: str = "reply", **rest: Any) -> str:
    return tag("receiveTask", id, messageRef=f"m_{name}", **rest)


# messages


def test_a_receive_task_takes_its_message_and_maps_the_payload() -> None:
    body = start() + hear("hear", outputs={"n": "result.score"}) + end() + chain("start", "hear", "end")
    case = Case(linked(process("p", body, data={"n": "integer"}))).send("reply", score=3)
    assert case.is_over
    assert case.data == {"n": 3}


def test_a_message_nobody_waits_for_is_unhandled_and_changes_nothing() -> None:
    case = Case(linked(process("p", start() + hear("hear") + end() + chain("start", "hear", "end"))))
    before = case.instance
    case.send("news", item=1)
    assert (case.handled, case.effects, case.instance) == (False, (), before)
    case.send("reply").send("reply")
    assert not case.handled


def test_a_message_goes_to_the_catcher_with_its_key() -> None:
    split = tag("parallelGateway", "split") + tag("parallelGateway", "join")
    body = (
        start() + split + hear("one", properties={"key": "a"}) + hear("two", properties={"key": "b"}) + end()
    )
    flows = chain("start", "split", "one", "join", "end") + chain("split", "two", "join")
    case = Case(linked(process("p", body + flows, data={"a": "integer", "b": "integer"})), a=1, b=2)
    assert not case.send("reply", key=3).handled
    assert case.send("reply", key=2).at == ["one"]
    assert case.send("reply", key=1).is_over


def test_a_message_goes_to_one_catcher_the_innermost_then_the_oldest() -> None:
    split = tag("parallelGateway", "split") + tag("parallelGateway", "join")
    inner = subprocess("inner", start("in") + hear("deep") + end("out") + chain("in", "deep", "out"))
    body = start() + split + hear("old") + hear("young") + inner + end()
    flows = (
        chain("start", "split", "old", "join", "end")
        + chain("split", "young", "join")
        + chain("split", "inner", "join")
    )
    case = Case(linked(process("p", body + flows)))
    assert case.send("reply").at == ["old", "young"]
    assert case.send("reply").at == ["young"]


def test_who_waits_in_a_scope_comes_before_its_event_subprocess() -> None:
    event = event_subprocess(
        "event",
        start("ping", on_message("reply"), isInterrupting="false"),
        end("pong"),
        chain("ping", "pong"),
    )
    body = start() + hear("hear") + user("ask") + end() + chain("start", "hear", "ask", "end") + event
    case = Case(linked(process("p", body)))
    assert case.send("reply").at == ["ask"]
    assert case.send("reply").entered == ["event", "ping", "pong"]


def test_a_message_starts_the_process_at_the_event_that_names_it() -> None:
    again = start("again", on_message("re-enter"), outputs={"cycle": "result.cycle"})
    definitions = linked(
        process(
            "p",
            start() + again + user("a") + user("b") + end(),
            chain("start", "a", "end"),
            chain("again", "b", "end"),
            data={"cycle": "integer"},
        )
    )
    assert Case(definitions).at == ["a"]
    case = Case(definitions, message="re-enter", payload={"cycle": 2}, first_activation=90)
    assert case.at == ["b"]
    assert case.data == {"cycle": 2}
    with pytest.raises(NoSuchStart, match="withdrawn"):
        Case(definitions, message="withdrawn")


# boundary events


def guarded(*events: str, then: dict[str, str], data: dict[str, str] | None = None) -> str:
    """A user task `ask` with boundary events, each leading to a user task of its own."""
    body = start() + user("ask") + end() + chain("start", "ask", "end") + "".join(events)
    ways = "".join(user(task) + chain(event, task, "end") for event, task in then.items())
    return process("p", body + ways, data=data)


def test_an_interrupting_boundary_event_withdraws_the_activity() -> None:
    definitions = linked(
        guarded(
            boundary("heard", "ask", on_message("reply"), outputs={"n": "result.score"}),
            then={"heard": "react"},
            data={"n": "integer"},
        )
    )
    case = Case(definitions)
    asked = case.activation("ask")
    case.send("reply", score=2)
    assert (case.at, case.withdrawn, case.left("interrupted")) == (["react"], ["ask"], ["ask"])
    assert case.data == {"n": 2}
    with pytest.raises(DeadActivation):
        case.step(Completed(asked))


def test_a_non_interrupting_boundary_event_happens_as_often_as_its_message_comes() -> None:
    event = boundary("heard", "ask", on_message("reply"), interrupting=False)
    case = Case(linked(guarded(event, then={"heard": "react"})))
    case.send("reply").send("reply")
    assert case.at == ["ask", "react", "react"]
    assert case.withdrawn == []


def test_a_boundary_event_is_gone_with_its_host() -> None:
    event = boundary("heard", "ask", on_message("reply"))
    case = Case(linked(guarded(event, then={"heard": "react"}))).complete("ask")
    assert case.is_over
    assert not case.send("reply").handled


def test_an_error_goes_to_the_boundary_event_that_names_it_before_the_one_for_all() -> None:
    events = boundary("any", "ask", on_error()) + boundary("lost", "ask", on_error("lost"))
    definitions = linked(guarded(events, then={"any": "care", "lost": "search"}))
    assert Case(definitions).fail("ask", "lost").at == ["search"]
    assert Case(definitions).fail("ask", "other").at == ["care"]
    case = Case(definitions).fail("ask", "lost")
    assert (case.left("error"), case.withdrawn) == (["ask"], [])


def test_an_error_that_nobody_catches_is_a_fault_with_its_code() -> None:
    case = Case(linked(guarded(boundary("lost", "ask", on_error("lost")), then={"lost": "search"})))
    with pytest.raises(UncaughtError) as fault:
        case.fail("ask", "broken")
    assert (fault.value.code, fault.value.element) == ("broken", "p ask")


# event subprocesses


def with_event(event: str, *more: str, data: dict[str, str] | None = None) -> str:
    body = start() + user("a") + user("b") + end() + chain("start", "a", "b", "end")
    return process("p", body + event + "".join(more), data=data)


ITEM = event_subprocess(
    "item",
    start("asked", on_message("news"), isInterrupting="false", outputs={"which": "result.item"}),
    user("work", properties={"item": "which"}),
    end("worked"),
    chain("asked", "work", "worked"),
    properties={"data.which": "integer"},
)


def test_a_non_interrupting_event_subprocess_runs_side_by_side_each_with_data_of_its_own() -> None:
    case = Case(linked(with_event(ITEM)))
    case.send("news", item=7).send("news", item=8)
    assert case.at == ["a", "work", "work"]
    items = [t.data for t in case.instance.tokens.values() if t.element == "item"]
    assert items == [{"which": 7}, {"which": 8}]


def test_a_scope_ends_only_after_its_running_event_subprocesses() -> None:
    case = Case(linked(with_event(ITEM))).send("news", item=7).complete("a").complete("b")
    assert not case.is_over
    assert case.send("news", item=8).handled
    assert not case.complete("work").is_over
    assert case.complete("work").end == "worked"


WITHDRAWN = event_subprocess(
    "stop",
    start("stopped", on_message("withdrawn"), properties={"keeps": "item"}),
    user("say_bye"),
    end("bye"),
    chain("stopped", "say_bye", "bye"),
)


def test_an_interrupting_event_subprocess_cancels_its_scope_but_for_what_it_keeps() -> None:
    case = Case(linked(with_event(WITHDRAWN, ITEM))).send("news", item=7).send("withdrawn")
    assert (case.at, case.withdrawn) == (["say_bye", "work"], ["a"])
    assert not case.complete("say_bye").is_over
    assert case.complete("work").is_over


def test_a_scope_takes_no_other_event_after_an_interrupting_one() -> None:
    case = Case(linked(with_event(WITHDRAWN, ITEM))).send("withdrawn")
    assert not case.send("withdrawn").handled
    assert not case.send("news", item=7).handled


def test_an_event_subprocess_started_by_a_timer_is_armed_from_the_beginning_of_its_scope() -> None:
    event = event_subprocess(
        "nudge",
        start("tick", on_timer("PT1H"), isInterrupting="false"),
        user("nudged"),
        end("x"),
        chain("tick", "nudged", "x"),
    )
    case = Case(linked(with_event(event)))
    assert [*case.timers()] == ["1:tick"]
    assert case.fire("tick").at == ["a", "nudged"]
    assert case.timers() == {}


def test_an_interruption_withdraws_everything_in_called_processes_too() -> None:
    body = (
        start()
        + tag("callActivity", "call", calledElement="q")
        + end()
        + chain("start", "call", "end")
        + WITHDRAWN.replace('<camunda:property name="keeps" value="item" />', "")
    )
    inner = process(
        "q",
        start("qs")
        + subprocess(
            "deep",
            start("ds")
            + user("x")
            + service("y")
            + end("de")
            + chain("ds", "x", "de")
            + chain("ds", "y", "de"),
        )
        + end("qe")
        + chain("qs", "deep", "qe"),
    )
    case = Case(linked(process("p", body), inner)).send("withdrawn")
    assert set(case.withdrawn) == {"x", "y"}
    assert [e.element for e in case.effects if isinstance(e, Left) and e.how == "interrupted"] == [
        "x",
        "y",
        "deep",
        "call",
    ]
