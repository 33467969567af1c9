"""What findings are judged on: the month's answers, causes, matters and ways, read once each.

Complaints merged or void by now are left out, as in every figure.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Select, Text, and_, cast, func, literal_column, or_, select
from sqlmodel import Session, col

from complaints.review.cycles import Turn
from store.queries.figures import Period
from store.queries.figures.units import COMPLAINTS, within
from store.tables import Case, Decision, History, Note, Option, Survey, WorkItem

COUNTS = and_(COMPLAINTS, col(Case.status).not_in(("merged", "void", "withdrawn")))
WAYS = col(History.what).in_([literal_column("'moved'"), literal_column("'follows'")])
"""Literally the condition of the index `history_ways`, so that both databases know it serves."""
Cycle = tuple[str, int]
"""A complaint's id, and the number of one of its cycles."""


def returned(session: Session, period: Period) -> list[Turn]:
    """Complaints closed in the month in a second or later cycle, with their first cycle and their last."""
    cohort = (COUNTS, col(Case.cycle) > 1, within(col(Case.closed_at), period))
    cases = session.execute(
        select(col(Case.id), col(Case.ref), col(Case.cycle)).where(*cohort).order_by(col(Case.ref))
    ).all()

    def of_first_and_last(table: Any, *columns: Any) -> Select[Any]:
        ends = or_(col(table.cycle) == 1, col(table.cycle) == col(Case.cycle))
        query = select(col(table.case_id), col(table.cycle), *columns)
        return query.join(Case, col(Case.id) == col(table.case_id)).where(*cohort, ends)

    decisions: dict[Cycle, str] = {}
    query = of_first_and_last(Decision, col(Decision.decision)).order_by(col(Decision.at))
    for case, cycle, decision in session.execute(query):
        decisions[case, cycle] = decision
    departments: dict[Cycle, str | None] = {}
    amounts: dict[Cycle, int] = defaultdict(int)
    remedies: dict[Cycle, frozenset[str]] = defaultdict(frozenset)
    item = WorkItem
    query = of_first_and_last(
        item, col(item.kind), col(item.department), col(item.remedy), col(item.amount)
    ).where(or_(
        col(item.kind).in_(("resolve", "lead")), and_(col(item.kind) == "fulfil", col(item.status) != "cancelled")
    ))  # fmt: skip
    for case, cycle, kind, department, remedy, amount in session.execute(query.order_by(col(item.id))):
        if kind == "fulfil":
            amounts[case, cycle] += amount or 0
            remedies[case, cycle] |= {remedy} if remedy else set()
        else:
            departments[case, cycle] = department
    scores: dict[Cycle, int | None] = {
        (case, cycle): score
        for case, cycle, score in session.execute(of_first_and_last(Survey, col(Survey.score)))
    }
    found = []
    for id, ref, cycle in cases:
        first, last = (id, 1), (id, cycle)
        score = scores.get(last)
        found.append(Turn(
            ref, (decisions.get(first), decisions.get(last)), (amounts.get(first, 0), amounts.get(last, 0)),
            (remedies.get(first, frozenset()), remedies.get(last, frozenset())),
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
        .where(COUNTS, within(col(Case.closed_at), period), col(Survey.score).is_not(None))
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
        .where(COUNTS, within(col(Case.closed_at), period), col(Case.id).in_(written))
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
        .where(COUNTS, WAYS, col(History.what) == "follows", within(col(History.at), period))
        .order_by(col(Case.ref))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for ref, data in session.execute(query).all():
        if ref not in found[str(data["lead"])]:
            found[str(data["lead"])].append(ref)
    return dict(found)


def passages(session: Session, period: Period) -> dict[str, dict[str, int]]:
    """How often complaints came to each element in the month, by process, from the way that history tells.

    Many go the same way, so each way is read once, with how often it was gone.
    """
    way = cast(col(History.data), Text)
    query = (
        select(way, func.count())
        .where(WAYS, col(History.what) == "moved", within(col(History.at), period))
        .group_by(way)
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for text, n in session.execute(query):
        for step in json.loads(text).get("path", ()):
            process, _, element = str(step).partition("/")
            found[process][element] += n
    return {process: dict(sorted(elements.items())) for process, elements in sorted(found.items())}
