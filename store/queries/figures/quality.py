"""How well it goes: settled without people, repeated, taken further, upheld, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.seconds import seconds_between
from store.queries.figures.units import (
    LIVED_HERE,
    OUT_OF_RATES,
    Units,
    closed_in,
    number,
    received_in,
    there_is,
)
from store.tables import Case, History, WorkItem

REPEAT_WITHIN = timedelta(days=90)
"""A complaint of the same customer and category this long after another repeats it (process.md, 7)."""
SUPERIORS = ("supervisor", "approver", "executive")
"""Duties that stand above whoever handles a complaint."""
OF_CASE = col(WorkItem.case_id) == col(Case.id)

BY_PEOPLE = there_is(
    OF_CASE, col(WorkItem.status).in_(("confirmed", "done")), col(WorkItem.kind) != "ask_score"
)
"""Somebody worked on it. Taking the score by phone comes after, and is no work on it."""
FIRST_LIGHT = (
    select(col(History.data)["tier"].as_string())
    .where(
        col(History.case_id) == col(Case.id), col(History.what) == "graded",
        col(History.data)["before"].as_string().is_(None),
    )
    .order_by(col(History.seq)).limit(1).correlate(Case).scalar_subquery()
) == "light"  # fmt: skip
"""By its first grading, which is one of the first lines of its history: found there, not among all that were light."""


def _settled(*outcomes: str) -> ColumnElement[bool]:
    return and_(col(Case.status) == "closed", col(Case.outcome).in_(outcomes), ~BY_PEOPLE)


SETTLED = _settled("accepted", "accepted_low")
SILENT = _settled("unanswered")


def _of_received(adds: ColumnElement[bool], *also: ColumnElement[bool]) -> Callable[[Period], Units]:
    def units(period: Period) -> Units:
        return Units(
            where=(received_in(period),), among=and_(LIVED_HERE, *also), adds=number(adds),
            pending=col(Case.closed_at).is_(None),
        )  # fmt: skip

    return units


def _repeats(period: Period) -> Units:
    before = aliased(Case)
    age = seconds_between(col(before.received_at), col(Case.received_at))
    repeated = exists().where(
        col(before.customer_id) == col(Case.customer_id),
        col(before.category) == col(Case.category),
        col(before.received_at) < col(Case.received_at),
        col(before.received_at) >= period.start - REPEAT_WITHIN,  # lets the index of the customer's serve
        age <= int(REPEAT_WITHIN.total_seconds()),
        col(before.status).not_in(OUT_OF_RATES),
    )
    return Units(where=(received_in(period),), adds=number(repeated))


def _outside(period: Period) -> Units:
    return Units(where=(received_in(period),), among=LIVED_HERE, adds=number(col(Case.authority)))


def _superior(period: Period) -> Units:
    needed = there_is(OF_CASE, col(WorkItem.duty).in_(SUPERIORS))
    return Units(where=(received_in(period),), among=LIVED_HERE, adds=number(needed))


def _superior_reasons(period: Period) -> Units:
    """One unit a complaint and reason."""
    reasons = (
        select(col(WorkItem.case_id).label("case_id"), col(WorkItem.kind).label("kind"))
        .join(Case, OF_CASE)
        .where(received_in(period), col(WorkItem.duty).in_(SUPERIORS))
        .distinct()
        .subquery("reasons")
    )
    return Units(
        joins=((reasons, reasons.c.case_id == col(Case.id)),), where=(received_in(period),),
        own={Dimension.REASON: reasons.c.kind},
    )  # fmt: skip


def _upheld(period: Period) -> Units:
    return Units(
        where=closed_in(period),
        among=col(Case.decision).is_not(None),
        adds=number(col(Case.decision).in_(("upheld", "partly"))),
    )


def _redress(condition: ColumnElement[bool]) -> Callable[[Period], Units]:
    def units(period: Period) -> Units:
        return Units(
            joins=((WorkItem, OF_CASE),),
            where=(*closed_in(period), col(WorkItem.kind) == "fulfil"),
            among=condition,
            adds=func.coalesce(col(WorkItem.amount), 0),
            own={Dimension.DEPARTMENT: col(WorkItem.department), Dimension.HANDLER: col(WorkItem.assignee)},
        )

    return units


DEFINITIONS = (
    Definition("self_service", Cohort.RECEIVED, Unit.SHARE, _of_received(SETTLED)),
    Definition("self_service_light", Cohort.RECEIVED, Unit.SHARE, _of_received(SETTLED, FIRST_LIGHT)),
    Definition("self_service_silent", Cohort.RECEIVED, Unit.SHARE, _of_received(SILENT)),
    Definition("repeat_rate", Cohort.RECEIVED, Unit.SHARE, _repeats),
    Definition("taken_further", Cohort.RECEIVED, Unit.SHARE, _outside),
    Definition("needing_superior", Cohort.RECEIVED, Unit.SHARE, _superior),
    Definition("superior_reasons", Cohort.RECEIVED, Unit.COUNT, _superior_reasons, own=(Dimension.REASON,)),
    Definition("upheld", Cohort.CLOSED, Unit.SHARE, _upheld),
    Definition("redress_approved", Cohort.CLOSED, Unit.MONEY, _redress(col(WorkItem.status) != "cancelled")),
    Definition("redress_paid", Cohort.CLOSED, Unit.MONEY, _redress(col(WorkItem.status) == "done")),
)
