"""What a figure is when it has been counted. Names are keys; the words for people come from templates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from store.queries.figures.period import Period


class Cohort(StrEnum):
    """Which complaints a figure is about."""

    RECEIVED = "R"
    """Received in the period."""
    CLOSED = "C"
    """Closed in the period, and not reopened since."""
    OPEN = "O"
    """Open at the end of the period."""
    EVENTS = "E"
    """What happened, or fell due, in the period, whenever its complaint was received."""


class Unit(StrEnum):
    """What the value of a figure is measured in."""

    SHARE = "share"
    """0 to 1: numerator ÷ denominator."""
    POINTS = "points"
    """−100 to 100: 100 times numerator ÷ denominator."""
    COUNT = "count"
    SECONDS = "seconds"
    """Median of whole seconds."""
    CYCLES = "cycles"
    """Median of cycles."""
    MONEY = "money"
    """A sum in minor units of the currency."""


class Dimension(StrEnum):
    """By what a figure may be broken down. Those of the second group belong to single figures."""

    CATEGORY = "category"
    CHANNEL = "channel"
    DEPARTMENT = "department"
    REGION = "region"
    PRODUCT = "product"
    TIER = "tier"
    URGENCY = "urgency"
    CUSTOMER_GROUP = "customer_group"
    HANDLER = "handler"

    CLOCK = "clock"
    AGE = "age"
    REASON = "reason"

    MONTH = "month"
    """In the course of a year only."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles by nearest rank: the smallest value that at least so many percent do not exceed.

    So each is a value that occurred, and the same on every database. None over nothing.
    """

    median: int | None = None
    p90: int | None = None
    p95: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A figure over one group of its cohort, or over all of it.

    `value` is None ("n/a") over an empty denominator; for durations it is the median in calendar time.
    """

    key: str | None
    """The group; None for the whole, and for what has no value in the dimension."""
    n: int = 0
    """How many are counted: the denominator, or the durations measured."""
    numerator: int | None = None
    denominator: int | None = None
    value: float | None = None
    calendar: Spread | None = None
    """Of durations, in calendar time (seconds); of cycles, in cycles."""
    business: Spread | None = None
    """Of durations, in the working time of a calendar; None when none was handed in."""
    pending: int = 0
    """Of the cohort, not decided yet: still open, not due, or not judged."""
    withdrawn: int = 0
    """Withdrawn ones of the cohort, shown apart: in none of the other numbers."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over a period. `parts` are its groups by key when it was broken down `by` a dimension."""

    name: str
    cohort: Cohort
    unit: Unit
    period: Period
    whole: Part
    by: Dimension | None = None
    parts: tuple[Part, ...] = ()
    reason: str | None = None
    """Why there is no value at all: what the store does not keep, as a key."""
