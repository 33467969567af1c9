"""One case inside one changing transaction: what a service task may read and write.

A `CaseFile` is opened with the case row locked and lives as long as the transaction. Service tasks get
it, change rows through it, and hand back ids, enums, numbers and times for the process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, select

from bpmn.durations import Duration, parse_duration
from bpmn.events import Message, Value
from bpmn.link import Definitions
from complaints import staffing
from complaints.books import LIVE_TABLES, Books
from complaints.clock import Clock
from complaints.organisation import Person
from store.clocks import Clocks, key_text
from store.correspondence import Correspondence
from store.history import Chronicle
from store.letters import Letters
from store.records import Records
from store.tables import (
    ActivityRow,
    Case,
    CaseText,
    ClockRow,
    Customer,
    Decision,
    Dispatch,
    Improvement,
    Incident,
    Note,
    Option,
    Survey,
    WorkItem,
)  # fmt: skip

Links = Callable[[Case, str], Mapping[str, str]]
"""The customer pages of a case for a purpose (track, survey, options): name to address."""

NEVER_PAUSED = frozenset({"promise", "authority", "acknowledge"})
"""Clocks that run through every wait (process.md, 1 and 7)."""

ASKED = "asked"
"""What a contribution is that somebody asked another department for; those of the table have terms of their own."""

MAIN = ("resolve", "lead")
"""Kinds of the work whose holder answers for the case."""

FINISHED = frozenset({"done", "waived", "cancelled"})
"""States of a work item that nothing changes any more."""


@dataclass(slots=True)
class CaseFile:
    """`now` is process time, `machine_now` machine time, `actor` whoever causes what is written."""

    session: Session
    case: Case
    books: Books
    definitions: Definitions
    """The bundle that the case was started on, with the live tables."""
    links: Links
    secret: bytes
    now: datetime
    machine_now: datetime
    actor: str = "amends"
    activation: int = 0
    """The activation whose service task is being carried out; part of the keys of its letters."""
    attempt: int = 1
    """Which attempt of an activity this is."""
    at_element: tuple[str, str] = ("", "")
    effective_at: datetime | None = None
    """When a stored event that is being handled took effect. What it stops counts as stopped then."""
    raised: list[Message] = field(default_factory=list)
    """Messages to the case itself, delivered within the same step, dropped when nothing waits for them."""
    downtime: tuple[datetime, datetime] | None = None
    """The newest gap in which no clock looked, in process time."""
    named: str | None = None
    """Whom a reassignment names for the work that it opens."""
    new: bool = False
    """Whether the case was written in this very transaction."""
    records: Records = field(init=False)
    clocks: Clocks = field(init=False)
    history: Chronicle = field(init=False)
    letters: Letters = field(init=False)
    tell: Correspondence = field(init=False)

    _customer: Customer | None = None
    _text: CaseText | None = None

    def __post_init__(self) -> None:
        self.records = Records(self.session, self.case, new=self.new)
        self.clocks = Clocks(self.records, self.case, self.books.calendar)
        self.history = Chronicle(self.session, self.case, self.secret)
        self.letters = Letters(self.session, self.case)
        self.tell = Correspondence(self)

    @property
    def happened_at(self) -> datetime:
        """When what is being handled took effect: now, unless it is an event that was stored."""
        return self.effective_at or self.now

    # --- reading

    def decide(self, table: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Answer a decision table of the case's bundle, or of the live one for routing and remedies: its outputs by
        name, or `rows` for a table of many."""
        definitions = self.definitions
        tables = definitions.live if table in LIVE_TABLES else definitions.decisions
        found = tables[table].decide(values).result
        return found if isinstance(found, Mapping) else {"rows": found}

    @property
    def customer(self) -> Customer:
        """Of a complaint; an improvement action is about no one customer."""
        if self._customer is None:
            with self.session.no_autoflush:  # whoever is changed here is here already
                self._customer = self.session.get(Customer, self.case.customer_id)
        assert self._customer is not None, "the foreign key holds"
        return self._customer

    @property
    def improvement(self) -> Improvement:
        """What an improvement action is to change; of no complaint."""
        row = self.session.get(Improvement, self.case.id)
        assert row is not None, "written with the action"
        return row

    @property
    def text(self) -> CaseText:
        if self._text is None:
            with self.session.no_autoflush:
                self._text = self.session.get(CaseText, self.case.id)
        assert self._text is not None, "written with the case"
        return self._text

    def item(self, item_id: int) -> WorkItem:
        item = next((i for i in self.records.of(WorkItem) if i.id == item_id), None)
        if item is None:
            raise LookupError(f"work item {item_id} does not belong to {self.case.ref}")
        return item

    def items(self, *, kind: str | None = None, cycle: int | None = None) -> Sequence[WorkItem]:
        return [
            i for i in self.records.of(WorkItem)
            if (kind is None or i.kind == kind) and (cycle is None or i.cycle == cycle)
        ]  # fmt: skip

    def activity(self, activation: int) -> ActivityRow | None:
        """The activity of an activation, unless it is done or cancelled."""
        return next((a for a in self.records.of(ActivityRow) if a.activation == activation), None)

    def dispatches(self, item_id: int) -> Sequence[Dispatch]:
        return [d for d in self.records.of(Dispatch) if d.item_id == item_id]

    def unjudged(self, item_id: int) -> Sequence[Dispatch]:
        """Offers of an item that were declined, and nobody has said yet whether rightly."""
        return [d for d in self.dispatches(item_id) if d.how == "declined" and d.judged is None]

    def decision(self, cycle: int | None = None) -> Decision | None:
        """The newest decision of a cycle (the present one unless named)."""
        wanted = cycle or self.case.cycle
        return next((d for d in reversed(self.records.of(Decision)) if d.cycle == wanted), None)

    def hands(self) -> set[str]:
        """Everybody who had a part in the case so far; none of them may take its score."""
        return {i.assignee for i in self.items() if i.assignee and i.kind != "ask_score"}

    def options(self, decision: Decision) -> Sequence[Option]:
        query = select(Option).where(Option.decision_id == decision.id).order_by(Option.position)  # type: ignore[arg-type]
        return self.session.exec(query).all()

    def earlier_hands(self) -> set[str]:
        """Who led, solved or approved in an earlier cycle: none of them may decide the next (process.md, 6)."""
        hands = {
            i.assignee for i in self.items()
            if i.cycle < self.case.cycle and i.kind in ("resolve", "lead", "approve", "overdue") and i.assignee
        }  # fmt: skip
        made = [d for d in self.records.of(Decision) if d.cycle < self.case.cycle]
        hands |= {d.by for d in made} | {d.approved_by for d in made if d.approved_by}
        return hands

    # --- writing

    def log(self, what: str, **data: object) -> None:
        process, element = self.at_element
        self.history.add(
            what, at=self.now, actor=self.actor, process=process, element=element, data=data
        )  # fmt: skip

    def note(self, kind: str, text: str, *, item_id: int | None = None, by: str | None = None) -> Note:
        """Keep a person's words; the history holds only their digest."""
        row = Note(
            case_id=self.case.id, item_id=item_id, cycle=self.case.cycle, kind=kind, text=text,
            by=by or self.actor, at=self.now,
        )  # fmt: skip
        self.records.add(row)
        self.log(f"{kind}_noted", item=item_id, digest=self.history.digest(text))
        return row

    def raise_message(self, name: str, payload: Mapping[str, Value] | None = None, key: Value = None) -> None:
        self.raised.append(Message(name, payload or {}, key))

    def start_clock(
        self, name: str, key: Value = None, *, duration: Duration | None = None, at: datetime | None = None
    ) -> ClockRow:
        """Begin a clock, now unless `at` is given, with the duration and calendar of the table `clocks`, or the
        duration given."""
        found = self.decide("clocks", self.clock_question(name, key))
        length = duration or self._own_duration(name, key) or self.duration_of(found)
        row, begun = self.clocks.start(
            name, key, at=at or self.now, duration=length, calendar=str(found["calendar"]),
            pausable=name not in NEVER_PAUSED,
        )  # fmt: skip
        if begun:
            self.log("clock_started", clock=name, key=key_text(key), due=row.due_at)
        return row

    def stop_clock(self, name: str, key: Value = None, *, cancel: bool = False) -> None:
        row = self.clocks.row(name, key)
        if row is None:
            return
        due, at = row.due_at, self._since(row)
        if self.clocks.change(row, lambda clock: clock.cancel(at) if cancel else clock.stop(at)):
            state = "cancelled" if cancel else self.clocks.value(row).state(self.now)
            self.log("clock_stopped", clock=name, key=key_text(key), due=due, state=state)

    def pause_clock(self, name: str, key: Value = None) -> None:
        """Without a key every clock of that name stands still."""
        for row in self.clocks.named(name, key):
            if self.clocks.change(row, partial(Clock.pause, at=self.now)):
                self.log("clock_paused", clock=name, key=row.key)

    def resume_clock(self, name: str, key: Value = None) -> None:
        for row in self.clocks.named(name, key):
            if self.clocks.change(row, partial(Clock.resume, at=self._since(row))):
                self.log("clock_resumed", clock=name, key=row.key, due=row.due_at)

    def _since(self, row: ClockRow) -> datetime:
        """When what is handled took effect, but never before the clock last began to run or stand still."""
        clock = self.clocks.value(row)
        changes = [clock.started_at, clock.armed_at, *(at for pause in clock.pauses[-1:] for at in pause)]
        return max(self.happened_at, *(at for at in changes if at is not None))

    def time_to_ask(self) -> Duration | None:
        """How long the customer may still be waited for in this cycle, all questions together (process.md, 4)."""
        found = self.decide("clocks", self.clock_question("question", self.case.cycle))
        asked = [
            r for r in self.records.of(ClockRow) if (r.name, r.key) == ("question", str(self.case.cycle))
        ]
        used = sum(((r.stopped_at or self.now) - r.started_at for r in asked), timedelta())
        left = self.duration_of(found).seconds - int(used.total_seconds())
        return Duration(seconds=left) if left > 0 else None

    def extend_clock(self, name: str, key: Value, by: Duration) -> ClockRow | None:
        """Give the clock that much more; its levels may fire again."""
        row = self.clocks.row(name, key)
        if row is None or not self.clocks.change(row, lambda clock: clock.extend(by, self.now)):
            return None
        self.log("clock_extended", clock=name, key=key_text(key), by=by, due=row.due_at)
        return row

    def begin_clock_at(self, name: str, key: Value, at: datetime) -> None:
        """Let a running clock count from an earlier instant; see `Clock.begun_at`."""
        row = self.clocks.row(name, key)
        if row is None or at >= row.started_at:
            return
        before = row.due_at
        if self.clocks.change(row, lambda clock: clock.begun_at(at)) and row.due_at != before:
            self.log("clock_moved", clock=name, key=key_text(key), before=before, due=row.due_at)

    def bring_clock_forward(self, name: str, key: Value, due: datetime) -> None:
        """Let a running clock be due at an earlier instant; see `Clock.due_by`."""
        row = self.clocks.row(name, key)
        if row is None:
            return
        before = row.due_at
        if self.clocks.change(row, lambda clock: clock.due_by(due, self.now)) and row.due_at != before:
            self.log("clock_moved", clock=name, key=key_text(key), before=before, due=row.due_at)

    def regrade_clocks(self) -> None:
        """Give running clocks of the case and the cycle the durations of the present grade."""
        for name, key in (("resolve", self.case.cycle), ("first_contact", None)):
            row = self.clocks.row(name, key)
            if row is None:
                continue
            found = self.decide("clocks", self.clock_question(name, key))
            length = self.duration_of(found)
            before = row.due_at
            terms = partial(Clock.regraded, duration=length, now=self.now)
            if str(length) != row.duration and self.clocks.change(row, terms):
                self.log("clock_regraded", clock=name, key=key_text(key), before=before, due=row.due_at)

    def open_incident(self, kind: str, reason: str, *, activation: int | None = None) -> Incident:
        """Something only a person can put right; owned by whoever holds the duty `ops`."""
        holder = self.holder("ops")
        row = Incident(
            case_id=self.case.id, kind=kind, activation=activation, reason=reason[:500],
            owner=holder.id if holder else None, opened_at=self.now,
        )  # fmt: skip
        self.records.add(row)
        self.case.version += 1  # whoever opens it, inside a step or beside one: the run shows it
        self.log("incident_opened", kind=kind, owner=row.owner, activation=activation)
        if holder is not None:
            self.tell.to_person(holder.id, "incident", {"task": reason[:200]}, suffix=f"/{self.case.version}")
        return row

    # --- people

    def holder(self, duty: str) -> Person | None:
        """Who has the duty now, or stands in."""
        return staffing.holder(self.books.organisation, duty, self.now).person

    def person_in(self, role: str, item: WorkItem | None) -> Person | None:
        """Who plays a role in this case: handler, head, owner, lead, or a duty's holder."""
        organisation, case = self.books.organisation, self.case
        if role == "head":
            department = (item.department if item else None) or case.department
            return staffing.head_of(organisation, department, self.now).person if department else None
        if role in ("handler", "lead", "owner"):
            named = item.assignee if item is not None and role == "handler" else None
            if named is None and role in ("handler", "lead"):
                main = [i for i in self.items(cycle=case.cycle) if i.kind in ("lead", "resolve")]
                named = main[-1].assignee if main else None
            named = named or case.owner
            return organisation.person(named) if named else self.holder("coordinator")
        return staffing.holder(organisation, role, self.now, case.department).person

    def take_ownership(self, item: WorkItem) -> None:
        """From confirmation the specialist or lead answers for the case (process.md, Words)."""
        if item.kind in ("resolve", "lead") and item.assignee and item.assignee != self.case.owner:
            self.case.owner = item.assignee
            self.log("owner_changed", owner=item.assignee)

    # --- items and facts

    def end_item(self, item: WorkItem, status: str) -> None:
        item.status, item.activation, item.actions, item.finished_at = status, None, [], self.now
        self.end_offer(item, "withdrawn")
        self.log(f"work_{status}", item=item.id, kind=item.kind, person=item.assignee)

    def end_offer(self, item: WorkItem, how: str) -> Dispatch | None:
        """The offer of the item that is still open, now ended."""
        for dispatch in self.dispatches(item.id or 0):
            if dispatch.ended_at is None:
                dispatch.ended_at, dispatch.how = self.happened_at, how
                return dispatch
        return None

    def newest_note(self, kind: str) -> Note | None:
        notes = reversed(self.records.of(Note))
        return next((n for n in notes if n.kind == kind and n.cycle == self.case.cycle), None)

    def may_propose(self) -> bool:
        """Whether the customer may still propose something of their own in this cycle (process.md, 4)."""
        made = [n for n in self.records.of(Note) if (n.kind, n.cycle) == ("proposal", self.case.cycle)]
        return len(made) < int(str(self.decide("remedy", self.remedy_question())["rounds"]))

    def survey(self, cycle: int) -> Survey | None:
        return next((s for s in self.records.of(Survey) if s.cycle == cycle), None)

    def last_score(self) -> int | None:
        surveys = sorted(self.records.of(Survey), key=lambda s: s.cycle, reverse=True)
        return next((s.score for s in surveys if s.score is not None), None)

    # --- questions to the tables

    def remedy_question(self) -> dict[str, Value]:
        return {"tier": self.case.tier, "value": self.case.value, "loss": self.text.amount or 0}

    @staticmethod
    def duration_of(found: Mapping[str, Value], name: str = "duration") -> Duration:
        """A duration in a table's answer or a task's inputs: ISO text keeps its days, a timedelta is exact."""
        length = found[name]
        if isinstance(length, timedelta):
            return Duration(seconds=int(length.total_seconds()))
        return length if isinstance(length, Duration) else parse_duration(str(length))

    def clock_question(self, name: str, key: Value) -> dict[str, Value]:
        duty = self.item(int(str(key))).duty if name == "duty" else None
        if name == "deliver" and self.item(int(str(key))).kind == "improve":
            duty = "improve"  # its date is a day of the calendar, not so much working time
        asked = [i for i in self.items(kind="collaborate", cycle=self.case.cycle) if i.what == ASKED]
        return {
            "clock": duty or name, "tier": self.case.tier, "urgency": self.case.urgency,
            "several": self.case.tier == "medium" and any(i.status != "cancelled" for i in asked),
        }  # fmt: skip

    def _own_duration(self, name: str, key: Value) -> Duration | None:
        """A work item may bring its own time (a row of the collaboration list, a date told to the customer)."""
        own = self.item(int(str(key))).duration if name == "deliver" else None
        return parse_duration(own) if own else None
