"""The collaboration list of a severe complaint: which department does what, after what.

A list is a tuple of items. What is ready follows from the items' states alone; whatever changes the
list gives a new one, checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bpmn.calendar import Calendar
from bpmn.durations import Duration
from complaints.errors import Conflict, ReasonMissing, Refusal, UnknownDepartment, near


class ItemState(StrEnum):
    WAITING = "waiting"
    """Depends on something that is not done."""
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    DONE = "done"
    WAIVED = "waived"
    CANCELLED = "cancelled"


SETTLED = frozenset({ItemState.DONE, ItemState.WAIVED})
"""What dependants need of the items before them."""

OVER = SETTLED | {ItemState.CANCELLED}
"""Nothing more comes of these. Declined and expired items are offered again."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why an item is left out, and what its dependants use instead ("" when it has none)."""

    reason: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One row: `duration` counts from the item's release, on the department's calendar."""

    id: str
    department: str
    duration: Duration
    depends_on: tuple[str, ...] = ()
    state: ItemState = ItemState.WAITING
    waiver: Waiver | None = None


Items = tuple[Item, ...]


class UnknownItem(Refusal):
    code = "unknown-item"

    def __init__(self, item: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no item {item!r} on the collaboration list{near(item, known)}")
        self.item = item


class DoubleItem(Refusal):
    code = "double-item"

    def __init__(self, item: str) -> None:
        super().__init__(f"item {item!r} is on the collaboration list twice: give one another id")
        self.item = item


class DependencyCycle(Refusal):
    """`items` is the circle, each depending on the next and the last on the first."""

    code = "dependency-cycle"

    def __init__(self, items: tuple[str, ...]) -> None:
        circle = " → ".join((*items, items[0]))
        super().__init__(f"these items wait for each other for ever: {circle}; drop one of the dependencies")
        self.items = items


class ReplacementMissing(Refusal):
    code = "replacement-missing"

    def __init__(self, item: str, dependants: Iterable[str]) -> None:
        names = ", ".join(dependants)
        super().__init__(f"{names} build on item {item}: say what they use instead of it before waiving it")
        self.item = item


class ItemOver(Conflict):
    code = "item-over"

    def __init__(self, item: Item, action: str) -> None:
        super().__init__(f"item {item.id} is {item.state} and cannot be {action}: add a new item instead")
        self.item = item.id


def check(items: Items, departments: Collection[str]) -> None:
    """Refuses doubles, unknown departments, unknown dependencies and dependency cycles, each by name."""
    known: set[str] = set()
    for item in items:
        if item.id in known:
            raise DoubleItem(item.id)
        known.add(item.id)
        if item.department not in departments:
            raise UnknownDepartment(item.department, departments)
    for item in items:
        for needed in item.depends_on:
            if needed not in known:
                raise UnknownItem(needed, known - {item.id})
    if circle := cycle_in(items):
        raise DependencyCycle(circle)


def cycle_in(items: Items) -> tuple[str, ...]:
    """The ids of one dependency cycle, in order from its smallest id; () when there is none."""
    needs = {item.id: item.depends_on for item in items}
    sound: set[str] = set()
    for start in sorted(needs):
        path: list[str] = []
        branches = [iter((start,))]
        while branches:
            id = next(branches[-1], None)
            if id is None:
                branches.pop()
                if path:
                    sound.add(path.pop())
            elif id in path:
                circle = path[path.index(id) :]
                first = circle.index(min(circle))
                return tuple(circle[first:] + circle[:first])
            elif id in needs and id not in sound:
                path.append(id)
                branches.append(iter(needs[id]))
    return ()


def released(items: Items) -> Items:
    """The waiting items whose dependencies are all done or waived: to be offered now."""
    settled = {item.id for item in items if item.state in SETTLED}
    return tuple(i for i in items if i.state is ItemState.WAITING and settled.issuperset(i.depends_on))


def complete(items: Items) -> bool:
    """Whether nothing on the list is still to be done; an empty list is complete."""
    return all(item.state in OVER for item in items)


def due(item: Item, released_at: datetime, calendar: Calendar, cycle_due: datetime | None) -> datetime:
    """Release and the item's own duration, never after the cycle's due time (`None` while that is paused)."""
    own = calendar.add(released_at, item.duration)
    return own if cycle_due is None else min(own, cycle_due)


def dependants(items: Items, id: str) -> Items:
    """The items not yet over that depend on `id` directly."""
    return tuple(item for item in items if id in item.depends_on and item.state not in OVER)


def waive(items: Items, id: str, reason: str, instead: str = "") -> Items:
    """The list with item `id` left out, which releases what waited for it.

    Needs a reason, and what the dependants use instead where there are any.
    """
    item = _item(items, id)
    if item.state in OVER:
        raise ItemOver(item, "waived")
    if not reason.strip():
        raise ReasonMissing(f"waiving item {id}")
    if not instead.strip() and (blocked := dependants(items, id)):
        raise ReplacementMissing(id, (dependant.id for dependant in blocked))
    waived = replace(item, state=ItemState.WAIVED, waiver=Waiver(reason.strip(), instead.strip()))
    return _with(items, waived)


def add(items: Items, item: Item, departments: Collection[str]) -> Items:
    """The list with one more item, checked."""
    longer = (*items, item)
    check(longer, departments)
    return longer


def move(items: Items, id: str, depends_on: tuple[str, ...], departments: Collection[str]) -> Items:
    """The list with item `id` after other items; only while it waits."""
    item = _item(items, id)
    if item.state is not ItemState.WAITING:
        raise ItemOver(item, "moved")
    changed = _with(items, replace(item, depends_on=depends_on))
    check(changed, departments)
    return changed


def _item(items: Items, id: str) -> Item:
    for item in items:
        if item.id == id:
            return item
    raise UnknownItem(id, (item.id for item in items))


def _with(items: Items, changed: Item) -> Items:
    return tuple(changed if item.id == changed.id else item for item in items)
