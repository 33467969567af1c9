"""The few known tests that findings rest on. Pure arithmetic; each names its source.

Everything is exact or a score interval, so that small numbers are treated as what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count as counting
from math import exp, lgamma, log, sqrt

Z95 = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""
T975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179,
)  # fmt: skip
"""Two-sided 95 % of Student's distribution for 1, 2, … degrees of freedom."""

NOTHING = 1e-18
"""A chance so much smaller than those before it changes no digit of their sum."""


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

    def chance(k: int) -> float:
        return exp(_log_choose(trials, k) - trials * log(2))

    if above > trials / 2:
        return _summed(chance(above), ((trials - k) / (k + 1) for k in range(above, trials)))
    if above <= 0:
        return 1.0
    return 1.0 - _summed(chance(above - 1), (k / (trials - k + 1) for k in range(above - 1, 0, -1)))


def fisher(inside: int, trials: int, outside: int, others: int) -> float:
    """P(at least `inside` of `trials`) given all successes, were the group like the rest: Fisher, exact, one-sided.

    The rest has `outside` of `others`. `fisher(3, 3, 0, 3)` is 0.05.
    """
    total, successes = trials + others, inside + outside
    least, most = max(0, successes - others), min(trials, successes)
    beyond = others - successes
    """Failures of the rest, less the successes inside."""

    def chance(k: int) -> float:
        ways = _log_choose(trials, k) + _log_choose(others, successes - k)
        return exp(ways - _log_choose(total, successes))

    if inside * total > trials * successes:
        up = ((trials - k) * (successes - k) / ((k + 1) * (beyond + k + 1)) for k in range(inside, most))
        return _summed(chance(inside), up)
    if inside <= least:
        return 1.0
    below = inside - 1
    down = (k * (beyond + k) / ((trials - k + 1) * (successes - k + 1)) for k in range(below, least, -1))
    return 1.0 - _summed(chance(below), down)


def at_least(count: int, mean: float, variance: float) -> float:
    """P(a count reaches `count`): Poisson, or the negative binomial with this variance where it exceeds the mean."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    spread = variance > mean * (1 + 1e-9)
    size = mean * mean / (variance - mean) if spread else 0.0

    def ratio(k: int) -> float:
        """How much more likely k + 1 is than k."""
        return (k + size) / (k + 1) * mean / (size + mean) if spread else mean / (k + 1)

    def chance(k: int) -> float:
        if not spread:
            return exp(k * log(mean) - mean - lgamma(k + 1))
        ways = lgamma(k + size) - lgamma(size) - lgamma(k + 1)
        return exp(ways + size * log(size / (size + mean)) + k * log(mean / (size + mean)))

    if count > mean:
        return _summed(chance(count), map(ratio, counting(count)))
    return 1.0 - _summed(chance(count - 1), (1 / ratio(k - 1) for k in range(count - 1, 0, -1)))


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


def _summed(first: float, ratios: Iterable[float]) -> float:
    """Chances that fall from the first on, each the one before times its ratio, until they no longer tell."""
    total = chance = first
    for ratio in ratios:
        chance *= ratio
        total += chance
        if chance <= total * NOTHING:
            break
    return min(1.0, total)
