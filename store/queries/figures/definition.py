"""A figure as it is defined: its cohort, its unit, what it counts, by what it may be broken down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col

from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Part, Unit
from store.queries.figures.units import COMMON, Units, place_of
from store.tables import Case


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
    at_ends: Callable[[Sequence[Period]], Units] | None = None
    """Of what is open: the units at the ends of all these months, the place of its month a dimension of each."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """By what it may be broken down."""
        return self.own if self.counted is not None else (*COMMON, *self.own)

    def by_month(self, months: Sequence[Period]) -> Units | None:
        """The units of all these months, which are over, with the place of its month as a dimension of each.

        None where that takes a statement for each: of what is no question of complaints, and of what is open without
        `at_ends`.
        """
        if self.at_ends is not None:
            return self.at_ends(months)
        if self.units is None:
            return None
        units = self.units(replace(months[-1], start=months[0].start))
        at = {Cohort.RECEIVED: col(Case.received_at), Cohort.CLOSED: col(Case.closed_at)}.get(
            self.cohort, units.at
        )
        if at is None:
            return None
        return replace(units, own={**units.own, Dimension.MONTH: place_of(at, months)})
