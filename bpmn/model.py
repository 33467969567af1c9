"""What a BPMN file says, as values: one frozen dataclass for each kind of thing that is drawn.

The parser makes these, the linter judges them, the linker turns them into a runnable `Program`, the
diagram draws them. Expressions are still text here, each with the place it stands at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file name, 1-based line, id of the nearest element."""

    file: str
    line: int
    element: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f" ({self.element})" if self.element else "")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of source text (expression, timer, mapping) and where it stands."""

    body: str
    place: Place


class NodeKind(StrEnum):
    START = "startEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"
    END = "endEvent"
    SERVICE = "serviceTask"
    SEND = "sendTask"
    RECEIVE = "receiveTask"
    USER = "userTask"
    RULE = "businessRuleTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    SUBPROCESS = "subProcess"
    CALL = "callActivity"


class TriggerKind(StrEnum):
    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    ESCALATION = "escalation"
    TERMINATE = "terminate"


class TimerKind(StrEnum):
    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class Trigger:
    """The event definition of an event; `None` on a node means a none event.

    `name` is the message name, or the error or escalation code ("" catches every code).
    `timer` and `timer_kind` are set for timers only.
    """

    kind: TriggerKind
    name: str = ""
    timer: Text | None = None
    timer_kind: TimerKind | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of a data mapping: `target` receives the value of `source`."""

    target: str
    source: Text


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    source: str
    target: str
    condition: Text | None
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Node:
    """One flow node. Fields that do not apply to its kind stay at their defaults.

    `inputs`/`outputs` are `camunda:inputParameter`/`outputParameter` (on a call activity:
    `camunda:in`/`camunda:out`). `properties` are `camunda:property` pairs other than `data.*`.
    `called` is the process key or, when it begins with "=", an expression that gives one.
    `decision` is the table's key and `decision_live` says it is bound "latest".
    """

    id: str
    kind: NodeKind
    name: str
    place: Place
    trigger: Trigger | None = None
    attached_to: str = ""
    interrupting: bool = True
    topic: str = ""
    message: str = ""
    decision: str = ""
    decision_live: bool = False
    called: Text | None = None
    default_flow: str = ""
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    properties: Mapping[str, Text] = field(default_factory=dict)
    documentation: str = ""
    scope: Scope | None = None
    """Content of an embedded or event subprocess."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a process or an embedded subprocess contains. `data` maps a declared name to its type's text."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    data: Mapping[str, Text]
    triggered_by_event: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    key: str
    name: str
    scope: Scope
    place: Place
    version_tag: str = ""
    documentation: str = ""
    executable: bool = True
    """False for a process that is only drawn (`isExecutable` false or absent): a partner's pool, a sketch."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Something the file holds that the engine does not execute, named so that it can be refused.

    `process` is the key of the process it stands in, "" when it stands outside of all processes.
    """

    what: str
    place: Place
    process: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A broken reference or a repeated id: the file is XML, but does not hang together."""

    message: str
    place: Place
    near: str | None = None
    process: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shape:
    element: str
    x: float
    y: float
    width: float
    height: float
    expanded: bool = True
    label: tuple[float, float, float, float] | None = None
    """x, y, width and height of the label, when it is placed apart from the shape."""
    plane: str = ""
    """Id of the process, collaboration or collapsed subprocess on whose plane it lies."""


@dataclass(frozen=True, slots=True)
class Edge:
    flow: str
    points: tuple[Point, ...]
    label: tuple[float, float, float, float] | None = None
    plane: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something drawn and not executed: `kind` is its tag ("participant", "lane", "task" ...).

    `text` is what is written at it, `process` the process it stands in or, for a participant, shows.
    """

    id: str
    kind: str
    text: str = ""
    process: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Diagram interchange of one file."""

    shapes: Mapping[str, Shape]
    edges: Mapping[str, Edge]
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """One parsed file, whole: executable content, drawing, and whatever cannot be executed."""

    file: str
    processes: tuple[Process, ...]
    drawing: Drawing
    unsupported: tuple[Unsupported, ...]
    flaws: tuple[Flaw, ...] = ()
