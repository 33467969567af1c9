"""The work that findings are judged on: what people finished in a month, and what was offered to them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from store.columns import UtcTime
from store.queries.figures import Period
from store.queries.figures.seconds import EpochSeconds, SecondsLasting
from store.queries.figures.sources import AT_A_TIME
from store.queries.figures.units import within
from store.queries.review.evidence import COUNTS
from store.tables import Case, Dispatch, WorkItem

QUARTER_SECONDS = 900
"""In no zone does the hour change within a quarter of one."""
BEGUN = func.coalesce(col(WorkItem.offered_at), col(WorkItem.created_at), type_=UtcTime())


@dataclass(frozen=True, slots=True)
class Done:
    """Pieces of work that were finished in the month: the same place in each list is one of them.

    `hours` are the local ones in which they began.
    """

    refs: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    departments: list[str | None] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    seconds: array[int] = field(default_factory=lambda: array("q"))


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer of the month that came to its end by the person's doing."""

    ref: str
    department: str
    channel: str
    hour: int
    declined: bool


def work_done(session: Session, period: Period) -> Done:
    query = _done(
        select(
            col(Case.ref), col(WorkItem.kind), func.coalesce(col(WorkItem.department), col(Case.department)),
            col(Case.channel), EpochSeconds(BEGUN), SecondsLasting(BEGUN, col(WorkItem.finished_at)),
        ),
        period,
    )  # fmt: skip
    found, words, hours = Done(), Words(), Hours(period)
    for ref, kind, department, channel, at, seconds in _streamed(session, query):
        found.refs.append(ref)
        found.kinds.append(words[kind])
        found.departments.append(words[department])
        found.channels.append(words[channel])
        found.hours.append(hours[at // QUARTER_SECONDS])
        found.seconds.append(seconds)
    return found


def middle_by_kind(session: Session, period: Period, least: int) -> Mapping[str, float]:
    """The median of the seconds that pieces of work took which were finished in the period, by their kind.

    A kind of which there are fewer than `least` is left out.
    """
    lasting = SecondsLasting(BEGUN, col(WorkItem.finished_at))
    kind = col(WorkItem.kind)
    number = func.count().over(partition_by=kind).label("number")
    place = func.row_number().over(partition_by=kind, order_by=lasting).label("place")
    each = _done(select(kind.label("kind"), lasting.label("seconds"), number, place), period).subquery("each")
    middle = each.c.place.in_([(each.c.number + 1) // 2, (each.c.number + 2) // 2])
    query = select(each.c.kind, func.avg(each.c.seconds)).where(each.c.number >= least, middle)
    return {kind: float(seconds) for kind, seconds in session.execute(query.group_by(each.c.kind))}


def offers(session: Session, period: Period) -> Iterator[Offered]:
    query = (
        select(
            col(Case.ref), col(Dispatch.department), col(Case.channel), EpochSeconds(col(Dispatch.offered_at)),
            col(Dispatch.how),
        )
        .join(Case, col(Case.id) == col(Dispatch.case_id))
        .where(
            COUNTS, col(Dispatch.binding).is_(False), within(col(Dispatch.offered_at), period),
            col(Dispatch.how).in_(("confirmed", "declined", "expired")),
        )
    )  # fmt: skip
    hours = Hours(period)
    for ref, department, channel, at, how in _streamed(session, query):
        yield Offered(ref, department, channel, hours[at // QUARTER_SECONDS], how == "declined")


class Words(dict[Any, Any]):
    """The same word once, however often it is read."""

    def __missing__(self, word: Any) -> Any:
        return self.setdefault(word, word)


class Hours(dict[int, int]):
    """The local hour of each quarter of an hour since 1970."""

    def __init__(self, period: Period) -> None:
        super().__init__()
        self._place = period.place

    def __missing__(self, quarter: int) -> int:
        self[quarter] = hour = datetime.fromtimestamp(quarter * QUARTER_SECONDS, self._place).hour
        return hour


def _done(query: Any, period: Period) -> Select[Any]:
    found: Select[Any] = query.join(Case, col(Case.id) == col(WorkItem.case_id)).where(
        COUNTS, col(WorkItem.status) == "done", within(col(WorkItem.finished_at), period)
    )
    return found


def _streamed(session: Session, query: Any) -> Iterator[Any]:
    rows = session.connection().execute(query, execution_options={"yield_per": AT_A_TIME})
    yield from rows  # as they are: there is no object to make
