"""Whether a scope could ever stand as some tokens would have it: the search behind a sound migration.

A drawing that ends properly from its start need not do so from tokens put anywhere: a join may wait for one that
nobody sent. So tokens may be moved only to where the new drawing could have brought them itself. What data decides is
left open here: every way out of a choice counts as possible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations

from bpmn.model import NodeKind, TriggerKind
from bpmn.program import Branch, Element

MOST_STATES = 50_000

Spot = tuple[str, str]
"""An element where a token stands and, when it waits at a join, the flow it came by."""
Marking = tuple[Spot, ...]
PASSED = frozenset({
    NodeKind.START, NodeKind.BOUNDARY, NodeKind.THROW, NodeKind.EXCLUSIVE, NodeKind.RULE,
})  # fmt: skip
JOINS = frozenset({NodeKind.PARALLEL, NodeKind.INCLUSIVE})


class TooManyStates(Exception):
    """The drawing can stand in more ways than are looked at."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A token on its way; `happened` says that the event it comes to has taken place."""

    element: str
    flow: str = ""
    happened: bool = False


State = tuple[Marking, tuple[Arriving, ...]]


def is_reachable(
    elements: Mapping[str, Element], within: str, wanted: Counter[Spot], *, among_others: bool = False
) -> bool:
    """Whether the scope `within` ("" for the process) of a program can ever stand exactly as `wanted`.

    Tokens of event subprocesses stand beside the others and are no part of `wanted`. `among_others`: other tokens
    may stand there too. `TooManyStates` when that cannot be said.
    """
    inside = [element for element in elements.values() if element.within == within]
    search = _Search(
        elements, {spot: max(1, number) for spot, number in wanted.items()}, _leading(inside, wanted)
    )
    goal = tuple(sorted(wanted.elements()))
    for marking in search.at_rest(element.id for element in inside if element.kind is NodeKind.START):
        if marking == goal or (among_others and wanted <= Counter(marking)):
            return True
    return False


class _Search:
    """Every way to stand, from the starts on, that matters to what is wanted.

    No spot holds more tokens than `most` says, 1 unless it says so: an event that does not interrupt could else be
    drawn out for ever. And such an event happens only if it is one of `leading`, that lead to where a token is wanted:
    what another one begins stands in nobody's way.
    """

    def __init__(
        self, elements: Mapping[str, Element], most: Mapping[Spot, int], leading: frozenset[str]
    ) -> None:
        self._elements, self._most, self._leading = elements, most, leading

    def at_rest(self, starts: Iterable[str]) -> Iterator[Marking]:
        ahead: list[State] = [((), (Arriving(start),)) for start in starts]
        seen = set(ahead)
        while ahead:
            marking, pending = ahead.pop()
            following = list(self._following(marking, pending))
            if not pending and not self._firing(marking):
                yield marking
            for state in following:
                if state not in seen:
                    if len(seen) >= MOST_STATES:
                        raise TooManyStates
                    seen.add(state)
                    ahead.append(state)

    def _following(self, marking: Marking, pending: tuple[Arriving, ...]) -> Iterator[State]:
        if pending:
            yield from self._enter(marking, pending[:-1], pending[-1])
        elif firing := self._firing(marking):
            for join in firing:
                flows = {flow for element, flow in marking if element == join.id}
                yield from self._leave(_without(marking, [(join.id, flow) for flow in flows]), (), join)
        else:
            for spot in set(marking):
                if not spot[1]:
                    yield from self._happen(marking, spot, self._elements[spot[0]])

    def _enter(self, marking: Marking, pending: tuple[Arriving, ...], token: Arriving) -> Iterator[State]:
        element = self._elements[token.element]
        if element.kind is NodeKind.END:
            over = element.trigger in (TriggerKind.TERMINATE, TriggerKind.ERROR)
            yield ((), ()) if over else (marking, pending)
        elif (
            token.happened or element.kind in PASSED or (element.kind in JOINS and len(element.incoming) < 2)
        ):
            yield from self._leave(marking, pending, element)
        else:
            spot = (element.id, token.flow if element.kind in JOINS else "")
            if marking.count(spot) < self._most.get(spot, 1):
                held = tuple(sorted((*marking, spot)))
                full = [(element.id, flow) for flow in element.incoming]
                if element.kind is NodeKind.PARALLEL and set(full) <= set(held):
                    yield from self._leave(_without(held, full), pending, element)
                else:
                    yield held, pending

    def _leave(self, marking: Marking, pending: tuple[Arriving, ...], element: Element) -> Iterator[State]:
        for taken in _ways(element):
            yield marking, (*pending, *(Arriving(branch.target, branch.flow) for branch in taken))

    def _happen(self, marking: Marking, spot: Spot, element: Element) -> Iterator[State]:
        """Whatever may happen to a token that stands at an element and waits."""
        gone = _without(marking, [spot])
        if element.kind is NodeKind.EVENT_BASED:
            for branch in element.branches:
                yield gone, (Arriving(branch.target, branch.flow, happened=True),)
        else:
            yield from self._leave(gone, (), element)
        for event in element.hosted:
            if event.kind is NodeKind.BOUNDARY and (event.interrupting or event.id in self._leading):
                yield gone if event.interrupting else marking, (Arriving(event.id, happened=True),)

    def _firing(self, marking: Marking) -> list[Element]:
        """Inclusive joins that nothing keeps waiting, as `bpmn.engine.joins` judges."""
        joins = (self._elements[name] for name in {element for element, flow in marking if flow})
        return [j for j in joins if j.kind is NodeKind.INCLUSIVE and not self._has_to_wait(marking, j)]

    def _has_to_wait(self, marking: Marking, join: Element) -> bool:
        arrived = {flow for element, flow in marking if element == join.id}
        taken = [ahead for flow, ahead in join.reached_from.items() if flow in arrived]
        free = [ahead for flow, ahead in join.reached_from.items() if flow not in arrived]
        return any(
            any(element in ahead for ahead in free) and not any(element in ahead for ahead in taken)
            for element, _ in marking
        )


def _leading(inside: Iterable[Element], wanted: Iterable[Spot]) -> frozenset[str]:
    """The elements from which a token, or one that comes of it, may get to a place where one is wanted."""
    before: dict[str, set[str]] = {}
    for element in inside:
        for after in (*(b.target for b in element.branches), *(event.id for event in element.hosted)):
            before.setdefault(after, set()).add(element.id)
    found = {element for element, _ in wanted}
    ahead = list(found)
    while ahead:
        for element_id in before.get(ahead.pop(), set()) - found:
            found.add(element_id)
            ahead.append(element_id)
    return frozenset(found)


def _ways(element: Element) -> Iterable[tuple[Branch, ...]]:
    """The sets of branches that a token may take out of an element."""
    branches = element.branches
    if element.kind is NodeKind.EXCLUSIVE and branches:
        return [(branch,) for branch in branches]
    if element.kind is NodeKind.INCLUSIVE and branches:
        sizes = range(1, len(branches) + 1)
        return chain.from_iterable(combinations(branches, size) for size in sizes)
    return [branches]


def _without(marking: Marking, spots: Iterable[Spot]) -> Marking:
    left = list(marking)
    for spot in spots:
        left.remove(spot)
    return tuple(left)
