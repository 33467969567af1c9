"""Joins: tokens that wait at a gateway for others of the same scope.

An arrival is a token that keeps the flow it came by. A parallel join takes one arrival from each incoming
flow. An inclusive join takes all arrivals once no other token of its scope can come to it any more.
"""

from __future__ import annotations

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
    oldest: dict[str, Token] = {}
    for token in _arrivals(run, scope, element):
        oldest.setdefault(token.flow, token)
    if len(oldest) == len(element.incoming):
        for token in oldest.values():
            run.drop(token)
        follow(run, scope, element)


def fire_inclusive(run: Run) -> bool:
    """Fire the oldest inclusive join that nothing can reach any more; False when there is none."""
    for waiting in run.tokens.values():
        if not waiting.flow:
            continue
        join = run.element(waiting)
        if join.kind is NodeKind.INCLUSIVE and not _can_be_reached(run, waiting.scope, join):
            for token in _arrivals(run, waiting.scope, join):
                run.drop(token)
            follow(run, waiting.scope, join)
            return True
    return False


def refuse_stuck(run: Run) -> None:
    """`StuckJoin` for a scope in which every token waits at a join: none of them can ever move."""
    moving = {token.scope for token in run.tokens.values() if not token.flow}
    for token in run.tokens.values():
        if token.flow and token.scope not in moving:
            raise StuckJoin(f"{token.process} {token.element}")


def _arrivals(run: Run, scope: int, join: Element) -> list[Token]:
    return [token for token in run.tokens.values() if token.scope == scope and token.element == join.id]


def _can_be_reached(run: Run, scope: int, join: Element) -> bool:
    """Called when nothing is pending, so every token of the scope stands at an element."""
    return any(
        token.scope == scope and token.element != join.id and token.element in join.reached_from
        for token in run.tokens.values()
    )
