"""What an advance asks of the world, in the order it happened. Values only; the step carries them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bpmn.events import Value
from bpmn.model import NodeKind


@dataclass(frozen=True, slots=True)
class Entered:
    """A token came to `element` of `process`. `properties` are its `camunda:property` pairs."""

    process: str
    element: str
    activation: int
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """A token left `element`; `how` is "completed", "cancelled", "error" or "interrupted"."""

    process: str
    element: str
    activation: int
    how: str


@dataclass(frozen=True, slots=True)
class Flowed:
    process: str
    flow: str


@dataclass(frozen=True, slots=True)
class Ready:
    """An activity waits to be done: service and send tasks by `topic`, user tasks by `properties`."""

    activation: int
    process: str
    element: str
    name: str
    kind: NodeKind
    topic: str
    inputs: Mapping[str, Value]
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An activity that was ready is no longer wanted; its activation is dead."""

    activation: int
    element: str


@dataclass(frozen=True, slots=True)
class ClockStarted:
    clock: str
    key: Value


@dataclass(frozen=True, slots=True)
class ClockStopped:
    clock: str
    key: Value


@dataclass(frozen=True, slots=True)
class ClockPaused:
    clock: str
    key: Value


@dataclass(frozen=True, slots=True)
class ClockResumed:
    clock: str
    key: Value


@dataclass(frozen=True, slots=True)
class Decided:
    """A business rule task was answered by a table: which rules matched (their ids), what came out."""

    process: str
    element: str
    table: str
    rules: tuple[str, ...]
    result: Value


@dataclass(frozen=True, slots=True)
class Ended:
    """The root process instance is over; `element` is the end event that ended it."""

    process: str
    element: str


Effect = (
    Entered
    | Left
    | Flowed
    | Ready
    | Withdrawn
    | ClockStarted
    | ClockStopped
    | ClockPaused
    | ClockResumed
    | Decided
    | Ended
)
