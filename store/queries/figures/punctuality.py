"""Clocks and promises: met or not, with what is overdue and still open counted as not met."""

from __future__ import annotations

from sqlalchemy import Text, and_, case, cast, or_
from sqlmodel import col

from complaints.clock import FULL
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.units import Units, number, within
from store.tables import Case, ClockRow, Promise


def _clocks(period: Period) -> Units:
    """A clock is decided when it is stopped in time, or at the instant its due passes.

    One that was late before it got more time stays breached: decided when it was first due. As `Clock.state`, a clock
    stopped exactly when due is met, unless its own expiry stopped it.
    """
    due, stopped = col(ClockRow.due_at), col(ClockRow.stopped_at)
    by_expiry = and_(stopped.is_not(None), cast(col(ClockRow.fired), Text).contains(f'"{FULL}"'))
    late = col(ClockRow.late_at)
    met = and_(stopped <= due, late.is_(None), ~by_expiry)
    decided = case((late.is_not(None), late), (stopped < due, stopped), else_=due)
    passed = or_(late.is_not(None), stopped.is_not(None), due < period.until)
    return Units(
        joins=((ClockRow, col(ClockRow.case_id) == col(Case.id)),),
        where=(
            col(ClockRow.cancelled).is_(False),
            or_(
                due >= period.start, late >= period.start
            ),  # nothing is decided later: lets the indexes serve
            # `decided` lies in the period, as a planner can tell from its columns how many these are
            or_(
                within(late, period),
                and_(late.is_(None), stopped < due, within(stopped, period)),
                and_(late.is_(None), or_(stopped.is_(None), stopped >= due), within(due, period)),
            ),
            passed,
        ),
        adds=number(met),
        at=decided,
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
        at=col(Promise.due_at),
    )


DEFINITIONS = (
    Definition("clock_attainment", Cohort.EVENTS, Unit.SHARE, _clocks, own=(Dimension.CLOCK,)),
    Definition("promise_kept", Cohort.EVENTS, Unit.SHARE, _promises),
)
