"""Scopes: how a process, a called process and a subprocess begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bpmn.effects import Ended
from bpmn.engine.data import fresh
from bpmn.engine.flowing import finish, follow
from bpmn.engine.run import Move, Run
from bpmn.engine.timers import arm
from bpmn.errors import NoSuchStart, UndeclaredData, UnknownProcess
from bpmn.events import Value
from bpmn.instance import Token
from bpmn.program import Block, Element, EventStart


def open_root(
    run: Run, process: str, message: str | None, payload: Mapping[str, Value], data: Mapping[str, Value]
) -> None:
    """Begin the instance's root process at its none start event or at that of a message."""
    program = run.definitions.processes.get(process)
    if program is None:
        raise UnknownProcess(process, sorted(run.definitions.processes))
    block = program.block
    start = block.start if message is None else block.message_starts.get(message, "")
    if not start:
        raise NoSuchStart(process, message)
    root = _open_process(run, 0, process, data)
    run.push(Move(root, program.elements[start], result=payload))


def open_call(run: Run, token: Token, element: Element) -> None:
    """Begin the called process inside its call activity; only what `camunda:in` names is handed over."""
    values = run.view(token.scope)
    assert element.called is not None
    key = element.called(values)
    program = run.definitions.processes.get(key) if isinstance(key, str) else None
    if program is None:
        raise UnknownProcess(key, sorted(run.definitions.processes))
    if not program.block.start:
        raise NoSuchStart(program.key, None)
    handed = run.evaluate(element.inputs, values)
    root = _open_process(run, token.id, program.key, handed)
    run.push(Move(root, program.elements[program.block.start], result={}))


def _open_process(run: Run, scope: int, key: str, data: Mapping[str, Value]) -> int:
    block = run.definitions.processes[key].block
    for name in data:
        if name not in block.types:
            raise UndeclaredData(key, name)
    root = run.new_id()
    run.put(Token(root, scope, key, data=fresh(block, data, key), block=block))
    _arm_events(run, root, block)
    return root


def open_subprocess(run: Run, token: Token, element: Element) -> None:
    """Begin an embedded subprocess; its inputs fill its own data."""
    assert element.block is not None
    data = fresh(element.block, run.evaluate(element.inputs, run.view(token.scope)), element.id)
    run.put(replace(token, data=data, block=element.block))
    _arm_events(run, token.id, element.block)
    start = run.definitions.processes[element.process].elements[element.block.start]
    run.push(Move(token.id, start, result={}))


def open_event_subprocess(
    run: Run, scope: Token, event: EventStart, result: Mapping[str, Value], how: str
) -> None:
    """Run an event subprocess in `scope`; an interrupting one first clears it and seals it for others."""
    if event.start.interrupting:
        run.clear(scope, event.start.keeps, how)
        _seal(run, scope.id)
    element = run.definitions.processes[scope.process].elements[event.subprocess]
    assert element.block is not None
    data = fresh(element.block, run.evaluate(element.inputs, run.view(scope.id)), element.id)
    activation = run.enter(scope.id, element)
    run.start_clocks(scope.id, element)
    paused = run.pause_clocks(scope.id, element)
    token = Token(activation, scope.id, element.process, element.id, data=data, paused=paused)
    run.put(replace(token, block=element.block))
    _arm_events(run, activation, element.block)
    run.push(Move(activation, event.start, result=result))


def close_empty(run: Run) -> bool:
    """Complete one scope that holds nothing any more; False when there is none."""
    holding = {token.scope for token in run.tokens.values()}
    for token in run.tokens.values():
        if token.data is not None and token.id not in holding and not run.end:
            if token.element:
                _close_subprocess(run, token)
            elif token.scope:
                _close_call(run, token)
            else:
                _close_root(run, token)
            return True
    return False


def _close_root(run: Run, root: Token) -> None:
    run.end = run.ended_by[root.id]
    _seal(run, root.id)
    run.effects.append(Ended(root.process, run.end))


def _close_call(run: Run, root: Token) -> None:
    """The called process hands its results over and is gone; `camunda:out` sees its data, not the caller's."""
    call = run.tokens[root.scope]
    element = run.element(call)
    returned = run.evaluate(element.outputs, root.data or {})
    run.drop(root)
    run.write(call.scope, returned, f"{element.process} {element.id}")
    run.drop(call)
    run.stop_clocks(call.scope, element)
    follow(run, call.scope, element)


def _close_subprocess(run: Run, token: Token) -> None:
    element = run.element(token)
    finish(run, token, token.data or {})
    if not element.branches:
        run.ended_by[token.scope] = run.ended_by[
            token.id
        ]  # the end event inside says more than the subprocess


def _seal(run: Run, scope: int) -> None:
    """Disarm the event subprocesses of a scope for good; timers of its boundary stay."""
    token = run.tokens[scope]
    assert token.block is not None
    starts = {event.start.id for event in token.block.events}
    timers = {element: armed for element, armed in token.timers.items() if element not in starts}
    run.put(replace(token, timers=timers, sealed=True))


def _arm_events(run: Run, scope: int, block: Block) -> None:
    armed = arm([event.start for event in block.events], run.now, lambda: run.view(scope))
    if armed:
        token = run.tokens[scope]
        run.put(replace(token, timers={**token.timers, **armed}))
