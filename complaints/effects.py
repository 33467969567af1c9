"""Whether an improvement action worked: the figure it was meant to move, before it and after it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from complaints.errors import Refusal

WINDOW = timedelta(days=30)
"""How long is measured, before an action is opened and after it is done (process.md, 8)."""
LEAST = 5
"""Of fewer cases on either side a share or a duration says nothing (O); of a count, on the side before."""
MOST_FALL, MOST_RISE = 100, 1_000
"""Percent. Nothing falls by more than all of it."""
RECTIFIED_TARGET = 0.85
"""Hot issues rectified and proven ÷ hot issues named (S)."""


class Effect(StrEnum):
    PROVEN = "proven"
    FAILED = "failed"
    UNCLEAR = "unclear"
    """Too little to measure, or no figure named: a person judges."""


class NoExpectation(Refusal):
    """An expected change that no figure can show."""

    code = "no-expectation"


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure over one window: its value (None for n/a), and of how many cases."""

    value: float | None
    n: int


def check_expected(percent: int) -> None:
    """`NoExpectation` unless the change can happen and can be told from none."""
    if percent == 0 or not -MOST_FALL <= percent <= MOST_RISE:
        raise NoExpectation(
            f"{percent} % is no change that a figure can show: write how much it moves, -25 for a quarter less"
        )


def effect(before: Measured, after: Measured, expected_percent: int, *, counted: bool) -> Effect:
    """Judge the change from `before` to `after` against the one that was expected.

    (after − before) ÷ |before|: from 20 % to 14 % is −30 %, which proves an expected −25 %. `counted`: the figure
    counts cases, so that few after the action are its success and no lack of data.
    """
    if before.value is None or after.value is None or not before.value or before.n < LEAST:
        return Effect.UNCLEAR
    if after.n < LEAST and not counted:
        return Effect.UNCLEAR
    change = (after.value - before.value) / abs(before.value) * 100
    reached = change <= expected_percent if expected_percent < 0 else change >= expected_percent
    return Effect.PROVEN if reached else Effect.FAILED
