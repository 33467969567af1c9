"""The collaboration list: what is ready, what is complete, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.durations import Duration, parse_duration
from complaints.errors import ReasonMissing, UnknownDepartment
from complaints.items import (
    DependencyCycle,
    DoubleItem,
    Item,
    ItemOver,
    Items,
    ItemState,
    ReplacementMissing,
    UnknownItem,
    add,
    check,
    complete,
    cycle_in,
    due,
    move,
    released,
    waive,
)
from process_definitions.calendars import around_the_clock

DEPARTMENTS = frozenset({"quality", "logistics", "legal"})
DAY = parse_duration("P1D")


def item(id: str, *needs: str, state: ItemState = ItemState.WAITING, department: str = "quality") -> Item:
    return Item(id, department, DAY, needs, state)


LIST: Items = (
    item("test"),
    item("trace", department="logistics"),
    item("answer", "test", "trace", department="legal"),
)


def having(items: Items, **states: ItemState) -> Items:
    return tuple(replace(one, state=states.get(one.id, one.state)) for one in items)


def ids(items: Items) -> list[str]:
    return [one.id for one in items]


def test_an_item_is_released_when_all_it_depends_on_are_done_or_waived() -> None:
    assert ids(released(LIST)) == ["test", "trace"]
    assert ids(released(having(LIST, test=ItemState.DONE))) == ["trace"]
    assert ids(released(having(LIST, test=ItemState.DONE, trace=ItemState.WAIVED))) == ["answer"]


@pytest.mark.parametrize("state", sorted(set(ItemState) - {ItemState.DONE, ItemState.WAIVED}))
def test_nothing_but_done_and_waived_releases_what_follows(state: ItemState) -> None:
    assert "answer" not in ids(released(having(LIST, test=ItemState.DONE, trace=state)))


def test_an_item_is_released_once() -> None:
    assert ids(released(having(LIST, test=ItemState.OFFERED, trace=ItemState.EXPIRED))) == []


def test_a_list_is_complete_when_nothing_is_left_to_do() -> None:
    assert complete(())
    assert not complete(having(LIST, test=ItemState.DONE, trace=ItemState.DONE))
    assert complete(having(LIST, test=ItemState.DONE, trace=ItemState.WAIVED, answer=ItemState.CANCELLED))
    assert not complete(having(LIST, test=ItemState.DONE, trace=ItemState.DONE, answer=ItemState.DECLINED))


def test_an_item_is_due_its_duration_after_release_but_within_the_cycle() -> None:
    calendar = around_the_clock("duty", "Asia/Shanghai")
    release = datetime(2026, 11, 20, 10, tzinfo=UTC)
    day_later, sooner = release.replace(day=21), release.replace(hour=20)
    assert due(LIST[0], release, calendar, None) == day_later
    assert due(LIST[0], release, calendar, sooner) == sooner
    assert due(LIST[0], release, calendar, release.replace(day=25)) == day_later


def test_waiving_needs_a_reason_and_what_dependants_use_instead() -> None:
    with pytest.raises(ReasonMissing):
        waive(LIST, "test", " ", "the supplier's report")
    with pytest.raises(ReplacementMissing, match="answer build on item test"):
        waive(LIST, "test", "sample is lost")
    waived = waive(having(LIST, trace=ItemState.DONE), "test", "sample is lost", "the supplier's report")
    assert waived[0].waiver is not None
    assert waived[0].waiver.instead == "the supplier's report"
    assert ids(released(waived)) == ["answer"]


def test_an_item_without_dependants_is_waived_with_a_reason_alone() -> None:
    assert waive(LIST, "answer", "customer withdrew the point")[2].state is ItemState.WAIVED


def test_what_is_over_is_not_waived_and_what_began_is_not_moved() -> None:
    with pytest.raises(ItemOver, match="test is done"):
        waive(having(LIST, test=ItemState.DONE), "test", "late", "x")
    with pytest.raises(ItemOver, match="trace is confirmed"):
        move(having(LIST, trace=ItemState.CONFIRMED), "trace", ("test",), DEPARTMENTS)


def test_a_dependency_cycle_is_refused_by_name() -> None:
    with pytest.raises(DependencyCycle, match="answer → test → answer") as refused:
        move(LIST, "test", ("answer",), DEPARTMENTS)
    assert refused.value.items == ("answer", "test")
    with pytest.raises(DependencyCycle, match="alone → alone"):
        add(LIST, item("alone", "alone"), DEPARTMENTS)


def test_doubles_and_unknown_names_are_refused() -> None:
    with pytest.raises(DoubleItem):
        add(LIST, item("test"), DEPARTMENTS)
    with pytest.raises(UnknownDepartment, match="did you mean 'legal'"):
        check((item("a", department="legel"),), DEPARTMENTS)
    with pytest.raises(UnknownItem, match="did you mean 'trace'"):
        check((*LIST, item("b", "trase")), DEPARTMENTS)
    with pytest.raises(UnknownItem):
        waive(LIST, "nothing", "reason")


@given(
    st.integers(1, 8).flatmap(
        lambda size: st.lists(st.frozensets(st.integers(0, size - 1)), min_size=size, max_size=size)
    )
)
def test_a_list_without_a_cycle_can_be_worked_to_its_end_and_one_with_a_cycle_cannot(
    needs: list[frozenset[int]],
) -> None:
    items = tuple(Item(str(n), "legal", Duration(days=1), tuple(map(str, on))) for n, on in enumerate(needs))
    circle = cycle_in(items)
    left = items
    while ready := {one.id for one in released(left)}:
        left = tuple(replace(one, state=ItemState.DONE) if one.id in ready else one for one in left)
    assert complete(left) == (circle == ())
    for here, there in zip(circle, (*circle[1:], *circle[:1]), strict=True):
        assert there in next(one for one in items if one.id == here).depends_on
