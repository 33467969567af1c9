"""Complaints of fourteen months, written straight into the tables, with the truth about each kept beside.

Lives are drawn from one seed: merged, void and withdrawn ones, some of which come back; up to three cycles;
closed, reopened, still open. Some begin or end at the very instant at which a month does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import SQLModel

from store.database import Database
from store.tables import (
    Bundle,
    Case,
    CaseText,
    ChannelCount,
    Check,
    ClockRow,
    Customer,
    Decision,
    Dispatch,
    History,
    HookReceipt,
    Improvement,
    ImprovementRound,
    Letter,
    Promise,
    Survey,
    WorkItem,
)

ZONE = "Europe/Berlin"
BEGINS = datetime(2025, 2, 10, tzinfo=UTC)
AS_OF = datetime(2026, 4, 5, 14, 30, tzinfo=UTC)
"""The last month is still running, and nothing later is known."""
MONTHS = tuple((2025, month) for month in range(2, 13)) + tuple((2026, month) for month in range(1, 5))
CATEGORIES = ("logistics", "billing", "product_quality", "service_attitude")
CHANNELS = ("app", "hotline", "email", "authority_12315")
DEPARTMENTS = ("logistics", "finance", "quality")
PEOPLE = tuple(f"s-{number}" for number in range(1, 9))
CLOCKS = ("acknowledge", "dispatch", "first_contact", "resolve", "promise", "confirm")
Row = dict[str, Any]


class Later(Exception):
    """The life goes on after `AS_OF`: what is not known yet."""


@dataclass
class Population:
    """Rows by table. `stays` are the times in which a complaint was open: from, until (None while it is)."""

    rows: dict[type[SQLModel], list[Row]] = field(default_factory=lambda: defaultdict(list))
    stays: dict[str, list[tuple[datetime, datetime | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    first_tier: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Row] = field(default_factory=dict)

    def of(self, table: type[SQLModel]) -> list[Row]:
        return self.rows[table]

    def write(self, database: Database) -> None:
        """Put everything into an empty store."""
        for table in ORDER:
            rows = [{**_blank(table), **row} for row in self.rows[table]]
            for begin in range(0, len(rows), 5_000):
                with database.write() as session:
                    session.connection().execute(insert(SQLModel.metadata.tables[str(table.__tablename__)]),
                                                 rows[begin : begin + 5_000])  # fmt: skip


ORDER: tuple[type[SQLModel], ...] = (
    Bundle, Customer, Case, CaseText, History, WorkItem, Dispatch, Decision, Survey, Letter, ClockRow, Promise,
    HookReceipt, ChannelCount, Check, Improvement, ImprovementRound,
)  # fmt: skip


@cache
def _blank(table: type[SQLModel]) -> Mapping[str, Any]:
    """The defaults of a table's columns."""
    found: dict[str, Any] = {}
    for name, info in table.model_fields.items():
        if not info.is_required() and not (name == "id" and info.default is None):
            found[name] = info.get_default(call_default_factory=True)
    return found


class Life:
    """One complaint on its way. `now` only goes forward; past `AS_OF` it is `Later`."""

    def __init__(self, population: Population, number: int, chance: Random, lines: int) -> None:
        self.all, self.number, self.chance, self.lines = population, number, chance, lines
        self.now = self._beginning()
        self.seq = 0
        self.items: list[Row] = []
        self.case: Row = {
            "id": f"case-{number}", "ref": f"AM-{number:07d}", "bundle": "b",
            "customer_id": f"customer-{chance.randrange(1 + number // 3)}", "channel": chance.choice(CHANNELS),
            "external_id": f"x-{number}", "received_at": self.now,
            "occurred_at": self.now - timedelta(seconds=chance.randrange(1_000)),
            "value": chance.choice(("standard", "high")), "owner": chance.choice((None, *PEOPLE)),
            "status": "received", "cycle": 1, "cycle_started_at": self.now, "closed_at": None, "outcome": None,
            "decision": None, "resolved_at": None, "fulfilled_at": None, "acknowledged_at": None,
            "dispatched_at": None, "first_contact_at": None, "tier": None, "category": None, "urgency": None,
            "department": None, "imported": number % 20 == 7,
            "region": chance.choice((None, "north", "south")),
            "product": chance.choice((None, "lamp", "chair", "desk")),
        }  # fmt: skip
        self.case["authority"] = self.case["channel"].startswith("authority")
        population.cases[self.case["id"]] = self.case
        population.of(Case).append(self.case)
        population.of(CaseText).append({"case_id": self.case["id"], "text": "…"})
        population.stays[self.case["id"]].append((self.now, None))

    def _beginning(self) -> datetime:
        if self.chance.random() < 0.02:
            year, month = self.chance.choice(MONTHS[1:])
            return datetime(year, month, 1, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
        return BEGINS + (AS_OF - BEGINS) * self.chance.random()

    def add(self, table: type[SQLModel], **values: Any) -> Row:
        row = {"case_id": self.case["id"], **values}
        self.all.of(table).append(row)
        return row

    def line(self, what: str, **data: Any) -> None:
        self.seq += 1
        self.add(History, seq=self.seq, at=self.now, what=what, actor="amends", data=data, hash="-")

    def pass_time(self, hours: float) -> None:
        """Up to so many hours, to the microsecond; now and then to the very begin of the next month."""
        then = self.now + timedelta(hours=hours * self.chance.random())
        local = then.astimezone(ZoneInfo(ZONE))
        if self.chance.random() < 0.03 and local.day > 27:
            year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
            then = datetime(year, month, 1, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
        if then >= AS_OF:
            raise Later
        self.now = then

    def live(self) -> None:
        with suppress(Later):
            self._live()
        for _ in range(self.lines):
            self.line("moved", path=["complaint/handle"])

    def _live(self) -> None:
        chance, case = self.chance, self.case
        self.line("received", channel=case["channel"])
        self.pass_time(1)
        case["tier"] = chance.choice(("light", "light", "medium", "severe"))
        case.update(
            category=chance.choice(CATEGORIES), urgency=chance.choice(("normal", "urgent")),
            department=chance.choice(DEPARTMENTS),
        )  # fmt: skip
        self.all.first_tier[case["id"]] = case["tier"]
        self.line("graded", before=None, tier=case["tier"])
        case["acknowledged_at"] = self.now
        self.clocks()
        self.promise()
        if chance.random() < 0.2 and not self.interrupted():
            return
        if chance.random() < 0.06:
            self.line("graded", before=case["tier"], tier="medium")
            case["tier"] = "medium"
        while True:
            self.cycle()
            self.end("closed", "closed")
            if chance.random() > 0.08:
                return
            self.pass_time(700)
            case["cycle"] += 1
            case["cycle_started_at"] = self.now
            self.back("reopen")

    def interrupted(self) -> bool:
        """Ends otherwise than closed. True when it comes back."""
        what, status, returns = self.chance.choice((
            ("merged", "merged", "unmerge"), ("voided", "void", "unvoid"), ("withdrawn", "withdrawn", "undo"),
        ))  # fmt: skip
        self.pass_time(60)
        self.end(what, status)
        if self.chance.random() > 0.3:
            return False
        self.pass_time(200)
        self.back(returns)
        return True

    def end(self, what: str, status: str) -> None:
        self.case.update(status=status, closed_at=self.now, ended=True)
        since, _ = self.all.stays[self.case["id"]][-1]
        self.all.stays[self.case["id"]][-1] = (since, self.now)
        self.line(what)

    def back(self, reason: str) -> None:
        self.case.update(status="handling", closed_at=None, outcome=None, ended=False)
        self.all.stays[self.case["id"]].append((self.now, None))
        self.line("re_entered", reason=reason, cycle=self.case["cycle"])

    def cycle(self) -> None:
        """Cycles up to the one that closes the complaint."""
        chance, case = self.chance, self.case
        while True:
            by = self.work()
            self.pass_time(50)
            for _ in range(1 if chance.random() < 0.9 else 2):
                decision = chance.choice(("upheld", "partly", "not_upheld"))
                self.pass_time(5)
                self.add(
                    Decision, cycle=case["cycle"], decision=decision, by=by, at=self.now, sent_at=self.now
                )
            case.update(resolved_at=self.now, decision=decision)
            for item in self.items:
                if item["status"] == "confirmed":
                    item.update(status="done", finished_at=self.now)
            self.grants(by)
            if self.survey(by):
                return
            self.pass_time(1)
            case.update(
                cycle=case["cycle"] + 1, cycle_started_at=self.now, decision=None, resolved_at=None,
                fulfilled_at=None, status="handling",
            )  # fmt: skip

    def work(self) -> str:
        """Offers up to the one that is confirmed; who has the work then."""
        chance, case = self.chance, self.case
        if case["tier"] == "light" and chance.random() < 0.8:
            return "amends"
        kinds = ["resolve"] + ["collaborate"] * chance.choice((0, 0, 1, 2))
        person = chance.choice(PEOPLE)
        for kind in kinds:
            item = self.item(kind, status="waiting", department=chance.choice(DEPARTMENTS), assignee=None)
            case["dispatched_at"] = case["dispatched_at"] or self.now
            while item["status"] != "confirmed":
                person = chance.choice(PEOPLE)
                offer = self.add(
                    Dispatch, item_id=item["id"], department=item["department"], person=person,
                    binding=chance.random() < 0.1, offered_at=self.now, ended_at=None, how=None, judged=None,
                )  # fmt: skip
                if not offer["binding"]:
                    self.pass_time(2)
                how = chance.choice(("confirmed", "confirmed", "declined", "expired", "withdrawn"))
                how = "confirmed" if offer["binding"] else how
                offer.update(ended_at=self.now, how=how)
                if how == "declined":
                    offer["judged"] = chance.choice((None, "passed_on", "misrouted"))
                if how == "confirmed":
                    item.update(status="confirmed", assignee=person)
        case["first_contact_at"] = case["first_contact_at"] or self.now
        for duty, kind in (("supervisor", "overdue"), ("approver", "approve"), ("grader", "grade")):
            if chance.random() < 0.15:
                status = chance.choice(("cancelled", "done"))
                self.item(kind, duty=duty, status=status, assignee=person, finished_at=self.now)
        return person

    def item(self, kind: str, **values: Any) -> Row:
        number = len(self.all.of(WorkItem)) + 1
        values = {"amount": None, "duty": None, "department": None, "finished_at": None, **values}
        found = self.add(
            WorkItem, id=number, kind=kind, cycle=self.case["cycle"], created_at=self.now, **values
        )
        self.items.append(found)
        return found

    def grants(self, by: str) -> None:
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            status = self.chance.choice(("done", "done", "cancelled"))
            amount = self.chance.choice((None, 500, 12_950))
            self.item("fulfil", status=status, amount=amount, assignee=by, department=self.case["department"])
        granted = [item for item in self.items if item["kind"] == "fulfil" and item["finished_at"] is None]
        self.pass_time(30)
        for item in granted:
            item["finished_at"] = self.now
        self.case["fulfilled_at"] = self.now

    def survey(self, by: str) -> bool:
        """Asks how it went. True when the complaint closes."""
        chance, case = self.chance, self.case
        self.pass_time(15)
        case["status"] = "surveying"
        sent = self.now if chance.random() < 0.95 else None
        survey = self.add(
            Survey, cycle=case["cycle"], rated=by, ask_at=self.now, sent_at=sent, state="sent",
            expires_at=sent + timedelta(days=7) if sent else None, answered_at=None, score=None, nps=None,
        )  # fmt: skip
        if sent:
            state = chance.choice(("delivered",) * 8 + ("failed", "waiting"))
            receipt = chance.choice((None, None, "delivered", "failed"))
            self.add(
                Letter, key=f"{case['ref']}/{case['cycle']}/survey", cycle=case["cycle"], kind="survey",
                audience="customer", channel="email", subject="", body="", created_at=sent, send_at=sent,
                not_before=sent, state=state, receipt=receipt,
            )  # fmt: skip
        if chance.random() < 0.2:
            self.pass_time(160)
            survey["state"] = "expired"
            case["outcome"] = "unanswered"
            return True
        self.pass_time(160)
        nps = chance.choice((None, *range(11)))
        survey.update(answered_at=self.now, score=chance.randint(1, 5), nps=nps, state="frozen")
        if survey["score"] >= 4:
            case["outcome"] = "accepted"
        elif chance.random() < 0.3 or case["cycle"] >= 3:
            case["outcome"] = "final" if case["cycle"] >= 3 else "accepted_low"
        return case["outcome"] is not None

    def clocks(self) -> None:
        chance = self.chance
        for name in chance.sample(CLOCKS, 4):
            started = self.case["received_at"]
            due: datetime | None = started + timedelta(hours=chance.choice((0.5, 1, 24, 72, 700)))
            stopped = chance.choice((None, due, started + timedelta(hours=80 * chance.random())))
            late, cancelled, fired = chance.random() < 0.05, chance.random() < 0.05, list[str]()
            late_at = min(due or AS_OF, started + timedelta(hours=20), AS_OF) if late else None
            if stopped is not None and stopped >= AS_OF:
                stopped = None
            if stopped is None and chance.random() < 0.1:
                due = None
            if stopped is not None and stopped == due and chance.random() < 0.5:
                fired = ["100 %", "50 %"]
            self.add(
                ClockRow, name=name, started_at=started, duration="PT1H", calendar="always",
                due_at=None if cancelled else due, stopped_at=stopped, cancelled=cancelled, late_before=late,
                late_at=late_at, fired=fired,
            )  # fmt: skip

    def promise(self) -> None:
        for _ in range(self.chance.choice((1, 1, 2))):
            due = self.now + timedelta(hours=self.chance.choice((24, 48, 200)))
            state = self.chance.choice(("open", "kept", "kept", "kept", "moved", "broken"))
            self.add(Promise, what="preliminary_answer", told_at=self.now, due_at=due, state=state)


def population(size: int, *, seed: int = 20, lines: int = 3) -> Population:
    """So many complaints. `lines`: how many more lines of history each has than figures ask for."""
    found, chance = Population(), Random(seed)
    found.of(Bundle).append({"hash": "b", "files": {}, "published_at": BEGINS})
    for number in range(1 + size // 3):
        found.of(Customer).append({"id": f"customer-{number}", "created_at": BEGINS})
    for number in range(size):
        Life(found, number, chance, lines).live()
    found.of(HookReceipt).extend(_receipts(found, chance))
    found.of(ChannelCount).extend(_counts(found, chance))
    return found


def _receipts(found: Population, chance: Random) -> Iterator[Row]:
    for case in found.of(Case):
        if chance.random() < 0.98:
            yield {
                "channel": case["channel"], "external_id": case["ref"], "webhook_id": case["ref"],
                "kind": chance.choice(("complaint",) * 9 + ("automatic",)), "digest": "-",
                "received_at": case["received_at"], "occurred_at": case["occurred_at"], "case_id": case["id"],
            }  # fmt: skip


def _counts(found: Population, chance: Random) -> Iterator[Row]:
    sent: dict[tuple[str, str], int] = defaultdict(int)
    for case in found.of(Case):
        sent[case["channel"], case["occurred_at"].astimezone(ZoneInfo(ZONE)).date().isoformat()] += 1
    for (channel, day), count in sent.items():
        if chance.random() < 0.9:
            told = 0 if channel == "hotline" else count
            yield {"channel": channel, "day": day, "count": told, "reported_at": AS_OF}
