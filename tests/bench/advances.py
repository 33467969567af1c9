"""What the engine alone costs: each advance of a whole life, played again as the pure function it is."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from unittest.mock import patch

from sqlalchemy import event

from bpmn import engine
from bpmn.engine import Advance
from bpmn.events import Event
from bpmn.instance import Instance
from bpmn.link import Definitions
from store.tables import Case
from tests.bench.figure import Figure, rounded
from tests.bench.lives import live
from tests.bench.stores import sqlite
from tests.contract.casework import build

REPEATS = 30


@dataclass(frozen=True, slots=True)
class Call:
    definitions: Definitions
    instance: Instance
    event: Event
    now: datetime


@dataclass
class Recording:
    """Every advance of one life, and every instance that was saved."""

    calls: list[Call] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)


def figures(quick: bool) -> Mapping[str, Figure]:
    repeats = 5 if quick else REPEATS
    found: dict[str, Figure] = {}
    for tier in ("medium", "severe"):
        recording = record(tier)
        found[f"advance_{tier}"] = _advance_figure(tier, recording, repeats)
        found[f"instance_{tier}"] = _size_figure(tier, recording)
    return found


def record(tier: str) -> Recording:
    """Lead one complaint of this tier through its life and keep what the engine was asked."""
    recording = Recording()
    real = engine.advance

    def advance(definitions: Definitions, instance: Instance, event: Event, now: datetime) -> Advance:
        recording.calls.append(Call(definitions, instance, event, now))
        return real(definitions, instance, event, now)

    def saved(_case: Case, value: str | None, _before: object, _initiator: object) -> None:
        if value is not None:
            recording.saved.append(value)

    event.listen(Case.instance, "set", saved)
    try:
        with sqlite() as url, patch.object(engine, "advance", advance):
            built = build(url)
            live(built, tier, 1)
            built.casework.database.close()
    finally:
        event.remove(Case.instance, "set", saved)
    return recording


def _advance_figure(tier: str, recording: Recording, repeats: int) -> Figure:
    costs = [_microseconds(call, repeats) for call in recording.calls]
    worst = recording.calls[costs.index(max(costs))]
    biggest = max(recording.saved, key=len)
    definitions = recording.calls[0].definitions
    return Figure(
        statistics.median(costs),
        "µs",
        f"every engine.advance of one {tier} life on the shipped definitions, played again {repeats} times in "
        "one process without a store; the median of each, then median and greatest over the life",
        {
            "max": rounded(max(costs)), "max_at": type(worst.event).__name__, "min": rounded(min(costs)),
            "advances": len(costs),
            "load_and_save_of_the_biggest_instance": rounded(_load_and_save(definitions, biggest, repeats)),
        },
    )  # fmt: skip


def _size_figure(tier: str, recording: Recording) -> Figure:
    sizes = [len(text.encode()) for text in recording.saved]
    return Figure(
        statistics.median(sizes),
        "bytes",
        f"the instance as JSON, each time one {tier} life saved it",
        {"max": max(sizes), "min": min(sizes), "saved": len(sizes)},
    )


def _microseconds(call: Call, repeats: int) -> float:
    costs = []
    for _ in range(repeats):
        began = time.perf_counter_ns()
        engine.advance(call.definitions, call.instance, call.event, call.now)
        costs.append((time.perf_counter_ns() - began) / 1000)
    return statistics.median(costs)


def _load_and_save(definitions: Definitions, text: str, repeats: int) -> float:
    costs = []
    for _ in range(repeats):
        began = time.perf_counter_ns()
        Instance.from_json(text, definitions).to_json()
        costs.append((time.perf_counter_ns() - began) / 1000)
    return statistics.median(costs)
