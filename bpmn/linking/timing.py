"""The texts of timers and clocks."""

from __future__ import annotations

import re
from decimal import Decimal

from bpmn.durations import DurationError, parse_cycle, parse_duration, parse_timedelta
from bpmn.feel.types import Kind
from bpmn.linking.source import Source, Types, split
from bpmn.model import Node, NodeKind, Text, TimerKind
from bpmn.program import After, At, Before, ClockName, Every, Level, OnClock, Share, TimerRule

CATCH_UP = frozenset({"once", "all", "skip"})
_ON_CLOCK = re.compile(
    r"(?P<clock>\w+)(?:\s+of\s+(?P<key>.+?))?\s+(?:at\s+(?P<percent>\d+(?:\.\d+)?)\s*%|before\s+(?P<before>\S+))"
)
_CLOCK = re.compile(r"(?P<clock>\w+)(?:\s+of\s+(?P<key>.+))?")
_INSTANTS = frozenset({Kind.TIME, Kind.DURATION, Kind.ANY})


def read_timer(node: Node, names: Types, source: Source) -> TimerRule | None:
    """The rule of a timer event; `names` are those its expressions see."""
    trigger = node.trigger
    if trigger is None or trigger.timer is None:
        return None
    text = trigger.timer
    if trigger.timer_kind is TimerKind.CYCLE and not text.body.startswith("R"):
        source.note(text.place, f"{text.body!r} is not a cycle: write R5/PT24H, or make it a duration")
        return None
    if text.body.startswith("="):
        return _expression(text, names, source)
    if matched := _ON_CLOCK.fullmatch(text.body):
        return _on_clock(matched, text, names, source)
    try:
        if re.match(r"R\d*/", text.body):
            return _cycle(node, text, source)
        return After(parse_timedelta(text.body))
    except DurationError as error:
        source.note(text.place, f"{error}; a timer may also be =expression, or CLOCK of KEY at 75 %")
        return None


def read_clocks(node: Node, act: str, names: Types, source: Source) -> tuple[ClockName, ...]:
    """The clocks of property `clock.<act>`: `NAME` or `NAME of EXPRESSION`, comma separated."""
    text = node.properties.get(f"clock.{act}")
    if text is None:
        return ()
    found: list[ClockName] = []
    for part in split(text.body):
        matched = _CLOCK.fullmatch(part)
        if matched is None:
            source.note(text.place, f"{part!r} names no clock: write NAME, or NAME of EXPRESSION")
            continue
        source.known(text.place, "clock", matched["clock"], source.vocabulary.clocks)
        key = matched["key"] and source.key(Text(matched["key"], text.place), names)
        found.append(ClockName(matched["clock"], key or None))
    return tuple(found)


def _expression(text: Text, names: Types, source: Source) -> At | None:
    found = source.expression(Text(text.body.removeprefix("=").strip(), text.place), names)
    if found is None:
        return None
    if found.type.kind not in _INSTANTS:
        source.note(text.place, f"`{found.text}` is a {found.type}: a timer needs a time or a duration")
    return At(found)


def _on_clock(matched: re.Match[str], text: Text, names: Types, source: Source) -> OnClock | None:
    source.known(text.place, "clock", matched["clock"], source.vocabulary.clocks)
    key = matched["key"] and source.key(Text(matched["key"], text.place), names)
    level: Level
    if matched["percent"]:
        level = Share(Decimal(matched["percent"]))
    else:
        try:
            level = Before(parse_duration(matched["before"]))
        except DurationError as error:
            source.note(text.place, str(error))
            return None
    return OnClock(matched["clock"], key or None, level)


def _cycle(node: Node, text: Text, source: Source) -> Every:
    cycle = parse_cycle(text.body)
    if node.interrupting or node.kind not in (NodeKind.BOUNDARY, NodeKind.START):
        source.note(text.place, "a cycle needs a non-interrupting boundary event or event subprocess start")
    catch_up = node.properties.get("catch_up", Text("once", text.place))
    if catch_up.body not in CATCH_UP:
        source.note(catch_up.place, f"catch_up is once, all or skip, not {catch_up.body!r}")
    return Every(cycle.interval.timedelta, cycle.repetitions, catch_up.body)
