"""Activities: who does them, what goes in, what comes out."""

from __future__ import annotations

import pytest

from bpmn.effects import Entered, Flowed, Left, Ready
from bpmn.errors import DeadActivation, NotReady, WrongData, WrongResult
from bpmn.events import Completed
from bpmn.model import NodeKind
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import chain, end, linked, process, service, start, tag, user


def test_a_service_task_is_ready_with_its_inputs_and_null_for_those_left_out() -> None:
    body = start() + service("post", inputs={"text": '"hello"'}) + end() + chain("start", "post", "end")
    case = Case(linked(process("p", body)))
    ready = case.effects[-1]
    assert isinstance(ready, Ready)
    assert (ready.kind, ready.topic, dict(ready.inputs)) == (
        NodeKind.SERVICE,
        "post",
        {"text": "hello", "amount": None},
    )


def test_a_user_task_carries_its_properties_and_the_work_item_it_belongs_to() -> None:
    task = user("ask", properties={"item": "which"}, inputs={"amount": "total + 1"})
    body = start() + task + end() + chain("start", "ask", "end")
    case = Case(linked(process("p", body, data={"which": "integer", "total": "integer"})), which=5, total=1)
    ready = case.effects[-1]
    assert isinstance(ready, Ready)
    assert dict(ready.inputs) == {"item": 5, "amount": 2}
    assert ready.properties["actions"] == "done, passed"


def test_effects_tell_the_way_of_a_token_in_order() -> None:
    case = Case(linked(process("p", start() + user("ask") + end() + chain("start", "ask", "end"))))
    case.complete("ask", action="done", by="ann")
    told = [e for e in case.history if isinstance(e, (Entered, Left, Flowed))]
    assert [getattr(e, "flow", None) or f"{type(e).__name__} {e.element}" for e in told] == [  # type: ignore[union-attr]
        "Entered start",
        "Left start",
        "start_ask",
        "Entered ask",
        "Left ask",
        "ask_end",
        "Entered end",
        "Left end",
    ]


def test_outputs_see_the_data_and_the_result_and_are_written_on_completion() -> None:
    task = user(
        "ask", outputs={"total": "total + result.amount", "action": "result.action", "who": "result.by"}
    )
    body = start() + task + user("next") + end() + chain("start", "ask", "next", "end")
    data = {"total": "integer", "action": "enum(done, passed)", "who": "id"}
    case = Case(linked(process("p", body, data=data)), total=10)
    case.complete("ask", action="passed", by="ann", amount=5)
    assert case.data == {"total": 15, "action": "passed", "who": "ann"}


def test_outputs_of_one_element_do_not_see_each_other() -> None:
    task = user("ask", outputs={"a": "b", "b": "a"})
    body = start() + task + end() + chain("start", "ask", "end")
    case = Case(linked(process("p", body, data={"a": "integer", "b": "integer"})), a=1, b=2)
    assert case.complete("ask", action="done", by="ann").data == {"a": 2, "b": 1}


def test_a_result_of_another_type_than_the_vocabulary_says_is_refused() -> None:
    task = user("ask", outputs={"total": "result.amount"})
    body = start() + task + end() + chain("start", "ask", "end")
    case = Case(linked(process("p", body, data={"total": "integer"})))
    with pytest.raises(WrongResult, match=r"result\.amount is 'five' \(str\), not a integer"):
        case.complete("ask", action="done", by="ann", amount="five")
    assert case.at == ["ask"]


def test_an_action_that_does_not_finish_the_task_is_refused() -> None:
    body = start() + user("ask", outputs={"did": "result.action"}) + end() + chain("start", "ask", "end")
    case = Case(linked(process("p", body, data={"did": "string"})))
    with pytest.raises(WrongResult, match="action"):
        case.complete("ask", action="shrugged", by="ann")


def test_starting_data_of_a_wrong_type_is_refused() -> None:
    definitions = linked(process("p", start() + end() + chain("start", "end"), data={"total": "integer"}))
    with pytest.raises(WrongData, match=r"does not fit data\.total, a integer"):
        Case(definitions, total="many")


def test_a_late_completion_never_reaches_a_finished_activity() -> None:
    body = start() + user("ask") + user("next") + end() + chain("start", "ask", "next", "end")
    case = Case(linked(process("p", body)))
    asked = case.activation("ask")
    case.complete("ask")
    with pytest.raises(DeadActivation) as refused:
        case.step(Completed(asked))
    assert refused.value.activation == asked
    case.complete("next")
    with pytest.raises(DeadActivation):
        case.step(Completed(1))


def test_only_work_can_be_completed() -> None:
    body = start() + tag("receiveTask", "hear", messageRef="m_reply") + end() + chain("start", "hear", "end")
    case = Case(linked(process("p", body)))
    with pytest.raises(NotReady, match="p hear"):
        case.complete("hear")


def test_activations_grow_and_are_never_used_again() -> None:
    body = start() + user("ask") + user("next") + end() + chain("start", "ask", "next", "end")
    case = Case(linked(process("p", body)), first_activation=40).complete("ask").complete("next")
    ids = [effect.activation for effect in case.history if isinstance(effect, Entered)]
    assert ids == sorted(set(ids))
    assert min(ids) > 40
    assert case.instance.next_id == max(ids) + 1


def test_a_send_task_is_work_like_a_service_task() -> None:
    send = tag(
        "sendTask", "send", camunda__type="external", camunda__topic="post", outputs={"n": "result.sent"}
    )
    body = start() + send + end() + chain("start", "send", "end")
    case = Case(linked(process("p", body, data={"n": "integer"})))
    assert case.ready == ["send"]
    assert case.complete("send", sent=3).data == {"n": 3}
    assert case.is_over
