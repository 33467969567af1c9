"""From a month's figures and evidence to its findings, in the order of the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from sqlmodel import Session

from complaints.review.cycles import put_right
from complaints.review.finding import (
    EXAMPLES,
    Finding,
    Group,
    Sure,
    above_the_rest,
    prefixed,
    slower_than_half,
)
from complaints.review.issues import Course, growing, large, matters, next_month, vital_few
from store.queries.figures import Dimension, Period, case_refs, examples
from store.queries.review import evidence
from store.queries.review.facts import Facts, received_before
from store.queries.review.months import known_since, period_of, shifted
from store.queries.review.work import middle_by_kind, offers, work_done

LOOKS_BACK_MONTHS = 12
ISSUES = (Dimension.CATEGORY, Dimension.PRODUCT, Dimension.CHANNEL)
"""By what complaints are gathered to issues."""
LEAST_OF_A_KIND = 8
"""Pieces of work of one kind below which their median says nothing (O)."""
SAME_MONTHS = 3
"""An activity is held against so many months before (O)."""
HOUR = tuple(f"{hour:02d}" for hour in range(24))


@dataclass(frozen=True, slots=True)
class Judged:
    """`forecast` is None where there is too little to go by; `causes` are all of them, biggest first."""

    findings: tuple[Finding, ...]
    forecast: Mapping[str, float] | None
    causes: tuple[tuple[str, int], ...]
    passages: Mapping[str, Mapping[str, int]]


def judge(session: Session, month: str, period: Period, figures: Facts) -> Judged:
    """Everything that can be said of the month, by the figures already counted and by what is read here once."""
    months = _known_months(session, month, period)
    causes = evidence.causes(session, period)
    first = Groups()
    for ref, solution, accepted in evidence.first_solutions(session, period):
        first.add(solution, accepted, ref)
    solutions = first.groups()
    before = {by: received_before(session, months, by) for by in ISSUES}
    findings = (
        *_issues(session, period, figures, months, before),
        *_weak(session, period, months),
        *_broken(session, period, figures),
        *put_right(evidence.returned(session, period)),
        *above_the_rest("solution_works", prefixed("solution", solutions)),
        *_fails(solutions),
        *vital_few(causes),
    )
    ahead = period_of(shifted(month, 1), period.zone, period.as_of)
    groups = before[Dimension.CATEGORY].values()
    counts = [sum(group[place] for group in groups) for place in range(len(months))]
    forecast = next_month(
        [*counts, figures["received"]["whole"]["n"]], [*map(_span, months), _span(period)], _span(ahead)
    )
    told = None if forecast is None or period.end > period.as_of else {
        "expected": forecast.mean, "low": forecast.low, "high": forecast.high, "months": len(months) + 1,
    }  # fmt: skip
    sizes = tuple(sorted(((key, len(refs)) for key, refs in causes.items()), key=lambda c: (-c[1], c[0])))
    return Judged(findings, told, sizes, evidence.passages(session, period))


def _issues(
    session: Session, period: Period, figures: Facts, months: Sequence[Period],
    before: Mapping[Dimension, Mapping[str | None, Sequence[int]]],
) -> Iterable[Finding]:  # fmt: skip
    received, total = figures["received"], figures["received"]["whole"]["n"]
    for by in ISSUES:
        refs = examples(session, "received", period, which="counted", by=by, limit=EXAMPLES)
        courses = [
            Course(
                f"{by}={key}", n, tuple(before[by].get(key, [0] * len(months))), tuple(refs.get(key, ()))
            )
            for key, n in ((g["key"], g["n"]) for g in received["by"][str(by)]) if key is not None
        ]  # fmt: skip
        if period.end <= period.as_of:
            yield from growing(courses, list(map(_span, months)), _span(period))
        if by is Dimension.CATEGORY:
            yield from large(courses, total)
            yield from above_the_rest(
                "hot_repeats", _shares(session, figures, "repeat_rate", by, period, "numerator")
            )
    yield from matters(evidence.followers(session, period))


def _weak(session: Session, period: Period, months: Sequence[Period]) -> Iterable[Finding]:
    done = work_done(session, period)
    now = defaultdict(list)
    for kind, seconds in zip(done.kinds, done.seconds, strict=True):
        now[kind].append(seconds)
    middle = _medians(now)
    by_done: Mapping[str, Sequence[object]] = {
        "channel": done.channels, "department": done.departments, "hour": list(map(HOUR.__getitem__, done.hours)),
    }  # fmt: skip
    for by, places in by_done.items():
        slow = Groups(mostly=True)
        for place, kind, seconds, ref in zip(places, done.kinds, done.seconds, done.refs, strict=True):
            if kind in middle:
                slow.add(place, seconds > middle[kind], ref)
        yield from slower_than_half("weak_slow", prefixed(by, slow.groups()))
    declined = {"channel": Groups(), "department": Groups(), "hour": Groups()}
    for o in offers(session, period):
        declined["channel"].add(o.channel, o.declined, o.ref)
        declined["department"].add(o.department, o.declined, o.ref)
        declined["hour"].add(HOUR[o.hour], o.declined, o.ref)
    for by, some in declined.items():
        yield from above_the_rest("weak_declined", prefixed(by, some.groups()))
    if recent := months[-SAME_MONTHS:]:
        usual = middle_by_kind(session, replace(recent[-1], start=recent[0].start), LEAST_OF_A_KIND)
        slower = Groups(mostly=True)
        for kind, seconds, ref in zip(done.kinds, done.seconds, done.refs, strict=True):
            if kind in usual:
                slower.add(kind, seconds > usual[kind], ref)
        yield from slower_than_half("weak_slower", prefixed("activity", [
            replace(g, numbers={"seconds": int(median(now[g.key])), "before_seconds": int(usual[g.key])})
            for g in slower.groups()
        ]))  # fmt: skip


def _broken(session: Session, period: Period, figures: Facts) -> Iterable[Finding]:
    whole = figures["promise_kept"]["whole"]
    broken = whole["n"] - (whole["numerator"] or 0)
    if broken:
        refs = tuple(case_refs(session, "promise_kept", period, which="rest", limit=EXAMPLES))
        yield Finding("promises_broken", "", Sure.CERTAIN, broken, refs, {"hits": broken, "n": whole["n"]})
    for by in (Dimension.DEPARTMENT, Dimension.TIER):
        yield from above_the_rest(
            "promises_broken", _shares(session, figures, "promise_kept", by, period, "rest")
        )


def _fails(solutions: Sequence[Group]) -> list[Finding]:
    """Solutions that customers accept less often than the others; the examples are those that were not accepted."""
    return above_the_rest("solution_fails", prefixed("solution", solutions), below=True)


def _shares(
    session: Session, figures: Facts, name: str, by: Dimension, period: Period, which: Any
) -> list[Group]:
    """The groups of a share: those in its numerator, or the rest."""
    found = []
    refs = examples(session, name, period, which=which, by=by, limit=EXAMPLES)
    for g in figures[name]["by"][str(by)]:
        if g["key"] is None:
            continue
        hits = (g["numerator"] or 0) if which == "numerator" else g["n"] - (g["numerator"] or 0)
        found.append(Group(f"{by}={g['key']}", hits, g["n"], tuple(refs.get(g["key"], ()))))
    return found


class Groups:
    """Complaints by group, as their work is read: how many, how many of them hits, and the first hits as examples.

    What is done for one complaint goes wrong together, so it is evidence once: a complaint is one in each of its
    groups, and a hit there when any piece of its work is. `mostly`: when more than half of it is; one with as many hits
    as misses then says nothing.
    """

    def __init__(self, *, mostly: bool = False) -> None:
        self._mostly = mostly
        self._found: dict[object, dict[str, int]] = defaultdict(dict)
        """By group and reference: its hits, less its misses where these count."""

    def add(self, place: object, hit: bool, ref: str) -> None:
        """A piece of work without a place is in no group."""
        if place is not None:
            found = self._found[place]
            found[ref] = found.get(ref, 0) + (1 if hit else -self._mostly)

    def groups(self) -> list[Group]:
        named = {str(place): told for place, told in self._found.items()}
        return [self._group(name, named[name]) for name in sorted(named)]

    def _group(self, name: str, told: Mapping[str, int]) -> Group:
        n = sum(map(bool, told.values())) if self._mostly else len(told)
        hits = [ref for ref, balance in told.items() if balance > 0]
        return Group(name, len(hits), n, tuple(hits[:EXAMPLES]))


def _medians(seconds: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """The median of each kind of work of which there is enough."""
    return {kind: median(some) for kind, some in seconds.items() if len(some) >= LEAST_OF_A_KIND}


def _known_months(session: Session, month: str, period: Period) -> list[Period]:
    """The months before that the store knows whole, twelve at most, oldest first."""
    since = known_since(session)
    names = (shifted(month, -back) for back in range(LOOKS_BACK_MONTHS, 0, -1))
    months = (period_of(name, period.zone, period.as_of) for name in names)
    return [one for one in months if since is not None and one.start >= since]


def _span(period: Period) -> float:
    """Days of 24 hours: a March is an hour short where the clock goes forward."""
    return (period.end - period.start).total_seconds() / 86_400
