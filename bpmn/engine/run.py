"""One advance under way: a working copy of the instance, the moves still to make, and the effects so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bpmn.effects import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    Entered,
    Left,
    Withdrawn,
)
from bpmn.engine.data import check_result, fit, view
from bpmn.errors import EndlessLoop, NaiveTime
from bpmn.events import Value
from bpmn.instance import Instance, Token
from bpmn.model import NodeKind
from bpmn.program import ClockName, Element, Evaluate, Program

if TYPE_CHECKING:
    from bpmn.link import Definitions

MOST_MOVES = 10_000
WORK = frozenset({NodeKind.SERVICE, NodeKind.SEND, NodeKind.USER})
"""The kinds of activity that somebody outside completes."""


@dataclass(frozen=True, slots=True)
class Move:
    """A token on its way to `element`. `result` is what an event brought, `None` for a token that only flows."""

    scope: int
    element: Element
    flow: str = ""
    result: Mapping[str, Value] | None = None


class Run:
    """Owns the mutable state of one advance; `instance` gives the new value at its end."""

    def __init__(self, definitions: Definitions, tokens: Mapping[int, Token], next_id: int, now: datetime):
        if now.utcoffset() is None:
            raise NaiveTime(now)
        self.definitions = definitions
        self.now = now.astimezone(UTC)
        self.tokens = dict(tokens)
        self.next_id = next_id
        self.effects: list[Effect] = []
        self.pending: list[Move] = []
        self.ended_by: dict[int, str] = {}
        """For each scope that lost a token in this advance: the element where it was lost."""
        self.end = ""
        self.answered = 0
        """The activation that reported its own end, so that it need not be withdrawn."""
        self._moves = 0

    @property
    def instance(self) -> Instance:
        return Instance(self.tokens, self.next_id, self.end)

    # moving

    def push(self, move: Move) -> None:
        """Moves are made last in, first out: one token runs as far as it goes before the next."""
        self.pending.append(move)

    def take(self) -> Move:
        self._moves += 1
        move = self.pending.pop()
        if self._moves > MOST_MOVES:
            raise EndlessLoop(MOST_MOVES, f"{move.element.process} {move.element.id}")
        return move

    # looking up

    def program(self, token: Token) -> Program:
        return self.definitions.processes[token.process]

    def element(self, token: Token) -> Element:
        return self.program(token).elements[token.element]

    def inside(self, scope: int) -> list[Token]:
        return [token for token in self.tokens.values() if token.scope == scope]

    # tokens

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def put(self, token: Token) -> None:
        self.tokens[token.id] = token

    def enter(self, scope: int, element: Element) -> int:
        """Report an arrival and give it its activation."""
        activation = self.new_id()
        self.effects.append(Entered(element.process, element.id, activation, element.properties))
        return activation

    def leave(self, element: Element, activation: int, how: str = "completed") -> None:
        self.effects.append(Left(element.process, element.id, activation, how))

    def drop(self, token: Token, how: str = "completed") -> None:
        """Take a token off its element; what its activation held is let go."""
        del self.tokens[token.id]
        if not token.element:
            return
        element = self.element(token)
        if how != "completed" and element.kind in WORK and token.id != self.answered:
            self.effects.append(Withdrawn(token.id, token.element))
        self.leave(element, token.id, how)
        self.effects.extend(ClockResumed(clock, key) for clock, key in token.paused)

    def cancel(self, token: Token, how: str) -> None:
        """Drop a token with all that stands in it, the innermost first."""
        self.clear(token, frozenset(), how)
        self.drop(token, how)

    def clear(self, scope: Token, keeps: frozenset[str], how: str) -> None:
        """Empty a scope, but for the tokens at the elements in `keeps`."""
        for token in self.inside(scope.id):
            if token.element not in keeps:
                self.cancel(token, how)
        self.pending = [m for m in self.pending if m.scope != scope.id or m.element.id in keeps]

    # data

    def view(self, scope: int) -> Mapping[str, Value]:
        return view(self.tokens, scope)

    def evaluate(
        self, mappings: Iterable[tuple[str, Evaluate]], values: Mapping[str, Value]
    ) -> dict[str, Value]:
        return {name: expression(values) for name, expression in mappings}

    def write(self, scope: int, values: Mapping[str, Value], where: str) -> None:
        """Give each name its value in the innermost scope that declares it."""
        for name, value in values.items():
            token = self.tokens[scope]
            while token.data is None or name not in token.data:
                token = self.tokens[token.scope]
            assert token.block is not None
            fitted = fit(value, token.block.types[name], where, name)
            self.put(replace(token, data={**token.data, name: fitted}))

    def write_outputs(self, scope: int, element: Element, result: Value) -> None:
        """All outputs see the data as it was before any of them is written."""
        if element.outputs:
            check_result(result, element)
            values = {**self.view(scope), "result": result}
            self.write(scope, self.evaluate(element.outputs, values), f"{element.process} {element.id}")

    # clocks

    def start_clocks(self, scope: int, element: Element) -> None:
        self.effects.extend(ClockStarted(*named) for named in self.clocks(scope, element.clocks_started))

    def stop_clocks(self, scope: int, element: Element) -> None:
        self.effects.extend(ClockStopped(*named) for named in self.clocks(scope, element.clocks_stopped))

    def pause_clocks(self, scope: int, element: Element) -> tuple[tuple[str, Value], ...]:
        paused = self.clocks(scope, element.clocks_paused)
        self.effects.extend(ClockPaused(*named) for named in paused)
        return paused

    def clocks(self, scope: int, names: tuple[ClockName, ...]) -> tuple[tuple[str, Value], ...]:
        """Each clock's name and the value of its key now."""
        if not names:
            return ()
        values = self.view(scope)
        return tuple((clock.name, clock.key and clock.key(values)) for clock in names)
