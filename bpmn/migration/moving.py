"""Each token of an instance put into other definitions, the outer ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bpmn.engine.data import view
from bpmn.engine.timers import arm
from bpmn.errors import EngineError
from bpmn.events import Value
from bpmn.feel import Expression, ExpressionError, conforms
from bpmn.findings import nearest
from bpmn.instance import Armed, Instance, Token
from bpmn.link import Definitions
from bpmn.migration.constellations import MOST_STATES, Spot, TooManyStates, is_reachable
from bpmn.migration.shape import Hindrance, TokenMove
from bpmn.migration.wishes import Wishes
from bpmn.model import NodeKind
from bpmn.program import Block, Element, OnClock, Program

Runs = Callable[[str, Value], bool]
"""Whether the case has a clock of this name and key that is not over."""


class Stuck(Exception):
    """This token cannot be moved; the message says why."""

    def __init__(self, reason: str, near: str | None = None) -> None:
        self.near = near
        super().__init__(reason)


@dataclass(slots=True)
class Moving:
    """Tokens moved so far. One that cannot be moved is noted in `hindrances` and its place left empty."""

    old: Definitions
    new: Definitions
    instance: Instance
    wishes: Wishes
    runs: Runs
    now: datetime
    tokens: dict[int, Token] = field(default_factory=dict)
    moves: list[TokenMove] = field(default_factory=list)
    hindrances: list[Hindrance] = field(default_factory=list)
    clocks: list[tuple[str, Value]] = field(default_factory=list)

    def move(self, token: Token) -> None:
        """Move one token whose scope was moved before it."""
        if token.scope and token.scope not in self.tokens:
            return  # the scope around it has its own hindrance
        try:
            moved, notes = self._moved(token)
        except Stuck as stuck:
            self._hinder(token, str(stuck), stuck.near)
        except ExpressionError as error:
            self._hinder(token, error.message, error.near)
        except EngineError as error:
            self._hinder(token, str(error))
        else:
            self.tokens[token.id] = moved
            self.moves.append(TokenMove(token.id, token.process, token.element, moved.element, tuple(notes)))

    def check_constellations(self) -> None:
        """A hindrance for each scope whose tokens the new drawing could never have put where they would stand."""
        for token in self.tokens.values():
            if token.block is not None and not self._may_stand(token):
                inside = sorted({t.element for t in self._beside_events(token)})
                together = f"never stands at {' and '.join(inside)} at once, so it might never end"
                self._hinder(self.instance.tokens[token.id], together)

    def _hinder(self, token: Token, reason: str, near: str | None = None) -> None:
        self.hindrances.append(Hindrance(token.id, token.process, token.element, reason, near))

    # --- one token

    def _moved(self, token: Token) -> tuple[Token, list[str]]:
        program = self.new.processes.get(token.process)
        if program is None:
            raise Stuck("the process is gone", nearest(token.process, self.new.processes))
        if not token.element:
            self._check_call(token)
            return self._with_block(token, program.block, {})
        before = self.old.processes[token.process].elements[token.element]
        after = self._target(token, program)
        self._check_same(token, before, after)
        moved = replace(token, element=after.id, flow=self._flow(token, after))
        notes = self._start_clocks(token, before, after)
        armed, told = self._timers(token, before.hosted, after.hosted, token.scope)
        if after.kind is NodeKind.SUBPROCESS:
            moved, more = self._with_block(replace(moved, timers={}), after.block, armed)
            return moved, [*notes, *told, *more]
        return replace(moved, timers=armed), [*notes, *told]

    def _target(self, token: Token, program: Program) -> Element:
        wanted = self.wishes.renamed(token.process, token.element)
        after = program.elements.get(wanted)
        holder = self.tokens[token.scope].element
        if after is None:
            kind = self.old.processes[token.process].elements[token.element].kind
            like = [e.id for e in program.elements.values() if e.kind is kind and e.within == holder]
            raise Stuck("the element is gone: name the one that takes its place", nearest(wanted, like))
        if after.within != holder:
            where = f"in the subprocess {after.within}" if after.within else "in no subprocess"
            raise Stuck(f"{after.id} lies {where}, the token {f'in {holder}' if holder else 'in none'}")
        return after

    def _check_same(self, token: Token, before: Element, after: Element) -> None:
        if after.kind is not before.kind:
            raise Stuck(f"{after.id} is a {after.kind}, not a {before.kind}: what is open cannot become that")
        if before.topic != after.topic:
            raise Stuck(
                f"{after.id} does {after.topic!r}, but {before.topic!r} is under way: let it finish first"
            )
        work, wanted = before.properties.get("work"), after.properties.get("work")
        if work != wanted:
            raise Stuck(
                f"{after.id} asks for {wanted!r}, but {work!r} is asked of somebody: let it finish first"
            )
        if self._on_event(self.old, token.process, before) != self._on_event(self.new, token.process, after):
            raise Stuck(f"{after.id} begins otherwise: by an event before or now, by its flow the other time")

    def _on_event(self, definitions: Definitions, process: str, element: Element) -> bool:
        program = definitions.processes[process]
        around = program.elements[element.within].block if element.within else program.block
        return around is not None and any(event.subprocess == element.id for event in around.events)

    def _check_call(self, root: Token) -> None:
        """A called process stands in a call activity that may still call it."""
        if not root.scope:
            return
        call = self.tokens[root.scope]
        element = self.new.processes[call.process].elements[call.element]
        callable_ = _callable(element)
        if root.process not in callable_:
            raise Stuck(
                f"{element.id} calls {', '.join(sorted(callable_))} now, but {root.process} is under way in it"
            )

    def _flow(self, token: Token, after: Element) -> str:
        if not token.flow:
            return ""
        flow = self.wishes.renamed(token.process, token.flow)
        if flow not in after.incoming:
            cure = "name the flow that takes its place"
            raise Stuck(f"it waits at the join for others, and its flow {token.flow} is gone: {cure}",
                        nearest(flow, after.incoming))  # fmt: skip
        return flow

    # --- data

    def _with_block(
        self, token: Token, block: Block | None, armed: Mapping[str, Armed]
    ) -> tuple[Token, list[str]]:
        """The token as the scope `block`, with its data, and the timers of its event subprocesses beside `armed`."""
        assert block is not None
        assert token.block is not None
        assert token.data is not None
        notes: list[str] = []
        data: dict[str, Value] = {}
        for name, declared in block.types.items():
            if name in token.data:
                value = token.data[name]
                if not conforms(value, declared):
                    raise Stuck(
                        f"data.{name} is {value!r}, which is no {declared}: what it means must be decided first"
                    )
                data[name] = value
            elif self.wishes.has_value(token.process, name):
                data[name] = self.wishes.value(token.process, name, declared)
                notes.append(f"data.{name} is new: {data[name]!r}")
            else:
                raise Stuck(
                    f"data.{name} is new and has no value: give it one, null if nothing has read it by here"
                )
        gone = [name for name, value in token.data.items() if name not in block.types and value is not None]
        notes += [f"data.{name} is dropped: {token.data[name]!r}" for name in gone]
        moved = replace(token, data=data, block=block)
        self.tokens[token.id] = moved  # what it declares may be read by a timer that is armed here
        try:
            starts = [event.start for event in block.events]
            before = [] if token.sealed else [event.start for event in token.block.events]
            own, told = self._timers(token, before, [] if token.sealed else starts, token.id)
        finally:
            del self.tokens[token.id]
        return replace(moved, timers={**armed, **own}), [*notes, *told]

    # --- timers and clocks

    def _timers(
        self, token: Token, before: Iterable[Element], after: Iterable[Element], scope: int
    ) -> tuple[dict[str, Armed], list[str]]:
        """Own timers: armed ones keep their instant, those of events that were not there are armed from now."""
        had = {self.wishes.renamed(token.process, event.id): event for event in before}
        kept: dict[str, Armed] = {}
        fresh: list[Element] = []
        notes: list[str] = []
        for event in after:
            if event.timer is None:
                continue
            known = had.get(event.id)
            if isinstance(event.timer, OnClock):
                if known is None or not isinstance(known.timer, OnClock):
                    self._check_clock(event, scope)
            elif known is None or known.timer is None or isinstance(known.timer, OnClock):
                fresh.append(event)
            elif known.id in token.timers:
                kept[event.id] = token.timers[known.id]
        armed = arm(fresh, self.now, lambda: view(self.tokens, scope))
        notes += [f"timer {name} is new, and counts from now" for name in armed]
        return {**kept, **armed}, notes

    def _start_clocks(self, token: Token, before: Element, after: Element) -> list[str]:
        """Clocks that the new step starts on entering and the old one did not; one that runs is left alone."""
        started = {clock.name for clock in before.clocks_started}
        values = view(self.tokens, token.scope)
        notes: list[str] = []
        for clock in after.clocks_started:
            named = (clock.name, clock.key and clock.key(values))
            if clock.name not in started and named not in self.clocks and not self.runs(*named):
                self.clocks.append(named)
                notes.append(f"clock {_spoken(*named)} is started")
        return notes

    def _check_clock(self, event: Element, scope: int) -> None:
        """`Stuck` for a timer that is to follow a clock which does not run: it would never come due."""
        rule = event.timer
        assert isinstance(rule, OnClock)
        named = (rule.clock, rule.key and rule.key(view(self.tokens, scope)))
        if not self.runs(*named) and named not in self.clocks:
            raise Stuck(f"timer {event.id} follows the clock {_spoken(*named)}, which does not run")

    # --- scopes

    def _beside_events(self, scope: Token) -> list[Token]:
        """The tokens in a scope, without those of its event subprocesses and the roots of called processes."""
        assert scope.block is not None
        events = {event.subprocess for event in scope.block.events}
        return [
            t for t in self.tokens.values() if t.scope == scope.id and t.element and t.element not in events
        ]

    def _may_stand(self, scope: Token) -> bool:
        inside = self._beside_events(scope)
        if not inside:
            return True
        wanted: Counter[Spot] = Counter((t.element, t.flow) for t in inside)
        elements = self.new.processes[scope.process].elements
        if self._unchanged(scope, inside):
            return True
        try:
            return is_reachable(elements, scope.element, wanted, among_others=scope.sealed)
        except TooManyStates:
            token = self.instance.tokens[scope.id]
            self._hinder(token, f"it may stand in more than {MOST_STATES} ways: too many to judge the move")
            return True

    def _unchanged(self, scope: Token, inside: Iterable[Token]) -> bool:
        """The scope is drawn as before and its tokens stay where they are: nothing to search for."""
        where = self.instance.tokens[scope.id]
        before = _shape(self.old.processes[where.process], where.element)
        same = all(
            (t.element, t.flow) == (was.element, was.flow)
            for t in inside for was in [self.instance.tokens[t.id]]
        )  # fmt: skip
        return same and before == _shape(self.new.processes[scope.process], scope.element)


def _shape(program: Program, within: str) -> dict[str, object]:
    """How a scope is drawn: what leads where, and which events may happen."""
    return {
        element.id: (
            element.kind, element.trigger, element.interrupting, element.incoming,
            [(branch.flow, branch.target) for branch in element.branches],
            [event.id for event in element.hosted],
        )
        for element in program.elements.values() if element.within == within
    }  # fmt: skip


def _callable(call: Element) -> frozenset[str]:
    """The processes that a call activity may call."""
    if isinstance(call.called, Expression):
        return frozenset(call.called.type.values)
    return frozenset() if call.called is None else frozenset({str(call.called({}))})


def _spoken(clock: str, key: Value) -> str:
    return clock if key is None else f"{clock} of {key}"
