"""The backlog identity: what was open before, came in and went out must give what is open after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, null, select, union_all
from sqlmodel import Session, col

from complaints.errors import Fault
from store.queries.figures.period import Period
from store.queries.figures.turns import COMES_IN, IS_TURN, Counts, Turn, open_at, turns_in
from store.queries.figures.units import number
from store.queries.figures.volume import in_survey_at
from store.tables import Case, History


class BacklogMismatch(Fault):
    """The history of the period does not lead from the one backlog to the other."""

    code = "backlog-mismatch"


@dataclass(frozen=True, slots=True)
class BacklogIdentity:
    """Gross counts by event date, and the open complaints at both ends, counted without them.

    The ends come from the case rows (for those that came back later, from their last turn before), the
    counts from the lines of history. Merged, void and withdrawn complaints are in all of it, on their dates.
    """

    period: Period
    open_start: int
    received: int
    reopened: int
    unmerged: int
    unvoided: int
    undone: int
    """Withdrawals undone."""
    closed: int
    withdrawn: int
    merged: int
    voided: int
    open_end: int
    in_survey: int
    """Of those open at the end: answered, and asked whether they are settled."""

    @property
    def expected(self) -> int:
        """Open at the end as it follows from the counts."""
        came = self.received + self.reopened + self.unmerged + self.unvoided + self.undone
        return self.open_start + came - self.closed - self.withdrawn - self.merged - self.voided

    @property
    def difference(self) -> int:
        return self.open_end - self.expected

    @property
    def holds(self) -> bool:
        return self.difference == 0

    def check(self) -> None:
        """`BacklogMismatch` unless both sides agree."""
        if not self.holds:
            raise BacklogMismatch(
                f"backlog from {self.period.start.isoformat()} to {self.period.end.isoformat()}: "
                f"{self.open_end} complaints are open at the end, {self.expected} follow from what came and went; "
                "run `amends verify`, and look at the complaints that `mismatched` names"
            )


def backlog_identity(session: Session, period: Period) -> BacklogIdentity:
    """Both sides, from one statement: what is committed meanwhile is in none of it."""
    end = open_at(period.end)
    sides = union_all(
        *turns_in(period),
        _count("open_start", open_at(period.start)),
        _count("open_end", end),
        _count("in_survey", and_(end, in_survey_at(period.end))),
    )
    counts: dict[tuple[str, str | None], int] = {
        (what, why): number for what, why, number in session.execute(sides).all()
    }

    def counted(what: str, why: str | None = None) -> int:
        return counts.pop((what, why), 0)

    found = BacklogIdentity(
        period=period,
        open_start=counted("open_start"),
        received=counted(Turn.RECEIVED),
        reopened=counted(Turn.RE_ENTERED, "reopen"),
        unmerged=counted(Turn.RE_ENTERED, "unmerge"),
        unvoided=counted(Turn.RE_ENTERED, "unvoid"),
        undone=counted(Turn.RE_ENTERED, "undo"),
        closed=counted(Turn.CLOSED),
        withdrawn=counted(Turn.WITHDRAWN),
        merged=counted(Turn.MERGED),
        voided=counted(Turn.VOIDED),
        open_end=counted("open_end"),
        in_survey=counted("in_survey"),
    )
    if counts:
        raise BacklogMismatch(
            f"history holds complaints that came back for an unknown reason, {sorted(map(str, counts))}: "
            "run `amends verify`"
        )
    return found


def mismatched(session: Session, period: Period, *, after: str = "", limit: int = 100) -> list[str]:
    """Refs of the complaints whose own lines do not lead from how they stood before to how they stand after."""
    sign = case((col(History.what).in_([str(turn) for turn in COMES_IN]), 1), else_=-1)
    moves = (
        select(col(History.case_id).label("case_id"), func.sum(sign).label("net"))
        .where(IS_TURN, col(History.at) >= period.start, col(History.at) < period.end)
        .group_by(col(History.case_id))
        .subquery("moves")
    )
    change = number(open_at(period.end)) - number(open_at(period.start))
    query = (
        select(col(Case.ref))
        .outerjoin(moves, moves.c.case_id == col(Case.id))
        .where(change != func.coalesce(moves.c.net, 0), col(Case.ref) > after)
        .order_by(col(Case.ref))
        .limit(limit)
    )
    return list(session.scalars(query).all())


def _count(name: str, condition: ColumnElement[bool]) -> Counts:
    return select(literal(name), cast(null(), String), func.count()).select_from(Case).where(condition)
