"""What customers say: satisfaction, recommendation, who answers, and what a low score leads to."""

from __future__ import annotations

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from complaints.survey import SURVEY_RULES
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.units import NO, YES, Units, closed_in, number, within
from store.tables import Case, Decision, Letter, Survey

PROMOTERS, DETRACTORS = 9, 6
"""9 and 10 recommend, 0 to 6 advise against."""
ANSWERED = and_(col(Survey.answered_at).is_not(None), col(Survey.score).is_not(None))
SETTLED = col(Survey.score) > SURVEY_RULES.low
OF_CASE = col(Survey.case_id) == col(Case.id)
BY_RATED = {Dimension.HANDLER: col(Survey.rated)}
"""Who was rated, frozen when the survey went out."""


def _last(period: Period) -> Units:
    return Units(
        joins=((Survey, and_(OF_CASE, col(Survey.cycle) == col(Case.cycle))),),
        where=closed_in(period), among=ANSWERED, adds=number(SETTLED), own=BY_RATED,
    )  # fmt: skip


def _first(period: Period) -> Units:
    return Units(
        joins=((Survey, and_(OF_CASE, col(Survey.cycle) == 1)),),
        where=(*closed_in(period), ANSWERED), adds=number(SETTLED), own=BY_RATED,
    )  # fmt: skip


def _response(period: Period) -> Units:
    """Of the surveys of the last cycle that reached the customer, delivered and not merely sent."""
    delivered = exists().where(
        col(Letter.case_id) == col(Case.id), col(Letter.cycle) == col(Survey.cycle), col(Letter.kind) == "survey",
        col(Letter.state) == "delivered", or_(col(Letter.receipt).is_(None), col(Letter.receipt) != "failed"),
    )  # fmt: skip
    return Units(
        joins=((Survey, and_(OF_CASE, col(Survey.cycle) == col(Case.cycle))),),
        where=closed_in(period), among=delivered, adds=number(ANSWERED), own=BY_RATED,
    )  # fmt: skip


def _nps(period: Period) -> Units:
    """The newest answer of each complaint: 1 for a promoter, −1 for a detractor."""
    later, nps = aliased(Survey), col(Survey.nps)
    answered_again = exists().where(
        col(later.case_id) == col(Survey.case_id),
        col(later.cycle) > col(Survey.cycle),
        col(later.nps).is_not(None),
    )
    return Units(
        joins=((Survey, OF_CASE),),
        where=(*closed_in(period), nps.is_not(None), ~answered_again),
        adds=case((nps >= PROMOTERS, YES), (nps <= DETRACTORS, -YES), else_=NO), own=BY_RATED,
    )  # fmt: skip


def _redispatch(period: Period) -> Units:
    return Units(
        joins=((Survey, OF_CASE),), where=(within(col(Survey.answered_at), period), ANSWERED),
        adds=number(~SETTLED), own=BY_RATED, at=col(Survey.answered_at),
    )  # fmt: skip


def _cycles(period: Period) -> Units:
    return Units(where=closed_in(period), among=col(Case.outcome) == "accepted", adds=col(Case.cycle))


def _first_solution(period: Period) -> Units:
    """Accepted: the first answer of the first cycle was the only one there, and settled the matter."""
    anew = (
        select(func.count())
        .where(col(Decision.case_id) == col(Case.id), col(Decision.cycle) == 1)
        .correlate(Case)
        .scalar_subquery()
    )
    return Units(
        joins=((Survey, and_(OF_CASE, col(Survey.cycle) == 1)),),
        where=(*closed_in(period), ANSWERED), adds=number(and_(SETTLED, anew == 1)), own=BY_RATED,
    )  # fmt: skip


DEFINITIONS = (
    Definition("csat", Cohort.CLOSED, Unit.SHARE, _last),
    Definition("csat_first_cycle", Cohort.CLOSED, Unit.SHARE, _first),
    Definition("response_rate", Cohort.CLOSED, Unit.SHARE, _response),
    Definition("nps", Cohort.CLOSED, Unit.POINTS, _nps),
    Definition("redispatch_rate", Cohort.EVENTS, Unit.SHARE, _redispatch),
    Definition("cycles_to_acceptance", Cohort.CLOSED, Unit.CYCLES, _cycles),
    Definition("first_solution_acceptance", Cohort.CLOSED, Unit.SHARE, _first_solution),
)
