"""The step: the only way a case changes.

Lock the case, let everything that is stored or due happen in the order in which it took effect, then do
what is asked, write it all back, commit. Safe to repeat: a step that finds nothing to do changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import bindparam, exists
from sqlmodel import Session, col, select

from bpmn.errors import DeadActivation, EngineRefusal, WrongData
from bpmn.events import Message, Value
from cases.errors import CaseEnded, CaseNotFound, EndlessStep, NewerWord, NotWanted
from cases.passage import Passage
from cases.requests.gathering import JoinMatter, LeadMatter, TakeUpAgain
from cases.requests.work import ActOnItem
from cases.shelf import Shelf
from cases.subject import at_work_on
from complaints.acting import Actor
from complaints.books import Books
from complaints.errors import Refusal
from store.binding import Binding
from store.case_file import CaseFile
from store.database import Database, turn_into
from store.process_time import Circumstances, circumstances
from store.seams import Change
from store.tables import Case, InboxRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.engine import Timer

STORED_ACTION = "act"
"""Name of an inbox row that holds an action of a person, see `cases.stored`."""
NAMED = select(Case).where((col(Case.ref) == bindparam("name")) | (col(Case.id) == bindparam("name")))
LOCKED = NAMED.with_for_update(key_share=True)
"""No key update: another case's step may still put a row into this one's inbox."""
FREE_AND_DUE = (
    select(Case)
    .where(
        col(Case.id) == bindparam("name"),
        (col(Case.next_due_at) <= bindparam("now"))
        | exists().where(col(InboxRow.case_id) == col(Case.id), col(InboxRow.handled_at).is_(None)),
    )
    .with_for_update(key_share=True, skip_locked=True)
)
MachineClock = Callable[[], datetime]
Stepped = Callable[[str, float], None]
"""Hears of each step: the kind of the request, or "due", and how many seconds it took, without its commit."""
T_co = TypeVar("T_co", covariant=True)
MOST_ENTRIES = 1_000
"""Stored events and due timers that one step handles; the rest waits for the next."""


class Request(Protocol[T_co]):
    """Something asked of one case. `apply` judges it, writes its facts and feeds its events, or refuses."""

    @property
    def actor(self) -> str: ...
    def apply(self, file: CaseFile, passage: Passage) -> T_co: ...


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """A message to the process that must be wanted now; refused otherwise, never kept."""

    actor: str
    name: str
    payload: Mapping[str, Value]
    key: Value = None

    def apply(self, file: CaseFile, passage: Passage) -> None:
        if file.case.ended:
            raise CaseEnded(
                f"{file.case.ref} is {file.case.status}: nothing waits for {self.name!r} any more"
            )
        if not passage.feed(Message(self.name, self.payload, self.key)):
            raise NotWanted(
                f"{file.case.ref} does not wait for {self.name!r} now ({', '.join(file.case.waiting) or 'nothing'})"
            )


class Casework:
    """Everything a step needs, wired once. Holds no state of any case."""

    def __init__(
        self, database: Database, shelf: Shelf, topics: Mapping[str, Binding], books: Books, *,
        secret: bytes, links: Callable[[Case, str], Mapping[str, str]], machine_clock: MachineClock,
    ) -> None:  # fmt: skip
        self.database, self.shelf, self.topics, self.books = database, shelf, topics, books
        self.secret, self.links, self.machine_clock = secret, links, machine_clock
        self.stepped: Stepped = lambda _request, _seconds: None

    # --- opening a case file

    def find(self, session: Session, ref: str, *, lock: bool = False) -> Case:
        """The case of this ref (or id), locked for change when asked."""
        case = session.scalars(LOCKED if lock else NAMED, {"name": ref}).first()
        if case is None:
            raise CaseNotFound(f"there is no complaint {ref!r}: check the reference for a mistyped character")
        return case

    def open_file(
        self, session: Session, case: Case, *, actor: str = "amends", at: Circumstances | None = None,
        new: bool = False,
    ) -> CaseFile:  # fmt: skip
        """The case opened. `new`: it was written in this transaction, under the circumstances `at`."""
        machine_now = self.machine_clock()
        at = at or circumstances(session, machine_now)
        return CaseFile(
            session=session, case=case, books=self.books, links=self.links, secret=self.secret,
            definitions=self.shelf.definitions(session, case.bundle, at.live), now=at.now,
            machine_now=machine_now, actor=actor, downtime=at.downtime, new=new,
        )  # fmt: skip

    def passage(self, file: CaseFile) -> Passage:
        return Passage(file, self.topics)

    @contextmanager
    def reading(self, ref: str) -> Iterator[CaseFile]:
        """The case opened for looking only."""
        with self.database.read() as session:
            yield self.open_file(session, self.find(session, ref))

    # --- the step

    def step(
        self, ref: str, request: Request[T_co] | None = None, *, change: Change = Change.STEP
    ) -> T_co | None:
        """One step of one case, in one transaction of its own."""
        with self.database.write(change) as session:
            case = self.find(session, ref, lock=True)
            return self.step_in(session, case, request)

    def step_if_due(self, case_id: str) -> bool:
        """The step of a sweep; whether it moved the case. Clocks side by side pass each other by: nothing happens when
        another has the case in hand, or had, and nothing is due any more.
        """
        with self.database.write(Change.STEP) as session:
            at = circumstances(session, self.machine_clock())
            case = session.scalars(FREE_AND_DUE, {"name": case_id, "now": at.now}).first()
            if case is None:
                turn_into(session, None)
                return False
            before = case.version
            self.step_with(self.open_file(session, case, at=at))
            return case.version != before

    def step_in(self, session: Session, case: Case, request: Request[T_co] | None = None) -> T_co | None:
        """The step inside a transaction that has locked the case."""
        return self.step_with(self.open_file(session, case), request)

    def step_with(self, file: CaseFile, request: Request[T_co] | None = None) -> T_co | None:
        """The step of a case that was locked and opened, with nothing but a claim written on it."""
        began = time.perf_counter()
        try:
            with at_work_on(file.case.ref):
                return self._step(file, request)
        finally:
            self.stepped(type(request).__name__ if request else "due", time.perf_counter() - began)

    def _step(self, file: CaseFile, request: Request[T_co] | None) -> T_co | None:
        case, passage = file.case, self.passage(file)
        if case.instance_no == 0 and not case.ended:  # what was imported has ended, and never began
            _begin(file, passage)
        self._catch_up(file, passage)
        answer: T_co | None = None
        if request is not None:
            file.actor, file.activation = request.actor, 0
            file.at_element = ("", "")
            passage.moved = True
            try:
                answer = request.apply(file, passage)
            except DeadActivation as error:
                raise NotWanted(f"{case.ref}: this step is over already; read the case again") from error
            except EngineRefusal as error:
                raise NotWanted(f"{case.ref}: {error}") from error
            except WrongData as error:  # what is linked fits, but for words that came after its bundle
                raise NewerWord(
                    f"{case.ref}: {error}; its definitions are older: give a value that they know, or move it to "
                    f"the newer ones first: amends definitions migrate {case.ref}"
                ) from error
        passage.settle()
        return answer

    def _catch_up(self, file: CaseFile, passage: Passage) -> None:
        """Let stored events and due timers happen by effective time; a tie goes to the person."""
        handled_at = file.now
        for _ in range(MOST_ENTRIES):
            row = _next_inbox(file)
            timer = _next_timer(passage, handled_at)
            if row is not None and (timer is None or row.effective_at <= timer.due_at):
                file.actor = row.actor
                self._hear(file, passage, row)
            elif timer is not None:
                file.actor = "clock"
                passage.fire(timer, now=handled_at, before=row.effective_at if row is not None else None)
            else:
                return
        raise EndlessStep(f"{file.case.ref}: over {MOST_ENTRIES} stored events and timers in one step")

    def _hear(self, file: CaseFile, passage: Passage, row: InboxRow) -> None:
        file.activation, file.at_element = 0, ("", "")
        file.effective_at = min(row.effective_at, file.now)
        asked = _asked(row)
        wanted = (
            passage.feed(Message(row.name, row.payload, _key(row.key)))
            if asked is None
            else self._act(file, passage, row, asked)
        )
        row.handled_at, row.outcome = file.now, "consumed" if wanted else "unwanted"
        passage.moved = True
        file.at_element = ("", "")
        file.log("message_heard", message=row.name, wanted=wanted, inbox=row.id, effective=file.effective_at)
        file.effective_at = None

    def _act(self, file: CaseFile, passage: Passage, row: InboxRow, asked: Request[object]) -> bool:
        """Do what was kept for later. False when it would have been refused."""
        try:
            asked.apply(file, passage)
        except (Refusal, DeadActivation, EngineRefusal) as refused:
            item = row.payload.get("item")
            file.log("action_refused", inbox=row.id, item=item, why=type(refused).__name__)
            return False
        return True


def _asked(row: InboxRow) -> Request[object] | None:
    """What an inbox row asks to be done; None for one that is a message to the process."""
    brought = row.payload
    match row.name:
        case str(name) if name == STORED_ACTION:
            return ActOnItem(
                int(brought["item"]), str(brought["action"]), Actor(row.actor, str(brought["role"])),
                score=brought.get("score"), leave=bool(brought.get("leave")), choice=brought.get("choice"),
                judged=brought.get("judged"),
            )  # fmt: skip
        case "leads_matter":
            return LeadMatter(brought["others"])
        case "gathered":
            return JoinMatter(str(brought["lead"]))
        case "low_scores":
            return TakeUpAgain(brought["cycle"], brought["low"], brought["members"])
    return None


def _begin(file: CaseFile, passage: Passage) -> None:
    """Start the process of a case that was only accepted, as of the moment it was received."""
    now, actor = file.now, file.actor
    file.now, file.actor = file.case.received_at, file.case.channel
    passage.begin("receive", {})
    file.now, file.actor = now, actor


def _key(text: str | None) -> Value:
    """A message's key as the process knows it: cycles and work items are numbers."""
    return int(text) if text is not None and text.isdecimal() else text


def _next_inbox(file: CaseFile) -> InboxRow | None:
    waiting = [row for row in file.records.of(InboxRow) if row.handled_at is None]
    return min(waiting, key=lambda row: (row.effective_at, row.id), default=None)


def _next_timer(passage: Passage, now: datetime) -> Timer | None:
    due = [t for t in passage.armed().values() if t.due_at <= now]
    return min(due, key=lambda t: (t.due_at, t.id), default=None)
