"""When complaints came in, ended and came back, as their history tells it: what the backlog follows from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlmodel import Session, col

from store.queries.figures.period import Period
from store.tables import Case, History


class Turn(StrEnum):
    """A line of history that lets a complaint into the backlog or out of it."""

    RECEIVED = "received"
    RE_ENTERED = "re_entered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    VOIDED = "voided"


COMES_IN = (Turn.RECEIVED, Turn.RE_ENTERED)
GOES_OUT = (Turn.CLOSED, Turn.WITHDRAWN, Turn.MERGED, Turn.VOIDED)
IS_TURN = col(History.what).in_([literal_column(f"'{turn}'") for turn in (*COMES_IN, *GOES_OUT)])
"""Literally the condition of the index `history_turns`, so that both databases know it serves."""


def open_at(at: datetime) -> ColumnElement[bool]:
    """Whether a complaint was open: received before, and not over at `at`.

    The case row says so, unless the complaint came back later: then its last turn before `at` does.
    """
    back_later = select(col(History.case_id)).where(
        IS_TURN, col(History.what) == Turn.RE_ENTERED, col(History.at) >= at
    )
    last = (
        select(col(History.what))
        .where(IS_TURN, col(History.case_id) == col(Case.id), col(History.at) < at)
        .order_by(col(History.seq).desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    stayed = col(Case.id).not_in(back_later)
    return and_(
        col(Case.received_at) < at,
        or_(
            and_(col(Case.closed_at).is_(None), stayed),
            and_(col(Case.closed_at) >= at, stayed),
            and_(col(Case.id).in_(back_later), last.in_([str(turn) for turn in COMES_IN])),
        ),
    )


def turns_in(session: Session, period: Period) -> dict[tuple[str, str | None], int]:
    """How many turns of each kind the period saw; those of `re_entered` by the reason for coming back."""
    why = col(History.data)["reason"].as_string().label("why")
    of_period = (IS_TURN, col(History.at) >= period.start, col(History.at) < period.end)
    plain = (
        select(col(History.what), func.count())
        .where(*of_period, col(History.what) != Turn.RE_ENTERED)
        .group_by(col(History.what))
    )
    back = select(why).where(*of_period, col(History.what) == Turn.RE_ENTERED).subquery()
    returned = select(back.c.why, func.count()).group_by(back.c.why)
    found: dict[tuple[str, str | None], int] = {
        (what, None): number for what, number in session.execute(plain).all()
    }
    return found | {(Turn.RE_ENTERED, reason): number for reason, number in session.execute(returned).all()}
