"""The few known tests that findings rest on. Pure arithmetic; each names its source.

Everything is exact or a score interval, so that small numbers are treated as what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

Z95 = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""
T975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179,
)  # fmt: skip
"""Two-sided 95 % of Student's distribution for 1, 2, … degrees of freedom."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927). `wilson(8, 10)` is 0.490 to 0.943."""
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no share")
    share, z2 = successes / trials, Z95 * Z95
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def sign_test(above: int, trials: int) -> float:
    """P(at least `above` of `trials` lie above the median), were the group like all others: one-sided, exact."""
    return min(1.0, sum(exp(_log_choose(trials, k) - trials * log(2)) for k in range(above, trials + 1)))


def fisher(inside: int, trials: int, outside: int, others: int) -> float:
    """P(at least `inside` of `trials`) given all successes, were the group like the rest: Fisher, exact, one-sided.

    The rest has `outside` of `others`. `fisher(3, 3, 0, 3)` is 0.05.
    """
    total, successes = trials + others, inside + outside
    ways = _log_choose(total, successes)
    highest = min(trials, successes)
    return min(
        1.0,
        sum(
            exp(_log_choose(trials, k) + _log_choose(others, successes - k) - ways)
            for k in range(max(inside, successes - others), highest + 1)
        ),
    )


def at_least(count: int, mean: float, variance: float) -> float:
    """P(a count reaches `count`): Poisson, or the negative binomial with this variance where it exceeds the mean."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    below = sum(exp(_log_probability(k, mean, variance)) for k in range(count))
    return min(1.0, max(0.0, 1.0 - below))


def discoveries(chances: Sequence[float], false_share: float = 0.05) -> list[bool]:
    """Which of many tests may be told if at most this share of those told shall be wrong (Benjamini, Hochberg 1995)."""
    ranked = sorted(range(len(chances)), key=lambda i: chances[i])
    last = max(
        (rank for rank, i in enumerate(ranked, 1) if chances[i] <= false_share * rank / len(chances)),
        default=0,
    )
    told = set(ranked[:last])
    return [i in told for i in range(len(chances))]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a count will be: mean, variance of one observation, and its 95 % interval."""

    mean: float
    variance: float
    low: float
    high: float


def expected(counts: Sequence[int], days: Sequence[float], next_days: float) -> Expected:
    """The next count from those before, each over so many days: quasi-Poisson with an even rate per day.

    Dispersion is Pearson's, never below 1 (Poisson); the interval is Student's with one degree less than counts,
    and counts what is not known of the rate: mean ± t · √(dispersion · mean · (1 + next_days ÷ Σ days)). It knows
    no season and no trend. At least two counts.
    """
    if len(counts) < 2 or len(counts) != len(days):
        raise ValueError("an expectation needs two counts or more, each with its days")
    rate = sum(counts) / sum(days)
    dispersion = 1.0
    if rate > 0:
        pearson = sum((c - rate * d) ** 2 / (rate * d) for c, d in zip(counts, days, strict=True))
        dispersion = max(1.0, pearson / (len(counts) - 1))
    mean = rate * next_days
    variance = dispersion * mean * (1 + next_days / sum(days))
    half = T975[min(len(counts) - 1, len(T975)) - 1] * sqrt(variance)
    return Expected(mean, variance, max(0.0, mean - half), mean + half)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log_probability(k: int, mean: float, variance: float) -> float:
    if variance <= mean * (1 + 1e-9):
        return k * log(mean) - mean - lgamma(k + 1)
    size = mean * mean / (variance - mean)
    return (
        lgamma(k + size) - lgamma(size) - lgamma(k + 1)
        + size * log(size / (size + mean)) + k * log(mean / (size + mean))
    )  # fmt: skip
