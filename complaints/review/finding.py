"""A finding: what a month's complaints show, how sure it is, and complaints to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from complaints.review.statistics import discoveries, fisher, sign_test, wilson

EXAMPLES = 5
"""References a finding names."""
LEAST_GROUP = 8
"""Cases of a group below which nothing is said of its shares (O)."""
LEAST_REST = 8
"""The same for all others, which it is held against."""
MATTERS_FROM = 0.05
"""A share that differs by less is true perhaps, and no news (O)."""


class Sure(StrEnum):
    CERTAIN = "certain"
    """Counted, not inferred."""
    VERY_LIKELY = "very_likely"
    """Chance alone does this once in 1 000 times or less."""
    LIKELY = "likely"
    """Of all that is told as likely, one in twenty may be chance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` is what it is about, as `category=logistics`; (month, kind, key) names it for good.

    `numbers` are counts, shares (0 to 1), seconds; `low` and `high` bound `share` or `expected` at 95 %.
    """

    kind: str
    key: str
    sure: Sure
    cases: int
    refs: tuple[str, ...] = ()
    numbers: Mapping[str, float | int | str] = field(default_factory=dict)
    chance: float = 0.0
    """How often chance alone does as much; 0 for what is counted."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some cases of a group: `hits` of `n` have what is asked; `refs` are examples of hits."""

    key: str
    hits: int
    n: int
    refs: tuple[str, ...] = ()
    numbers: Mapping[str, float | int] = field(default_factory=dict)


def sureness(chance: float) -> Sure:
    return Sure.VERY_LIKELY if chance <= 0.001 else Sure.LIKELY


def above_the_rest(kind: str, groups: Sequence[Group], *, below: bool = False) -> list[Finding]:
    """Groups whose share lies above (or `below`) that of all others, by Fisher's exact test.

    False discoveries are held at 5 %. Silent about groups under `LEAST_GROUP`, about what is held against fewer than
    `LEAST_REST`, and about differences under `MATTERS_FROM`. Most cases first.
    """
    hits, n = sum(g.hits for g in groups), sum(g.n for g in groups)
    judged = [g for g in groups if g.n >= LEAST_GROUP and n - g.n >= LEAST_REST]

    def chance(g: Group) -> float:
        inside, outside = (g.n - g.hits, n - g.n - hits + g.hits) if below else (g.hits, hits - g.hits)
        return fisher(inside, g.n, outside, n - g.n)

    def made(g: Group, p: float) -> Finding | None:
        share, rest = g.hits / g.n, (hits - g.hits) / (n - g.n)
        if (rest - share if below else share - rest) < MATTERS_FROM:
            return None
        low, high = wilson(g.hits, g.n)
        numbers = {
            "hits": g.hits,
            "n": g.n,
            "share": share,
            "low": low,
            "high": high,
            "rest": rest,
            **g.numbers,
        }
        return Finding(kind, g.key, sureness(p), g.hits, g.refs[:EXAMPLES], numbers, p)

    return _told(judged, chance, made)


def slower_than_half(kind: str, groups: Sequence[Group]) -> list[Finding]:
    """Groups of which more than half took longer than the median they are held against: the sign test, as above."""
    judged = [g for g in groups if g.n >= LEAST_GROUP]

    def made(g: Group, p: float) -> Finding | None:
        share = g.hits / g.n
        if share - 0.5 < MATTERS_FROM:
            return None
        low, high = wilson(g.hits, g.n)
        numbers = {"hits": g.hits, "n": g.n, "share": share, "low": low, "high": high, **g.numbers}
        return Finding(kind, g.key, sureness(p), g.hits, g.refs[:EXAMPLES], numbers, p)

    return _told(judged, lambda g: sign_test(g.hits, g.n), made)


def _told(
    groups: Sequence[Group], chance: Callable[[Group], float], made: Callable[[Group, float], Finding | None]
) -> list[Finding]:
    chances = [chance(g) for g in groups]
    told = [
        found
        for g, p, yes in zip(groups, chances, discoveries(chances), strict=True)
        if yes and (found := made(g, p)) is not None
    ]
    return sorted(told, key=lambda f: (-f.cases, f.key))


def prefixed(by: str, groups: Sequence[Group]) -> list[Group]:
    """The groups of a dimension under keys that say so: `channel=app`."""
    return [replace(g, key=f"{by}={g.key}") for g in groups]
