"""A clock: when something is due, computed from what happened and never stored as a date.

A clock is a value; whatever happens to it gives the next value. Timers follow clocks: they ask for a
share of it, or a time before its due, and hold no date of their own, so a pause, an extension, a
re-grade or a new calendar moves them all at once.

Worked example, on a 24x7 calendar: `resolve`, started Mon 10:00, PT24H, is due Tue 10:00. Paused
Mon 12:00 to 15:00 it is due Tue 13:00, and 50 % of it is Tue 01:00.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bpmn.calendar import Calendar
from bpmn.durations import Duration, parse_duration
from complaints.errors import Fault, NaiveTime
from complaints.why import Why

Pause = tuple[datetime, datetime | None]
"""From, and until; `None` while it lasts."""

REGRADE_FLOOR = Fraction(1, 4)
"""A re-grade leaves at least this share of the new duration (process.md, 2)."""

FULL = "100 %"
"""The level at which a clock is used up."""
_LEVEL = re.compile(r"(?P<percent>\d{1,3})\s*%|before\s+(?P<before>P\S+)")


class ClockError(Fault):
    code = "clock-error"


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class Basis(StrEnum):
    """What the due time counts from."""

    START = "start"
    """`duration` from `started_at`."""
    EXTENSION = "extension"
    """`duration` on top of the working time that was `left` at `armed_at`."""
    FLOOR = "floor"
    """What a re-grade leaves at the least: `left` from `armed_at`."""
    MERGER = "merger"
    """What the earlier promise of a merged complaint leaves: `left` from `armed_at`."""


@dataclass(frozen=True, slots=True)
class Clock:
    """`key` tells clocks of one name apart: `None` (the case), a cycle, an item.

    `generation` counts extensions and re-grades; `fired` are the levels ("50 %", "before PT2H") that have
    fired in this generation. `left` is working time, see `Basis`. `late_before` says that an earlier
    generation's due had passed when its terms were changed: attainment must not forget it.
    """

    name: str
    key: int | str | None
    started_at: datetime
    duration: Duration
    calendar: Calendar
    pausable: bool = True
    pauses: tuple[Pause, ...] = ()
    generation: int = 0
    extensions: int = 0
    basis: Basis = Basis.START
    armed_at: datetime | None = None
    left: timedelta = timedelta(0)
    stopped_at: datetime | None = None
    cancelled: bool = False
    fired: frozenset[str] = frozenset()
    late_before: bool = False

    def __post_init__(self) -> None:
        times = [
            self.started_at,
            self.armed_at,
            self.stopped_at,
            *(at for pause in self.pauses for at in pause),
        ]
        if any(at is not None and at.tzinfo is None for at in times):
            raise NaiveTime(f"clock {self._label}")
        if min(self.duration.months, self.duration.days, self.duration.seconds) < 0 or not any(
            (self.duration.months, self.duration.days, self.duration.seconds)
        ):
            raise ClockError(f"clock {self._label} needs a duration longer than nothing, not {self.duration}")
        if (self.basis is Basis.START) != (self.armed_at is None):
            raise ClockError(f"clock {self._label}: basis {self.basis} and armed_at do not fit together")
        earlier: datetime | None = self.started_at
        for begun, ended in self.pauses:
            if earlier is None or begun < earlier or (ended is not None and ended < begun):
                raise ClockError(
                    f"clock {self._label}: pauses must follow each other, only the last may last"
                )
            earlier = ended

    # When

    @property
    def due_at(self) -> datetime | None:
        """UTC. `None` while paused with time left, and when cancelled: nothing is due."""
        return None if self.cancelled else self._moved(self._base())

    def at_share(self, share: Fraction) -> datetime | None:
        """When `share` (0 to 1) of the clock's own working time is used; `None` if paused before."""
        if not 0 <= share <= 1:
            raise ClockError(f"clock {self._label}: {share} is no share of it, write 0 to 1")
        if self.cancelled:
            return None
        whole = self.calendar.elapsed(self._from, self._base())
        used = whole * share.numerator / share.denominator
        return self._moved(self._base() if share == 1 else self.calendar.add(self._from, used))

    def before(self, length: Duration) -> datetime | None:
        """The instant `length` before the due time, never before the present terms began."""
        due = self.due_at
        return None if due is None else max(self._from, self.calendar.before(due, length))

    def at_level(self, level: str) -> datetime | None:
        """The instant of a level as the definitions write it: "75 %" or "before PT2H"."""
        match = _LEVEL.fullmatch(level.strip())
        if match is None:
            raise ClockError(f"clock {self._label}: {level!r} is no level, write '75 %' or 'before PT2H'")
        if match["before"]:
            return self.before(parse_duration(match["before"]))
        return self.at_share(Fraction(int(match["percent"]), 100))

    # How it stands

    def state(self, now: datetime) -> ClockState:
        """From timestamps alone. Stopped exactly at due is met: a tie goes to the person.

        Unless the full time itself was acted upon first: what stops the clock then is its own expiry.
        """
        _aware(now, self._label)
        if self.cancelled:
            return ClockState.CANCELLED
        due = self.due_at
        if due is None:
            return ClockState.PAUSED
        if self.stopped_at is not None and FULL in self.fired:
            return ClockState.BREACHED
        if self.stopped_at is not None:
            return ClockState.MET if self.stopped_at <= due else ClockState.BREACHED
        return ClockState.BREACHED if now > due else ClockState.RUNNING

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and not self.cancelled

    @property
    def paused_since(self) -> datetime | None:
        return self.pauses[-1][0] if self.pauses and self.pauses[-1][1] is None else None

    def effective_time(self, until: datetime) -> timedelta:
        """Working time from start to `until` (or to the stop, if earlier) with every pause left out."""
        _aware(until, self._label)
        end = until if self.stopped_at is None else min(until, self.stopped_at)
        worked = self.calendar.elapsed(self.started_at, end)
        for begun, ended in self.pauses:
            if begun < end:
                worked -= self.calendar.elapsed(begun, end if ended is None else min(ended, end))
        return worked

    def why(self) -> Why:
        """What the due time follows from, in pieces."""
        due = self.due_at
        kind = f"{self.basis.value}_paused" if due is None and not self.cancelled else self.basis.value
        base = self._base()
        ended = [(begun, until) for begun, until in self.pauses if until is not None and until > self._from]
        lost = self.calendar.elapsed(base, due) if due is not None and due > base else timedelta(0)
        return Why(
            kind="cancelled" if self.cancelled else kind,
            name=self.name,
            key=self.key,
            started_at=self.started_at,
            armed_at=self._from,
            duration=self.duration,
            calendar=self.calendar.name,
            zone=self.calendar.zone,
            left=self.left,
            pauses=len(ended),
            lost=lost,
            paused_since=self.paused_since,
            due_at=due,
        )

    # What happens to it

    def pause(self, at: datetime) -> Clock:
        """Time stands still from `at`. A clock that is paused, ended or not `pausable` stays as it is."""
        _aware(at, self._label)
        if not self.pausable or not self.is_open or self.paused_since is not None:
            return self
        return replace(self, pauses=(*self.pauses, (at, None)))

    def resume(self, at: datetime) -> Clock:
        """Time goes on from `at`; nothing happens to a clock that is not paused."""
        _aware(at, self._label)
        begun = self.paused_since
        return self if begun is None else replace(self, pauses=(*self.pauses[:-1], (begun, at)))

    def stop(self, at: datetime) -> Clock:
        """Done at `at`, straight from a pause too. The first stop stands."""
        if not self.is_open:
            return self
        return replace(self.resume(at), stopped_at=at)

    def cancel(self, at: datetime) -> Clock:
        """No longer wanted (withdrawn, void, merged): neither met nor breached. A stopped clock stays so."""
        return replace(self.resume(at), cancelled=True) if self.is_open else self

    def extend(self, duration: Duration, at: datetime) -> Clock:
        """`duration` more, on top of the working time left at `at` (none when overdue). Levels fire anew."""
        self._refuse_ended("extended")
        due = self.resume(at)._due()
        left = self.calendar.elapsed(at, due) if due > at else timedelta(0)
        return replace(
            self,
            duration=duration,
            generation=self.generation + 1,
            extensions=self.extensions + 1,
            basis=Basis.EXTENSION,
            armed_at=at,
            left=left,
            fired=frozenset(),
            late_before=self.late_before or due < at,
        )

    def regraded(self, duration: Duration, now: datetime) -> Clock:
        """The clock under another duration: due that long after its start, or a quarter of it from `now` on.

        The later of the two holds, so no re-grade puts a due date in the past. Levels that have fired and
        lie behind under the new terms too do not fire again; those ahead do. The same duration changes
        nothing.
        """
        self._refuse_ended("re-graded")
        if duration == self.duration and self.basis is not Basis.EXTENSION:
            return self
        late = self.late_before or self.resume(now)._due() < now
        anew = replace(
            self, duration=duration, generation=self.generation + 1,
            basis=Basis.START, armed_at=None, left=timedelta(0), late_before=late,
        )  # fmt: skip
        quarter = self.calendar.elapsed(now, self.calendar.add(now, duration)) * REGRADE_FLOOR.numerator
        quarter /= REGRADE_FLOOR.denominator
        if anew.resume(now)._due() < self.calendar.add(now, quarter):
            anew = replace(anew, basis=Basis.FLOOR, armed_at=now, left=quarter)
        behind = {level for level in self.fired if (at := anew.at_level(level)) is not None and at <= now}
        return replace(anew, fired=frozenset(behind))

    def begun_at(self, at: datetime) -> Clock:
        """As if it had begun at `at`, when that is earlier. Once its terms were changed they hold as they are."""
        _aware(at, self._label)
        if not self.is_open or at >= self.started_at:
            return self
        return replace(self, started_at=at)

    def due_by(self, due: datetime, now: datetime) -> Clock:
        """Due at `due`, when that is earlier, also when it lies behind `now`. Levels behind do not fire again."""
        _aware(due, self._label)
        if not self.is_open or self.due_at is None or self.due_at <= due:
            return self
        begun = min(now, due)
        anew = replace(
            self, generation=self.generation + 1, basis=Basis.MERGER, armed_at=begun,
            left=self.calendar.elapsed(begun, due),
        )  # fmt: skip
        behind = {level for level in self.fired if (at := anew.at_level(level)) is not None and at <= now}
        return replace(anew, fired=frozenset(behind))

    def under(self, calendar: Calendar) -> Clock:
        """The same clock on another version of its calendar; ended clocks keep the one they ended on."""
        return replace(self, calendar=calendar) if self.is_open else self

    def fire(self, levels: Iterable[str], now: datetime) -> tuple[str | None, Clock]:
        """Which of these levels acts at `now`, and the clock that remembers it.

        Of levels due together only the highest acts, and none below one that has fired, so a night's
        downtime makes one reminder. All that are behind count as fired.
        """
        _aware(now, self._label)
        if not self.is_open:
            return None, self
        instants = {level: self.at_level(level) for level in levels}
        behind = sorted(
            ((at, level) for level, at in instants.items() if at is not None and at <= now),
            key=lambda pair: pair[0],
        )
        fired = self.fired | {level for _, level in behind}
        highest = behind[-1][1] if behind and behind[-1][1] not in self.fired else None
        return highest, self if fired == self.fired else replace(self, fired=fired)

    @property
    def _label(self) -> str:
        return self.name if self.key is None else f"{self.name} of {self.key}"

    @property
    def _from(self) -> datetime:
        return (self.armed_at or self.started_at).astimezone(UTC)

    def _refuse_ended(self, what: str) -> None:
        if not self.is_open:
            raise ClockError(f"clock {self._label} has ended and cannot be {what}: start a new one")

    def _base(self) -> datetime:
        """Due if nothing had been paused since the present terms hold."""
        if self.basis in (Basis.FLOOR, Basis.MERGER):
            return self.calendar.add(self._from, self.left)
        return self.calendar.add(self.calendar.add(self._from, self.left), self.duration)

    def _due(self) -> datetime:
        due = self._moved(self._base())
        if due is None:
            raise ClockError(f"clock {self._label} is paused and has no due time")
        return due

    def _moved(self, at: datetime) -> datetime | None:
        """`at`, later by the working time of each pause that began before it; `None` if one still lasts."""
        for begun, ended in self.pauses:
            begin = max(begun, self._from)
            if begin >= at:
                break
            if ended is None:
                return None
            if ended > begin:
                at = self.calendar.add(at, self.calendar.elapsed(begin, ended))
        return at


def _aware(at: datetime, what: str) -> None:
    if at.tzinfo is None:
        raise NaiveTime(f"the time handed to clock {what}")
