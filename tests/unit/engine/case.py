"""A running instance as tests tell its story: by element ids, with time as a value."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

from bpmn import engine
from bpmn.effects import Effect, Entered, Left, Ready, Withdrawn
from bpmn.engine import Level
from bpmn.events import Completed, Errored, Event, Message, TimerDue, Value
from bpmn.instance import Instance
from bpmn.link import Definitions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def never(clock: str, key: Value, level: Level | None) -> datetime | None:
    """A case without clocks."""
    return None


def shuffled(text: str, seed: int = 7) -> str:
    """The same JSON with the keys of every object in another order."""
    chance = random.Random(seed)

    def mixed(pairs: list[tuple[str, object]]) -> dict[str, object]:
        chance.shuffle(pairs)
        return dict(pairs)

    return json.dumps(json.loads(text, object_pairs_hook=mixed))


class Case:
    """Steps an instance and, after every step, saves it and goes on with what was loaded."""

    def __init__(
        self,
        definitions: Definitions,
        process: str = "p",
        *,
        message: str | None = None,
        payload: dict[str, Value] | None = None,
        first_activation: int = 1,
        **data: Value,
    ) -> None:
        self.definitions = definitions
        self.now = NOON
        self.history: list[Effect] = []
        self.effects: tuple[Effect, ...] = ()
        self.handled = True
        self._take(
            engine.start(
                definitions,
                process,
                message=message,
                payload=payload or {},
                data=data,
                now=self.now,
                first_activation=first_activation,
            )
        )

    def step(self, event: Event) -> Case:
        self._take(engine.advance(self.definitions, self.instance, event, self.now))
        return self

    def complete(self, element: str, **result: Value) -> Case:
        """Complete the oldest activation at an element."""
        return self.step(Completed(self.activation(element), result))

    def fail(self, element: str, code: str) -> Case:
        return self.step(Errored(self.activation(element), code))

    def send(self, name: str, key: Value = None, **payload: Value) -> Case:
        return self.step(Message(name, payload, key))

    def fire(self, element: str) -> Case:
        """Let the oldest armed timer of an element happen, whether or not it is due."""
        for token in self.instance.tokens.values():
            if element in token.timers:
                occurrence = token.timers[element].occurrence
                timers = engine.timers(self.definitions, self.instance, never)
                own = (
                    t for t in (f"{token.id}:{element}", f"{token.id}:{element}#{occurrence}") if t in timers
                )
                return self.step(TimerDue(next(own)))
        raise AssertionError(f"no own timer {element} is armed")

    def wait(self, **span: float) -> Case:
        self.now += timedelta(**span)
        return self

    def activation(self, element: str) -> int:
        return next(token.id for token in self.instance.tokens.values() if token.element == element)

    @property
    def at(self) -> list[str]:
        """The elements that wait, by name and not by age."""
        return sorted(wait.element for wait in engine.waits(self.definitions, self.instance))

    @property
    def data(self) -> dict[str, Value]:
        return dict(engine.data(self.definitions, self.instance))

    @property
    def is_over(self) -> bool:
        return self.instance.is_over

    @property
    def end(self) -> str:
        return self.instance.end

    @property
    def ready(self) -> list[str]:
        return [effect.element for effect in self.effects if isinstance(effect, Ready)]

    @property
    def withdrawn(self) -> list[str]:
        return [effect.element for effect in self.effects if isinstance(effect, Withdrawn)]

    @property
    def entered(self) -> list[str]:
        return [effect.element for effect in self.effects if isinstance(effect, Entered)]

    def left(self, how: str) -> list[str]:
        return [effect.element for effect in self.effects if isinstance(effect, Left) and effect.how == how]

    def timers(self) -> dict[str, timedelta]:
        """Own timers by id, and how far away they are."""
        armed = engine.timers(self.definitions, self.instance, never)
        return {id: timer.due_at - self.now for id, timer in armed.items()}

    def _take(self, advance: engine.Advance) -> None:
        saved = advance.instance.to_json()
        self.instance = Instance.from_json(shuffled(saved), self.definitions)
        assert self.instance == advance.instance
        assert self.instance.to_json() == saved
        self.effects, self.handled = advance.effects, advance.handled
        self.history.extend(advance.effects)
