"""A played complaint as JSON: its saved instance, and what the player keeps beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bpmn.calendar import Calendar
from bpmn.durations import parse_duration
from bpmn.effects import Ready
from bpmn.engine import waits
from bpmn.engine.data import view
from bpmn.engine.run import WORK
from bpmn.events import Value
from bpmn.instance import Instance
from bpmn.link import Definitions
from complaints.clock import Basis, Clock
from tests.unit.definitions.player import Answer, Ask, Case, Row, key_of

Json = dict[str, Any]


def saved(case: Case) -> Json:
    """Everything that a complaint needs to be played on."""
    return {
        "instance": case.instance.to_json(),
        "now": case.now.isoformat(),
        "clocks": [_clock(clock) for clock in case.clocks.values()],
        "rows": [[row.item, row.department, row.state] for row in case.rows.values()],
        "granted": [[row.item, row.department, row.state] for row in case.granted.values()],
        "contributions": list(case.contributions),
        "grants": list(case.grants),
        "ids": case.ids,
        "people": case.people,
        "duties": [[item, duty] for item, duty in case.duties.items()],
    }


def loaded(
    definitions: Definitions, always: Calendar, answers: dict[str, Answer | Ask], kept: Mapping[str, Any],
    most_bytes: int,
) -> Case:  # fmt: skip
    """The complaint again, on these definitions."""
    instance = Instance.from_json(kept["instance"], definitions)
    clocks = [_read_clock(one, always) for one in kept["clocks"]]
    return Case(
        definitions, always, answers,
        contributions=tuple(kept["contributions"]), grants=tuple(kept["grants"]),
        now=datetime.fromisoformat(kept["now"]),
        clocks={(clock.name, clock.key): clock for clock in clocks},
        ready=_ready(definitions, instance),
        rows={item: Row(item, department, state) for item, department, state in kept["rows"]},
        granted={item: Row(item, department, state) for item, department, state in kept["granted"]},
        ids=kept["ids"], people=kept["people"], duties=dict(map(tuple, kept["duties"])), _instance=instance,
        most_bytes=most_bytes,
    )  # fmt: skip


def _ready(definitions: Definitions, instance: Instance) -> dict[int, Ready]:
    """What each open task was asked with, evaluated anew: nothing it reads has changed since."""
    found: dict[int, Ready] = {}
    for wait in waits(definitions, instance):
        if wait.kind not in WORK:
            continue
        element = definitions.processes[wait.process].elements[wait.element]
        values = view(instance.tokens, instance.tokens[wait.activation].scope)
        inputs: dict[str, Value] = {name: expression(values) for name, expression in element.inputs}
        if element.item is not None:
            inputs["item"] = element.item(values)
        found[wait.activation] = Ready(
            wait.activation, wait.process, wait.element, wait.name, wait.kind, element.topic, inputs,
            element.properties,
        )  # fmt: skip
    return found


def _clock(clock: Clock) -> Json:
    return {
        "name": clock.name, "key": clock.key, "started_at": clock.started_at.isoformat(),
        "duration": str(clock.duration), "pausable": clock.pausable,
        "pauses": [[_iso(begun), _iso(ended)] for begun, ended in clock.pauses],
        "generation": clock.generation, "extensions": clock.extensions, "basis": clock.basis.value,
        "armed_at": _iso(clock.armed_at), "left_seconds": clock.left.total_seconds(),
        "stopped_at": _iso(clock.stopped_at), "cancelled": clock.cancelled, "fired": sorted(clock.fired),
        "late_before": clock.late_before,
    }  # fmt: skip


def _read_clock(kept: Mapping[str, Any], always: Calendar) -> Clock:
    begun = _at(kept["started_at"])
    assert begun is not None
    pauses = [(_at(a), _at(b)) for a, b in kept["pauses"]]
    return Clock(
        kept["name"], key_of(kept["key"]), begun, parse_duration(kept["duration"]), always, kept["pausable"],
        tuple((a, b) for a, b in pauses if a is not None), kept["generation"], kept["extensions"],
        Basis(kept["basis"]), _at(kept["armed_at"]), timedelta(seconds=kept["left_seconds"]),
        _at(kept["stopped_at"]), kept["cancelled"], frozenset(kept["fired"]), kept["late_before"],
    )  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
