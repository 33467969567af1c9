"""Gateways: which way a token goes, and who waits for whom."""

from __future__ import annotations

from typing import Any

import pytest

from bpmn.errors import EndlessLoop, NoWayOut, StuckJoin
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import (
    boundary,
    chain,
    end,
    flow,
    linked,
    on_message,
    on_timer,
    process,
    start,
    tag,
    user,
)


def exclusive(id: str, **rest: Any) -> str:
    return tag("exclusiveGateway", id, **rest)


def parallel(id: str) -> str:
    return tag("parallelGateway", id)


def inclusive(id: str, **rest: Any) -> str:
    return tag("inclusiveGateway", id, **rest)


CHOICE = process(
    "p",
    start() + exclusive("which", default="which_c") + user("a") + user("b") + user("c") + end(),
    flow("start", "which") + flow("which", "a", "n > 10") + flow("which", "b", "n > 5"),
    flow("which", "c") + flow("a", "end") + flow("b", "end") + flow("c", "end"),
    data={"n": "integer"},
)


@pytest.mark.parametrize(("n", "way"), [(11, "a"), (6, "b"), (1, "c"), (None, "c")])
def test_an_exclusive_split_takes_the_first_flow_that_holds_else_the_default(n: int | None, way: str) -> None:
    assert Case(linked(CHOICE), n=n).at == [way]


def split(kind: str, conditions: dict[str, str], default: str = "") -> str:
    """start, split to a, b and c, join, after, end."""
    rest: dict[str, Any] = {"default": f"split_{default}"} if default else {}
    nodes = start() + tag(kind, "split", **rest) + "".join(map(user, "abc")) + tag(kind, "join")
    flows = "".join(flow("split", x, conditions.get(x, "")) + flow(x, "join") for x in "abc")
    return process(
        "p",
        nodes + user("after") + end() + flow("start", "split") + flows + chain("join", "after", "end"),
        data={"n": "integer"},
    )


def test_a_parallel_join_waits_for_every_flow() -> None:
    case = Case(linked(split("parallelGateway", {})))
    assert case.ready == ["a", "b", "c"]
    assert case.complete("b").at == ["a", "c"]
    assert case.complete("a").at == ["c"]
    assert case.complete("c").at == ["after"]


def test_an_inclusive_split_takes_every_flow_that_holds_and_its_join_waits_for_these() -> None:
    definitions = linked(split("inclusiveGateway", {"a": "n > 1", "b": "n > 2", "c": "n > 3"}))
    case = Case(definitions, n=3)
    assert case.at == ["a", "b"]
    assert case.complete("a").at == ["b"]
    assert case.complete("b").at == ["after"]


def test_an_inclusive_split_falls_back_to_its_default() -> None:
    definitions = linked(split("inclusiveGateway", {"a": "n > 1", "b": "n > 2"}, default="c"))
    assert Case(definitions, n=0).at == ["c"]
    assert Case(definitions, n=0).complete("c").at == ["after"]


def test_a_split_without_a_true_condition_is_a_fault_not_a_silent_end() -> None:
    definitions = linked(split("inclusiveGateway", {"a": "n > 1", "b": "n > 2", "c": "n > 3"}))
    with pytest.raises(NoWayOut, match="p split"):
        Case(definitions, n=0)


def test_an_inclusive_join_fires_when_its_missing_token_goes_another_way() -> None:
    body = (
        start() + parallel("split") + user("a") + user("b") + exclusive("turn", default="turn_join")
        + inclusive("join") + user("after") + end() + end("away")
        + flow("start", "split") + flow("split", "a") + flow("split", "b") + flow("a", "join") + flow("b", "turn")
        + flow("turn", "away", "n > 0") + flow("turn", "join") + chain("join", "after", "end")
    )  # fmt: skip
    definitions = linked(process("p", body, data={"n": "integer"}))
    case = Case(definitions, n=1)
    assert case.complete("a").at == ["b"]
    assert case.complete("b").at == ["after"]


def test_an_inclusive_join_waits_for_a_token_that_a_boundary_event_could_send() -> None:
    body = (
        start() + parallel("split") + user("a") + user("b") + boundary("late", "b", on_timer("PT1H"))
        + inclusive("join") + user("after") + end() + end("other")
        + flow("start", "split") + flow("split", "a") + flow("split", "b") + flow("a", "join") + flow("b", "other")
        + flow("late", "join") + chain("join", "after", "end")
    )  # fmt: skip
    case = Case(linked(process("p", body)))
    assert case.complete("a").at == ["b"]
    assert case.fire("late").at == ["after"]
    assert case.complete("after").is_over


def test_a_parallel_join_that_can_never_fire_is_a_fault_not_a_hang() -> None:
    body = (
        start() + exclusive("split", default="split_b") + user("a") + user("b") + parallel("join") + end()
        + flow("start", "split") + flow("split", "a", "n > 0") + flow("split", "b") + flow("a", "join")
        + flow("b", "join") + flow("join", "end")
    )  # fmt: skip
    case = Case(linked(process("p", body, data={"n": "integer"})))
    with pytest.raises(StuckJoin, match="p join"):
        case.complete("b")


LOOP = process(
    "p",
    start()
    + exclusive("again")
    + user("work", outputs={"n": "n + 1"})
    + exclusive("enough", default="enough_again"),
    end()
    + chain("start", "again", "work", "enough")
    + flow("enough", "end", "n >= 1500")
    + flow("enough", "again"),
    data={"n": "integer"},
)


def test_a_loop_over_a_wait_goes_round_as_often_as_it_likes() -> None:
    case = Case(linked(LOOP), n=0)
    for _ in range(1500):
        case.complete("work")
    assert case.is_over
    assert case.data == {"n": 1500}


def counting(rounds: int) -> str:
    step = tag("intermediateThrowEvent", "step", outputs={"n": "n + 1"})
    body = start() + exclusive("again") + step + exclusive("enough", default="enough_again") + end()
    flows = chain("start", "again", "step", "enough") + flow("enough", "end", f"n >= {rounds}")
    return process("p", body + flows + flow("enough", "again"), data={"n": "integer"})


def test_three_thousand_rounds_without_a_wait_are_no_problem() -> None:
    assert Case(linked(counting(3000)), n=0).data == {"n": 3000}


def test_a_loop_that_never_waits_is_a_fault_not_a_hang() -> None:
    with pytest.raises(EndlessLoop, match="10000 moves"):
        Case(linked(counting(10**9)), n=0)


RACE = process(
    "p",
    start() + tag("eventBasedGateway", "race") + end(),
    tag("intermediateCatchEvent", "reply", on_message("reply"), outputs={"n": "result.score"}),
    tag("intermediateCatchEvent", "late", on_timer("PT2H")) + user("thank") + user("remind"),
    flow("start", "race") + flow("race", "reply") + flow("race", "late"),
    chain("reply", "thank", "end") + chain("late", "remind", "end"),
    data={"n": "integer"},
)


def test_an_event_based_gateway_goes_where_the_first_event_leads() -> None:
    case = Case(linked(RACE)).send("reply", score=4)
    assert case.entered == ["reply", "thank"]
    assert case.data == {"n": 4}
    assert case.timers() == {}


def test_the_timer_behind_an_event_based_gateway_belongs_to_the_gateways_activation() -> None:
    case = Case(linked(RACE))
    assert [*case.timers()] == [f"{case.activation('race')}:late"]
    assert case.fire("late").at == ["remind"]
    assert not case.send("reply", score=4).handled


def test_an_inclusive_join_and_a_parallel_join_in_one_loop_do_not_wait_for_each_other() -> None:
    body = (
        start() + exclusive("again") + parallel("fork") + user("a") + inclusive("split", default="split_c")
        + user("b") + user("c") + inclusive("merge") + parallel("join") + exclusive("enough", default="enough_again")
        + end() + chain("start", "again", "fork", "a", "join", "enough", "again") + flow("fork", "split")
        + flow("split", "b", "n > 0") + flow("split", "c") + flow("b", "merge") + flow("c", "merge")
        + flow("merge", "join") + flow("enough", "end", "n > 5")
    )  # fmt: skip
    case = Case(linked(process("p", body, data={"n": "integer"})), n=0)
    assert case.complete("a").complete("c").at == ["a", "c"]
