"""Hot issues: what came in more than expected, what makes up the month, what comes back, what hit many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from complaints.review.finding import EXAMPLES, Finding, Sure, sureness
from complaints.review.statistics import Expected, at_least, discoveries, expected, wilson

LEAST_MONTHS = 3
"""Months before without which nothing is expected (O)."""
LEAST_TO_GROW = 5
"""Complaints of an issue below which a growth is no issue (O)."""
LARGE_SHARE = 0.2
"""An issue that makes up this much of a month is told whatever it did before (O)."""
LEAST_TOTAL = 20
LEAST_MEMBERS = 3
"""Complaints that follow one lead before the matter is told (O)."""
LEAST_CAUSES = 10


@dataclass(frozen=True, slots=True)
class Course:
    """Complaints of one issue: those of the month, and of the months before with their days, oldest first."""

    key: str
    count: int
    before: tuple[int, ...]
    refs: tuple[str, ...] = ()


def growing(courses: Sequence[Course], days_before: Sequence[float], days: float) -> list[Finding]:
    """Issues above what the months before let expect, false discoveries held at 5 %; silent under three months."""
    if len(days_before) < LEAST_MONTHS:
        return []
    judged = [(c, expected(c.before, days_before, days)) for c in courses if c.count >= LEAST_TO_GROW]
    chances = [at_least(c.count, e.mean, e.variance) for c, e in judged]
    told = [
        Finding(
            "hot_growth", c.key, sureness(p), c.count, c.refs[:EXAMPLES],
            {"n": c.count, "expected": e.mean, "low": e.low, "high": e.high, "months": len(days_before)}, p,
        )
        for (c, e), p, yes in zip(judged, chances, discoveries(chances), strict=True)
        if yes and c.count > e.mean
    ]  # fmt: skip
    return sorted(told, key=lambda f: (-(f.cases - float(f.numbers["expected"])), f.key))


def large(courses: Sequence[Course], total: int) -> list[Finding]:
    """Issues that surely make up a fifth of the month, unless there is nothing else in it that they could outweigh."""
    if total < LEAST_TOTAL:
        return []
    found = []
    for c in courses:
        low, high = wilson(c.count, total)
        if low >= LARGE_SHARE and c.count < total:
            numbers = {"n": c.count, "total": total, "share": c.count / total, "low": low, "high": high}
            found.append(Finding("hot_volume", c.key, Sure.CERTAIN, c.count, c.refs[:EXAMPLES], numbers))
    return sorted(found, key=lambda f: (-f.cases, f.key))


def matters(members: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Complaints of one cause: by lead, who followed it in the month."""
    return sorted(
        (
            Finding(
                "hot_matter",
                f"lead={lead}",
                Sure.CERTAIN,
                len(refs),
                (lead, *refs)[:EXAMPLES],
                {"n": len(refs)},
            )
            for lead, refs in members.items()
            if len(refs) >= LEAST_MEMBERS
        ),
        key=lambda f: (-f.cases, f.key),
    )


def next_month(counts: Sequence[int], days: Sequence[float], next_days: float) -> Expected | None:
    """Complaints to be expected next month; None with fewer than three months to go by, or none at all."""
    return expected(counts, days, next_days) if len(counts) >= LEAST_MONTHS and any(counts) else None


def vital_few(causes: Mapping[str, Sequence[str]]) -> list[Finding]:
    """The causes that together make up four fifths (Pareto), biggest first; silent under ten causes written down."""
    total = sum(len(refs) for refs in causes.values())
    if total < LEAST_CAUSES:
        return []
    found, sum_before = [], 0
    for key, refs in sorted(causes.items(), key=lambda item: (-len(item[1]), item[0])):
        if sum_before >= 0.8 * total:
            break
        sum_before += len(refs)
        numbers = {"n": len(refs), "total": total, "share": len(refs) / total, "together": sum_before / total}
        found.append(Finding("cause", key, Sure.CERTAIN, len(refs), tuple(refs)[:EXAMPLES], numbers))
    return found
