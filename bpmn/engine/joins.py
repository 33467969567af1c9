"""Joins: tokens that wait at a gateway for others of the same scope.

An arrival is a token that keeps the flow it came by. A parallel join takes one arrival from each incoming
flow. An inclusive join takes one from each flow that has any, once no other token of its scope can still come
by a flow that has none. As BPMN 2.0 (13.3.3) has it, a token that could as well come by a flow that has one
is not waited for: else two joins in one loop would wait for each other for ever.
"""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.engine.flowing import follow
from bpmn.engine.run import Run
from bpmn.errors import StuckJoin
from bpmn.instance import Token
from bpmn.model import NodeKind
from bpmn.program import Element


def arrive(run: Run, scope: int, element: Element, flow: str) -> None:
    run.put(Token(run.enter(scope, element), scope, element.process, element.id, flow=flow))
    if element.kind is NodeKind.PARALLEL:
        _fire_parallel(run, scope, element)


def _fire_parallel(run: Run, scope: int, element: Element) -> None:
    oldest = _oldest_arrivals(run, scope, element)
    if len(oldest) == len(element.incoming):
        _fire(run, scope, element, oldest)


def fire_inclusive(run: Run) -> bool:
    """Fire the oldest inclusive join that has no reason to wait; False when there is none.

    Called when nothing is pending, so that every token of a scope stands at an element.
    """
    for waiting in run.tokens.values():
        if not waiting.flow:
            continue
        join = run.element(waiting)
        if join.kind is NodeKind.INCLUSIVE:
            oldest = _oldest_arrivals(run, waiting.scope, join)
            if not _has_to_wait(run, waiting.scope, join, oldest):
                _fire(run, waiting.scope, join, oldest)
                return True
    return False


def refuse_stuck(run: Run) -> None:
    """`StuckJoin` for a scope in which every token waits at a join: none of them can ever move."""
    moving = {token.scope for token in run.tokens.values() if not token.flow}
    for token in run.tokens.values():
        if token.flow and token.scope not in moving:
            raise StuckJoin(f"{token.process} {token.element}")


def _fire(run: Run, scope: int, join: Element, arrivals: Mapping[str, Token]) -> None:
    for token in arrivals.values():
        run.drop(token)
    follow(run, scope, join)


def _oldest_arrivals(run: Run, scope: int, join: Element) -> dict[str, Token]:
    """By flow, the token that has waited longest there."""
    oldest: dict[str, Token] = {}
    for token in run.tokens.values():
        if token.scope == scope and token.element == join.id:
            oldest.setdefault(token.flow, token)
    return oldest


def _has_to_wait(run: Run, scope: int, join: Element, arrivals: Mapping[str, Token]) -> bool:
    taken = [join.reached_from[flow] for flow in arrivals]
    open_flows = [elements for flow, elements in join.reached_from.items() if flow not in arrivals]
    return any(
        token.scope == scope
        and any(token.element in elements for elements in open_flows)
        and not any(token.element in elements for elements in taken)
        for token in run.tokens.values()
    )
