"""What must hold of every case after any story: nothing lost, nothing doubled, nothing left open."""

from __future__ import annotations

from collections import Counter

from sqlmodel import Session, col, select

from store.history import broken_chains
from store.tables import ActivityRow, Case, ClockRow, Dispatch, Incident, Letter, Survey, TimerRow, WorkItem
from tests.contract.casework import SECRET, Built

OPEN_WORK = ("waiting", "offered", "confirmed")
PER_MESSAGE = ("customer_message", "very_negative")
"""Told for each message of the customer; two of them at one moment read alike."""
LIVE_SURVEY = ("planned", "sent", "answered")


def check_sound(house: Built) -> None:
    with house.casework.database.read() as session:
        cases = session.exec(select(Case)).all()
        assert broken_chains(session, SECRET, cases) == []
        for case in cases:
            _once(session, case)
            if case.ended:
                _nothing_open(session, case)
            else:
                _goes_on(session, case)


def _once(session: Session, case: Case) -> None:
    """No letter twice: the same words to the same reader at the same moment are one letter too many."""
    letters = session.exec(select(Letter).where(Letter.case_id == case.id, Letter.direction == "out")).all()
    seen = Counter(
        (row.kind, row.person, row.channel, row.body, row.created_at)
        for row in letters
        if row.kind not in PER_MESSAGE
    )
    doubled = [key for key, count in seen.items() if count > 1]
    assert doubled == [], doubled


def _nothing_open(session: Session, case: Case) -> None:
    work = session.exec(select(WorkItem).where(WorkItem.case_id == case.id)).all()
    assert [
        (w.id, w.kind, w.status) for w in work if w.status in OPEN_WORK or w.activation or w.actions
    ] == []
    offers = select(Dispatch).where(Dispatch.case_id == case.id, col(Dispatch.ended_at).is_(None))
    assert [(d.item_id, d.person) for d in session.exec(offers).all()] == []
    assert session.exec(select(TimerRow.timer).where(TimerRow.case_id == case.id)).all() == []
    activities = session.exec(select(ActivityRow).where(ActivityRow.case_id == case.id)).all()
    assert [(a.element, a.state) for a in activities if a.state in ("ready", "claimed")] == []
    clocks = session.exec(select(ClockRow).where(ClockRow.case_id == case.id)).all()
    assert [(c.name, c.key) for c in clocks if c.stopped_at is None and not c.cancelled] == []
    surveys = session.exec(select(Survey).where(Survey.case_id == case.id)).all()
    assert [(s.cycle, s.state) for s in surveys if s.state in LIVE_SURVEY] == []
    assert (case.instance, case.next_due_at, case.waiting) == (None, None, [])
    assert case.reason, f"{case.ref} ended {case.status} without a reason"
    assert case.status in ("closed", "withdrawn", "void", "merged")


def _goes_on(session: Session, case: Case) -> None:
    """An open case waits for something, will do something by itself, or is with somebody who must help."""
    assert case.owner, f"{case.ref} has no owner"
    open_incidents = select(Incident).where(Incident.case_id == case.id, col(Incident.closed_at).is_(None))
    ready = select(ActivityRow).where(
        ActivityRow.case_id == case.id, col(ActivityRow.state).in_(("ready", "claimed"))
    )
    held = session.exec(open_incidents).first() or session.exec(ready).first()
    assert case.waiting or case.next_due_at or held, f"{case.ref} stands still in {case.status}"
    timers = session.exec(select(TimerRow.due_at).where(TimerRow.case_id == case.id)).all()
    assert case.next_due_at == min(timers, default=None)
