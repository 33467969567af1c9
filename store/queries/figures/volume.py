"""Volume and backlog: how many came in, were closed, are open, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, literal, or_
from sqlmodel import col

from store.columns import UtcTime
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.seconds import Expression, seconds_between
from store.queries.figures.turns import open_at, open_at_each
from store.queries.figures.units import Units, closed_in, received_in, there_is
from store.tables import Case, Survey

DAY = 86_400
AGES = (("to_1_day", 1), ("1_to_3_days", 3), ("3_to_7_days", 7), ("7_to_30_days", 30))
"""Buckets of backlog age by their upper bound, itself included; older is `over_30_days`."""


def in_survey_at(at: datetime | Expression) -> ColumnElement[bool]:
    """Whether the customer had been asked by `at`, had not answered yet, and still could."""
    return there_is(
        col(Survey.case_id) == col(Case.id),
        col(Survey.state) != "void",
        col(Survey.sent_at) < at,
        or_(col(Survey.answered_at).is_(None), col(Survey.answered_at) >= at),
        col(Survey.expires_at) > at,
    )


def _received(period: Period) -> Units:
    return Units(where=(received_in(period),))


def _closed(period: Period) -> Units:
    return Units(where=closed_in(period))


def _backlog(period: Period) -> Units:
    end = literal(period.end, UtcTime())
    age = seconds_between(col(Case.received_at), end)
    bucket = case(*((age <= days * DAY, literal(name)) for name, days in AGES), else_=literal("over_30_days"))
    return Units(
        where=(open_at(period.end),), among=~in_survey_at(period.end),
        begun=col(Case.received_at), ended=end, own={Dimension.AGE: bucket}, gross=True,
    )  # fmt: skip


def _backlog_at_ends(months: Sequence[Period]) -> Units:
    ends = open_at_each({str(place): one.end for place, one in enumerate(months)})
    return Units(
        where=(), joins=((ends, ends.c.case_id == col(Case.id)),), among=~in_survey_at(ends.c.at),
        own={Dimension.MONTH: ends.c.name}, gross=True,
    )  # fmt: skip


def _in_survey(period: Period) -> Units:
    return Units(where=(open_at(period.end),), among=in_survey_at(period.end), gross=True)


DEFINITIONS = (
    Definition("received", Cohort.RECEIVED, Unit.COUNT, _received),
    Definition("closed", Cohort.CLOSED, Unit.COUNT, _closed),
    Definition("backlog", Cohort.OPEN, Unit.COUNT, _backlog, own=(Dimension.AGE,), at_ends=_backlog_at_ends),
    Definition("backlog_age", Cohort.OPEN, Unit.SECONDS, _backlog, own=(Dimension.AGE,)),
    Definition("in_survey", Cohort.OPEN, Unit.COUNT, _in_survey),
)
