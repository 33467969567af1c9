"""From a month's figures and evidence to its findings, in the order of the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

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
from store.queries.figures import Dimension, Period, case_refs
from store.queries.review import evidence
from store.queries.review.evidence import Done, Offered
from store.queries.review.facts import Facts, received_before
from store.queries.review.months import known_since, period_of, shifted

LOOKS_BACK_MONTHS = 12
ISSUES = (Dimension.CATEGORY, Dimension.PRODUCT, Dimension.CHANNEL)
"""By what complaints are gathered to issues."""
LEAST_OF_A_KIND = 8
"""Pieces of work of one kind below which their median says nothing (O)."""
SAME_MONTHS = 3
"""An activity is held against so many months before (O)."""
Row = TypeVar("Row")


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
    solutions = _groups(
        evidence.first_solutions(session, period), lambda s: s[1], lambda s: s[2], lambda s: s[0]
    )
    findings = (
        *_issues(session, month, period, figures, months),
        *_weak(session, month, period, months),
        *_broken(session, period, figures),
        *put_right(evidence.returned(session, period)),
        *above_the_rest("solution_works", prefixed("solution", solutions)),
        *_fails(solutions),
        *vital_few(causes),
    )
    ahead = period_of(shifted(month, 1), period.zone, period.as_of)
    counts = [_received(session, name, period) for name in months]
    forecast = next_month(
        [*counts, figures["received"]["whole"]["n"]], [*(_days(name, period) for name in months), _span(period)],
        _span(ahead),
    )  # fmt: skip
    told = None if forecast is None or period.end > period.as_of else {
        "expected": forecast.mean, "low": forecast.low, "high": forecast.high, "months": len(months) + 1,
    }  # fmt: skip
    sizes = tuple(sorted(((key, len(refs)) for key, refs in causes.items()), key=lambda c: (-c[1], c[0])))
    return Judged(findings, told, sizes, evidence.passages(session, period))


def _issues(
    session: Session, month: str, period: Period, figures: Facts, months: Sequence[str]
) -> Iterable[Finding]:
    received, total = figures["received"], figures["received"]["whole"]["n"]
    days = [_days(name, period) for name in months]
    for by in ISSUES:
        before = received_before(session, month, period.zone, by, months=len(months), period=period)
        course: dict[str | None, list[int]] = defaultdict(lambda: [0] * len(months))
        for place, counts in enumerate(before.values()):
            for key, n in counts:
                course[key][place] = n
        groups = [g for g in received["by"][str(by)] if g["key"] is not None]
        courses = [
            Course(
                f"{by}={g['key']}", g["n"], tuple(course[g["key"]]),
                tuple(case_refs(session, "received", period, by=by, key=g["key"], limit=EXAMPLES)),
            )
            for g in groups
        ]  # fmt: skip
        if period.end <= period.as_of:
            yield from growing(courses, days, _span(period))
        if by is Dimension.CATEGORY:
            yield from large(courses, total)
            yield from above_the_rest(
                "hot_repeats", _shares(session, figures, "repeat_rate", by, period, "numerator")
            )
    yield from matters(evidence.followers(session, period))


def _weak(session: Session, month: str, period: Period, months: Sequence[str]) -> Iterable[Finding]:
    done, offered = list(evidence.work_done(session, period)), list(evidence.offers(session, period))
    middle = _medians(done)
    judged = [d for d in done if d.kind in middle]
    by_done: Mapping[str, Callable[[Done], str | None]] = {
        "channel": lambda d: d.channel, "department": lambda d: d.department, "hour": lambda d: f"{d.hour:02d}",
    }  # fmt: skip
    for by, key in by_done.items():
        groups = _groups(judged, key, lambda d: d.seconds > middle[d.kind], lambda d: d.ref)
        yield from slower_than_half("weak_slow", prefixed(by, groups))
    by_offer: Mapping[str, Callable[[Offered], str | None]] = {
        "channel": lambda o: o.channel, "department": lambda o: o.department, "hour": lambda o: f"{o.hour:02d}",
    }  # fmt: skip
    for by, where in by_offer.items():
        groups = _groups(offered, where, lambda o: o.declined, lambda o: o.ref)
        yield from above_the_rest("weak_declined", prefixed(by, groups))
    earlier = [
        d for name in months[-SAME_MONTHS:]
        for d in evidence.work_done(session, period_of(name, period.zone, period.as_of))
    ]  # fmt: skip
    usual, now = _medians(earlier), defaultdict(list)
    for d in done:
        now[d.kind].append(d)
    activities = [
        Group(
            f"activity={kind}", sum(d.seconds > usual[kind] for d in some), len(some),
            tuple(dict.fromkeys(d.ref for d in some if d.seconds > usual[kind]))[:EXAMPLES],
            {"seconds": int(median(d.seconds for d in some)), "before_seconds": int(usual[kind])},
        )
        for kind, some in now.items() if kind in usual
    ]  # fmt: skip
    yield from slower_than_half("weak_slower", activities)


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
    for g in figures[name]["by"][str(by)]:
        if g["key"] is None:
            continue
        hits = (g["numerator"] or 0) if which == "numerator" else g["n"] - (g["numerator"] or 0)
        refs = (
            case_refs(session, name, period, which=which, by=by, key=g["key"], limit=EXAMPLES) if hits else []
        )
        found.append(Group(f"{by}={g['key']}", hits, g["n"], tuple(refs)))
    return found


def _groups(
    rows: Iterable[Row], key: Callable[[Row], Hashable], hit: Callable[[Row], bool], ref: Callable[[Row], str]
) -> list[Group]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    refs: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        place = key(row)
        if place is None:
            continue
        counts[str(place)][1] += 1
        if hit(row):
            counts[str(place)][0] += 1
            if len(refs[str(place)]) < EXAMPLES and ref(row) not in refs[str(place)]:
                refs[str(place)].append(ref(row))
    return [Group(name, hits, n, tuple(refs[name])) for name, (hits, n) in sorted(counts.items())]


def _medians(done: Sequence[Done]) -> dict[str, float]:
    """The median of each kind of work of which there is enough."""
    seconds: dict[str, list[int]] = defaultdict(list)
    for d in done:
        seconds[d.kind].append(d.seconds)
    return {kind: median(all_) for kind, all_ in seconds.items() if len(all_) >= LEAST_OF_A_KIND}


def _known_months(session: Session, month: str, period: Period) -> list[str]:
    """The months before that the store knows whole, twelve at most, oldest first."""
    since = known_since(session)
    names = [shifted(month, -back) for back in range(LOOKS_BACK_MONTHS, 0, -1)]
    return [n for n in names if since is not None and period_of(n, period.zone, period.as_of).start >= since]


def _received(session: Session, month: str, period: Period) -> int:
    counted = received_before(
        session, shifted(month, 1), period.zone, Dimension.TIER, months=1, period=period
    )  # fmt: skip
    return sum(n for _, n in counted[month])


def _days(month: str, period: Period) -> float:
    return _span(period_of(month, period.zone, period.as_of))


def _span(period: Period) -> float:
    """Days of 24 hours: a March is an hour short where the clock goes forward."""
    return (period.end - period.start).total_seconds() / 86_400
