"""What the flows of the review need of the rest: the only door between Prefect and the month's figures.

Every method is synchronous, opens its own transactions, and is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flows.port import built

REVIEW_VARIABLE = "AMENDS_TEST_REVIEW"
DEFAULT_REVIEW = "runtime.wiring:review"


@dataclass(frozen=True, slots=True)
class Printed:
    """A month's report, fit for everybody's eyes: keys, numbers and references, no words of customers."""

    month: str
    frozen: bool
    heading: str
    markdown: str
    figures: Sequence[Mapping[str, str]]
    """One row a figure, column heads to text."""
    link: str
    """The report's page at the desk."""


class Review(Protocol):
    def print(self, month: str | None, language: str | None) -> Printed:
        """The report of a month as 2026-11, else of the last one that is over, which is frozen by it; in `zh` or
        `en`, else the language of the installation. Raises ValueError for what is no month, or has not begun.
        """
        ...

    def mail(self, month: str) -> int:
        """Write each manager a letter with the headlines of a frozen month; how many were not written before."""
        ...

    def take_snapshots(self) -> list[str]:
        """Take the pictures that are missing of the last days that are over; which days."""
        ...


class _Bound:
    review: Review | None = None


def bind(review: Review | None) -> None:
    """Says which review the flows of this process use."""
    _Bound.review = review


def review() -> Review:
    """The review of this process; built like `flows.port.casework` in one that nobody wired."""
    if _Bound.review is None:
        _Bound.review = built(REVIEW_VARIABLE, DEFAULT_REVIEW, "review")
    return _Bound.review
