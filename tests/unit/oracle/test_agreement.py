"""Our engine and SpiffWorkflow do the same on generated drawings: what is open after each step, what was done, which
ends were reached, and what was written.

Left out, since SpiffWorkflow is not sound there: joins from the second round of a loop on (its own fire early), events
and subprocesses of a loop within an inclusive choice (its join overlooks them and goes on), what a repeated timer began
(it ends with its host), data after an event has ended what wrote it (each token has a copy). Left out too, since it
does not have them or has them otherwise: tables, typed expressions that meet null, buffered and keyed messages, clocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn import engine
from bpmn.effects import Left
from bpmn.engine import flowing, joins
from bpmn.engine.run import Run
from bpmn.errors import EngineFault
from bpmn.events import Completed, Message, TimerDue
from bpmn.model import NodeKind
from tests.unit.engine.blocks import Block, blocks
from tests.unit.engine.case import Case, never
from tests.unit.engine.drawn import linked
from tests.unit.oracle.spiff import TOLD, Spiff
from tests.unit.oracle.written import Unread, Written, value_of, written

thoroughly = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
MOST_STEPS = 200


def is_judged(block: Block, around: frozenset[str] = frozenset()) -> bool:
    """Whether SpiffWorkflow is sound on a drawing. Its joins forget from the second round of a loop on who has come,
    and its inclusive joins overlook a token that waits for an event, or in a subprocess of a loop."""
    kind = block[0]
    if "loop" in around and kind in ("parallel", "inclusive"):
        return False
    if "inclusive" in around and (kind in ("race", "guarded") or (kind == "subprocess" and "loop" in around)):
        return False
    inner = [part for part in block[1:] if isinstance(part, tuple)]
    parts = [one for part in inner for one in ([part] if isinstance(part[0], str) else part)]
    return all(is_judged(one, around | {kind}) for one in parts)


class Both:
    """The same drawing in both engines. Every step is made in both, and then they are compared."""

    def __init__(self, block: Block, n: int, how: type[Written] = Written) -> None:
        drawn = written(block, how)
        self.ours = Case(linked(*drawn), n=n)
        self.theirs = Spiff(drawn, n=n)
        self.is_data_compared = how is Written
        self.compare()

    @property
    def open(self) -> Counter[str]:
        waits = engine.waits(self.ours.definitions, self.ours.instance)
        return Counter(w.element for w in waits if w.kind in (NodeKind.USER, NodeKind.SERVICE))

    @property
    def passed(self) -> Counter[str]:
        left = [e for e in self.ours.history if isinstance(e, Left) and e.how == "completed"]
        return Counter(e.element for e in left if TOLD.match(e.element))

    def compare(self) -> None:
        assert self.open == self.theirs.waiting
        assert self.passed == self.theirs.passed
        assert self.ours.is_over == self.theirs.is_over
        if self.ours.is_over and self.is_data_compared:
            assert {k: int(str(v)) for k, v in self.ours.data.items() if v is not None} == self.theirs.data

    def complete(self, element: str) -> None:
        value = value_of(element)
        self.ours.step(Completed(self.ours.activation(element), {"amount": value, "sent": value}))
        self.theirs.complete(element, **{f"w_{element}": value})
        self.compare()

    def send(self, message: str) -> None:
        self.ours.step(Message(message))
        self.theirs.send(message)
        self.compare()

    def fire(self, element: str) -> None:
        timer = next(t for t in self.timers().values() if t.element == element)
        self.ours.step(TimerDue(timer.id))
        self.theirs.fire(element)
        self.compare()

    def timers(self) -> dict[str, engine.Timer]:
        return dict(engine.timers(self.ours.definitions, self.ours.instance, never))


def play(both: Both, choice: st.DataObject) -> None:
    for _ in range(MOST_STEPS):
        if both.ours.is_over:
            return
        both.complete(choice.draw(st.sampled_from(sorted(both.open))))
    raise AssertionError("the process does not end")


@thoroughly
@given(blocks(events=False).filter(is_judged), st.integers(0, 4), st.data())
def test_both_do_the_same_tasks_reach_the_same_ends_and_write_the_same(
    block: Block, n: int, choice: st.DataObject
) -> None:
    play(Both(block, n), choice)


@thoroughly
@given(blocks(events=True).filter(is_judged), st.integers(0, 4), st.data())
def test_both_let_the_same_messages_and_timers_happen(block: Block, n: int, choice: st.DataObject) -> None:
    both = Both(block, n, Unread)
    for _ in range(MOST_STEPS):
        if both.ours.is_over:
            return
        races = [
            w
            for w in engine.waits(both.ours.definitions, both.ours.instance)
            if w.kind is NodeKind.EVENT_BASED
        ]
        tasks = [("complete", task) for task in sorted(both.open)]
        timers = [("fire", timer.element) for timer in both.timers().values()]
        messages = [("send", "reply")] if len(races) == 1 else []
        how, what = choice.draw(st.sampled_from([*tasks, *timers, *messages]))
        getattr(both, how)(what)
    raise AssertionError("the process does not end")


TASK: Block = ("task",)
WRITING: Block = ("sequence", (TASK, TASK))


def first_choice(both: Both) -> None:
    while not both.ours.is_over:
        both.complete(min(both.open))


def too_early(waits: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *_: False


def all_ways(chosen: Callable[..., Any]) -> Callable[..., Any]:
    return lambda run, scope, element: list(element.branches)


def last_way(chosen: Callable[..., Any]) -> Callable[..., Any]:
    return lambda run, scope, element: chosen(run, scope, element)[-1:]


def nothing_written(write: Callable[..., None]) -> Callable[..., None]:
    return lambda *_: None


@pytest.mark.parametrize(
    ("block", "place", "name", "mutation"),
    [
        (("inclusive", 0, 0, TASK, TASK, TASK), joins, "_has_to_wait", too_early),
        (("exclusive", 1, TASK, WRITING), flowing, "_chosen", all_ways),
        (("inclusive", 0, 0, TASK, TASK, TASK), flowing, "_chosen", last_way),
        (("parallel", (TASK, TASK)), flowing, "_chosen", last_way),
        (WRITING, Run, "write_outputs", nothing_written),
        (("call", WRITING), Run, "write", nothing_written),
    ],
    ids=lambda given: given.__name__ if callable(given) else str(given),
)  # fmt: skip
def test_an_engine_that_does_something_else_is_found_out(
    block: Block, place: Any, name: str, mutation: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first_choice(Both(block, 2))
    monkeypatch.setattr(place, name, mutation(getattr(place, name)))
    with pytest.raises((AssertionError, EngineFault)):
        first_choice(Both(block, 2))
