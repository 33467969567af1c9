"""What people do to an improvement action beside its work items: another plan, and word that the cause is back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bpmn.durations import Duration
from bpmn.events import Message
from cases.errors import CaseEnded, NotWanted
from cases.passage import Passage
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from complaints.errors import need_reason
from store.case_file import CaseFile
from store.tables import ImprovementRound

MOST_AHEAD = timedelta(days=5 * 366)
"""An action is due within five years."""


def check_due(due_at: datetime, now: datetime) -> None:
    """`NotWanted` unless the date is to come, and within reach."""
    if due_at <= now:
        raise NotWanted(f"{due_at.isoformat()} has passed: give a date to come")
    if due_at > now + MOST_AHEAD:
        raise NotWanted(f"{due_at.isoformat()} is over five years ahead: give an earlier date")


@dataclass(frozen=True, slots=True)
class Plan:
    """Another owner or another date, with a reason. A date that was agreed moves later only, before or after it
    passed; that it passed is not forgotten."""

    who: Actor
    reason: str
    owner: str | None = None
    due_at: datetime | None = None

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, "another plan")
        case, action = file.case, file.improvement
        if case.status not in ("proposed", "agreed"):
            raise NotWanted(f"{case.ref} is {case.status}: its plan stands")
        if self.owner is None and self.due_at is None:
            raise NotWanted("say what changes: the owner or the date")
        if self.due_at is not None:
            check_due(self.due_at, file.now)
        agreed = file.session.get(ImprovementRound, (case.id, case.cycle))
        if self.due_at is not None and agreed is not None:
            self._move(file, agreed, self.due_at)
        if self.owner is not None:
            self._give(file, agreed, self.owner)
        action.due_at = self.due_at or action.due_at
        file.session.add(action)
        file.note("reason", self.reason, by=self.actor)
        file.log("improvement_planned", owner=action.owner, due=action.due_at)

    @staticmethod
    def _move(file: CaseFile, agreed: ImprovementRound, due_at: datetime) -> None:
        if due_at <= agreed.due_at:
            raise NotWanted(f"{file.case.ref} is due {agreed.due_at.isoformat()}: a new date must be later")
        item = next(i for i in file.items(kind="improve", cycle=file.case.cycle))
        more = due_at - max(agreed.due_at, file.now)
        file.extend_clock("deliver", item.id, Duration(seconds=int(more.total_seconds())))
        agreed.due_at = due_at
        file.session.add(agreed)

    @staticmethod
    def _give(file: CaseFile, agreed: ImprovementRound | None, owner: str) -> None:
        person = file.books.organisation.person(owner)
        file.improvement.owner = file.case.owner = person.id
        file.case.department = person.department
        if agreed is None:
            return
        agreed.owner = person.id
        file.session.add(agreed)
        for item in file.items(kind="improve", cycle=file.case.cycle):
            item.assignee, item.department = person.id, person.department
            file.tell.to_person(
                person.id, "improvement_given", {"work_item": item.id}, suffix=f"/{file.case.version}"
            )


@dataclass(frozen=True, slots=True)
class CauseReturned:
    """What the action was to end is there again: the next round begins. By a person, or by a review that names the
    same issue; then the reason is its finding."""

    who: Actor
    reason: str

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, "reopening")
        case = file.case
        if case.ended:
            raise CaseEnded(f"{case.ref} is closed since half a year of effect: open a new action")
        if case.status not in ("checking", "proven"):
            raise NotWanted(f"{case.ref} is {case.status}: it is not done yet, so nothing can have come back")
        file.note("reason", self.reason, by=self.actor)
        if not passage.feed(Message("cause_returned", {})):
            raise NotWanted(f"{case.ref}: its effect is being judged just now; try again afterwards")


@dataclass(frozen=True, slots=True)
class ActOnStep:
    """An action on whichever work item of the case takes it now, for people who know the case and not its items."""

    action: str
    who: Actor
    text: str = ""
    reason: str = ""

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        if self.action == "note":
            need_reason(self.text, "a note")
            file.note("note", self.text, by=self.actor)
            return
        found = [item for item in file.items() if self.action in item.actions]
        steps = [item for item in found if item.kind == "improve"] or found
        if not steps:
            raise NotWanted(
                f"{file.case.ref} is {file.case.status}: {self.action!r} is not open now "
                f"({', '.join(file.case.waiting) or 'nothing is waited for'})"
            )
        number = steps[0].id
        assert number is not None, "it was read from the store"
        ActOnItem(number, self.action, self.who, text=self.text, reason=self.reason).apply(file, passage)
