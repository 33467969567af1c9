"""Timers: own ones are armed in the token on entering, those of clocks are computed each time they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bpmn.engine.data import view
from bpmn.errors import NaiveTime, NoInstant
from bpmn.events import Value
from bpmn.instance import Armed, Instance, Token
from bpmn.model import NodeKind
from bpmn.program import After, At, Element, Every, Level, OnClock

if TYPE_CHECKING:
    from bpmn.link import Definitions

Due = Callable[[str, Value, Level | None], datetime | None]
"""The instant at which a clock (name, key) reaches a level; `None` as long as nothing is armed for it."""


@dataclass(frozen=True, slots=True)
class Timer:
    """An armed timer. `id` is `activation:element`, for a cycle with `#` and the occurrence: `57:t_remind#2`.

    `clock`, `key` and `level` ("75 %", "before PT2H") belong to clock timers; `level` is "" for others.
    `interrupting` is False for timers that only let a waiting token go on.
    """

    id: str
    element: str
    activation: int
    due_at: datetime
    clock: str | None
    key: Value
    level: str
    takes_work: bool
    interrupting: bool


def timers(definitions: Definitions, instance: Instance, due: Due) -> Mapping[str, Timer]:
    """Every timer armed now, by id, in the order of activations. Asks `due` once for each clock timer."""
    found: dict[str, Timer] = {}
    for token in instance.tokens.values():
        elements = definitions.processes[token.process].elements
        for name, armed in token.timers.items():
            timer = _timer(token, elements[name], armed.due_at, armed.occurrence)
            found[timer.id] = timer
        for scope, element in _clock_timers(token, elements):
            rule = element.timer
            assert isinstance(rule, OnClock)
            key = rule.key and rule.key(view(instance.tokens, scope))
            due_at = due(rule.clock, key, rule.level)
            if due_at is not None:
                timer = _timer(token, element, due_at, 1, rule, key)
                found[timer.id] = timer
    return found


def arm(
    elements: Iterable[Element], now: datetime, values: Callable[[], Mapping[str, Value]]
) -> dict[str, Armed]:
    """The own timers among `elements`, as entered `now`; `values` gives the data their expressions see."""
    armed: dict[str, Armed] = {}
    for element in elements:
        rule = element.timer
        if isinstance(rule, After):
            armed[element.id] = Armed(now + rule.duration)
        elif isinstance(rule, Every):
            armed[element.id] = Armed(now + rule.interval)
        elif isinstance(rule, At):
            armed[element.id] = Armed(_instant(element, rule.instant(values()), now))
    return armed


def next_occurrence(rule: Every, armed: Armed, now: datetime) -> tuple[bool, Armed | None]:
    """Whether this occurrence happens, handled `now`, and which is armed after it (`None`: the cycle is over).

    Occurrences that fell due meanwhile are missed: "all" lets each happen in turn, "once" lets the first stand
    for all of them, and "skip" lets none happen. Missed ones count: R5 is over five intervals after entering.
    """
    missed = 0 if rule.catch_up == "all" else max(0, (now - armed.due_at) // rule.interval)
    following = armed.occurrence + 1 + missed
    happens = not (missed and rule.catch_up == "skip")
    if rule.times is not None and following > rule.times:
        return happens, None
    return happens, Armed(armed.due_at + rule.interval * (1 + missed), following)


def _timer(
    token: Token,
    element: Element,
    due_at: datetime,
    occurrence: int,
    rule: OnClock | None = None,
    key: Value = None,
) -> Timer:
    counted = f"#{occurrence}" if isinstance(element.timer, Every) else ""
    return Timer(
        id=f"{token.id}:{element.id}{counted}",
        element=element.id,
        activation=token.id,
        due_at=due_at,
        clock=rule.clock if rule else None,
        key=key,
        level=str(rule.level) if rule else "",
        takes_work=element.takes_work,
        interrupting=element.interrupting and element.kind in (NodeKind.BOUNDARY, NodeKind.START),
    )


def _clock_timers(token: Token, elements: Mapping[str, Element]) -> list[tuple[int, Element]]:
    """The clock timers this token arms, each with the scope whose data its key sees."""
    found: list[tuple[int, Element]] = []
    if token.element:
        hosted = elements[token.element].hosted
        found = [(token.scope, event) for event in hosted if isinstance(event.timer, OnClock)]
    if token.block is not None and not token.sealed:
        events = (event.start for event in token.block.events)
        found += [(token.id, start) for start in events if isinstance(start.timer, OnClock)]
    return found


def _instant(element: Element, value: Value, now: datetime) -> datetime:
    if isinstance(value, timedelta):
        return now + value
    if not isinstance(value, datetime):
        raise NoInstant(f"{element.process} {element.id}", value)
    if value.utcoffset() is None:
        raise NaiveTime(value)
    return value.astimezone(UTC)
