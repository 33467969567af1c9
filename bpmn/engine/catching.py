"""Events that catch: who takes a message, a due timer, an error or an escalation, and what happens then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bpmn.effects import Flowed
from bpmn.engine.flowing import finish
from bpmn.engine.run import Move, Run
from bpmn.engine.scopes import open_event_subprocess
from bpmn.engine.timers import next_occurrence
from bpmn.errors import DeadActivation
from bpmn.events import Message, Value
from bpmn.instance import Token
from bpmn.model import NodeKind, TriggerKind
from bpmn.program import Element, EventStart, Every, OnClock


@dataclass(frozen=True, slots=True)
class Catcher:
    """An armed event: `token` hosts it; `start` says that it begins an event subprocess of the scope `token`."""

    token: Token
    event: Element
    start: EventStart | None = None

    @property
    def interrupting(self) -> bool:
        return self.event.interrupting and self.event.kind in (NodeKind.BOUNDARY, NodeKind.START)


def hosted(run: Run, token: Token) -> Iterator[Catcher]:
    """The events armed at a token and, for a scope, those of its event subprocesses."""
    if token.element:
        for event in run.element(token).hosted:
            yield Catcher(token, event)
    if token.block is not None and not token.sealed:
        for start in token.block.events:
            yield Catcher(token, start.start, start)


def catch(run: Run, catcher: Catcher, result: Mapping[str, Value], how: str = "interrupted") -> None:
    """Let the event happen: go on, leave the boundary, or begin the event subprocess."""
    token, event = catcher.token, catcher.event
    if catcher.start is not None:
        open_event_subprocess(run, token, catcher.start, result, how)
    elif event.kind is NodeKind.BOUNDARY:
        if event.interrupting:
            run.cancel(token, how)
        run.push(Move(token.scope, event, result=result))
    elif event.id == token.element:
        finish(run, token, result)
    else:
        gateway = run.element(token)
        flow = next(branch.flow for branch in gateway.branches if branch.target == event.id)
        run.drop(token)
        run.effects.append(Flowed(token.process, flow))
        run.push(Move(token.scope, event, flow, result))


def deliver(run: Run, message: Message) -> bool:
    """Give a message to its one catcher; False when nobody waits for it.

    Innermost scope first, in one scope whoever waits before its event subprocesses, then the oldest activation.
    """
    best: Catcher | None = None
    best_rank = (0, 0)
    for token in run.tokens.values():
        for catcher in hosted(run, token):
            event = catcher.event
            named = event.trigger is TriggerKind.MESSAGE and event.trigger_name == message.name
            if not named or not _key_fits(run, catcher, message):
                continue
            rank = (_depth(run, token) * 2 + (1 if catcher.start else 0), -token.id)
            if best is None or rank > best_rank:
                best, best_rank = catcher, rank
    if best is None:
        return False
    catch(run, best, message.payload)
    return True


def fire(run: Run, timer: str) -> None:
    """Let a due timer happen; `DeadActivation` when its host is gone or it is not armed any more."""
    activation, _, rest = timer.partition(":")
    name, _, occurrence = rest.partition("#")
    token = run.tokens.get(int(activation)) if activation.isdecimal() else None
    if token is None:
        raise DeadActivation(timer)
    armed = [c for c in hosted(run, token) if c.event.id == name and c.event.timer is not None]
    if not armed:
        raise DeadActivation(timer)
    catcher = armed[0]
    if not isinstance(catcher.event.timer, OnClock):
        token, happens = _spend(run, token, catcher.event, occurrence, timer)
        if not happens:
            return
    catch(run, replace(catcher, token=token), {})


def _spend(run: Run, token: Token, event: Element, occurrence: str, timer: str) -> tuple[Token, bool]:
    """Take one occurrence of an own timer out of the token; whether it happens, which a cycle may skip."""
    armed = token.timers.get(event.id)
    rule = event.timer
    counted = str(armed.occurrence) if armed and isinstance(rule, Every) else ""
    if armed is None or occurrence != counted:
        raise DeadActivation(timer)
    left = {element: other for element, other in token.timers.items() if element != event.id}
    happens = True
    if isinstance(rule, Every):
        happens, following = next_occurrence(rule, armed, run.now)
        if following is not None:
            left[event.id] = following
    token = replace(token, timers=left)
    run.put(token)
    return token, happens


def find_handler(run: Run, origin: Token, kind: TriggerKind, code: str) -> Catcher | None:
    """The nearest event from `origin` outwards that catches `code`; one that names it before one for all codes.

    At each scope its event subprocesses come before its boundary; one that runs never catches for itself.
    """
    token: Token | None = origin
    came_from = ""
    while token is not None:
        fitting = [
            catcher
            for catcher in hosted(run, token)
            if catcher.event.trigger is kind
            and catcher.event.trigger_name in ("", code)
            and (catcher.start is None or catcher.start.subprocess != came_from)
        ]
        if fitting:
            return min(fitting, key=lambda c: (c.start is None, c.event.trigger_name != code))
        came_from = token.element
        token = run.tokens.get(token.scope)
    return None


def _key_fits(run: Run, catcher: Catcher, message: Message) -> bool:
    if catcher.event.key is None:
        return True
    scope = catcher.token.id if catcher.start else catcher.token.scope
    return bool(catcher.event.key(run.view(scope)) == message.key)


def _depth(run: Run, token: Token) -> int:
    depth = 0
    while token.scope:
        depth += 1
        token = run.tokens[token.scope]
    return depth
