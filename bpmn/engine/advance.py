"""The two functions that move an instance. Pure: same arguments, same answer, and nothing else happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from bpmn.effects import Effect
from bpmn.engine.catching import deliver, fire
from bpmn.engine.entering import enter
from bpmn.engine.flowing import finish
from bpmn.engine.joins import fire_inclusive, refuse_stuck
from bpmn.engine.run import WORK, Run
from bpmn.engine.scopes import close_empty, open_root
from bpmn.engine.throwing import throw_error
from bpmn.errors import DeadActivation, FailedExpression, NotReady
from bpmn.events import Completed, Errored, Event, Message, TimerDue, Value
from bpmn.feel import FeelError
from bpmn.instance import Instance, Token

if TYPE_CHECKING:
    from bpmn.link import Definitions

_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Advance:
    """The instance after the event and what it asks of the world; `handled` is False for a message nobody took."""

    instance: Instance
    effects: tuple[Effect, ...]
    handled: bool


def start(
    definitions: Definitions,
    process: str,
    *,
    message: str | None = None,
    payload: Mapping[str, Value] = _NOTHING,
    data: Mapping[str, Value] = _NOTHING,
    now: datetime,
    first_activation: int = 1,
) -> Advance:
    """Begin `process` at its none start event, or at that of `message`, whose outputs see `payload`.

    `data` fills declared names before the start event. Activations count from `first_activation`, so that an
    instance that follows another in the same case never repeats one of its ids.
    """
    run = Run(definitions, {}, first_activation, now)
    try:
        open_root(run, process, message, payload, data)
        return _settle(run)
    except FeelError as error:
        raise FailedExpression(error) from error


def advance(definitions: Definitions, instance: Instance, event: Event, now: datetime) -> Advance:
    """Let one event happen and run every token as far as it goes without another.

    `now` is the instant from which durations entered in this advance count. Raises an `EngineRefusal` for an
    event this instance does not offer (any more) and an `EngineFault` for a definition that leads nowhere;
    the instance given stays as it was.
    """
    run = Run(definitions, instance.tokens, instance.next_id, now)
    run.end = instance.end
    try:
        handled = _happen(run, event)
        return _settle(run) if handled else Advance(instance, (), handled=False)
    except FeelError as error:
        raise FailedExpression(error) from error


def _happen(run: Run, event: Event) -> bool:
    """Apply the event; False for a message that nobody waits for."""
    match event:
        case Completed(activation, result):
            finish(run, _work(run, activation), result)
        case Errored(activation, code):
            token = _work(run, activation)
            run.answered = activation
            throw_error(run, token, code, f"{token.process} {token.element}")
        case TimerDue(timer):
            fire(run, timer)
        case Message():
            return deliver(run, event)
    return True


def _work(run: Run, activation: int) -> Token:
    token = run.tokens.get(activation)
    if token is None or not token.element:
        raise DeadActivation(activation)
    if run.element(token).kind not in WORK:
        raise NotReady(activation, f"{token.process} {token.element}")
    return token


def _settle(run: Run) -> Advance:
    """Move until every token waits. Scopes end and inclusive joins fire only when nothing else can move."""
    while True:
        while run.pending:
            enter(run, run.take())
        if not close_empty(run) and not fire_inclusive(run):
            break
    refuse_stuck(run)
    return Advance(run.instance, tuple(run.effects), handled=True)
