"""What findings are judged on: rows of the month's work, offers, answers and causes, read once each.

Complaints merged or void by now are left out, as in every figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from complaints.review.cycles import Turn
from store.columns import UtcTime
from store.queries.figures import Period
from store.queries.figures.units import COMPLAINTS
from store.tables import Case, Decision, Dispatch, History, Note, Option, Survey, WorkItem

COUNTS = and_(COMPLAINTS, col(Case.status).not_in(("merged", "void", "withdrawn")))


@dataclass(frozen=True, slots=True)
class Done:
    """A piece of work that was finished in the month. `hour` is the local hour in which it began."""

    ref: str
    kind: str
    department: str | None
    channel: str
    hour: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer of the month that came to its end by the person's doing."""

    ref: str
    department: str
    channel: str
    hour: int
    declined: bool


def work_done(session: Session, period: Period) -> Iterator[Done]:
    place = ZoneInfo(period.zone)
    begun = func.coalesce(col(WorkItem.offered_at), col(WorkItem.created_at), type_=UtcTime())
    query = (
        select(
            col(Case.ref), col(WorkItem.kind), func.coalesce(col(WorkItem.department), col(Case.department)),
            col(Case.channel), begun, col(WorkItem.finished_at),
        )
        .join(Case, col(Case.id) == col(WorkItem.case_id))
        .where(COUNTS, col(WorkItem.status) == "done", _within(col(WorkItem.finished_at), period))
    )  # fmt: skip
    for ref, kind, department, channel, at, ended in session.execute(query):
        yield Done(
            ref, kind, department, channel, at.astimezone(place).hour, int((ended - at).total_seconds())
        )


def offers(session: Session, period: Period) -> Iterator[Offered]:
    place = ZoneInfo(period.zone)
    query = (
        select(col(Case.ref), col(Dispatch.department), col(Case.channel), col(Dispatch.offered_at), col(Dispatch.how))
        .join(Case, col(Case.id) == col(Dispatch.case_id))
        .where(
            COUNTS, col(Dispatch.binding).is_(False), _within(col(Dispatch.offered_at), period),
            col(Dispatch.how).in_(("confirmed", "declined", "expired")),
        )
    )  # fmt: skip
    for ref, department, channel, at, how in session.execute(query):
        yield Offered(ref, department, channel, at.astimezone(place).hour, how == "declined")


def returned(session: Session, period: Period) -> list[Turn]:
    """Complaints closed in the month in a second or later cycle, with their first cycle and their last."""
    cases = session.scalars(
        select(Case).where(COUNTS, col(Case.cycle) > 1, _within(col(Case.closed_at), period))
    ).all()
    wanted = [c.id for c in cases]
    decisions: dict[tuple[str, int], str] = {}
    departments: dict[tuple[str, int], str | None] = {}
    amounts: dict[tuple[str, int], int] = defaultdict(int)
    remedies: dict[tuple[str, int], set[str]] = defaultdict(set)
    scores: dict[tuple[str, int], int | None] = {}
    for some in _slices(wanted):
        for d in session.scalars(
            select(Decision).where(col(Decision.case_id).in_(some)).order_by(col(Decision.at))
        ).all():
            decisions[d.case_id, d.cycle] = d.decision
        for i in session.scalars(
            select(WorkItem).where(col(WorkItem.case_id).in_(some)).order_by(col(WorkItem.id))
        ).all():
            if i.kind == "fulfil" and i.status != "cancelled":
                amounts[i.case_id, i.cycle] += i.amount or 0
                remedies[i.case_id, i.cycle] |= {i.remedy} if i.remedy else set()
            if i.kind in ("resolve", "lead"):
                departments[i.case_id, i.cycle] = i.department
        for s in session.scalars(select(Survey).where(col(Survey.case_id).in_(some))).all():
            scores[s.case_id, s.cycle] = s.score
    found = []
    for c in sorted(cases, key=lambda c: c.ref):
        first, last = (c.id, 1), (c.id, c.cycle)
        score = scores.get(last)
        found.append(Turn(
            c.ref, (decisions.get(first), decisions.get(last)), (amounts[first], amounts[last]),
            (frozenset(remedies[first]), frozenset(remedies[last])),
            (departments.get(first), departments.get(last)), score is not None and score >= 4,
        ))  # fmt: skip
    return found


def first_solutions(session: Session, period: Period) -> list[tuple[str, str, bool]]:
    """(reference, solution, accepted) of complaints closed in the month whose customer scored the first cycle.

    A solution is the library's key, else what was granted, by category.
    """
    query = (
        select(
            col(Case.ref), col(Case.category), col(Decision.solution), col(Option.remedy), col(Survey.score)
        )
        .join(Decision, and_(col(Decision.case_id) == col(Case.id), col(Decision.cycle) == 1))
        .join(Survey, and_(col(Survey.case_id) == col(Case.id), col(Survey.cycle) == 1))
        .join(
            Option,
            and_(col(Option.decision_id) == col(Decision.id), col(Option.chosen_at).is_not(None)),
            isouter=True,
        )
        .where(COUNTS, _within(col(Case.closed_at), period), col(Survey.score).is_not(None))
        .order_by(col(Case.ref), col(Decision.at))
    )
    last = {}
    for ref, category, solution, remedy, score in session.execute(query).all():
        what = f"library:{solution}" if solution else f"{category or 'other'}:{remedy or 'answer'}"
        last[ref] = (ref, what, int(score or 0) >= 4)
    return list(last.values())


def causes(session: Session, period: Period) -> dict[str, list[str]]:
    """References of complaints closed in the month for which a cause was written down, by `category|department`.

    The cause itself is words of staff about a customer, and stays with its complaint.
    """
    written = select(col(Note.case_id)).where(col(Note.kind) == "cause")
    query = (
        select(col(Case.category), col(Case.department), col(Case.ref))
        .where(COUNTS, _within(col(Case.closed_at), period), col(Case.id).in_(written))
        .order_by(col(Case.ref))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for category, department, ref in session.execute(query).all():
        found[f"{category or 'other'}|{department or ''}"].append(ref)
    return dict(found)


def followers(session: Session, period: Period) -> dict[str, list[str]]:
    """By lead, the complaints that began to follow it in the month."""
    query = (
        select(col(Case.ref), col(History.data))
        .join(Case, col(Case.id) == col(History.case_id))
        .where(COUNTS, col(History.what) == "follows", _within(col(History.at), period))
        .order_by(col(Case.ref))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for ref, data in session.execute(query).all():
        if ref not in found[str(data["lead"])]:
            found[str(data["lead"])].append(ref)
    return dict(found)


def passages(session: Session, period: Period) -> dict[str, dict[str, int]]:
    """How often complaints came to each element in the month, by process, from the way that history tells."""
    query = select(col(History.data)).where(col(History.what) == "moved", _within(col(History.at), period))
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for data in session.scalars(query.execution_options(yield_per=5_000)):
        for step in data.get("path", ()):
            process, _, element = str(step).partition("/")
            found[process][element] += 1
    return {process: dict(sorted(elements.items())) for process, elements in sorted(found.items())}


def _within(at: Any, period: Period) -> ColumnElement[bool]:
    return and_(at >= period.start, at < period.end)


def _slices(ids: list[str], size: int = 500) -> Iterator[list[str]]:
    for begin in range(0, len(ids), size):
        yield ids[begin : begin + size]
