"""When complaints came in, ended and came back, as their history tells it: what the backlog follows from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from store.queries.figures.period import Period
from store.queries.figures.units import COMPLAINTS, is_so
from store.tables import Case, History

Counts = Select[Any, Any, Any]
"""Rows of (what, why, number)."""


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
    one = aliased(Case)
    perhaps = union_all(  # each found by an index, which the whole condition is not
        select(col(one.id)).where(col(one.closed_at).is_(None)),
        select(col(one.id)).where(col(one.closed_at) >= at, is_so(col(one.received_at) < at)),
        back_later,
    )
    not_over = or_(col(Case.closed_at).is_(None), is_so(col(Case.closed_at) >= at))
    came_in = last.in_([str(turn) for turn in COMES_IN])
    return and_(
        col(Case.id).in_(perhaps), COMPLAINTS, is_so(col(Case.received_at) < at),
        case((col(Case.id).in_(back_later), came_in), else_=not_over),
    )  # fmt: skip


def turns_in(period: Period) -> tuple[Counts, Counts]:
    """How many turns of each kind the period saw, as (what, why, number); `why` is the reason for coming back."""
    of_period = (IS_TURN, col(History.at) >= period.start, col(History.at) < period.end)
    plain: Counts = (
        select(
            col(History.what).label("what"), cast(null(), String).label("why"), func.count().label("number")
        )
        .where(*of_period, col(History.what) != Turn.RE_ENTERED)
        .group_by(col(History.what))
    )
    why = col(History.data)["reason"].as_string().label("why")
    back = select(why).where(*of_period, col(History.what) == Turn.RE_ENTERED).subquery("back")
    returned: Counts = select(literal(str(Turn.RE_ENTERED)), back.c.why, func.count()).group_by(back.c.why)
    return plain, returned
