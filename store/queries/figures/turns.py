"""When complaints came in, ended and came back, as their history tells it: what the backlog follows from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
    values,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from store.columns import UtcTime
from store.queries.figures.period import Period
from store.queries.figures.seconds import Expression
from store.queries.figures.units import COMPLAINTS, NO, is_so
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
    back_later = select(col(History.case_id)).where(*_came_back(at))
    one = aliased(Case)
    perhaps = union_all(  # each found by an index, which the whole condition is not
        select(col(one.id)).where(col(one.closed_at).is_(None)),
        select(col(one.id)).where(col(one.closed_at) >= at, is_so(col(one.received_at) < at)),
        back_later,
    )
    not_over = or_(col(Case.closed_at).is_(None), is_so(col(Case.closed_at) >= at))
    return and_(
        col(Case.id).in_(perhaps), COMPLAINTS, is_so(col(Case.received_at) < at),
        case((col(Case.id).in_(back_later), _came_in_before(at, col(Case.id))), else_=not_over),
    )  # fmt: skip


def open_at_each(instants: Mapping[str, datetime]) -> Subquery:
    """The same at many instants: rows (case_id, name, at), one for each complaint and instant at which it was open.

    A complaint that came back is asked for its last turn only at instants before it came back last.
    """
    each = values(column("name", String), column("at", UtcTime), name="each").data(list(instants.items()))
    ends, order = each.cte("ends"), sorted(instants.values())
    back = (
        select(col(History.case_id).label("case_id"), func.max(col(History.at)).label("at"))
        .where(*_came_back(order[0]))
        .group_by(col(History.case_id))
        .subquery("back")
    )
    received, closed = col(Case.received_at), col(Case.closed_at)
    perhaps = or_(closed.is_(None), back.c.at.is_not(None), _place(received, order) != _place(closed, order))
    one = (
        select(col(Case.id).label("id"), received.label("received"), closed.label("closed"), back.c.at)
        .outerjoin(back, back.c.case_id == col(Case.id))
        .where(COMPLAINTS, perhaps)
        .cte("one").prefix_with("MATERIALIZED")  # few, and held against each instant
    )  # fmt: skip
    not_over, later = or_(one.c.closed.is_(None), one.c.closed >= ends.c.at), one.c.at >= ends.c.at
    open_then = case((later, _came_in_before(ends.c.at, one.c.id)), else_=not_over)
    return (
        select(one.c.id.label("case_id"), ends.c.name, ends.c.at)
        .join(ends, and_(one.c.received < ends.c.at, or_(not_over, later), open_then))
        .offset(NO)  # by itself: PostgreSQL would else hold every complaint against every instant first
        .subquery("open")
    )


def _place(at: Expression, order: Sequence[datetime]) -> Expression:
    """How many of these instants, which are in order, are not after it."""
    return case(*((at < one, literal(place)) for place, one in enumerate(order)), else_=literal(len(order)))


def _came_back(at: datetime) -> Sequence[ColumnElement[bool]]:
    """Lines of history that let a complaint in again then or later."""
    return IS_TURN, col(History.what) == Turn.RE_ENTERED, col(History.at) >= at


def _came_in_before(at: datetime | Expression, case_id: Expression) -> ColumnElement[bool]:
    """Whether the last turn of the complaint before then let it in."""
    last = (
        select(col(History.what))
        .where(IS_TURN, col(History.case_id) == case_id, col(History.at) < at)
        .order_by(col(History.seq).desc())
        .limit(1)
        .correlate_except(History)
        .scalar_subquery()
    )
    return last.in_([str(turn) for turn in COMES_IN])


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
