"""The clocks of one case inside one transaction: rows in, `Clock` values for the arithmetic, rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bpmn.calendar import Calendar
from bpmn.durations import Duration, parse_duration
from complaints.clock import Basis, Clock
from store.records import Records
from store.tables import Case, ClockRow


def key_text(key: object) -> str:
    """How a clock's key stands in the table: "" for the case's own clock, else the cycle or item number."""
    return "" if key is None else str(key)


class Clocks:
    """All clocks of one case. `calendar` gives the live calendar of a key."""

    def __init__(self, records: Records, case: Case, calendar: Callable[[str], Calendar]) -> None:
        self._records, self._case, self._calendar = records, case, calendar
        self._values: dict[tuple[str, str], Clock] = {}
        """The value of the newest clock of a name and key, while its row stays as it is."""
        self._instants: dict[tuple[str, str, str], tuple[Clock, datetime | None]] = {}
        """When a level of it is reached, and the value for which that was computed."""
        self._read: dict[tuple[str, str], ClockRow] | None = None
        self.changes = 0
        """How often a clock was begun or became another: what was computed before holds while this stays."""

    @property
    def _latest(self) -> dict[tuple[str, str], ClockRow]:
        if self._read is None:
            rows = sorted(self._records.of(ClockRow), key=lambda row: row.round)
            self._read = {(row.name, row.key): row for row in rows}
        return self._read

    def row(self, name: str, key: object = None) -> ClockRow | None:
        """The newest clock of this name and key, running or not."""
        return self._latest.get((name, key_text(key)))

    def rows(self) -> Iterable[ClockRow]:
        return self._latest.values()

    def named(self, name: str, key: object = None) -> Sequence[ClockRow]:
        """The newest clock of this name and key; without a key of every key."""
        return [r for r in self.rows() if r.name == name and (key is None or r.key == key_text(key))]

    def value(self, row: ClockRow) -> Clock:
        """The clock, one of the newest, as a value that can compute."""
        value = self._values.get((row.name, row.key))
        if value is None:
            value = self._values[row.name, row.key] = self._value(row)
        return value

    def _value(self, row: ClockRow) -> Clock:
        return Clock(
            name=row.name,
            key=row.key or None,
            started_at=row.started_at,
            duration=parse_duration(row.duration),
            calendar=self._calendar(row.calendar),
            pausable=row.pausable,
            pauses=tuple((_instant(a), _instant(b) if b else None) for a, b in row.pauses),
            generation=row.generation,
            extensions=row.extensions,
            basis=Basis(row.basis),
            armed_at=row.armed_at,
            left=timedelta(seconds=row.left_seconds),
            stopped_at=row.stopped_at,
            cancelled=row.cancelled,
            fired=frozenset(row.fired),
            late_before=row.late_before,
        )

    def start(
        self,
        name: str,
        key: object,
        *,
        at: datetime,
        duration: Duration,
        calendar: str,
        pausable: bool = True,
    ) -> tuple[ClockRow, bool]:
        """Begin the clock; one that still runs is adopted as it is (a case that came back). True when begun."""
        before = self.row(name, key)
        if before is not None and before.stopped_at is None and not before.cancelled:
            return before, False
        row = ClockRow(
            case_id=self._case.id, name=name, key=key_text(key), round=before.round + 1 if before else 1,
            cycle=self._case.cycle, started_at=at, duration=str(duration), calendar=calendar,
            pausable=pausable,
        )  # fmt: skip
        value = self._value(row)
        row.due_at = value.due_at
        self._records.add(row)
        self.changes += 1
        self._latest[row.name, row.key], self._values[row.name, row.key] = row, value
        return row, True

    def change(self, row: ClockRow, how: Callable[[Clock], Clock]) -> bool:
        """Put `how(clock)` in the row's place. False when the clock is over already, and nothing changes."""
        if row.stopped_at is not None or row.cancelled:
            return False
        clock = how(self.value(row))
        self.changes += 1
        row.started_at = clock.started_at
        row.duration, row.generation, row.extensions = str(clock.duration), clock.generation, clock.extensions
        row.basis, row.armed_at, row.left_seconds = (
            clock.basis.value,
            clock.armed_at,
            clock.left.total_seconds(),
        )
        if clock.late_before and not row.late_before:
            row.late_at = row.due_at  # still that of the terms before
        row.late_before = clock.late_before
        row.pauses = [[a.isoformat(), b.isoformat() if b else None] for a, b in clock.pauses]
        row.fired = sorted(clock.fired)
        row.stopped_at, row.cancelled, row.due_at = clock.stopped_at, clock.cancelled, clock.due_at
        self._values[row.name, row.key] = clock
        return True

    def revive(self, name: str, key: object = None) -> None:
        """A clock that was cancelled when the case ended runs again, as if it had never stood still."""
        row = self.row(name, key)
        if row is not None and row.cancelled:
            row.cancelled = False
            self.changes += 1
            self._values.pop((row.name, row.key), None)
            row.due_at = self.value(row).due_at

    def mark_fired(self, row: ClockRow, level: str) -> None:
        """This level will not fire again until the clock is extended."""
        if level not in row.fired:
            row.fired = sorted([*row.fired, level])
            self.changes += 1
            self._values.pop((row.name, row.key), None)

    def instant(self, row: ClockRow, level: str) -> datetime | None:
        """When a level ("75 %", "before PT2H") is reached. Null while that cannot be said, and once it fired."""
        if row.stopped_at is not None or row.cancelled or level in row.fired:
            return None
        clock, place = self.value(row), (row.name, row.key, level)
        computed = self._instants.get(place)
        if computed is None or computed[0] is not clock:
            computed = self._instants[place] = (clock, clock.at_level(level))
        return computed[1]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def grace(downtime_ended: datetime) -> datetime:
    """Until when a level that takes work from a person waits after a downtime: 15 minutes (process.md, Words)."""
    return downtime_ended + timedelta(minutes=15)
