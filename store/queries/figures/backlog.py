"""The backlog identity: what was open before, came in and went out must give what is open after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from complaints.errors import Fault
from store.queries.figures.period import Period
from store.queries.figures.turns import COMES_IN, IS_TURN, Turn, open_at, turns_in
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
    """Both sides, from one reading transaction."""
    turns = turns_in(session, period)

    def back(reason: str) -> int:
        return turns.pop((Turn.RE_ENTERED, reason), 0)

    def counted(turn: Turn) -> int:
        return turns.pop((turn, None), 0)

    found = BacklogIdentity(
        period=period,
        open_start=_open(session, period, at_end=False),
        received=counted(Turn.RECEIVED),
        reopened=back("reopen"),
        unmerged=back("unmerge"),
        unvoided=back("unvoid"),
        undone=back("undo"),
        closed=counted(Turn.CLOSED),
        withdrawn=counted(Turn.WITHDRAWN),
        merged=counted(Turn.MERGED),
        voided=counted(Turn.VOIDED),
        open_end=_open(session, period, at_end=True),
        in_survey=_in_survey(session, period),
    )
    if turns:
        raise BacklogMismatch(f"history holds complaints that came back for no known reason: {sorted(turns)}")
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


def _open(session: Session, period: Period, *, at_end: bool) -> int:
    at = period.end if at_end else period.start
    return int(session.execute(select(func.count()).select_from(Case).where(open_at(at))).scalar_one())


def _in_survey(session: Session, period: Period) -> int:
    where = (open_at(period.end), in_survey_at(period.end))
    return int(session.execute(select(func.count()).select_from(Case).where(*where)).scalar_one())
