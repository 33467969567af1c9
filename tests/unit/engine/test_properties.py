"""What holds for every process and every order of events, judged on generated processes."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bpmn import engine
from bpmn.effects import Ended, Entered, Left, Ready, Withdrawn
from bpmn.engine.run import WORK
from bpmn.events import Completed, Event, Message, TimerDue
from bpmn.instance import Instance
from bpmn.link import Definitions
from bpmn.model import NodeKind
from tests.unit.engine.blocks import Block, blocks, drawn, tasks_done
from tests.unit.engine.case import Case, never
from tests.unit.engine.drawn import linked

thoroughly = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MOST_STEPS = 400


def possible(definitions: Definitions, instance: Instance) -> list[Event]:
    """Every event that this instance waits for."""
    waits = engine.waits(definitions, instance)
    events: list[Event] = [Completed(wait.activation) for wait in waits if wait.kind in WORK]
    events += [Message("reply") for wait in waits if wait.kind is NodeKind.EVENT_BASED][:1]
    return events + [TimerDue(timer) for timer in engine.timers(definitions, instance, never)]


def run(case: Case, choice: st.DataObject) -> Case:
    """Let events happen in a drawn order until the instance is over; conservation is checked after each."""
    for _ in range(MOST_STEPS):
        assert_conserved(case)
        if case.is_over:
            return case
        events = possible(case.definitions, case.instance)
        assert events, "an instance that is not over waits for something"
        case.step(choice.draw(st.sampled_from(events)))
    raise AssertionError("the instance does not end")


def assert_conserved(case: Case) -> None:
    """Whatever was entered was left once or stands there now; whatever was ready was done, withdrawn or is open."""
    entered = {e.activation: e.element for e in case.history if isinstance(e, Entered)}
    left = [e.activation for e in case.history if isinstance(e, Left)]
    assert len(left) == len(set(left))
    live = {token.id: token.element for token in case.instance.tokens.values() if token.element}
    assert {id: element for id, element in entered.items() if id not in left} == live
    ready = {e.activation for e in case.history if isinstance(e, Ready)}
    withdrawn = {e.activation for e in case.history if isinstance(e, Withdrawn)}
    assert withdrawn <= ready & set(left)
    assert ready - set(left) <= live.keys()


@thoroughly
@given(blocks(events=True), st.integers(0, 4), st.data())
def test_tokens_are_conserved_and_every_process_ends_with_none(
    block: Block, n: int, choice: st.DataObject
) -> None:
    case = run(Case(linked(*drawn(block)), n=n), choice)
    assert [token.element for token in case.instance.tokens.values()] == [""]
    assert sum(isinstance(effect, Ended) for effect in case.history) == 1
    assert case.history[-1] == Ended("p", case.end)


@thoroughly
@given(blocks(events=False), st.integers(0, 4), st.data())
def test_each_task_is_done_as_often_as_the_drawing_says(block: Block, n: int, choice: st.DataObject) -> None:
    case = run(Case(linked(*drawn(block)), n=n), choice)
    assert sum(isinstance(effect, Ready) for effect in case.history) == tasks_done(block, n)


@thoroughly
@given(blocks(events=True), st.integers(0, 4), st.data())
def test_an_advance_is_deterministic_and_leaves_what_it_was_given_alone(
    block: Block, n: int, choice: st.DataObject
) -> None:
    definitions = linked(*drawn(block))
    case = Case(definitions, n=n)
    for _ in range(8):
        if case.is_over:
            break
        event = choice.draw(st.sampled_from(possible(definitions, case.instance)))
        before, saved = case.instance, case.instance.to_json()
        first = engine.advance(definitions, before, event, case.now)
        second = engine.advance(definitions, Instance.from_json(saved, definitions), event, case.now)
        assert first == second
        assert before.to_json() == saved
        case.step(event)


@thoroughly
@given(blocks(events=True), blocks(events=True), st.integers(0, 4), st.data())
def test_tasks_done_in_either_order_lead_to_the_same_instance(
    left: Block, right: Block, n: int, choice: st.DataObject
) -> None:
    """Same but for activation ids and, once it is over, which of two ends came last.

    No task of these processes ends another or writes what another reads.
    """
    definitions = linked(*drawn(("parallel", (left, right))))
    case = Case(definitions, n=n)
    waiting = open_tasks(definitions, case.instance)
    assume(len(waiting) >= 2)
    for _ in range(choice.draw(st.integers(0, 6))):
        event = choice.draw(st.sampled_from(possible(definitions, case.instance)))
        following = engine.advance(definitions, case.instance, event, case.now).instance
        if len(open_tasks(definitions, following)) < 2:
            break
        case.step(event)
        waiting = open_tasks(definitions, following)
    one, two = choice.draw(st.permutations(waiting))[:2]

    def both(first: int, second: int) -> Instance:
        middle = engine.advance(definitions, case.instance, Completed(first), case.now).instance
        assert second in middle.tokens
        return engine.advance(definitions, middle, Completed(second), case.now).instance

    assert shape(both(one, two)) == shape(both(two, one))


def open_tasks(definitions: Definitions, instance: Instance) -> list[int]:
    return [wait.activation for wait in engine.waits(definitions, instance) if wait.kind in WORK]


def shape(instance: Instance, scope: int = 0) -> list[object]:
    """The tree of tokens without their ids, siblings in an order of their own."""
    branches: list[object] = [
        (
            token.process,
            token.element,
            token.flow,
            sorted((token.data or {}).items(), key=str),
            sorted(token.timers.items(), key=str),
            token.sealed,
            shape(instance, token.id),
        )
        for token in instance.tokens.values()
        if token.scope == scope
    ]
    return sorted(branches, key=str)
