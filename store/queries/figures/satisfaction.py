"""What customers say: satisfaction, recommendation, who answers, and what a low score leads to."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from complaints.survey import SURVEY_RULES
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.seconds import Expression
from store.queries.figures.units import NO, YES, Units, closed_in, number, there_is, within
from store.tables import Case, Decision, Letter, Survey

PROMOTERS, DETRACTORS = 9, 6
"""9 and 10 recommend, 0 to 6 advise against."""
ANSWERED = and_(col(Survey.answered_at).is_not(None), col(Survey.score).is_not(None))
SETTLED = col(Survey.score) > SURVEY_RULES.low
OF_CASE = col(Survey.case_id) == col(Case.id)
BY_RATED = {Dimension.HANDLER: col(Survey.rated)}
"""Who was rated, frozen when the survey went out."""
LAST, FIRST = col(Survey.cycle) == col(Case.cycle), col(Survey.cycle) == 1
DELIVERED = there_is(
    col(Letter.case_id) == col(Case.id), col(Letter.cycle) == col(Survey.cycle), col(Letter.kind) == "survey",
    col(Letter.state) == "delivered", or_(col(Letter.receipt).is_(None), col(Letter.receipt) != "failed"),
)  # fmt: skip
"""The survey reached the customer: delivered, and not merely sent."""
LATER = aliased(Survey)
NEWEST = or_(
    LAST,
    ~there_is(
        col(LATER.case_id) == col(Survey.case_id), col(LATER.cycle) > col(Survey.cycle), col(LATER.nps).is_not(None)
    ),
)  # fmt: skip
"""Of the answers of a complaint."""
PROMOTES = case((col(Survey.nps) >= PROMOTERS, YES), (col(Survey.nps) <= DETRACTORS, -YES), else_=NO)
ANSWERS = (
    select(func.count())
    .where(col(Decision.case_id) == col(Case.id), col(Decision.cycle) == 1)
    .correlate(Case)
    .scalar_subquery()
)
"""How often the first cycle was answered. A first solution was accepted where the first answer settled the matter."""


def _of_closed(among: ColumnElement[bool], adds: Expression) -> Callable[[Period], Units]:
    """Surveys of the complaints that were closed, of whichever cycle."""

    def units(period: Period) -> Units:
        return Units(
            joins=((Survey, OF_CASE),), where=closed_in(period), among=among, adds=adds, own=BY_RATED
        )  # fmt: skip

    return units


def _redispatch(period: Period) -> Units:
    return Units(
        joins=((Survey, OF_CASE),), where=(within(col(Survey.answered_at), period), ANSWERED),
        adds=number(~SETTLED), own=BY_RATED, at=col(Survey.answered_at),
    )  # fmt: skip


def _cycles(period: Period) -> Units:
    return Units(where=closed_in(period), among=col(Case.outcome) == "accepted", adds=col(Case.cycle))


DEFINITIONS = (
    Definition("csat", Cohort.CLOSED, Unit.SHARE, _of_closed(and_(LAST, ANSWERED), number(SETTLED))),
    Definition(
        "csat_first_cycle", Cohort.CLOSED, Unit.SHARE, _of_closed(and_(FIRST, ANSWERED), number(SETTLED))
    ),
    Definition(
        "response_rate", Cohort.CLOSED, Unit.SHARE, _of_closed(and_(LAST, DELIVERED), number(ANSWERED))
    ),
    Definition(
        "nps", Cohort.CLOSED, Unit.POINTS, _of_closed(and_(col(Survey.nps).is_not(None), NEWEST), PROMOTES)
    ),
    Definition("redispatch_rate", Cohort.EVENTS, Unit.SHARE, _redispatch),
    Definition("cycles_to_acceptance", Cohort.CLOSED, Unit.CYCLES, _cycles),
    Definition(
        "first_solution_acceptance",
        Cohort.CLOSED,
        Unit.SHARE,
        _of_closed(and_(FIRST, ANSWERED), number(and_(SETTLED, ANSWERS == 1))),
    ),
)
