"""Entering a node: what each kind of element does when a token comes to it."""

from __future__ import annotations

from collections.abc import Callable

from bpmn.dmn import DecisionError
from bpmn.effects import Decided, Ready
from bpmn.engine.flowing import follow, pass_through
from bpmn.engine.joins import arrive
from bpmn.engine.run import WORK, Move, Run
from bpmn.engine.scopes import open_call, open_subprocess
from bpmn.engine.throwing import escalate, throw_error
from bpmn.engine.timers import arm
from bpmn.errors import UndecidedRule, UnknownTable
from bpmn.instance import Token
from bpmn.model import NodeKind, TriggerKind


def enter(run: Run, move: Move) -> None:
    """Make one move. A node that waits leaves a token behind, every other one pushes the moves after it."""
    _ENTER[move.element.kind](run, move)


def _wait(run: Run, move: Move) -> Token:
    """Stand at the element: clocks start and pause, own timers are armed."""
    element = move.element
    activation = run.enter(move.scope, element)
    run.start_clocks(move.scope, element)
    paused = run.pause_clocks(move.scope, element)
    armed = arm(element.hosted, run.now, lambda: run.view(move.scope))
    token = Token(activation, move.scope, element.process, element.id, timers=armed, paused=paused)
    run.put(token)
    return token


def _stand(run: Run, move: Move) -> None:
    _wait(run, move)


def _work(run: Run, move: Move) -> None:
    element = move.element
    token = _wait(run, move)
    values = run.view(move.scope)
    inputs = run.evaluate(element.inputs, values)
    if element.item is not None:
        inputs["item"] = element.item(values)
    run.effects.append(
        Ready(
            token.id,
            element.process,
            element.id,
            element.name,
            element.kind,
            element.topic,
            inputs,
            element.properties,
        )
    )


def _decide(run: Run, move: Move) -> None:
    element = move.element
    where = f"{element.process} {element.id}"
    activation = run.enter(move.scope, element)
    run.start_clocks(move.scope, element)
    tables = run.definitions.live if element.decision_live else run.definitions.decisions
    table = tables.get(element.decision)
    if table is None:
        raise UnknownTable(where, element.decision)
    try:
        answer = table.decide(run.evaluate(element.inputs, run.view(move.scope)))
    except DecisionError as error:
        raise UndecidedRule(where, element.decision, error) from error
    run.effects.append(Decided(element.process, element.id, element.decision, answer.rules, answer.result))
    run.write_outputs(move.scope, element, answer.result)
    run.leave(element, activation)
    run.stop_clocks(move.scope, element)
    follow(run, move.scope, element)


def _call(run: Run, move: Move) -> None:
    open_call(run, _wait(run, move), move.element)


def _subprocess(run: Run, move: Move) -> None:
    open_subprocess(run, _wait(run, move), move.element)


def _catch(run: Run, move: Move) -> None:
    if move.result is None:
        _wait(run, move)
    else:
        _pass(run, move)


def _pass(run: Run, move: Move) -> None:
    pass_through(run, move.scope, move.element, move.result or {})
    follow(run, move.scope, move.element)


def _throw(run: Run, move: Move) -> None:
    element = move.element
    pass_through(run, move.scope, element, {})
    goes_on = True
    if element.trigger is TriggerKind.ESCALATION:
        goes_on = escalate(run, run.tokens[move.scope], element)
    if goes_on:
        follow(run, move.scope, element)


def _end(run: Run, move: Move) -> None:
    element = move.element
    pass_through(run, move.scope, element, {})
    run.ended_by[move.scope] = element.id
    scope = run.tokens[move.scope]
    if element.trigger is TriggerKind.TERMINATE:
        run.clear(scope, frozenset(), "cancelled")
    elif element.trigger is TriggerKind.ERROR:
        throw_error(run, scope, element.trigger_name, f"{element.process} {element.id}")
    elif element.trigger is TriggerKind.ESCALATION:
        escalate(run, scope, element)


def _join(run: Run, move: Move) -> None:
    if len(move.element.incoming) > 1:
        arrive(run, move.scope, move.element, move.flow)
    else:
        _pass(run, move)


_ENTER: dict[NodeKind, Callable[[Run, Move], None]] = {
    **dict.fromkeys(WORK, _work),
    NodeKind.START: _pass,
    NodeKind.BOUNDARY: _pass,
    NodeKind.CATCH: _catch,
    NodeKind.THROW: _throw,
    NodeKind.END: _end,
    NodeKind.RECEIVE: _catch,
    NodeKind.RULE: _decide,
    NodeKind.CALL: _call,
    NodeKind.SUBPROCESS: _subprocess,
    NodeKind.EVENT_BASED: _stand,
    NodeKind.EXCLUSIVE: _pass,
    NodeKind.PARALLEL: _join,
    NodeKind.INCLUSIVE: _join,
}
