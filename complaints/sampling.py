"""Which closed complaints are looked at again: drawn by a seed, the same for everybody who has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from heapq import nsmallest

SHARE_PERCENT = 5
"""Of closed complaints, and of grades (S)."""
LEAST_GRADES = 30
"""Grades checked in a month at least, while there are so many (S)."""
LATE_CYCLE = 3
"""From this cycle on a complaint has a retrospective, as each severe one (S)."""


def size(population: int, least: int = 1) -> int:
    """Five percent, rounded up, at least `least`, never more than there are: of 1 000 it is 50, of 100 grades 30."""
    return min(population, max(least, -(-population * SHARE_PERCENT // 100)))


def drawn(refs: Iterable[str], number: int, seed: str) -> list[str]:
    """So many of them, in the order of a hash of seed and reference: no order of the input changes it."""
    return nsmallest(number, refs, key=lambda ref: hashlib.sha256(f"{seed}\0{ref}".encode()).digest())


def weights(population: int, sample: Sequence[str]) -> list[int]:
    """For how many each of the sample stands: whole numbers that add up to the population, 137 of 30 being 5 or 4."""
    if not sample:
        return []
    each, more = divmod(population, len(sample))
    return [each + (place < more) for place in range(len(sample))]
