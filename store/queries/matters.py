"""What a clock looks for to make mass matters: newly graded complaints, others of their cause, matters under way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select, update

from complaints.matters import Candidate
from store.queries.improvements import AT_FAULT
from store.tables import Case, Cause, Decision, InboxRow
from store.tables.matter import TO_LOOK

UNANSWERED = ("handling", "waiting_customer")
"""Status of complaints whose answer is still to come, and which somebody is to handle: others may follow them."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A complaint that was not compared yet with others of its cause."""

    case_id: str
    cause: str
    category: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfCause:
    """What is to be judged of an open complaint, beside what its `candidate` says."""

    candidate: Candidate
    cause: str
    fresh: bool
    injury: bool
    loss: int
    own_harm: bool | None


def fresh(session: Session, limit: int) -> list[Fresh]:
    """Those past their reception, the earliest first; not those at fault."""
    query = (
        select(col(Cause.case_id), col(Cause.cause), col(Case.category), col(Cause.at))
        .join(Case, col(Case.id) == col(Cause.case_id))
        .where(TO_LOOK, col(Case.status) != "received", col(Case.id).not_in(AT_FAULT))
        .order_by(col(Cause.at), col(Cause.case_id))
        .limit(limit)
    )
    return [Fresh(case_id, cause, str(category), at) for case_id, cause, category, at in session.exec(query)]


def running(session: Session, causes: Collection[str]) -> dict[str, str]:
    """By cause, the reference of the complaint that leads its matter and is not answered yet."""
    query = (
        select(col(Cause.cause), col(Case.ref))
        .join(Case, col(Case.id) == col(Cause.case_id))
        .where(col(Cause.cause).in_(causes), col(Cause.leads), *_UNANSWERED)
    )
    return dict(session.exec(query).all())


def frequent(session: Session, causes: Collection[str], since: datetime, least: int) -> list[str]:
    """Of these causes those with so many complaints received since then, whatever became of them."""
    query = (
        select(col(Cause.cause))
        .where(col(Cause.cause).in_(causes), col(Cause.at) >= since)
        .group_by(col(Cause.cause))
        .having(func.count() >= least)
    )
    return list(session.exec(query))


def open_of(session: Session, causes: Collection[str], since: datetime) -> Mapping[str, Sequence[OfCause]]:
    """By cause, its unanswered complaints received since then."""
    query = (
        columns(*_JUDGED)
        .join(Case, col(Case.id) == col(Cause.case_id))
        .where(col(Cause.cause).in_(causes), col(Cause.at) >= since, col(Cause.out).is_(False), *_UNANSWERED)
    )
    rows = session.execute(query).all()
    follows = select(col(Case.follows)).where(
        col(Case.follows).in_([row.ref for row in rows]), col(Case.ended).is_(False)
    )
    leading = set(session.exec(follows.distinct()).all())
    found: dict[str, list[OfCause]] = defaultdict(list)
    for row in rows:
        found[row.cause].append(_of_cause(row, leads=row.ref in leading))
    return found


def _of_cause(row: Row[Any], *, leads: bool) -> OfCause:
    free = row.cycle == 1 and not row.decided and row.follows is None and not row.authority
    return OfCause(
        Candidate(
            case_id=row.id, ref=row.ref, customer=row.customer_id, received_at=row.received_at, tier=row.tier,
            urgency=row.urgency, joins=free and not leads, leads=leads and row.tier == "severe",
        ),
        cause=row.cause, fresh=not row.looked, injury=row.injury, loss=row.loss, own_harm=row.own_harm,
    )  # fmt: skip


def asked_before(session: Session, keys: Collection[str]) -> set[str]:
    """Which of these the inbox of a complaint had already."""
    query = select(InboxRow.external_id).where(
        InboxRow.source == "matter", col(InboxRow.external_id).in_(keys)
    )
    return set(session.exec(query).all())


def note_looked(session: Session, cases: Collection[str]) -> None:
    """They were compared with the others."""
    session.execute(update(Cause).where(col(Cause.case_id).in_(cases)).values(looked=True))


def note_lead(session: Session, case_id: str) -> None:
    """The matter of its cause is made around this one."""
    session.execute(update(Cause).where(col(Cause.case_id) == case_id).values(leads=True))


_UNANSWERED = (col(Case.ended).is_(False), col(Case.status).in_(UNANSWERED))
_JUDGED: tuple[Any, ...] = (
    col(Cause.cause), col(Cause.looked), col(Case.id), col(Case.ref), col(Case.customer_id), col(Case.received_at),
    col(Case.tier), col(Case.urgency), col(Case.authority), col(Case.cycle), col(Case.follows), col(Case.injury),
    col(Case.loss), col(Case.own_harm),
    exists().where(col(Decision.case_id) == col(Case.id)).label("decided"),
)  # fmt: skip
"""What `open_of` reads: never the instances of so many cases."""
