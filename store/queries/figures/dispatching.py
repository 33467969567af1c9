"""Offers of work: how fast they are confirmed, and how often they are passed on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, or_
from sqlmodel import col

from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.units import Units, number, within
from store.tables import Case, Dispatch, WorkItem

OF_CASE = (Dispatch, col(Dispatch.case_id) == col(Case.id))
OWN = {Dimension.DEPARTMENT: col(Dispatch.department), Dimension.HANDLER: col(Dispatch.person)}
TO_CONFIRM = col(Dispatch.binding).is_(False)
"""An order of the coordinator needs no confirming."""
CONFIRMED_OR_WAITING = or_(col(Dispatch.how) == "confirmed", col(Dispatch.ended_at).is_(None))
WAITING = and_(TO_CONFIRM, col(Dispatch.ended_at).is_(None))


def _confirm(period: Period) -> Units:
    return Units(
        joins=(OF_CASE,),
        where=(within(col(Dispatch.offered_at), period),), among=and_(TO_CONFIRM, CONFIRMED_OR_WAITING),
        begun=col(Dispatch.offered_at), ended=col(Dispatch.ended_at), pending=WAITING, own=OWN,
        at=col(Dispatch.offered_at),
    )  # fmt: skip


def _departments(period: Period) -> Units:
    item = (WorkItem, and_(col(WorkItem.id) == col(Dispatch.item_id), col(WorkItem.kind) == "collaborate"))
    return Units(
        joins=(OF_CASE, item),
        where=(within(col(Dispatch.offered_at), period), TO_CONFIRM, CONFIRMED_OR_WAITING),
        begun=col(Dispatch.offered_at), ended=col(Dispatch.ended_at), pending=WAITING, own=OWN,
        at=col(Dispatch.offered_at),
    )  # fmt: skip


def _declined(judgement: str) -> Callable[[Period], Units]:
    def units(period: Period) -> Units:
        unjudged = and_(col(Dispatch.how) == "declined", col(Dispatch.judged).is_(None))
        return Units(
            joins=(OF_CASE,), where=(within(col(Dispatch.offered_at), period),),
            adds=number(and_(col(Dispatch.how) == "declined", col(Dispatch.judged) == judgement)),
            pending=unjudged, own=OWN, at=col(Dispatch.offered_at),
        )  # fmt: skip

    return units


DEFINITIONS = (
    Definition("confirm_time", Cohort.EVENTS, Unit.SECONDS, _confirm),
    Definition("department_response_time", Cohort.EVENTS, Unit.SECONDS, _departments),
    Definition("buck_passing", Cohort.EVENTS, Unit.SHARE, _declined("passed_on")),
    Definition("misrouting", Cohort.EVENTS, Unit.SHARE, _declined("misrouted")),
)
