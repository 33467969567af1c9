"""One scripted life of many complaints, played by the direct runner with time as a value.

Whoever plays it may be killed at any moment and played on by another process from the store and the notes alone.
People act at marks of five minutes only, and not within the five minutes in which something of the case falls due:
so an activity that was done a minute late, because its first claimant died, changes nobody's mind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, select

from cases.activities import Retry
from cases.casework import Casework, Request
from cases.requests.customer import AnswerSurvey, ChooseOption, JudgeAnswer
from cases.requests.direction import End, Hold, Regrade, Return
from cases.stored import WORDLESS, act_or_keep
from cases.sweeping import Swept, anchor_yesterday, follow_improvements, run_unclaimed, step_due
from complaints.acting import Actor
from complaints.errors import Refusal
from intake.body import parse_body
from intake.receiving import Receiver, event_of
from runtime.post.outbox import Outbox
from store.tables import (
    ActivityRow,
    Case,
    Decision,
    Dispatch,
    Incident,
    Letter,
    Option,
    Survey,
    TimerRow,
    WorkItem,
)
from tests.contract.casework import HandClock
from tests.faults.courses import TEXTS, Course
from tests.faults.notes import Notes
from tests.faults.people import Situation, answer, score_of
from tests.faults.provider import BOUNCES

BEGIN = datetime(2026, 11, 18, 2, 3, tzinfo=UTC)
"""A Wednesday, 10:03 in Shanghai. Minutes past five are 3 everywhere, far from the edges of contact hours."""
MARK = timedelta(minutes=5)
APART = timedelta(minutes=10)
"""Between two filings."""
MOST_INSTANTS = 50_000
OPS = Actor("s-ye-qing", "ops")
ANGRY = "你们太过分了，再不解决我就去12315投诉，找媒体曝光，骗子公司！"


class StuckLife(Exception):
    """Instants without end: something is due again and again."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does once. `name` is what the notes call it."""

    name: str
    at: datetime
    ref: str
    request: Request[object]
    key: str = ""
    """Under which a confirm is kept while the case is at fault."""


def mark_after(at: datetime) -> datetime:
    """The first mark later than `at`."""
    return BEGIN + MARK * ((at - BEGIN) // MARK + 1)


class Life:
    """`courses` says who complains and how each goes on; `notes` and the store hold all that was reached."""

    def __init__(
        self, casework: Casework, outbox: Outbox, clock: HandClock, notes: Notes, courses: Sequence[Course]
    ) -> None:  # fmt: skip
        self.casework, self.outbox, self.clock, self.notes, self.courses = (
            casework,
            outbox,
            clock,
            notes,
            courses,
        )
        self.receiver = Receiver(casework)
        clock.now = notes.now or BEGIN
        self._anchored: object = None

    def play(self) -> None:
        """Until nothing is left to come."""
        for _ in range(MOST_INSTANTS):
            self._settle()
            if self._file():
                self._settle()
            acts = list(self._acts())
            if self._act(acts):
                self._settle()
                acts = list(self._acts())
            upcoming = self._next(acts)
            if upcoming is None:
                return
            self.clock.now = upcoming
            self.notes.begin(upcoming)
        raise StuckLife(f"{MOST_INSTANTS} instants, and at {self.clock.now} there is still something to come")

    def _settle(self) -> None:
        """What the clock process does, until nothing is due, ready or undelivered now."""
        while self._swept() or self._deliver():
            pass
        if self._anchored != self.clock.now.date():
            anchor_yesterday(self.casework)
            self._anchored = self.clock.now.date()

    def _swept(self) -> Swept:
        followed = step_due(self.casework) + follow_improvements(self.casework)
        return followed or run_unclaimed(self.casework, waited=timedelta(0))

    def _deliver(self) -> int:
        return self.outbox.send_due()

    # --- channels

    def _file(self) -> int:
        """Send what channels have to say by now, again until it was answered."""
        count = 0
        for number, course in enumerate(self.courses):
            if self._filed_at(number) > self.clock.now:
                break
            if f"file/{number}" not in self.notes.done:
                self._send(course.channel, f"file/{number}", self._body(number, course))
                count += 1
            for event, (minutes, what) in enumerate(course.events):
                name = f"event/{number}/{event}"
                due = self._filed_at(number) + timedelta(minutes=minutes)
                if due <= self.clock.now and name not in self.notes.done:
                    self._happen(number, course, what, name)
                    count += 1
        return count

    def _filed_at(self, number: int) -> datetime:
        return BEGIN + APART * number

    def _send(self, channel: str, name: str, body: dict[str, object]) -> None:
        self.receiver.receive(event_of(channel, f"msg_{name}", parse_body(body), body))
        self.notes.did(name)

    def _body(self, number: int, course: Course, later: str = "") -> dict[str, object]:
        """What the channel says of the complaint, or of a later one of the same matter, by the id of that."""
        who = later.removeprefix(CROWD) if later.startswith(CROWD) else str(number)
        customer = {"id": f"c-{who}", "name": "测试客户", "language": "zh"}
        match course.customer:
            case "mail":
                customer["email"] = f"c{who}@customers.example"
            case "bounces":
                customer["email"] = f"c{number}{BOUNCES}"
        found: dict[str, object] = {
            "external_id": later or external_id(number),
            "occurred_at": (self.clock.now if later else self._filed_at(number)).isoformat(),
            "customer": customer, "text": TEXTS[course.text], "order_id": f"O{who:0>6}",
        }  # fmt: skip
        if course.cause:
            found |= {"product": course.cause, "region": f"第{number}区"}
        return found

    def _happen(self, number: int, course: Course, what: str, name: str) -> None:
        if what == "again":
            self._send(course.channel, name, self._body(number, course, f"{AGAIN}{number:04d}"))
            return
        if what in ("crowd", "hurt"):
            for one in range(1, OTHERS) if what == "crowd" else (OTHERS,):
                body = self._body(number, course, f"{CROWD}{number:04d}-{one}")
                said = {"text": TEXTS[what]} if what == "hurt" else {}
                self._send(course.channel, f"{name}/{one}", body | said)
            self.notes.did(name)
            return
        with self.casework.database.read() as session:
            query = select(Case.ref).where(Case.external_id == external_id(number))
            ref = session.exec(query).one()
        if what in ("message", "angry"):
            text = ANGRY if what == "angry" else "补充：商家刚才又打来电话，说不退了。"
            self._send(course.channel, name, {
                "external_id": name, "kind": "message", "occurred_at": self.clock.now.isoformat(),
                "ref": ref, "text": text,
            })  # fmt: skip
            return
        with suppress(Refusal):  # it came too early or too late, as it does in life
            self.casework.step(ref, EVENTS[what])
        self.notes.did(name)

    # --- people

    def _act(self, acts: Sequence[Act]) -> int:
        count = 0
        for act in acts:
            if act.at > self.clock.now:
                continue
            try:
                if act.key:
                    assert not isinstance(act.request, JudgeAnswer)
                    if act_or_keep(self.casework, act.ref, act.request, act.key):  # type: ignore[arg-type]
                        self.notes.did(act.name)
                else:
                    self.casework.step(act.ref, act.request)
                    if act.name.startswith("customer/"):
                        self.notes.did(act.name)
            except Refusal:
                self.notes.was_refused(act.name)
            count += 1
        return count

    def _acts(self) -> Iterator[Act]:
        """Everything that is asked of somebody now, with when they will do it."""
        with self.casework.database.read() as session:
            open_cases = session.exec(select(Case).where(col(Case.ended).is_(False))).all()
            known = select(Case.id).where(col(Case.ended).is_(False))
            items, dispatches, due, surveys = (
                _by_case(session.exec(select(table).where(col(table.case_id).in_(known)).order_by(order)).all())
                for table, order in (
                    (WorkItem, col(WorkItem.id)), (Dispatch, col(Dispatch.id)),
                    (TimerRow, col(TimerRow.due_at)), (Survey, col(Survey.cycle)),
                )
            )  # fmt: skip
            incidents = session.exec(select(Incident).where(col(Incident.closed_at).is_(None))).all()
            cases = {case.id: case for case in open_cases}
            for case in sorted(open_cases, key=lambda one: one.external_id):
                course = self._course_of(case)
                if course is None:
                    continue
                situation = Situation(
                    case, course, items[case.id], dispatches[case.id], self.casework.books.organisation
                )
                times = [row.due_at for row in due[case.id]]
                for item in situation.items:
                    if item.activation is not None and item.actions and item.assignee:
                        yield from self._of_item(situation, item, times)
                yield from self._of_customer(session, case, course, surveys[case.id])
            for incident in incidents:
                name = f"incident/{incident.id}"
                case = cases.get(incident.case_id) or session.get_one(Case, incident.case_id)
                at = mark_after(incident.opened_at + timedelta(minutes=20))
                yield Act(name, at, case.ref, Retry(OPS.name))

    def _course_of(self, case: Case) -> Course | None:
        """None of a complaint that nobody acts on."""
        kind, number, *_ = case.external_id.split("-")
        return None if f"{kind}-" == AGAIN else self.courses[int(number)]

    def _of_item(self, situation: Situation, item: WorkItem, times: Sequence[datetime]) -> Iterator[Act]:
        name = f"item/{situation.case.id}/{item.activation}"
        if name in self.notes.done:
            return
        since = self.notes.since(name, self.clock.now)
        found = answer(situation, item, self.notes.refused[name])
        if found is None:
            return
        at = mark_after(since + found.after + MARK * self.notes.refused[name])
        while at < self.clock.now or any(at <= due < at + MARK for due in times):
            at += MARK
        kept = f"{name}/{found.request.action}" if found.request.action in WORDLESS else ""
        yield Act(name, at, situation.case.ref, found.request, kept)

    def _of_customer(
        self, session: Session, case: Case, course: Course, surveys: Sequence[Survey]
    ) -> Iterator[Act]:  # fmt: skip
        survey = next((one for one in surveys if one.cycle == case.cycle), None)
        score = score_of(course, case.cycle)
        if survey is not None and survey.state == "sent" and survey.sent_at is not None and score is not None:
            name = f"customer/{case.external_id}/survey/{case.cycle}"
            at = mark_after(survey.sent_at + timedelta(minutes=40))
            ask = AnswerSurvey(case.cycle, score, leave=course.leave, nonce=name)
            yield from self._once(name, at, case, ask)
        if case.status == "handling" and case.tier == "light" and course.judges is not None:
            name = f"customer/{case.external_id}/judges/{case.cycle}"
            at = mark_after(self.notes.since(name, self.clock.now) + timedelta(minutes=60))
            yield from self._once(name, at, case, JudgeAnswer(course.judges))
        if case.status == "waiting_customer" and course.chooses is not None:
            number = _decision_with_options(session, case)
            if number is not None:
                name = f"customer/{case.external_id}/chooses/{number}"
                at = mark_after(self.notes.since(name, self.clock.now) + timedelta(minutes=90))
                yield from self._once(name, at, case, ChooseOption(course.chooses))

    def _once(self, name: str, at: datetime, case: Case, request: Request[object]) -> Iterator[Act]:
        if name not in self.notes.done and not self.notes.refused[name]:
            yield Act(name, max(at, self.clock.now), case.ref, request)

    # --- time

    def _next(self, acts: Sequence[Act]) -> datetime | None:
        """The next instant at which anything happens, given what people are about to do."""
        now = self.clock.now
        found: list[datetime | None] = [act.at if act.at > now else mark_after(now) for act in acts]
        for number, course in enumerate(self.courses):
            found.append(self._filed_at(number))
            found += [self._filed_at(number) + timedelta(minutes=minutes) for minutes, _ in course.events]
        with self.casework.database.read() as session:
            due, leased = col(Case.next_due_at), col(ActivityRow.lease_until)
            sent_at, not_before = col(Letter.send_at), col(Letter.not_before)
            waiting = Letter.state == "waiting"
            for query in (
                select(func.min(due)).where(due > now),
                select(func.min(leased)).where(ActivityRow.state == "claimed", leased >= now),
                select(func.min(ActivityRow.not_before)).where(
                    ActivityRow.state == "ready", col(ActivityRow.not_before) > now
                ),
                select(func.min(sent_at)).where(waiting, sent_at > now),
                select(func.min(not_before)).where(waiting, sent_at <= now, not_before > now),
                select(func.min(Letter.lease_until)).where(Letter.state == "sending"),
            ):
                at = session.exec(query).one()
                found.append(at if at is None or at > now else now + timedelta(seconds=1))
        later = [at for at in found if at is not None and at > now]
        return min(later, default=None)


EVENTS: dict[str, Request[object]] = {
    "withdraw": End("withdrawn", OPS, "客户来电撤诉"),
    "undo": Return("undo", OPS, "客户否认撤诉"),
    "void": End("voided", OPS, "误判为测试"),
    "unvoid": Return("unvoid", OPS, "并非测试"),
    "merge": End("merged", OPS, "与另一投诉相同"),
    "unmerge": Return("unmerge", OPS, "并非同一件事"),
    "reopen": Return("reopen", OPS, "客户又来电"),
    "regrade": Regrade(OPS, "有人受伤", {"tier": "severe"}),
    "hold": Hold(OPS, "诉讼保全"),
    "release": Hold(OPS, "保全解除", on=False),
}
PREFIX = "life-"
AGAIN = "again-"
"""Complaints of what was complained of before: they end in the one before, and nobody acts on them."""
OTHERS = 9
CROWD = "crowd-"
"""Complaints of nine other customers of the same cause, who do as the first of them does."""


def external_id(number: int) -> str:
    return f"{PREFIX}{number:04d}"


def _by_case(rows: Sequence[object]) -> dict[str, list]:  # type: ignore[type-arg]
    found: dict[str, list] = defaultdict(list)  # type: ignore[type-arg]
    for row in rows:
        found[row.case_id].append(row)  # type: ignore[attr-defined]
    return found


def _decision_with_options(session: Session, case: Case) -> int | None:
    """How many decisions were offered to the customer with a choice; None while the newest one has none open."""
    decisions = session.exec(
        select(Decision)
        .where(Decision.case_id == case.id, Decision.cycle == case.cycle)
        .order_by(col(Decision.id))
    ).all()
    if not decisions:
        return None
    options = session.exec(select(Option).where(Option.decision_id == decisions[-1].id)).all()
    return len(decisions) if len(options) > 1 and all(one.chosen_at is None for one in options) else None
