"""Complaints of one month, a row at a time, for vectors whose answer is known beforehand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, SQLModel

from store.queries.figures import Period
from store.tables import Bundle, Case, CaseText, Customer, History, Letter, Survey

ZONE = "Asia/Shanghai"
MARCH = Period.month(2026, 3, ZONE, datetime(2026, 4, 2, tzinfo=UTC))
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, in the middle of the month."""


class Month:
    """Writes complaints into a session. `turn` adds a line of history."""

    def __init__(self, session: Session) -> None:
        self.session, self._numbers = session, count(1)
        self._lines: dict[str, int] = {}
        session.add(Bundle(hash="b", files={}, published_at=NOON))
        session.add(Customer(id="customer", created_at=NOON))
        session.flush()

    def case(self, received_at: datetime = NOON, *, what: str | None = "received", **values: Any) -> Case:
        number = next(self._numbers)
        case = Case(**{
            "id": f"case {number}", "ref": f"AM-2603-{number:06d}", "bundle": "b", "customer_id": "customer",
            "channel": "app", "external_id": str(number), "occurred_at": received_at, "received_at": received_at,
            "status": "handling", "cycle_started_at": received_at, **values,
        })  # fmt: skip
        self.session.add(case)
        self.session.flush()
        self.session.add(CaseText(case_id=case.id, text="…"))
        if what is not None:
            self.turn(case, what, received_at)
        return case

    def turn(self, case: Case, what: str, at: datetime, **data: Any) -> None:
        seq = self._lines[case.id] = self._lines.get(case.id, 0) + 1
        self.add(History(case_id=case.id, seq=seq, at=at, what=what, actor="amends", data=data, hash="-"))

    def end(self, case: Case, what: str, status: str, at: datetime, outcome: str | None = None) -> None:
        case.status, case.closed_at, case.outcome = status, at, outcome
        self.turn(case, what, at)

    def closed(self, at: datetime = NOON + 3 * DAY, *, outcome: str = "accepted", **values: Any) -> Case:
        case = self.case(**values)
        self.end(case, "closed", "closed", at, outcome)
        return case

    def survey(
        self, case: Case, score: int | None, *, nps: int | None = None, delivered: bool = True, cycle: int = 1
    ) -> Survey:  # fmt: skip
        """A survey that went out a day after noon, and its answer if there is one."""
        sent = NOON + DAY
        survey = Survey(
            case_id=case.id, cycle=cycle, ask_at=sent, sent_at=sent, expires_at=sent + 7 * DAY, score=score,
            nps=nps, answered_at=sent + DAY if score is not None else None,
            state="frozen" if score is not None else "expired",
        )  # fmt: skip
        self.add(survey)
        self.add(Letter(
            key=f"{case.ref}/{cycle}/survey", case_id=case.id, cycle=cycle, kind="survey", audience="customer",
            channel="email", subject="", body="", created_at=sent, send_at=sent, not_before=sent,
            state="delivered" if delivered else "failed",
        ))  # fmt: skip
        return survey

    def add(self, row: SQLModel) -> None:
        self.session.add(row)
        self.session.flush()
