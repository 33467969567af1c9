"""What is learnt: hot issues rectified, actions done on time, complaints about what was fixed, work looked at again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel import Session, col, func

from store.queries.figures.counting import share_of
from store.queries.figures.definition import Definition
from store.queries.figures.period import Period
from store.queries.figures.result import Cohort, Dimension, Part, Unit
from store.queries.figures.units import NO, Units, closed_in, number, received_in
from store.tables import Case, Check, Improvement, ImprovementRound, MonthFinding

HOT = "hot_"
"""Kinds of finding that name an issue begin so; the others tell of ways of working."""
FIXED_BY: tuple[Dimension, ...] = (
    Dimension.CATEGORY, Dimension.CHANNEL, Dimension.DEPARTMENT, Dimension.REGION, Dimension.PRODUCT,
)  # fmt: skip
"""Breakdowns that say what was fixed. An action that is to move a tier or a person's figure fixes no cause."""


def _after_fix(period: Period) -> Units:
    """A complaint of the very group whose action had been done before it was received."""
    column = {
        Dimension.CATEGORY: col(Case.category), Dimension.CHANNEL: col(Case.channel),
        Dimension.DEPARTMENT: col(Case.department), Dimension.REGION: col(Case.region),
        Dimension.PRODUCT: col(Case.product),
    }  # fmt: skip
    done = (
        select(
            col(Improvement.dimension), col(Improvement.group_key),
            func.min(col(ImprovementRound.done_at)).label("done_at"),
        )
        .join(ImprovementRound, col(ImprovementRound.case_id) == col(Improvement.case_id))
        .where(col(Improvement.dimension).in_(list(map(str, FIXED_BY))), col(ImprovementRound.done_at).is_not(None))
        .group_by(col(Improvement.dimension), col(Improvement.group_key))
        .cte("done").prefix_with("MATERIALIZED")  # few, and asked of each complaint
    )  # fmt: skip
    same = or_(*(and_(done.c.dimension == str(by), done.c.group_key == column[by]) for by in FIXED_BY))
    fixed = exists(select(1).where(done.c.done_at < col(Case.received_at), same).correlate(Case))
    return Units(where=(received_in(period),), adds=number(fixed))


def _checked(kind: str) -> tuple[type[Check], ColumnElement[bool]]:
    return Check, and_(col(Check.case_id) == col(Case.id), col(Check.kind) == kind)


OPEN = col(Check.done_at).is_(None)


def _deviation(period: Period) -> Units:
    return Units(
        joins=(_checked("quality"),), where=closed_in(period), counts=~OPEN, adds=number(col(Check.deviation)),
        pending=OPEN,
    )  # fmt: skip


def _coverage(period: Period) -> Units:
    return Units(
        joins=(_checked("quality"),), where=closed_in(period), counts=~OPEN,
        adds=func.coalesce(col(Check.steps_covered), NO), weighs=func.coalesce(col(Check.steps_required), NO),
        pending=OPEN,
    )  # fmt: skip


def _accuracy(period: Period) -> Units:
    right = col(Check.tier) == col(Check.graded_tier)
    return Units(
        joins=(_checked("accuracy"),), where=(received_in(period),), counts=~OPEN,
        adds=col(Check.stands_for) * number(right), weighs=col(Check.stands_for), pending=OPEN,
    )  # fmt: skip


def _recall(period: Period) -> Units:
    found = col(Check.graded_tier) == "severe"
    return Units(
        joins=(_checked("accuracy"),), where=(received_in(period),),
        counts=and_(~OPEN, col(Check.tier) == "severe"), adds=col(Check.stands_for) * number(found),
        weighs=col(Check.stands_for), pending=OPEN,
    )  # fmt: skip


def _rectified(session: Session, period: Period) -> list[Part]:
    """By kind of issue: hot issues that frozen months of the period named, and those whose action is proven.

    An issue that several months name is one; it is rectified by an action for any of these findings. The proof takes
    a month at least, so what counts is whether it is there when one looks.
    """
    months = sorted({day[:7] for day, _, _ in period.days()})
    named = session.execute(
        select(col(MonthFinding.kind), col(MonthFinding.key))
        .where(col(MonthFinding.month).in_(months), col(MonthFinding.kind).startswith(HOT, autoescape=True))
        .distinct()
    ).all()
    proven = {
        str(finding).partition("/")[2]
        for finding in session.scalars(
            select(col(Improvement.finding)).where(
                col(Improvement.finding).is_not(None), col(Improvement.proven_at) <= period.as_of
            )
        )
    }
    found = []
    for kind in sorted({kind for kind, _ in named}):
        keys = {key for one, key in named if one == kind}
        rectified = sum(f"{kind}/{key}" in proven for key in keys)
        found.append(share_of(
            kind, Unit.SHARE, numerator=rectified, denominator=len(keys), pending=len(keys) - rectified
        ))  # fmt: skip
    return found


def _on_time(session: Session, period: Period) -> list[Part]:
    """By owner: rounds of actions that fell due in the period, as their date was last agreed."""
    row = ImprovementRound
    passed = or_(col(row.done_at).is_not(None), col(row.due_at) < period.until)
    in_time = col(row.done_at) <= col(row.due_at)
    counts = select(
        col(row.owner),
        func.sum(number(and_(passed, in_time))),
        func.sum(number(passed)),
        func.sum(number(~passed)),
    ).where(col(row.due_at) >= period.start, col(row.due_at) < period.end)
    return [
        share_of(owner, Unit.SHARE, numerator=int(done), denominator=int(due), pending=int(waiting))
        for owner, done, due, waiting in session.execute(counts.group_by(row.owner).order_by(row.owner)).all()
    ]


DEFINITIONS = (
    Definition("repeat_after_fix", Cohort.RECEIVED, Unit.SHARE, _after_fix),
    Definition("grading_accuracy", Cohort.RECEIVED, Unit.SHARE, _accuracy),
    Definition("severe_recall", Cohort.RECEIVED, Unit.SHARE, _recall),
    Definition("rectification", Cohort.EVENTS, Unit.SHARE, counted=_rectified, own=(Dimension.REASON,)),
    Definition("actions_on_time", Cohort.EVENTS, Unit.SHARE, counted=_on_time, own=(Dimension.HANDLER,)),
    Definition("quality_deviation", Cohort.CLOSED, Unit.SHARE, _deviation),
    Definition("quality_coverage", Cohort.CLOSED, Unit.SHARE, _coverage),
)
