"""Every figure once more in plain Python, from the words of the metrics and from the rows, not from the queries."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from bpmn.calendar import Calendar
from store.tables import (
    ClockRow,
    Decision,
    Dispatch,
    Letter,
    Promise,
    Survey,
    WorkItem,
)
from tests.contract.figures.population import AS_OF, Population, Row

DAYS = timedelta(days=1)
DURATIONS = frozenset({
    "backlog_age", "acknowledgement_time", "dispatch_time", "first_contact_time", "resolution_time",
    "resolution_time_first_cycle", "fulfilment_time", "handoff_time", "confirm_time",
    "department_response_time", "intake_lag",
})  # fmt: skip


@dataclass
class Counted:
    """One thing that a figure looks at."""

    case: Row
    counts: bool = True
    adds: int = 1
    weighs: int = 1
    begun: datetime | None = None
    ended: datetime | None = None
    pending: bool = False
    own: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Told:
    """What the figure of a group should say."""

    n: int = 0
    numerator: int = 0
    withdrawn: int = 0
    pending: int = 0
    refs: set[str] = field(default_factory=set)
    calendar: tuple[int, ...] = ()
    business: tuple[int, ...] = ()


def nearest_rank(values: list[int], percent: int) -> int:
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


def second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


class Plain:
    """The figures of one period over a population."""

    def __init__(self, population: Population, start: datetime, end: datetime) -> None:
        self.all, self.start, self.end = population, start, end
        self.now = min(end, AS_OF)
        self._counted: dict[str, list[tuple[Counted, int, int]]] = {}

    # --- groups

    def key(self, one: Counted, by: str | None) -> str | None:
        if by is None:
            return None
        if by in one.own:
            return one.own[by]
        column = {"customer_group": "value", "handler": "owner"}.get(by, by)
        value: str | None = one.case[column]
        return value

    def counted(self, name: str, calendar: Calendar) -> list[tuple[Counted, int, int]]:
        """What the figure looks at, with its seconds in calendar and in business time; once for all groups."""
        if name not in self._counted:
            found = []
            for one in getattr(self, name)():
                length = worked = 0
                if one.begun is not None and one.ended is not None:
                    begun, ended = second(one.begun), second(one.ended)
                    length = int((ended - begun).total_seconds())
                    worked = int(calendar.elapsed(begun, ended).total_seconds())
                found.append((one, length, worked))
            self._counted[name] = found
        return self._counted[name]

    def tell(self, name: str, by: str | None, calendar: Calendar) -> dict[str | None, Told]:
        gross = name in ("backlog", "backlog_age", "in_survey")
        told: dict[str | None, Told] = defaultdict(Told)
        lengths: dict[str | None, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        waiting: dict[str | None, list[str]] = defaultdict(list)
        apart: dict[str | None, list[str]] = defaultdict(list)
        for number, (one, length, worked) in enumerate(self.counted(name, calendar)):
            status = one.case["status"]
            if not gross and status in ("merged", "void"):
                continue
            key, ref = self.key(one, by), one.case["ref"]
            group = told[key]
            if not gross and status == "withdrawn":
                apart[key].append(ref)
                continue
            if one.pending:
                waiting[key].append(ref)
            if name in DURATIONS:
                if one.begun is not None and one.ended is not None:
                    sums = lengths[key][ref if name == "handoff_time" else number]
                    sums[0] += length
                    sums[1] += worked
                    group.refs.add(ref)
            elif name == "cycles_to_acceptance":
                lengths[key][number][0] = one.adds
                group.refs.add(ref)
            elif one.counts:
                group.n += one.weighs
                group.numerator += one.adds
                group.refs.add(ref)
        for key, group in told.items():
            once = set if name == "handoff_time" else list
            group.pending, group.withdrawn = len(once(waiting[key])), len(once(apart[key]))
            if lengths[key]:
                group.n = len(lengths[key])
                plain, in_hours = zip(*lengths[key].values(), strict=True)
                group.calendar = tuple(nearest_rank(list(plain), p) for p in (50, 90, 95))
                group.business = tuple(nearest_rank(list(in_hours), p) for p in (50, 90, 95))
        return told

    # --- cohorts

    def here(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.end

    def r(self) -> Iterator[Row]:
        return (case for case in self.all.cases.values() if self.here(case["received_at"]))

    def r_here(self) -> Iterator[Row]:
        """Of what was imported nobody knows how it was worked on."""
        return (case for case in self.r() if not case["imported"])

    def c(self) -> Iterator[Row]:
        """What was closed, and beside it what was withdrawn."""
        for case in self.all.cases.values():
            if self.here(case["closed_at"]) and case["status"] in ("closed", "withdrawn"):
                yield case

    def open_at(self, at: datetime) -> Iterator[Row]:
        for id, stays in self.all.stays.items():
            if any(since < at and (until is None or until >= at) for since, until in stays):
                yield self.all.cases[id]

    def of(self, table: Any) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.all.of(table):
            found[row["case_id"]].append(row)
        return found

    # --- volume and backlog

    def received(self) -> Iterator[Counted]:
        return (Counted(case) for case in self.r())

    def closed(self) -> Iterator[Counted]:
        return (Counted(case) for case in self.c())

    def asked(self, case: Row) -> bool:
        return any(
            s["sent_at"] is not None and s["sent_at"] < self.end < s["expires_at"]
            and (s["answered_at"] is None or s["answered_at"] >= self.end)
            for s in self.surveys[case["id"]]
        )  # fmt: skip

    def backlog(self) -> Iterator[Counted]:
        for case in self.open_at(self.end):
            if not self.asked(case):
                seconds = (second(self.end) - second(case["received_at"])).total_seconds()
                limits = {"to_1_day": 1, "1_to_3_days": 3, "3_to_7_days": 7, "7_to_30_days": 30}
                age = next(
                    (name for name, days in limits.items() if seconds <= days * 86_400), "over_30_days"
                )
                yield Counted(case, begun=case["received_at"], ended=self.end, own={"age": age})

    backlog_age = backlog

    def in_survey(self) -> Iterator[Counted]:
        return (Counted(case) for case in self.open_at(self.end) if self.asked(case))

    # --- times

    def _since_receipt(self, what: str) -> Iterator[Counted]:
        for case in self.r():
            open_still = case[what] is None and case["closed_at"] is None
            yield Counted(case, begun=case["received_at"], ended=case[what], pending=open_still)

    def acknowledgement_time(self) -> Iterator[Counted]:
        return self._since_receipt("acknowledged_at")

    def dispatch_time(self) -> Iterator[Counted]:
        return self._since_receipt("dispatched_at")

    def first_contact_time(self) -> Iterator[Counted]:
        return self._since_receipt("first_contact_at")

    def intake_lag(self) -> Iterator[Counted]:
        return (Counted(c, begun=c["occurred_at"], ended=c["received_at"]) for c in self.r_here())

    def resolution_time(self) -> Iterator[Counted]:
        return (Counted(c, begun=c["cycle_started_at"], ended=c["resolved_at"]) for c in self.c())

    def resolution_time_first_cycle(self) -> Iterator[Counted]:
        made = self.of(Decision)
        for case in self.c():
            sent = [d["sent_at"] for d in made[case["id"]] if d["cycle"] == 1]
            yield Counted(case, begun=case["received_at"], ended=max(sent, default=None))

    def fulfilment_time(self) -> Iterator[Counted]:
        for case in self.c():
            granted = [
                i for i in self.items[case["id"]] if i["kind"] == "fulfil" and i["cycle"] == case["cycle"]
            ]
            if any(i["status"] != "cancelled" for i in granted):
                yield Counted(case, begun=case["resolved_at"], ended=case["fulfilled_at"])

    def handoff_time(self) -> Iterator[Counted]:
        offers = self.of(Dispatch)
        for case in self.c():
            for d in offers[case["id"]]:
                if not d["binding"] and d["how"] in ("confirmed", "declined", "expired"):
                    own = {"department": d["department"], "handler": d["person"]}
                    yield Counted(case, begun=d["offered_at"], ended=d["ended_at"], own=own)

    def completion(self) -> Iterator[Counted]:
        for case in self.r():
            done = (
                case["status"] == "closed"
                and second(case["closed_at"]) - second(case["received_at"]) <= 30 * DAYS
            )
            young = case["closed_at"] is None and case["received_at"] > AS_OF - 30 * DAYS
            yield Counted(case, adds=int(done), pending=young)

    # --- clocks and promises

    def clock_attainment(self) -> Iterator[Counted]:
        for row in self.all.of(ClockRow):
            due, stopped, late = row["due_at"], row["stopped_at"], row["late_at"]
            if row["cancelled"] or (due is None and late is None):
                continue
            met = stopped is not None and stopped <= due and late is None and "100 %" not in row["fired"]
            decided = late or (stopped if stopped is not None and stopped <= due else due)
            known = late is not None or stopped is not None or decided < self.now
            if known and self.here(decided):
                yield Counted(self.all.cases[row["case_id"]], adds=int(met), own={"clock": row["name"]})

    def promise_kept(self) -> Iterator[Counted]:
        for row in self.all.of(Promise):
            if self.here(row["due_at"]) and row["state"] != "moved":
                waits = row["state"] == "open" and row["due_at"] >= self.now
                case = self.all.cases[row["case_id"]]
                yield Counted(case, counts=not waits, adds=int(row["state"] == "kept"), pending=waits)

    # --- satisfaction

    @cached_property
    def surveys(self) -> dict[str, list[Row]]:
        return self.of(Survey)

    @cached_property
    def items(self) -> dict[str, list[Row]]:
        return self.of(WorkItem)

    def _scored(self, settled: Callable[[Row, Row], bool], first: bool) -> Iterator[Counted]:
        for case in self.c():
            for s in self.surveys[case["id"]]:
                if s["cycle"] == (1 if first else case["cycle"]) and s["answered_at"] is not None:
                    yield Counted(case, adds=int(settled(case, s)), own={"handler": s["rated"]})

    def csat(self) -> Iterator[Counted]:
        return self._scored(lambda _, s: s["score"] in (4, 5), first=False)

    def csat_first_cycle(self) -> Iterator[Counted]:
        return self._scored(lambda _, s: s["score"] in (4, 5), first=True)

    def first_solution_acceptance(self) -> Iterator[Counted]:
        made = self.of(Decision)

        def accepted(case: Row, s: Row) -> bool:
            return bool(s["score"] >= 4) and sum(d["cycle"] == 1 for d in made[case["id"]]) == 1

        return self._scored(accepted, first=True)

    def response_rate(self) -> Iterator[Counted]:
        letters = self.of(Letter)
        for case in self.c():
            for s in self.surveys[case["id"]]:
                reached = [
                    one for one in letters[case["id"]]
                    if one["cycle"] == s["cycle"] and one["state"] == "delivered" and one["receipt"] != "failed"
                ]  # fmt: skip
                if s["cycle"] == case["cycle"] and reached:
                    yield Counted(case, adds=int(s["answered_at"] is not None), own={"handler": s["rated"]})

    def nps(self) -> Iterator[Counted]:
        for case in self.c():
            given = [s for s in self.surveys[case["id"]] if s["nps"] is not None]
            if given:
                s = max(given, key=lambda s: s["cycle"])
                point = 1 if s["nps"] >= 9 else -1 if s["nps"] <= 6 else 0
                yield Counted(case, adds=point, own={"handler": s["rated"]})

    def redispatch_rate(self) -> Iterator[Counted]:
        for s in self.all.of(Survey):
            if self.here(s["answered_at"]):
                case = self.all.cases[s["case_id"]]
                yield Counted(case, adds=int(s["score"] <= 3), own={"handler": s["rated"]})

    def cycles_to_acceptance(self) -> Iterator[Counted]:
        for case in self.c():
            if case["outcome"] == "accepted":
                yield Counted(case, adds=case["cycle"])
