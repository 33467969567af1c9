"""A month as it is printed: counted once, frozen when it is over, and read from there ever after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bpmn.calendar import Calendar
from complaints.errors import Fault
from review.afterwards import turned_out
from review.baseline import hold_against
from review.judging import Judged, judge
from store.database import Database
from store.queries.figures import NotAPeriod, Period
from store.queries.review.facts import HEADLINES, Facts, figures_of, headlines_of, held_against, identity_of
from store.queries.review.months import known_since, month_of, period_of, shifted
from store.queries.review.snapshots import days_of
from store.tables import FrozenMonth, MonthFinding

SHAPE = 1
"""Grows when the data of a frozen month is laid out otherwise."""
MONTH_BEFORE, YEAR_BEFORE = -1, -12
"""Months that a month is held against; its course is told from the one to the other."""
READERS = 3
"""Threads that count earlier months meanwhile, each asking the database."""
Found = TypeVar("Found")


class FrozenMonthChanged(Fault):
    """The data of a frozen month no longer has the hash it was written with."""

    code = "frozen-month-changed"


@dataclass(frozen=True, slots=True)
class Month:
    """A month's facts (keys, numbers, references), and their hash. A running month has none and is not kept."""

    name: str
    facts: Mapping[str, Any]
    hash: str | None

    @property
    def frozen(self) -> bool:
        return self.hash is not None


class Months:
    """Reads and freezes months of one store. `calendar` counts business time."""

    def __init__(self, database: Database, zone: str, calendar: Calendar | None) -> None:
        self._database, self.zone, self._calendar = database, zone, calendar

    def last_closed(self, now: datetime) -> str:
        return shifted(month_of(now, self.zone), -1)

    def get(self, name: str, now: datetime) -> Month:
        """The month as it was frozen; one that is over is frozen now; a running one is counted up to `now`, and so is
        one from before the first complaint: history may still be imported.

        `NotAPeriod` for a month that has not begun. Two that freeze at once end with the same row, the first one's.
        """
        period = period_of(name, self.zone, now)  # before anything is asked: no database can look for a NUL
        with self._database.read_much() as session:
            if (kept := _kept(session, name)) is not None:
                return kept
            if period.start >= now:
                raise NotAPeriod(
                    f"{name} has not begun: the last month that is over is {self.last_closed(now)}"
                )
            facts, judged = self._count(session, name, period)
            hold_against(session, name, period, facts, _facts)
            facts["afterwards"] = turned_out(session, name, period)
            keeps = _begun(session, period)
        text = canonical(facts)
        if period.end > now or not keeps:
            return Month(name, json.loads(text), None)
        try:
            return self._freeze(name, now, text, judged)
        except IntegrityError:  # somebody else froze it meanwhile: theirs is the month
            with self._database.read() as session:
                kept = _kept(session, name)
            assert kept is not None, "the row that was in the way"
            return kept

    def _freeze(self, name: str, now: datetime, text: str, judged: Judged) -> Month:
        frozen = FrozenMonth(month=name, zone=self.zone, as_of=now, data=text, hash=digest(text))
        with self._database.write() as session:
            session.add(frozen)
            session.flush()
            for position, found in enumerate(judged.findings, 1):
                session.add(MonthFinding(
                    month=name, kind=found.kind, key=found.key, position=position, sure=found.sure,
                    cases=found.cases, refs=list(found.refs), numbers=dict(found.numbers),
                ))  # fmt: skip
        return Month(name, json.loads(text), frozen.hash)

    def period(self, month: Month) -> Period:
        """As of when the month was counted: what its numbers lead to."""
        as_of = datetime.fromisoformat(month.facts["as_of"])
        return period_of(month.name, month.facts["zone"], as_of)

    def frozen(self) -> list[str]:
        """Months that are frozen, newest first."""
        with self._database.read() as session:
            return sorted(session.exec(select(FrozenMonth.month)).all(), reverse=True)

    def _count(self, session: Session, name: str, period: Period) -> tuple[Facts, Judged]:
        with ThreadPoolExecutor(READERS) as readers:
            before, year = (
                readers.submit(self._apart, self._earlier, shifted(name, back), period)
                for back in (MONTH_BEFORE, YEAR_BEFORE)
            )
            course = readers.submit(self._apart, self._course, name, period)
            figures = figures_of(session, period, self._calendar)
            judged = judge(session, name, period, figures)
            identity, days = identity_of(session, period), days_of(session, period)
        held_against(figures, before.result(), year.result())
        known = {MONTH_BEFORE: before.result(), YEAR_BEFORE: year.result(), 0: figures}
        trend = course.result() | {back: _headlines(one) for back, one in known.items()}
        facts = {
            "shape": SHAPE, "month": name, "zone": self.zone, "as_of": period.as_of.isoformat(),
            "over": period.end <= period.as_of, "figures": figures, "identity": identity,
            "trend": [{"month": shifted(name, back), "figures": trend[back]} for back in sorted(trend)],
            "days": days, "findings": [_told(f) for f in judged.findings], "forecast": judged.forecast,
            "causes": [list(c) for c in judged.causes], "passages": judged.passages,
        }  # fmt: skip
        return facts, judged

    def _apart(self, count: Callable[[Session, str, Period], Found], name: str, period: Period) -> Found:
        """Count in a transaction of its own."""
        with self._database.read_much() as session:
            return count(session, name, period)

    def _earlier(self, session: Session, name: str, period: Period) -> Facts | None:
        """The figures of an earlier month: as printed, else counted; None when the store did not know it whole."""
        if (kept := _kept(session, name)) is not None:
            return dict(kept.facts["figures"])
        earlier = period_of(name, self.zone, period.as_of)
        return figures_of(session, earlier, None) if _knew(session, earlier) else None

    def _course(self, session: Session, name: str, period: Period) -> dict[int, Facts | None]:
        """The headlines of the months between those that are counted in full, by how far they lie back.

        As printed, else counted; None for a month that the store did not know whole.
        """
        found: dict[int, Facts | None] = {}
        uncounted: dict[int, Period] = {}
        for back in range(YEAR_BEFORE + 1, MONTH_BEFORE):
            month = shifted(name, back)
            one, kept = period_of(month, self.zone, period.as_of), _kept(session, month)
            found[back] = None if kept is None else _headlines(kept.facts["figures"])
            if kept is None and _knew(session, one):
                uncounted[back] = one
        headlines = headlines_of(session, list(uncounted.values()))
        return found | dict(zip(uncounted, headlines, strict=True))


def _headlines(figures: Facts | None) -> Facts | None:
    return None if figures is None else {key: figures[key]["whole"] for key in HEADLINES}


def canonical(facts: Facts) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=asdict)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(session: Session, name: str) -> Month | None:
    row = session.get(FrozenMonth, name)
    if row is None:
        return None
    if digest(row.data) != row.hash:
        raise FrozenMonthChanged(
            f"the frozen month {name} was changed since it was printed: put its row back from a backup"
        )
    return Month(name, json.loads(row.data), row.hash)


def _facts(session: Session, name: str) -> Facts:
    kept = _kept(session, name)
    assert kept is not None, "one of the rows just listed"
    return dict(kept.facts)


def _knew(session: Session, period: Period) -> bool:
    """Whether the store was there the whole month. The month of its first complaint has no figures to compare with."""
    since = known_since(session)
    return since is not None and period.start >= since


def _begun(session: Session, period: Period) -> bool:
    since = known_since(session)
    return since is not None and since < period.end


def _told(found: Any) -> Facts:
    return {
        "kind": found.kind, "key": found.key, "sure": str(found.sure), "cases": found.cases,
        "refs": list(found.refs), "numbers": dict(found.numbers), "chance": found.chance,
    }  # fmt: skip
