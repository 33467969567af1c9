"""Plays one complaint through the shipped definitions: every outside answer given at once, time as a value.

A small stand-in for the step. It completes services from `answers` (`world.py`; a topic not named there gives
nothing), keeps clocks as the values of `complaints.clock`, lets timers happen in the order they are due, and notes
the letters that were asked for. After each advance the instance is saved and loaded again and its size is checked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bpmn.calendar import Calendar
from bpmn.durations import Duration, parse_duration
from bpmn.effects import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    Ended,
    Entered,
    Ready,
    Withdrawn,
)
from bpmn.engine import Advance, Level, Timer, advance, start, timers, waits
from bpmn.events import Completed, Event, Message, TimerDue, Value
from bpmn.instance import Instance
from bpmn.link import Definitions
from bpmn.model import NodeKind
from complaints.clock import Clock

RECEIVED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LARGEST = 2048
"""Bytes of an instance's JSON (architecture.md, The process engine)."""

Answer = Mapping[str, Value]
Ask = Callable[["Case", Ready], Answer | None]
"""What a topic answers; `None` leaves the activity undone."""


@dataclass
class Row:
    """A work item of another department."""

    item: int
    department: str
    state: str = "open"


@dataclass
class Case:
    """One complaint being played. `path` holds "process.element" as entered, `letters` "template to whom"."""

    definitions: Definitions
    always: Calendar
    answers: dict[str, Answer | Ask] = field(default_factory=dict)
    contributions: tuple[str, ...] = ()
    """Departments on the collaboration list of a severe complaint."""
    grants: tuple[str, ...] = ()
    """Departments that carry out what the answer grants."""
    now: datetime = RECEIVED_AT
    path: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    clocks: dict[tuple[str, Value], Clock] = field(default_factory=dict)
    ready: dict[int, Ready] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    """Contributions, by work item."""
    granted: dict[int, Row] = field(default_factory=dict)
    end: str = ""
    largest: int = 0
    most_bytes: int = LARGEST
    ids: int = 100
    people: int = 0
    duties: dict[Value, Value] = field(default_factory=dict)
    """Who is asked for a piece of duty work."""
    _instance: Instance | None = None
    _queue: deque[Event] = field(default_factory=deque)

    # What a test does

    def begin(self, message: str = "receive", **payload: Value) -> Case:
        after = 1 if self._instance is None else self._instance.next_id
        self.end = ""
        self.ready.clear()
        self._take(
            start(self.definitions, "complaint", message=message, payload=payload, now=self.now,
                  first_activation=after)
        )  # fmt: skip
        self._settle()
        return self

    def do(self, element: str, action: str, **result: Value) -> None:
        """A person finishes the oldest open user task of that element."""
        task = next((r for r in self.ready.values() if r.element == element), None)
        assert task is not None, f"{element} is not open; open: {[r.element for r in self.ready.values()]}"
        assert action in task.properties["actions"], f"{action} does not finish {element}"
        self._move(Completed(task.activation, {"action": action, "by": "li", **result}))

    def finish(self, activation: int, action: str, **result: Value) -> None:
        """A person finishes that very step."""
        self._move(Completed(activation, {"action": action, "by": "li", **result}))

    def act_on_duty(self, kind: str, action: str, **result: Value) -> None:
        """Whoever is on duty finishes the open duty work of that kind."""
        open_kinds = {str(r.inputs["kind"]): r for r in self.ready.values() if r.element == "act"}
        assert kind in open_kinds, f"no duty work {kind!r}; open: {sorted(open_kinds)}"
        self._move(Completed(open_kinds[kind].activation, {"action": action, "by": "zhou", **result}))

    def send(self, name: str, key: Value = None, **payload: Value) -> bool:
        """A message for the case; whether somebody waited for it."""
        handled = self._apply(Message(name, payload, key))
        self._settle()
        return handled

    def wait(self, length: str) -> None:
        """Let time pass, every timer happening at its own instant."""
        until = self.now + timedelta(seconds=_seconds(length))
        while not self.end and (timer := self._next_timer(until)) is not None:
            self.now = max(self.now, timer.due_at)
            if timer.clock is not None:
                clock = self.clocks[timer.clock, timer.key]
                level, self.clocks[timer.clock, timer.key] = clock.fire(self._levels_of(timer), self.now)
                if level != timer.level:
                    continue  # a lower level that fell due together with a higher one
            self._move(TimerDue(timer.id))
        self.now = until

    # What a test looks at

    @property
    def instance(self) -> Instance:
        assert self._instance is not None, "the case has not begun"
        return self._instance

    def waiting_for(self) -> list[str]:
        return [wait.text for wait in waits(self.definitions, self.instance)]

    def armed(self) -> list[str]:
        return sorted(timer.element for timer in timers(self.definitions, self.instance, self._due).values())

    def department(self) -> str:
        return str(self._root("department"))

    def tier(self) -> str:
        return str(self._root("tier"))

    def cycle(self) -> Value:
        return self._root("cycle")

    def _root(self, name: str) -> Value:
        assert self.instance.root.data is not None
        return self.instance.root.data[name]

    def days(self, number: int) -> Duration:
        return parse_duration(f"P{number}D")

    def visited(self, *elements: str) -> list[str]:
        """Which of these elements were entered, in the order and as often as they were."""
        return [entered for entered in self.path if entered in elements]

    # The step in small

    def _move(self, event: Event) -> None:
        self._apply(event)
        self._settle()

    def _settle(self) -> None:
        """Do everything that needs no person, until only waits are left; messages raised on the way come first."""
        while not self.end:
            if self._queue:
                self._apply(self._queue.popleft())
                continue
            done = next(filter(None, map(self._answer, list(self.ready.values()))), None)
            if done is None:
                return
            self._apply(done)

    def _answer(self, task: Ready) -> Completed | None:
        if task.kind is NodeKind.USER:
            return None
        given = self.answers.get(task.topic, {})
        result = given(self, task) if callable(given) else given
        return None if result is None else Completed(task.activation, result)

    def _apply(self, event: Event) -> bool:
        moved = advance(self.definitions, self.instance, event, self.now)
        if isinstance(event, Completed):
            task = self.ready.pop(event.activation)
            self._note_letter(task)
        self._take(moved)
        return moved.handled

    def _note_letter(self, task: Ready) -> None:
        if task.topic == "tell":
            self.letters.append(f"{task.inputs['template']} to {task.inputs['to']}")
        elif task.kind is NodeKind.SEND:
            self.letters.append(task.topic)

    def _take(self, moved: Advance) -> None:
        saved = moved.instance.to_json()
        self.largest = max(self.largest, len(saved.encode()))
        assert len(saved.encode()) < self.most_bytes, f"{len(saved.encode())} bytes: {saved}"
        self._instance = Instance.from_json(saved, self.definitions)
        assert self._instance == moved.instance
        for effect in moved.effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Entered():
                self.path.append(f"{effect.process}.{effect.element}")
                if status := effect.properties.get("status"):
                    self.statuses.append(status)
            case Ready():
                self.ready[effect.activation] = effect
            case Withdrawn():
                self.ready.pop(effect.activation, None)
            case ClockStarted():
                self._start_clock(effect.clock, effect.key)
            case ClockStopped() if (effect.clock, effect.key) in self.clocks:
                self._change(effect.clock, effect.key, lambda clock: clock.stop(self.now))
            case ClockPaused():
                for key in self._keys(effect.clock, effect.key):
                    self._change(effect.clock, key, lambda clock: clock.pause(self.now))
            case ClockResumed():
                for key in self._keys(effect.clock, effect.key):
                    self._change(effect.clock, key, lambda clock: clock.resume(self.now))
            case Ended():
                self.end = effect.element
                self.ready.clear()
            case _:
                pass

    def _keys(self, name: str, key: Value) -> list[Value]:
        """The keys of the clocks that are meant: without one every clock of that name."""
        return [k for n, k in self.clocks if n == name and key in (None, k)]

    def _change(self, name: str, key: Value, how: Callable[[Clock], Clock]) -> None:
        self.clocks[name, key] = how(self.clocks[name, key])

    def _start_clock(self, name: str, key: Value) -> None:
        """A clock that runs is adopted, as the step does; a clock of the cycle takes the terms of the tier."""
        known = self.clocks.get((name, key))
        if known is not None and known.is_open:
            if name == "resolve":
                self.clocks[name, key] = known.regraded(self._duration(name, key), self.now)
            return
        self.clocks[name, key] = Clock(name, key_of(key), self.now, self._duration(name, key), self.always)

    def _duration(self, name: str, key: Value) -> Duration:
        """As the table of clocks says; a duty's clock has the name of the duty."""
        data = self.instance.root.data or {}
        question = {
            "clock": self.duties[key] if name == "duty" else name,
            "tier": data.get("tier"), "urgency": data.get("urgency"), "several": len(self.rows) > 0,
        }  # fmt: skip
        found = self.definitions.live["clocks"].decide(question).result
        assert isinstance(found, dict)
        return parse_duration(found["duration"])

    def _due(self, clock: str, key: Value, level: Level | None) -> datetime | None:
        found = self.clocks.get((clock, key))
        if found is None or not found.is_open or str(level) in found.fired:
            return None
        return found.due_at if level is None else found.at_level(str(level))

    def _next_timer(self, until: datetime) -> Timer | None:
        armed = timers(self.definitions, self.instance, self._due).values()
        return min((t for t in armed if t.due_at <= until), key=lambda t: t.due_at, default=None)

    def _levels_of(self, timer: Timer) -> list[str]:
        armed = timers(self.definitions, self.instance, self._due).values()
        return [t.level for t in armed if (t.clock, t.key) == (timer.clock, timer.key)]

    def new_id(self) -> int:
        self.ids += 1
        return self.ids

    def raise_message(self, name: str, key: Value = None, **payload: Value) -> None:
        self._queue.append(Message(name, payload, key))

    def waive(self, item: int) -> None:
        """The lead does without a contribution; the step tells the item and whoever looks at the list."""
        self.rows[item].state = "waived"
        self.send("item_waived", key=item)
        self.send("item_changed")

    def miss_grant(self) -> None:
        """The customer has not received something granted: its item is open again, where it is carried out if that
        goes on, else by carrying out once more before the customer is asked."""
        row = next(row for row in self.granted.values() if row.state == "done")
        row.state = "open"
        if not self.send("grant_released", item=row.item, department=row.department):
            self.send("not_received")

    def add_contribution(self, department: str) -> None:
        """The lead puts a row on the list that depends on nothing."""
        item = self.new_id()
        self.rows[item] = Row(item, department)
        self.send("item_released", item=item, department=department)

    def ask_department(self, department: str) -> int:
        item = self.new_id()
        self.rows[item] = Row(item, department)
        self.send("asked", item=item, department=department)
        return item


def key_of(key: Value) -> int | str | None:
    assert key is None or isinstance(key, int | str)
    return key


def _seconds(length: str) -> int:
    duration = parse_duration(length)
    return duration.days * 86400 + int(duration.seconds)
