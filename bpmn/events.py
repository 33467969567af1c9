"""What can happen to an instance from outside: the inputs of `start` and `advance`.

Values in results and payloads are those of the expression language: bool, int, Decimal, str,
aware datetime, timedelta, None, and lists of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = object


@dataclass(frozen=True, slots=True)
class Completed:
    """An activity (service, send, user task) is done. A dead activation raises `DeadActivation`."""

    activation: int
    result: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Errored:
    """An activity ended in a BPMN error that the drawing may catch."""

    activation: int
    code: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message for the case. `key` is compared with the catching element's `key` expression when it has one.

    Caught by receive tasks, intermediate and boundary events, event-based gateways, event subprocess starts.
    One message goes to exactly one catcher: the innermost, oldest one; `Advance.handled` is False when none waits.
    """

    name: str
    payload: Mapping[str, Value] = field(default_factory=dict)
    key: Value = None


@dataclass(frozen=True, slots=True)
class TimerDue:
    """An armed timer (id as given by `engine.timers`) has reached its instant."""

    timer: str


Event = Completed | Errored | Message | TimerDue
