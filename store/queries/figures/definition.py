"""A figure as it is defined: its cohort, its unit, what it counts, by what it may be broken down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Part, Unit
from store.queries.figures.units import COMMON, Units


@dataclass(frozen=True, slots=True)
class Definition:
    """One of `units`, `counted` (which counts by itself) and `reason` (why it has no value) is given."""

    name: str
    cohort: Cohort
    unit: Unit
    units: Callable[[Period], Units] | None = None
    counted: Callable[[Session, Period], list[Part]] | None = None
    """Counts parts by the first of `own` where that is no question of complaints."""
    reason: str | None = None
    own: tuple[Dimension, ...] = ()
    """Dimensions that only this figure has."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """By what it may be broken down."""
        return self.own if self.counted is not None else (*COMMON, *self.own)
