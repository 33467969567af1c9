"""What is shown of a case: its rows for the whole view, and keyset pages of cases and of work."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session, SQLModel, col, func, select

from store.tables import (
    Case,
    Check,
    ClockRow,
    Decision,
    Dispatch,
    History,
    Incident,
    Letter,
    Note,
    Option,
    Promise,
    Survey,
    WorkItem,
)

Row = TypeVar("Row", bound=SQLModel)

LARGEST_NUMBER = 2_147_483_647
"""The largest number that PostgreSQL gives to a row."""
OPEN_WORK = ("waiting", "offered", "confirmed")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who does not read everything: what they have a part in, what lies with their department,
    and the work of their duties.

    `is_person`: a member of staff. Other names in the history are channels and parts of the system, and a
    key that happens to be called like one of them must not see what it did.
    """

    name: str
    department: str | None = None
    duties: frozenset[str] = field(default_factory=frozenset)
    is_person: bool = False


def cases_by_ref(session: Session, refs: Collection[str]) -> Sequence[Case]:
    """These complaints, in order of reference; those that are none are left out."""
    return session.exec(select(Case).where(col(Case.ref).in_(refs)).order_by(col(Case.ref))).all()


def has_part(session: Session, case: Case, reader: Reader) -> bool:
    """May this reader see this case?"""
    query = select(Case.id).where(col(Case.id) == case.id, reads(reader))
    return session.exec(query).first() is not None


def rows_of(session: Session, table: type[Row], case_id: str) -> Sequence[Row]:
    """Every row that a case has in a table with a `case_id` and a number, oldest first."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    order = columns["seq"] if "seq" in columns else columns["id"]
    return session.exec(select(table).where(columns["case_id"] == case_id).order_by(order)).all()


@dataclass(frozen=True, slots=True)
class CaseRows:
    """The rows of one case, each list oldest first."""

    clocks: Sequence[ClockRow]
    items: Sequence[WorkItem]
    letters: Sequence[Letter]
    surveys: Sequence[Survey]
    promises: Sequence[Promise]
    incidents: Sequence[Incident]
    notes: Sequence[Note]
    decisions: Sequence[Decision]
    options: Sequence[Option]
    history: Sequence[History]


def case_rows(session: Session, case_id: str) -> CaseRows:
    decisions = rows_of(session, Decision, case_id)
    options = select(Option).where(col(Option.decision_id).in_([d.id for d in decisions]))
    return CaseRows(
        clocks=rows_of(session, ClockRow, case_id),
        items=rows_of(session, WorkItem, case_id),
        letters=rows_of(session, Letter, case_id),
        surveys=rows_of(session, Survey, case_id),
        promises=rows_of(session, Promise, case_id),
        incidents=rows_of(session, Incident, case_id),
        notes=rows_of(session, Note, case_id),
        decisions=decisions,
        options=session.exec(options.order_by(col(Option.decision_id), col(Option.position))).all(),
        history=rows_of(session, History, case_id),
    )


def page_of_cases(
    session: Session, *, reader: Reader | None, status: str | None, tier: str | None, channel: str | None,
    open_only: bool, after: Case | None, limit: int,
) -> Sequence[Case]:  # fmt: skip
    """Cases newest first, beginning behind `after`; one more than `limit` tells that there is a next page."""
    conditions: list[ColumnElement[bool]] = [col(Case.kind) == "complaint"]
    for column, wanted in ((Case.status, status), (Case.tier, tier), (Case.channel, channel)):
        if wanted is not None:
            conditions.append(col(column) == wanted)
    if open_only:
        conditions.append(col(Case.ended).is_(False))
    if reader is not None:
        conditions.append(reads(reader))
    if after is not None:
        older = and_(col(Case.received_at) == after.received_at, col(Case.id) < after.id)
        conditions.append(or_(col(Case.received_at) < after.received_at, older))
    query = select(Case).where(*conditions).order_by(col(Case.received_at).desc(), col(Case.id).desc())
    return session.exec(query.limit(limit + 1)).all()


def page_of_work(
    session: Session, *, reader: Reader | None, department: str | None, assignee: str | None,
    status: str | None, open_only: bool, after: int | None, limit: int,
) -> Sequence[tuple[WorkItem, Case]]:  # fmt: skip
    """Work items with their cases, by number, beginning behind `after`; one more than `limit` as above."""
    conditions: list[ColumnElement[bool]] = []
    for column, wanted in (
        (WorkItem.department, department), (WorkItem.assignee, assignee), (WorkItem.status, status),
    ):  # fmt: skip
        if wanted is not None:
            conditions.append(col(column) == wanted)
    if open_only:
        conditions.append(col(WorkItem.status).in_(OPEN_WORK))
    if reader is not None:
        conditions.append(_works(reader))
    if after is not None:
        conditions.append(col(WorkItem.id) > after)
    query = select(WorkItem, Case).join(Case, col(Case.id) == col(WorkItem.case_id)).where(*conditions)
    return session.exec(query.order_by(col(WorkItem.id)).limit(limit + 1)).all()


def case_of_item(session: Session, item_id: int) -> str | None:
    """The id of the case a work item belongs to; None for a number that no work item has, or could have."""
    if not 0 < item_id <= LARGEST_NUMBER:
        return None
    return session.exec(select(WorkItem.case_id).where(WorkItem.id == item_id)).first()


def open_incidents(session: Session, case_ids: Collection[str]) -> Mapping[str, int]:
    """How many incidents each of these cases has open; cases without one are left out."""
    query = (
        select(Incident.case_id, func.count())
        .where(col(Incident.case_id).in_(case_ids), col(Incident.closed_at).is_(None))
        .group_by(Incident.case_id)
    )
    return dict(session.exec(query).all())


def newest_scores(session: Session, case_ids: Collection[str]) -> Mapping[str, int]:
    """The score of the last answered survey of each of these cases."""
    query = (
        select(Survey.case_id, Survey.score)
        .where(col(Survey.case_id).in_(case_ids), col(Survey.score).is_not(None))
        .order_by(col(Survey.cycle))
    )
    return {case_id: score for case_id, score in session.exec(query).all() if score is not None}


def _works(reader: Reader) -> ColumnElement[bool]:
    ways = [col(WorkItem.assignee) == reader.name, col(WorkItem.duty).in_(sorted(reader.duties))]
    if reader.department is not None:
        ways.append(col(WorkItem.department) == reader.department)
    return or_(*ways)


def reads(reader: Reader) -> ColumnElement[bool]:
    """Owner, department, worker of an item, once offered one, asked to look at it again, or named in the history.

    Whoever checks a grade sees the complaint afterwards only: it shows the grade.
    """
    on_work = and_(col(WorkItem.case_id) == col(Case.id), _works(reader))
    offered = and_(col(Dispatch.case_id) == col(Case.id), col(Dispatch.person) == reader.name)
    looks_again = and_(
        col(Check.case_id) == col(Case.id), col(Check.assignee) == reader.name,
        or_(col(Check.kind) != "accuracy", col(Check.done_at).is_not(None)),
    )  # fmt: skip
    ways = [
        col(Case.owner) == reader.name, exists().where(on_work), exists().where(offered), exists().where(looks_again)
    ]  # fmt: skip
    if reader.is_person:
        recorded = and_(col(History.case_id) == col(Case.id), col(History.actor) == reader.name)
        ways.append(exists().where(recorded))
    if reader.department is not None:
        ways.append(col(Case.department) == reader.department)
    return or_(*ways)
