"""The plan of a migration: where each token would stand, what becomes of its timers, and what stands against it.

Pure, and nothing moves. Tokens move as they are: what is open stays open under its activation, data and armed timers
are kept. What a new element does on entering does not happen, but that it starts the clocks of its people.
"""

from __future__ import annotations

from datetime import datetime

from bpmn.engine.timers import Due, Timer, timers
from bpmn.instance import Instance
from bpmn.link import Definitions
from bpmn.migration.moving import Moving, Runs
from bpmn.migration.shape import Plan, TimerMove
from bpmn.migration.wishes import Wishes


def plan(
    old: Definitions, new: Definitions, instance: Instance, wishes: Wishes, *, due: Due, runs: Runs, now: datetime
) -> Plan:  # fmt: skip
    """How `instance` would move from `old` to `new`, with everything that hinders it.

    What the values of data lead to is not judged: a condition may still meet one that the new drawing did not expect.
    """
    hindrances = tuple(wishes.unknown(old, new))
    if hindrances:
        return Plan(hindrances=hindrances)
    moving = Moving(old, new, instance, wishes, runs, now)
    for token in instance.tokens.values():
        moving.move(token)
    moving.check_constellations()
    if moving.hindrances:
        return Plan(tuple(moving.moves), hindrances=tuple(moving.hindrances))
    moved = Instance(moving.tokens, instance.next_id, instance.end)
    changes = _timer_moves(old, new, instance, moved, wishes, due)
    return Plan(tuple(moving.moves), changes, tuple(moving.clocks), instance=moved)


def _timer_moves(
    old: Definitions, new: Definitions, before: Instance, after: Instance, wishes: Wishes, due: Due
) -> tuple[TimerMove, ...]:
    """Every timer armed before or after, those of one host and event together."""
    was: dict[tuple[int, str], Timer] = {}
    for timer in timers(old, before, due).values():
        process = before.tokens[timer.activation].process
        was[timer.activation, wishes.renamed(process, timer.element)] = timer
    would = {(timer.activation, timer.element): timer for timer in timers(new, after, due).values()}
    found = [
        TimerMove("kept" if where in would else "dropped", was[where], would.get(where)) for where in was
    ]
    return (*found, *(TimerMove("armed", None, would[where]) for where in would if where not in was))
