"""What a plan of a migration says: each token, timer and clock, and each thing that stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bpmn.engine.timers import Timer
from bpmn.events import Value
from bpmn.instance import Instance


@dataclass(frozen=True, slots=True)
class TokenMove:
    """One token: `before` and `after` are elements of `process`, both "" for the process itself. `notes` say in
    plain words what changes with it."""

    activation: int
    process: str
    before: str
    after: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerMove:
    """An armed timer, "kept", "dropped" or "armed": as it was and as it would be, `None` where it is not."""

    how: str
    before: Timer | None
    after: Timer | None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why the instance cannot be moved so. `activation` is 0 when it concerns no single token."""

    activation: int
    process: str
    element: str
    reason: str
    near: str | None = None

    def __str__(self) -> str:
        place = "/".join(part for part in (self.process, self.element) if part)
        said = f"{place}: {self.reason}" if place else self.reason
        return said + (f"; did you mean {self.near!r}?" if self.near else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a migration would do. `clocks` (name, key) are those that the new steps start; `instance` is the one
    moved, `None` when there are hindrances."""

    tokens: tuple[TokenMove, ...] = ()
    timers: tuple[TimerMove, ...] = ()
    clocks: tuple[tuple[str, Value], ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    instance: Instance | None = field(default=None, repr=False)

    @property
    def is_sound(self) -> bool:
        return not self.hindrances
