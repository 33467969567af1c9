"""What must hold of every case after any story: nothing lost, nothing doubled, nothing left open."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlmodel import Session, col, select

from complaints.clock import ClockState
from store.history import broken_chains
from store.queries.figures import Period, backlog_identity, figure, mismatched
from store.tables import ActivityRow, Case, ClockRow, Dispatch, Incident, Letter, Survey, TimerRow, WorkItem
from tests.contract.casework import BEGINNING, SECRET, Built

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
        _backlog_adds_up(house, session)
    _clocks_agree(house)


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


def _backlog_adds_up(house: Built, session: Session) -> None:
    """What came in and went out leads from backlog to backlog, wherever one cuts."""
    now = house.clock.now
    middle, after = BEGINNING + (now - BEGINNING) / 2, now + timedelta(seconds=1)
    for start, end in ((BEGINNING - timedelta(days=1), middle), (middle, after)):
        period = Period(start, end, "Asia/Shanghai", now)
        assert mismatched(session, period) == []
        backlog_identity(session, period).check()


def _clocks_agree(house: Built) -> None:
    """The figure counts as met and breached what the clocks themselves say, and forgets no earlier breach."""
    now, states, late, anew = house.clock.now, Counter[ClockState](), 0, False
    with house.casework.database.read() as session:
        refs = session.exec(
            select(Case.ref).where(
                Case.kind == "complaint", col(Case.status).not_in(("merged", "void", "withdrawn"))
            )
        ).all()
        period = Period(BEGINNING - timedelta(days=1), now + timedelta(days=400), "Asia/Shanghai", now)
        found = figure(session, "clock_attainment", period).whole
    for ref in refs:
        with house.casework.reading(ref) as file:
            for row in file.clocks.rows():
                anew = anew or row.round > 1
                state = file.clocks.value(row).state(now)
                if row.late_before and state in (ClockState.MET, ClockState.RUNNING):
                    late += 1
                else:
                    states[state] += 1
    if not anew:  # only the newest clock of a name can be asked
        decided = states[ClockState.MET] + states[ClockState.BREACHED] + late
        assert (found.numerator, found.denominator) == (states[ClockState.MET], decided)
