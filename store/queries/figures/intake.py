"""What comes in: what channels sent and we never recorded, and how long recording took."""

from __future__ import annotations

from sqlalchemy import String, and_, column, func, select, values
from sqlmodel import Session, col

from store.columns import UtcTime
from store.queries.figures.counting import share_of
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Part, Unit
from store.queries.figures.units import LIVED_HERE, Units, received_in
from store.tables import Case, ChannelCount, HookReceipt


def _lag(period: Period) -> Units:
    return Units(
        where=(received_in(period),), among=LIVED_HERE, begun=col(Case.occurred_at), ended=col(Case.received_at)
    )  # fmt: skip


def _loss(session: Session, period: Period) -> list[Part]:
    """By channel, over the local days of which it told its count. A surplus of one channel hides no other's loss.

    A channel's days are taken to be those of the report's zone.
    """
    days = list(period.days())
    if not days:
        return []
    day = values(column("day", String), column("begins", UtcTime), column("ends", UtcTime), name="days")
    of_day = day.data(days).cte("days")
    recorded = (
        select(col(HookReceipt.channel).label("channel"), of_day.c.day, func.count().label("n"))
        .join(
            of_day,
            and_(
                col(HookReceipt.occurred_at) >= of_day.c.begins, col(HookReceipt.occurred_at) < of_day.c.ends
            ),
        )
        .where(
            col(HookReceipt.kind) == "complaint",
            col(HookReceipt.occurred_at) >= days[0][1],
            col(HookReceipt.occurred_at) < days[-1][2],
        )
        .group_by(col(HookReceipt.channel), of_day.c.day)
        .subquery("recorded")
    )
    told = (
        select(
            col(ChannelCount.channel), func.sum(col(ChannelCount.count)),
            func.sum(func.coalesce(recorded.c.n, 0)),
        )
        .outerjoin(
            recorded,
            and_(recorded.c.channel == col(ChannelCount.channel), recorded.c.day == col(ChannelCount.day)),
        )
        .where(col(ChannelCount.day).between(days[0][0], days[-1][0]))
        .group_by(col(ChannelCount.channel))
        .order_by(col(ChannelCount.channel))
    )  # fmt: skip
    return [
        share_of(channel, Unit.SHARE, numerator=max(0, int(sent) - int(kept)), denominator=int(sent))
        for channel, sent, kept in session.execute(told).all()
    ]


DEFINITIONS = (
    Definition("intake_lag", Cohort.RECEIVED, Unit.SECONDS, _lag),
    Definition("intake_loss", Cohort.EVENTS, Unit.SHARE, counted=_loss, own=(Dimension.CHANNEL,)),
)
