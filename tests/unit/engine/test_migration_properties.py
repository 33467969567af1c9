"""A plan that calls itself sound keeps its word: the instance plays on to its end on the new drawing."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.instance import Instance
from tests.unit.engine.blocks import Block, blocks, drawn
from tests.unit.engine.case import Case, shuffled
from tests.unit.engine.drawn import linked
from tests.unit.engine.migrated import CHANGES, Change, changed, wished
from tests.unit.engine.test_properties import possible

thoroughly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TASK: Block = ("task",)


def on_its_way(block: Block, n: int, choice: st.DataObject) -> Case:
    """A case of the block's process after a few events, not over yet."""
    case = Case(linked(*drawn(block)), n=n)
    for _ in range(choice.draw(st.integers(0, 6))):
        before = case.instance
        case.step(choice.draw(st.sampled_from(possible(case.definitions, before))))
        if case.is_over:
            case.instance = before
            break
    return case


@thoroughly
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@given(blocks(events=True), st.integers(0, 4), st.integers(0, 999), st.data())
def test_what_a_sound_plan_moves_plays_on_to_its_end(
    change: Change, block: Block, n: int, seed: int, choice: st.DataObject
) -> None:
    case = on_its_way(block, n, choice)
    processes, renamed = changed(drawn(block), change, seed)
    new = linked(*processes)
    found = wished(case, new, renamed)
    assert (found.instance is None) == bool(found.hindrances)
    if found.instance is None:
        return
    assert found.instance.tokens.keys() == case.instance.tokens.keys()
    assert Instance.from_json(shuffled(found.instance.to_json()), new) == found.instance
    case.definitions, case.instance, case.history = new, found.instance, []
    played_on(case, choice)


def played_on(case: Case, choice: st.DataObject) -> None:
    for _ in range(400):
        if case.is_over:
            return
        events = possible(case.definitions, case.instance)
        assert events, "an instance that is not over waits for something"
        case.step(choice.draw(st.sampled_from(events)))
    raise AssertionError("the instance does not end")


def test_a_plan_gives_both_answers() -> None:
    """Else the property above would say nothing."""
    block: Block = ("parallel", (("sequence", (TASK, TASK)), TASK))
    answers: Counter[bool] = Counter()
    for change in CHANGES:
        for seed in range(8):
            processes, renamed = changed(drawn(block), change, seed)
            found = wished(Case(linked(*drawn(block)), n=1), linked(*processes), renamed)
            answers[found.is_sound] += 1
    assert min(answers[True], answers[False]) > 10, answers


@thoroughly
@given(blocks(events=True), st.integers(0, 4), st.data())
def test_a_move_to_the_same_drawing_is_always_sound_and_changes_nothing(
    block: Block, n: int, choice: st.DataObject
) -> None:
    case = on_its_way(block, n, choice)
    again = linked(*drawn(block))
    found = wished(case, again)
    assert found.hindrances == ()
    assert found.instance == case.instance
    assert {move.how for move in found.timers} <= {"kept"}
    assert all(move.before == move.after and not move.notes for move in found.tokens)
