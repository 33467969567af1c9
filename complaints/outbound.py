"""The outbox's judgements: may a letter still go, when to try again, which other way is left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

RETRIES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1_800, 7_200))
"""Waits between tries (O); after one try more than there are waits the letter is given up on this way."""
MOST_TRIES = len(RETRIES) + 1

UNWANTED_AFTER = frozenset({"withdrawn", "void", "merged"})
"""Status of a case that must never be surveyed (process.md, end)."""


def may_still_go(kind: str, status: str) -> bool:
    """False for what asks the customer's opinion of a case that was withdrawn, voided or merged meanwhile."""
    return not (kind.startswith(("survey", "nps")) and status in UNWANTED_AFTER)


def next_try(tries: int) -> timedelta | None:
    """How long to wait after `tries` failed ones (counted from 1); None when the way is given up."""
    return RETRIES[tries - 1] if tries < MOST_TRIES else None


def other_way(way: str, tried: Collection[str], *, email: str | None, phone: str | None) -> str | None:
    """The next way to reach a customer after `way` failed for good; None when none is left."""
    reachable = [("email", email), ("sms", phone)]
    return next((name for name, at in reachable if at and name != way and name not in tried), None)
