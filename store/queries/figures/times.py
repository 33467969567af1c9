"""How long it takes: acknowledging, dispatching, speaking to the customer, resolving, carrying out, handing over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col

from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Unit
from store.queries.figures.seconds import seconds_between
from store.queries.figures.units import Units, closed_in, number, received_in, there_is
from store.tables import Case, Decision, Dispatch, WorkItem

COMPLETE_WITHIN = timedelta(days=30)
"""Closed this long after receipt at the latest counts as completed (process.md, 8)."""
ACTED = ("confirmed", "declined", "expired")
"""Ends of an offer that lay with the department; a withdrawn one did not."""


def _acknowledgement(period: Period) -> Units:
    return Units(
        where=(received_in(period),), begun=col(Case.received_at), ended=col(Case.acknowledged_at)
    )  # fmt: skip


def _dispatch(period: Period) -> Units:
    return Units(where=(received_in(period),), begun=col(Case.received_at), ended=col(Case.dispatched_at))


def _first_contact(period: Period) -> Units:
    return Units(where=(received_in(period),), begun=col(Case.received_at), ended=col(Case.first_contact_at))


def _resolution_last(period: Period) -> Units:
    return Units(where=closed_in(period), begun=col(Case.cycle_started_at), ended=col(Case.resolved_at))


def _resolution_first(period: Period) -> Units:
    answered = (
        select(func.max(col(Decision.sent_at)))
        .where(col(Decision.case_id) == col(Case.id), col(Decision.cycle) == 1)
        .correlate(Case)
        .scalar_subquery()
    )
    return Units(where=closed_in(period), begun=col(Case.received_at), ended=answered)


def _fulfilment(period: Period) -> Units:
    granted = there_is(
        col(WorkItem.case_id) == col(Case.id), col(WorkItem.kind) == "fulfil",
        col(WorkItem.cycle) == col(Case.cycle), col(WorkItem.status) != "cancelled",
    )  # fmt: skip
    return Units(
        where=closed_in(period), among=granted, begun=col(Case.resolved_at), ended=col(Case.fulfilled_at)
    )  # fmt: skip


def _handoff(period: Period) -> Units:
    return Units(
        joins=((Dispatch, col(Dispatch.case_id) == col(Case.id)),),
        where=(*closed_in(period), col(Dispatch.binding).is_(False), col(Dispatch.how).in_(ACTED)),
        begun=col(Dispatch.offered_at), ended=col(Dispatch.ended_at), together=True,
        own={Dimension.DEPARTMENT: col(Dispatch.department), Dimension.HANDLER: col(Dispatch.person)},
    )  # fmt: skip


def _completion(period: Period) -> Units:
    limit = int(COMPLETE_WITHIN.total_seconds())
    in_time = seconds_between(col(Case.received_at), col(Case.closed_at)) <= limit
    young = col(Case.received_at) > period.as_of - COMPLETE_WITHIN
    return Units(
        where=(received_in(period),),
        adds=number((col(Case.status) == "closed") & in_time),
        pending=col(Case.closed_at).is_(None) & young,
    )


DEFINITIONS = (
    Definition("acknowledgement_time", Cohort.RECEIVED, Unit.SECONDS, _acknowledgement),
    Definition("dispatch_time", Cohort.RECEIVED, Unit.SECONDS, _dispatch),
    Definition("first_contact_time", Cohort.RECEIVED, Unit.SECONDS, _first_contact),
    Definition("resolution_time", Cohort.CLOSED, Unit.SECONDS, _resolution_last),
    Definition("resolution_time_first_cycle", Cohort.CLOSED, Unit.SECONDS, _resolution_first),
    Definition("fulfilment_time", Cohort.CLOSED, Unit.SECONDS, _fulfilment),
    Definition("handoff_time", Cohort.CLOSED, Unit.SECONDS, _handoff),
    Definition("completion", Cohort.RECEIVED, Unit.SHARE, _completion),
)
