"""A step under way: feeds events to the engine and carries out what it asks for, until nothing moves any more."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bpmn import engine
from bpmn.effects import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Decided,
    Effect,
    Ended,
    Entered,
    Left,
    Ready,
    Withdrawn,
)
from bpmn.errors import DeadActivation
from bpmn.events import Completed, Event, TimerDue, Value
from bpmn.instance import Instance
from bpmn.link import Definitions
from bpmn.model import NodeKind
from cases import people
from cases.errors import EndlessStep
from cases.waiting import spoken_waits
from store.binding import Binding
from store.case_file import CaseFile
from store.clocks import grace, key_text
from store.history import plain
from store.tables import ActivityRow
from store.timers import keep_armed

MOST_EVENTS = 2_000
"""Events of one step; more means that the definition drives itself in a circle."""


class Passage:
    """`file` is the open case, `instance` its process; `settle` writes back what they became."""

    def __init__(
        self,
        file: CaseFile,
        topics: Mapping[str, Binding],
    ) -> None:
        self.file, self._topics = file, topics
        self.definitions = file.definitions
        case = file.case
        self.instance: Instance | None = (
            Instance.from_json(case.instance, self.definitions) if case.instance and not case.ended else None
        )
        self._queue: deque[Event] = deque()
        self._fed = 0
        self._expiring: int | None = None
        """The activation from which a timer is just taking the work away."""
        self._path: list[str] = []
        """Elements that tokens came to in this step, in order."""
        self._broken_off: list[str] = []
        """Elements that tokens left otherwise than by completion."""
        self.moved = False
        self._armed: tuple[Instance, Definitions, int, Mapping[str, engine.Timer]] | None = None
        """What was armed when it was last computed, and of what."""

    # --- feeding

    def begin(self, message: str, payload: Mapping[str, Value], *, process: str = "complaint") -> None:
        """Start a new instance of the case's process; activation numbers go on from the one before."""
        case = self.file.case
        if self.instance is not None and not case.ended:
            self._abandon()
        case.instance_no += 1
        case.ended = False
        advance = engine.start(
            self.definitions, process, message=message, payload=payload, now=self.file.now,
            first_activation=case.next_activation,
        )  # fmt: skip
        self.instance = advance.instance
        self._carry_out(advance.effects)
        self._drain()

    def _abandon(self) -> None:
        """The instance before is given up (a withdrawal undone while remedies were still carried out): nothing
        it waits for may move the new one. Its work items stay, for the new instance to ask for."""
        for item in self.file.items():
            if item.activation is not None:
                people.no_longer_ask(self.file, item.activation, expired=False)
        for row in self.file.records.of(ActivityRow):
            if row.state != "done":
                row.state = "cancelled"
        self._queue.clear()

    def feed(self, event: Event) -> bool:
        """Let one event happen. False when it is a message that nothing waits for.

        Raises `DeadActivation` when it is addressed to something that is over; nothing has moved then.
        """
        if self.instance is None:
            return False
        handled = self._advance(event)
        self._drain()
        return handled

    def feed_raised(self) -> None:
        """Deliver what a request said to its own case."""
        self._drain()

    def _advance(self, event: Event) -> bool:
        assert self.instance is not None
        self._fed += 1
        if self._fed > MOST_EVENTS:
            raise EndlessStep(
                f"{self.file.case.ref}: {MOST_EVENTS} events in one step; the definition loops without waiting"
            )
        advance = engine.advance(self.definitions, self.instance, event, self.file.now)
        self.instance = advance.instance
        self._carry_out(advance.effects)
        return advance.handled

    def _drain(self) -> None:
        """Feed what service tasks completed and said, until nothing is left to feed."""
        while self.instance is not None and (self._queue or self.file.raised):
            if self._queue:
                event = self._queue.popleft()
                try:
                    self._advance(event)
                except DeadActivation:
                    # Only possible for an inline task that the same advance withdrew; its writes stand.
                    continue
            else:
                self._advance(self.file.raised.pop(0))
        self.file.raised.clear()

    def go_on_with(self, definitions: Definitions, instance: Instance) -> None:
        """From here on the case is moved by these definitions."""
        self.definitions = self.file.definitions = definitions
        self.instance = instance

    # --- carrying out

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        self.moved = True
        file = self.file
        for effect in effects:
            match effect:
                case Entered():
                    file.at_element = (effect.process, effect.element)
                    if status := effect.properties.get("status"):
                        file.case.status = status
                    self._path.append(f"{effect.process}/{effect.element}")
                case Left(how="completed"):
                    file.at_element = (effect.process, effect.element)
                case Left():
                    file.at_element = (effect.process, effect.element)
                    self._broken_off.append(f"{effect.process}/{effect.element}")
                case Ready(kind=NodeKind.USER):
                    file.at_element = (effect.process, effect.element)
                    people.ask(file, effect)
                case Ready():
                    file.at_element = (effect.process, effect.element)
                    self._service(effect)
                case Withdrawn():
                    self._withdraw(effect)
                case ClockStarted():
                    file.start_clock(effect.clock, effect.key)
                    if self._stands_still(effect.clock):
                        file.pause_clock(effect.clock, effect.key)
                case ClockStopped():
                    file.stop_clock(effect.clock, effect.key)
                case ClockPaused():
                    file.pause_clock(effect.clock, effect.key)
                case ClockResumed():
                    file.resume_clock(effect.clock, effect.key)
                case Decided():
                    file.at_element = (effect.process, effect.element)
                    file.log("decided", table=effect.table, rules=effect.rules, result=effect.result)
                case Ended():
                    file.at_element = (effect.process, effect.element)
                    self._end()
                case _:
                    pass  # Flowed: the path is told by the elements entered

    def _stands_still(self, clock: str) -> bool:
        """Whether something is waited for during which no clock of that name runs, one that begins now neither."""
        tokens = self.instance.tokens.values() if self.instance is not None else ()
        return any((clock, None) in token.paused for token in tokens)

    def _service(self, ready: Ready) -> None:
        binding, file = self._topics[ready.topic], self.file
        if binding.inline:
            file.activation = ready.activation
            outputs = self.write(ready.topic, ready.inputs, None)
            self._queue.append(Completed(ready.activation, outputs))
            return
        file.records.add(ActivityRow(
            case_id=file.case.id, activation=ready.activation, process=ready.process, element=ready.element,
            name=ready.name, topic=ready.topic, inputs={k: plain(v) for k, v in ready.inputs.items()},
            ready_since=file.machine_now, not_before=file.machine_now,
        ))  # fmt: skip

    def write(self, topic: str, inputs: Mapping[str, Value], prepared: object) -> Mapping[str, Value]:
        """Carry out the writing half of a topic in this step's transaction."""
        return self._topics[topic].write(self.file, inputs, prepared)

    def _withdraw(self, effect: Withdrawn) -> None:
        expired = effect.activation == self._expiring
        people.no_longer_ask(self.file, effect.activation, expired=expired)
        self._queue = deque(
            e for e in self._queue if not (isinstance(e, Completed) and e.activation == effect.activation)
        )
        row = self.file.activity(effect.activation)
        if row is not None and row.state != "done":
            row.state = "cancelled"

    def _end(self) -> None:
        file = self.file
        file.case.ended = True
        people.end_all(file)
        for row in list(file.clocks.rows()):
            if row.stopped_at is None and not row.cancelled:
                file.stop_clock(row.name, row.key or None, cancel=True)
        file.log("ended")

    # --- timers

    def armed(self) -> Mapping[str, engine.Timer]:
        """What is armed now, by the clocks as they stand."""
        if self.instance is None or self.file.case.ended:
            return {}
        instance, definitions, changes = self.instance, self.definitions, self.file.clocks.changes
        if self._armed is not None:
            of, by, when, armed = self._armed
            if of is instance and by is definitions and when == changes:
                return armed
        armed = self._spared(engine.timers(definitions, instance, self.due))
        self._armed = instance, definitions, changes, armed
        return armed

    def _spared(self, timers: Mapping[str, engine.Timer]) -> Mapping[str, engine.Timer]:
        """After a downtime nothing is taken from anybody at once for what fell due meanwhile."""
        if self.file.downtime is None:
            return timers
        began, ended = self.file.downtime
        return {
            name: replace(t, due_at=grace(ended)) if t.takes_work and began <= t.due_at <= ended else t
            for name, t in timers.items()
        }

    def due(self, clock: str, key: Value, level: engine.Level | None) -> datetime | None:
        """When a clock of the case reaches a level, as the engine asks for it."""
        row = self.file.clocks.row(clock, key)
        return None if row is None else self.file.clocks.instant(row, str(level))

    def fire(self, timer: engine.Timer, *, now: datetime, before: datetime | None = None) -> None:
        """Fire a due timer. Of the levels of one clock due by `now` only the highest fires; the lower ones are
        passed over (process.md, Words). What is due when the next stored event took effect, or later, is left:
        the event may be what stops the clock, and a tie goes to it."""
        chosen = [timer]
        if timer.clock is not None:
            same = [
                t for t in self.armed().values()
                if t.clock == timer.clock and key_text(t.key) == key_text(timer.key) and t.due_at <= now
                and (before is None or t.due_at < before)
            ]  # fmt: skip
            highest = max(same, key=lambda t: t.due_at)
            chosen = [t for t in same if t.level == highest.level]
            self._mark(same, highest.level)
        for one in chosen:
            self.file.at_element = ("", one.element)
            self.file.log("timer_fired", timer=one.id, due=one.due_at, clock=one.clock, level=one.level)
            self._expiring = one.activation if one.takes_work else None
            try:
                self.feed(TimerDue(one.id))
            except DeadActivation:
                continue  # a timer of the same level, fired just before, interrupted this one's host
            finally:
                self._expiring = None

    def _mark(self, timers: Iterable[engine.Timer], fired: str) -> None:
        for timer in timers:
            row = self.file.clocks.row(timer.clock or "", timer.key)
            if row is None:
                continue
            if timer.level != fired and timer.level not in row.fired:
                self.file.log(
                    "level_passed_over", clock=timer.clock, key=key_text(timer.key), level=timer.level
                )
            self.file.clocks.mark_fired(row, timer.level)

    # --- writing back

    def settle(self) -> None:
        """Write instance, timers, what the case waits for and when it is next due. Call once, at the end."""
        file, case = self.file, self.file.case
        if not self.moved:
            if case.next_due_at is not None and case.next_due_at <= file.now:
                self._arm()  # after a downtime a timer may have got longer, and nobody need look before that
            return
        case.version += 1
        self._tell_path()
        self._arm()
        people.set_due_dates(file)
        if self.instance is None or case.ended:
            case.instance, case.waiting = None, []
        else:
            case.instance = self.instance.to_json()
            case.waiting = spoken_waits(file, self.instance)
        if self.instance is not None:
            case.next_activation = engine.next_activation(self.instance)

    def _arm(self) -> None:
        """Let the rows be what is armed now."""
        file, armed = self.file, self.armed()
        keep_armed(file.session, file.case, armed.values(), new=file.new)
        file.case.next_due_at = min((t.due_at for t in armed.values()), default=None)

    def _tell_path(self) -> None:
        """One line of history for the way the tokens went in this step."""
        if self._path or self._broken_off:
            self.file.at_element = ("", "")
            self.file.log("moved", path=self._path, broken_off=self._broken_off)
