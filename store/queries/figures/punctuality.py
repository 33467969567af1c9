"""Clocks and promises: met or not, with what is overdue and still open counted as not met."""

from __future__ import annotations

from sqlalchemy import Text, and_, case, cast, func, or_
from sqlmodel import col

from complaints.clock import FULL
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.units import Units, number, within
from store.tables import Case, ClockRow, Promise


def _clocks(period: Period) -> Units:
    """A clock is decided when it is stopped in time, or at the instant its due passes.

    One that was late before it got more time stays breached: decided when it got it. As `Clock.state`, a clock
    stopped exactly when due is met, unless its own expiry stopped it.
    """
    due, stopped = col(ClockRow.due_at), col(ClockRow.stopped_at)
    by_expiry = and_(stopped.is_not(None), cast(col(ClockRow.fired), Text).contains(f'"{FULL}"'))
    met = and_(stopped <= due, col(ClockRow.late_before).is_(False), ~by_expiry)
    earlier = case((stopped < due, stopped), else_=due)
    decided = case((col(ClockRow.late_before), func.coalesce(col(ClockRow.armed_at), earlier)), else_=earlier)
    passed = or_(
        stopped.is_not(None), due < period.until, and_(col(ClockRow.late_before), decided < period.until)
    )
    return Units(
        joins=((ClockRow, col(ClockRow.case_id) == col(Case.id)),),
        where=(
            col(ClockRow.cancelled).is_(False),
            due >= period.start,  # nothing is decided later than its due: lets the index on it serve
            within(decided, period),
            passed,
        ),
        adds=number(met),
        own={Dimension.CLOCK: col(ClockRow.name)},
    )


def _promises(period: Period) -> Units:
    """Promises whose date lies in the period. One that was moved before it was due is due no more."""
    open_still = col(Promise.state) == "open"
    return Units(
        joins=((Promise, col(Promise.case_id) == col(Case.id)),),
        where=(within(col(Promise.due_at), period), col(Promise.state) != "moved"),
        counts=or_(~open_still, col(Promise.due_at) < period.until),
        adds=number(col(Promise.state) == "kept"),
        pending=and_(open_still, col(Promise.due_at) >= period.until),
    )


DEFINITIONS = (
    Definition("clock_attainment", Cohort.EVENTS, Unit.SHARE, _clocks, own=(Dimension.CLOCK,)),
    Definition("promise_kept", Cohort.EVENTS, Unit.SHARE, _promises),
)
