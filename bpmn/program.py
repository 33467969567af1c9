"""A process ready to run: what the linker makes of a `Model`, with every expression compiled and every name resolved.

Cross references are resolved to values where the engine follows them often (boundary events of a host,
catch events behind a gateway) and stay ids along sequence flows, which may form loops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from bpmn.durations import Duration
from bpmn.events import Value
from bpmn.feel import Type
from bpmn.model import NodeKind, TriggerKind

Evaluate = Callable[[Mapping[str, Value]], Value]
"""A compiled expression: from every name in scope to a value."""


@dataclass(frozen=True, slots=True)
class Share:
    """That share of a clock's own working time; 75 means three quarters of it are used."""

    percent: Decimal

    def __str__(self) -> str:
        return f"{self.percent} %"


@dataclass(frozen=True, slots=True)
class Before:
    """That much before a clock's due time."""

    by: Duration

    def __str__(self) -> str:
        return f"before {self.by}"


Level = Share | Before


@dataclass(frozen=True, slots=True)
class After:
    """Own duration, counted 24x7 from entering."""

    duration: timedelta


@dataclass(frozen=True, slots=True)
class At:
    """An instant, or a duration from entering, as the expression says on entering."""

    instant: Evaluate


@dataclass(frozen=True, slots=True)
class Every:
    """A cycle: `times` occurrences (`None`: without end), `interval` apart, the first one interval after entering.

    `catch_up` says what becomes of occurrences missed in a downtime: "once", "all" or "skip".
    """

    interval: timedelta
    times: int | None
    catch_up: str = "once"


@dataclass(frozen=True, slots=True)
class OnClock:
    """A level of a clock of the case; without `key` the case's one clock of that name. Holds no date."""

    clock: str
    key: Evaluate | None
    level: Level


TimerRule = After | At | Every | OnClock


@dataclass(frozen=True, slots=True)
class ClockName:
    name: str
    key: Evaluate | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """An outgoing sequence flow."""

    flow: str
    target: str
    condition: Evaluate | None = None


@dataclass(frozen=True, slots=True)
class WaitText:
    """The `waits` property: `pieces` of text with a name's value between each two."""

    pieces: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node. What does not apply to its kind stays at its default.

    `hosted` are the events armed while a token stands here: its boundary events, the catch events behind an
    event-based gateway, and a catching event or receive task itself. `reached_from` (inclusive joins) says for each
    incoming flow from which elements a token can still come by it, without passing the join before.
    """

    id: str
    kind: NodeKind
    process: str
    within: str = ""
    """The subprocess that holds it, "" for the process itself."""
    name: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    default: Branch | None = None
    incoming: tuple[str, ...] = ()
    hosted: tuple[Element, ...] = ()
    trigger: TriggerKind | None = None
    trigger_name: str = ""
    key: Evaluate | None = None
    timer: TimerRule | None = None
    takes_work: bool = False
    interrupting: bool = True
    keeps: frozenset[str] = frozenset()
    topic: str = ""
    item: Evaluate | None = None
    result: Mapping[str, Type] = field(default_factory=dict)
    """What its `result` holds: checked when somebody outside gives it."""
    decision: str = ""
    decision_live: bool = False
    called: Evaluate | None = None
    inputs: tuple[tuple[str, Evaluate], ...] = ()
    outputs: tuple[tuple[str, Evaluate], ...] = ()
    clocks_started: tuple[ClockName, ...] = ()
    clocks_stopped: tuple[ClockName, ...] = ()
    clocks_paused: tuple[ClockName, ...] = ()
    waits: WaitText | None = None
    waits_in: Mapping[str, WaitText] = field(default_factory=dict)
    """The same in other languages, by tag: the properties `waits.zh` and so on."""
    block: Block | None = None
    reached_from: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventStart:
    """The start event of an event subprocess, armed while the scope that holds the subprocess runs."""

    subprocess: str
    start: Element


@dataclass(frozen=True, slots=True)
class Block:
    """What a process or a subprocess contains: declared data, where it starts, which events may break in."""

    types: Mapping[str, Type] = field(default_factory=dict)
    start: str = ""
    """The none start event; "" when there is none."""
    message_starts: Mapping[str, str] = field(default_factory=dict)
    events: tuple[EventStart, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """One process; `elements` holds those of its subprocesses too, since ids are unique in a file."""

    key: str
    name: str
    block: Block
    elements: Mapping[str, Element]
