"""One case inside one changing transaction: what a service task may read and write.

A `CaseFile` is opened with the case row locked and lives as long as the transaction. Service tasks get
it, change rows through it, and hand back ids, enums, numbers and times for the process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, select

from bpmn.durations import Duration, parse_duration
from bpmn.events import Message, Value
from complaints.books import Books
from complaints.routes import route, sending_time
from complaints.staffing import Person
from store.clocks import Clocks, key_text
from store.history import Chronicle
from store.letters import Letters
from store.tables import (
    ActivityRow, Case, CaseText, ClockRow, Customer, Decision, Dispatch, Incident, Note, Option, TimerRow, WorkItem,
)  # fmt: skip

Decide = Callable[[str, Mapping[str, Value]], Mapping[str, Value]]
"""Answer a decision table of the case's bundle by key: inputs to outputs."""

Links = Callable[[Case, str], Mapping[str, str]]
"""The customer pages of a case for a purpose (track, survey, options): name to address."""

NEVER_PAUSED = frozenset({"promise", "authority", "acknowledge"})
"""Clocks that run through every wait (process.md, 1 and 7)."""

FINISHED = frozenset({"done", "waived", "cancelled"})
"""States of a work item that nothing changes any more."""


@dataclass(slots=True)
class CaseFile:
    """`now` is process time, `machine_now` machine time, `actor` whoever causes what is written."""

    session: Session
    case: Case
    books: Books
    decide: Decide
    links: Links
    secret: bytes
    now: datetime
    machine_now: datetime
    actor: str = "amends"
    activation: int = 0
    """The activation whose service task is being carried out; part of the keys of its letters."""
    at_element: tuple[str, str] = ("", "")
    raised: list[Message] = field(default_factory=list)
    """Messages to the case itself, delivered within the same step, dropped when nothing waits for them."""
    clocks: Clocks = field(init=False)
    history: Chronicle = field(init=False)
    letters: Letters = field(init=False)

    def __post_init__(self) -> None:
        self.clocks = Clocks(self.session, self.case, self.books.calendar)
        self.history = Chronicle(self.session, self.case, self.secret)
        self.letters = Letters(self.session, self.case)

    # --- reading

    @property
    def customer(self) -> Customer:
        customer = self.session.get(Customer, self.case.customer_id)
        assert customer is not None, "the foreign key holds"
        return customer

    @property
    def text(self) -> CaseText:
        text = self.session.get(CaseText, self.case.id)
        assert text is not None, "written with the case"
        return text

    def item(self, item_id: int) -> WorkItem:
        item = self.session.get(WorkItem, item_id)
        if item is None or item.case_id != self.case.id:
            raise LookupError(f"work item {item_id} does not belong to {self.case.ref}")
        return item

    def items(self, *, kind: str | None = None, cycle: int | None = None) -> Sequence[WorkItem]:
        query = select(WorkItem).where(WorkItem.case_id == self.case.id).order_by(WorkItem.id)  # type: ignore[arg-type]
        rows = self.session.exec(query).all()
        return [r for r in rows if (kind is None or r.kind == kind) and (cycle is None or r.cycle == cycle)]

    def activity(self, activation: int) -> ActivityRow | None:
        query = select(ActivityRow).where(
            ActivityRow.case_id == self.case.id, ActivityRow.activation == activation
        )
        return self.session.exec(query).first()

    def timers(self) -> Sequence[TimerRow]:
        return self.session.exec(select(TimerRow).where(TimerRow.case_id == self.case.id)).all()

    def dispatches(self, item_id: int) -> Sequence[Dispatch]:
        return self.session.exec(
            select(Dispatch).where(Dispatch.item_id == item_id).order_by(Dispatch.id)  # type: ignore[arg-type]
        ).all()

    def decision(self, cycle: int | None = None) -> Decision | None:
        """The newest decision of a cycle (the present one unless named)."""
        query = select(Decision).where(
            Decision.case_id == self.case.id, Decision.cycle == (cycle or self.case.cycle)
        )
        return self.session.exec(query.order_by(Decision.id.desc())).first()  # type: ignore[union-attr]

    def options(self, decision: Decision) -> Sequence[Option]:
        query = select(Option).where(Option.decision_id == decision.id).order_by(Option.position)  # type: ignore[arg-type]
        return self.session.exec(query).all()

    def earlier_hands(self) -> set[str]:
        """Who led, solved or approved in an earlier cycle: none of them may decide the next (process.md, 6)."""
        hands = {
            i.assignee for i in self.items()
            if i.cycle < self.case.cycle and i.kind in ("resolve", "lead", "approve", "overdue") and i.assignee
        }  # fmt: skip
        made = self.session.exec(
            select(Decision).where(Decision.case_id == self.case.id, Decision.cycle < self.case.cycle)
        ).all()
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
        self.session.add(row)
        self.log(f"{kind}_noted", item=item_id, digest=self.history.digest(text))
        return row

    def raise_message(self, name: str, payload: Mapping[str, Value] | None = None, key: Value = None) -> None:
        self.raised.append(Message(name, payload or {}, key))

    def start_clock(self, name: str, key: Value = None, *, duration: Duration | None = None) -> ClockRow:
        """Begin a clock with the duration and calendar of the table `clocks`, or the duration given."""
        found = self.decide("clocks", self._clock_question(name, key))
        length = duration or self._own_duration(name, key) or parse_duration(str(found["duration"]))
        row, begun = self.clocks.start(
            name, key, at=self.now, duration=length, calendar=str(found["calendar"]),
            pausable=name not in NEVER_PAUSED,
        )  # fmt: skip
        if begun:
            self.log("clock_started", clock=name, key=key_text(key), due=row.due_at)
        return row

    def stop_clock(self, name: str, key: Value = None, *, cancel: bool = False) -> None:
        row = self.clocks.row(name, key)
        if row is None:
            return
        due = row.due_at
        if self.clocks.change(row, lambda clock: clock.cancel(self.now) if cancel else clock.stop(self.now)):
            state = "cancelled" if cancel else self.clocks.value(row).state(self.now)
            self.log("clock_stopped", clock=name, key=key_text(key), due=due, state=state)

    def pause_clock(self, name: str, key: Value = None) -> None:
        row = self.clocks.row(name, key)
        if row is not None and self.clocks.change(row, lambda clock: clock.pause(self.now)):
            self.log("clock_paused", clock=name, key=key_text(key))

    def resume_clock(self, name: str, key: Value = None) -> None:
        row = self.clocks.row(name, key)
        if row is not None and self.clocks.change(row, lambda clock: clock.resume(self.now)):
            self.log("clock_resumed", clock=name, key=key_text(key), due=row.due_at)

    def extend_clock(self, name: str, key: Value, by: Duration) -> ClockRow | None:
        """Give the clock that much more; its levels may fire again."""
        row = self.clocks.row(name, key)
        if row is None or not self.clocks.change(row, lambda clock: clock.extend(by, self.now)):
            return None
        self.log("clock_extended", clock=name, key=key_text(key), by=by, due=row.due_at)
        return row

    def regrade_clocks(self) -> None:
        """Give running clocks of the case and the cycle the durations of the present grade."""
        for name, key in (("resolve", self.case.cycle), ("first_contact", None)):
            row = self.clocks.row(name, key)
            if row is None:
                continue
            found = self.decide("clocks", self._clock_question(name, key))
            length = parse_duration(str(found["duration"]))
            before = row.due_at
            if str(length) != row.duration and self.clocks.change(
                row, lambda c, d=length: c.regraded(d, self.now)
            ):  # type: ignore[misc]
                self.log("clock_regraded", clock=name, key=key_text(key), before=before, due=row.due_at)

    def tell_customer(
        self, kind: str, *, template: str | None = None, purposes: Sequence[str] = ("track",),
        suffix: str = "", **values: object,
    ) -> None:  # fmt: skip
        """Owe the customer a letter in their language, on the way back of their channel."""
        case, customer = self.case, self.customer
        channel = self.books.channel(case.channel)
        way = route(channel.reply if channel else "mailbox", email=customer.email, phone=customer.phone)
        name = template or kind
        if channel is not None and channel.public and kind == "acknowledgement":
            self._write_customer(
                kind, "acknowledgement_public", way, {}, {**values}, suffix=f"{suffix}/public"
            )
            way = route("email", email=customer.email, phone=customer.phone)
        links: dict[str, str] = {}
        for purpose in purposes:
            links |= self.links(case, purpose)
        self._write_customer(kind, name, way, links, values, suffix=suffix)

    def _write_customer(
        self, kind: str, template: str, way: str, links: Mapping[str, str], values: Mapping[str, object],
        *, suffix: str,
    ) -> None:  # fmt: skip
        case, customer = self.case, self.customer
        exempt = bool(self.decide("contact", {"kind": kind})["exempt"])
        shown = {"customer": customer.name or self.books.name("word", "customer", case.language)}
        link = next(reversed(links.values()), "") if links else ""
        text = self.books.letter(
            template, case.language, {**self.common_values(), **shown, "link": link, **values}
        )
        letter = self.letters.write(
            key=f"{case.ref}/{case.instance_no}/{self.activation}/{template}{suffix}", kind=kind,
            audience="customer", channel=way, language=case.language, subject=text.subject, body=text.body,
            at=self.now, send_at=sending_time(way, self.now, customer.zone, exempt=exempt),
            machine_now=self.machine_now, links=links,
        )  # fmt: skip
        if letter is not None:
            self.log(
                "letter_written", letter=kind, to="customer", way=way, digest=self.history.digest(text.body)
            )

    def tell_person(self, person: str, template: str, *, suffix: str = "", **values: object) -> None:
        """Owe a member of staff a message, in their first language, at their mail address."""
        known: Person | None = self.books.organisation.person(person)
        language = known.languages[0] if known and known.languages else "zh"
        text = self.books.letter(
            template, language,
            {**self.common_values(language), "handler": known.name if known else person, "link": "", **values},
        )  # fmt: skip
        letter = self.letters.write(
            key=f"{self.case.ref}/{self.case.instance_no}/{self.activation}/{template}/{person}{suffix}",
            kind=template, audience="staff", person=person, channel="email", language=language,
            subject=text.subject, body=text.body, at=self.now, send_at=self.now, machine_now=self.machine_now,
        )  # fmt: skip
        if letter is not None:
            self.log("letter_written", letter=template, to=person, way="email")

    def common_values(self, language: str | None = None) -> dict[str, object]:
        """What every template may name."""
        case, words = self.case, language or self.case.language

        def named(kind: str, key: str | None) -> str:
            return self.books.name(kind, key, words) if key else ""

        return {
            "ref": case.ref, "tier": named("tier", case.tier), "category": named("category", case.category),
            "department": named("department", case.department), "cycle": case.cycle,
            "decision": named("decision", case.decision),
        }  # fmt: skip

    def open_incident(self, kind: str, reason: str, *, activation: int | None = None) -> Incident:
        """Something only a person can put right; owned by whoever holds the duty `ops`."""
        holder = self.books.organisation.holder("ops", self.now)
        row = Incident(
            case_id=self.case.id, kind=kind, activation=activation, reason=reason[:500],
            owner=holder.id if holder else None, opened_at=self.now,
        )  # fmt: skip
        self.session.add(row)
        self.log("incident_opened", kind=kind, owner=row.owner, activation=activation)
        if holder is not None:
            self.tell_person(holder.id, "incident", suffix=f"/{self.case.version}", task=reason[:200])
        return row

    def _clock_question(self, name: str, key: Value) -> dict[str, Value]:
        duty = self.item(int(str(key))).duty if name == "duty" else None
        asked = {i.department for i in self.items(kind="collaborate", cycle=self.case.cycle)}
        return {
            "clock": duty or name, "tier": self.case.tier, "urgency": self.case.urgency,
            "several": bool(asked) and self.case.tier == "medium",
        }  # fmt: skip

    def _own_duration(self, name: str, key: Value) -> Duration | None:
        """A work item may bring its own time (a row of the collaboration list, a date told to the customer)."""
        own = self.item(int(str(key))).duration if name == "deliver" else None
        return parse_duration(own) if own else None


def grace(downtime_ended: datetime) -> datetime:
    """Until when a level that takes work from a person waits after a downtime: 15 minutes (process.md, Words)."""
    return downtime_ended + timedelta(minutes=15)
