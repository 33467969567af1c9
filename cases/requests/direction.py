"""What ops and heads may do to a case at any moment: end it, bring it back, grade it anew, hand it over, hold it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import select

from bpmn.events import Completed, Message, Value
from cases.errors import CaseEnded, CaseNotFound, NotTheLead, NotWanted, WrongGrade
from cases.passage import Passage
from cases.requests.following import lead_ref, members
from complaints.acting import Actor
from complaints.errors import near, need_reason
from complaints.organisation import Person
from process_definitions.vocabulary import CATEGORY, IMPACT, TIER, URGENCY
from store.case_file import CaseFile
from store.matters import has_own_harm, terms_of
from store.tables import Case

UNDO_WITHIN = timedelta(days=7)
"""How long a withdrawal entered by staff can be undone (process.md, 7)."""
REOPEN_WITHIN = timedelta(days=30)


def _words(enum: str) -> tuple[str, ...]:
    """The values of `enum(a, b)`."""
    return tuple(enum.removeprefix("enum(").removesuffix(")").split(", "))


GRADE = {
    "tier": _words(TIER), "urgency": _words(URGENCY), "impact": _words(IMPACT), "category": _words(CATEGORY),
    "department": (), "skill": (),
}  # fmt: skip
"""What a person may correct, and between which values; departments are the organisation's."""


@dataclass(frozen=True, slots=True)
class End:
    """Withdraw, void or merge: an interrupting message of the process. The reason is kept as a note.

    `into` is the reference of the complaint that leads after a merge: an open one, merged into none itself.
    """

    how: str
    who: Actor
    reason: str
    by_customer: bool = False
    into: str | None = None

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, self.how)
        if file.case.ended or file.case.status == "withdrawn":
            raise CaseEnded(f"{file.case.ref} is {file.case.status} already")
        led = members(file.session, file.case)
        if led:
            raise NotWanted(f"{file.case.ref} leads {len(led)} others ({led[0]}, …): let them leave it first")
        payload: dict[str, Value] = {}
        if self.how == "withdrawn":
            payload["by"] = "customer" if self.by_customer else "staff"
        lead = self._lead(file) if self.how == "merged" else None
        file.note("reason", self.reason, by=self.actor)
        file.case.merged_into = lead
        if not passage.feed(Message(self.how, payload)):
            raise NotWanted(f"{file.case.ref} cannot be {self.how} at this point")

    def _lead(self, file: CaseFile) -> str:
        """The reference as we write it. `CaseNotFound`, or `NotTheLead` with the one to name instead."""
        case = file.case
        if not self.into:
            raise NotTheLead(f"{case.ref} is merged into nothing: name the complaint that leads")
        into = lead_ref(self.into)
        # held until the commit, so that the lead does not end between this look and it
        query = select(Case).where(Case.ref == into).with_for_update(read=True)
        lead = file.session.exec(query.execution_options(populate_existing=True)).first()
        if lead is None:
            raise CaseNotFound(f"there is no complaint {into!r} to merge into: check the reference")
        if lead.id == case.id:
            raise NotTheLead(f"{case.ref} cannot be merged into itself: name the complaint that leads")
        if lead.merged_into is not None:
            raise NotTheLead(f"{lead.ref} is merged itself: name {lead.merged_into}, which leads")
        if lead.ended:
            raise NotTheLead(f"{lead.ref} is {lead.status}: reopen it first, or let this one lead")
        return lead.ref


@dataclass(frozen=True, slots=True)
class Return:
    """Undo a withdrawal, unvoid, unmerge or reopen: a new instance of the same case that adopts what it had."""

    how: str
    who: Actor
    reason: str

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        case = file.case
        need_reason(self.reason, self.how)
        if case.erased_at is not None:
            raise CaseEnded(f"{case.ref} was erased: nobody can act on it any more; file a new complaint")
        expected = {"undo": "withdrawn", "unvoid": "void", "unmerge": "merged", "reopen": "closed"}[self.how]
        if case.status != expected:
            raise NotWanted(f"{case.ref} is {case.status}, not {expected}: there is nothing to {self.how}")
        limit = {"undo": UNDO_WITHIN, "reopen": REOPEN_WITHIN}.get(self.how)
        if limit is not None and case.closed_at is not None and file.now > case.closed_at + limit:
            raise NotWanted(
                f"{case.ref}: {self.how} is possible for {limit.days} days; file a new complaint instead"
            )
        file.note("reason", self.reason, by=self.actor)
        if case.tier is None:
            raise NotWanted(f"{case.ref} was never graded: file it anew")
        cycle = case.cycle + 1 if self.how == "reopen" else case.cycle
        if self.how == "reopen":
            case.cycle_started_at = file.now
        case.merged_into = None if self.how == "unmerge" else case.merged_into
        passage.begin("re_enter", {"cycle": cycle, "reason": self.how})


@dataclass(frozen=True, slots=True)
class Regrade:
    """A person corrects the grade; clocks are kept and take the new durations.

    Another tier or department puts the work into other hands; anything else leaves it with whoever has it.
    """

    who: Actor
    reason: str
    changes: dict[str, str] = field(default_factory=dict)
    """Any of tier, urgency, impact, category, department."""

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        case = file.case
        need_reason(self.reason, "a re-grade")
        if file.case.ended or case.tier is None:
            raise NotWanted(f"{case.ref} cannot be graded anew while it is {case.status}")
        self._check()
        payload: dict[str, Value] = {name: self.changes.get(name) or getattr(case, name) for name in GRADE}
        if case.authority and payload["tier"] == "light":
            raise NotWanted(f"{case.ref} came from an authority and is never light")
        organisation = file.books.organisation
        if "department" in self.changes:
            organisation.department(self.changes["department"])
        skills = {skill for person in organisation.people.values() for skill in person.skills}
        if (skill := self.changes.get("skill")) is not None and skill not in skills:
            raise WrongGrade(f"{skill!r} is no skill of anybody: choose one of {', '.join(sorted(skills))}")
        if "category" in self.changes and "department" not in self.changes:
            routed = file.decide("routing", {**payload, "authority": case.authority})
            payload["department"], payload["skill"] = routed["department"], routed["skill"]
        file.note("reason", self.reason, by=self.actor)
        for item in file.items(kind="grade"):
            if item.activation is not None:  # who grades anew has confirmed the grade
                activation = item.activation
                file.end_item(item, "done")
                passage.feed(Completed(activation, {"action": "done", "by": self.actor}))
        if (impact := self.changes.get("impact")) not in (None, "batch"):
            case.own_harm = impact == "high"
        anew = (payload["tier"], payload["department"]) != (case.tier, case.department)
        if not passage.feed(Message("regraded", payload, "anew" if anew else None)):
            raise NotWanted(f"{case.ref} cannot be graded anew while it is {case.status}")
        self._detach(file, passage)

    def _detach(self, file: CaseFile, passage: Passage) -> None:
        """A member whose customer turns out to be hurt themselves waits for no other complaint (process.md, 4)."""
        case, lead = file.case, file.case.follows
        if lead is None or not has_own_harm(case, terms_of(file.definitions, case.category)):
            return
        if passage.feed(Message("left_matter")):  # not wanted once it was answered
            case.follows = None
            file.log("detached", lead=lead)

    def _check(self) -> None:
        """`WrongGrade` with every value that would do."""
        if not self.changes:
            raise WrongGrade(f"say what changes: {', '.join(GRADE)}")
        for name, value in self.changes.items():
            if name not in GRADE:
                raise WrongGrade(f"{name!r} is no part of a grade{near(name, GRADE)}")
            known = GRADE[name]
            if known and value not in known:
                raise WrongGrade(f"{value!r} is no {name}: choose one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Reassign:
    """Another person takes the main work over; the resolve clock goes on as it was.

    Within a department it is theirs at once. Somebody of another department is asked, and has an hour to confirm;
    if they do not, it goes to the next one there.
    """

    who: Actor
    person: str
    reason: str

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, "a reassignment")
        person = file.books.organisation.person(self.person)
        if person.is_absent(file.now):
            raise NotWanted(f"{person.id} is absent: choose somebody who is there")
        if person.id in file.earlier_hands():
            raise NotWanted(f"{person.id} had a part in an earlier cycle and may not decide this one")
        main = [i for i in file.items(cycle=file.case.cycle) if i.kind in ("resolve", "lead")]
        item = next((i for i in reversed(main) if i.status == "confirmed"), None)
        if item is None:
            raise NotWanted(f"{file.case.ref}: nobody has the work yet; the coordinator assigns it")
        before = item.assignee
        file.note("reason", self.reason, item_id=item.id, by=self.actor)
        file.log("reassigned", item=item.id, before=before, person=person.id, department=person.department)
        if person.department != item.department:
            self._across(file, passage, person)
            return
        item.assignee = person.id
        file.take_ownership(item)
        task = file.books.name("work", item.kind, file.case.language)
        told = {"task": task, "work_item": item.id, "due": "", "score": ""}
        file.tell.to_person(person.id, "offer_assigned", told, suffix=f"/{file.case.version}")

    def _across(self, file: CaseFile, passage: Passage, person: Person) -> None:
        """Into another department: the work is opened anew there, and offered to this person first."""
        payload: dict[str, Value] = {name: getattr(file.case, name) for name in GRADE}
        payload["department"] = person.department
        file.named = person.id
        if not passage.feed(Message("regraded", payload, "anew")):
            raise NotWanted(f"{file.case.ref} cannot be handed to {person.department} at this point")
        file.named = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Legal hold: no erasure, and letters to the customer wait for a release. Clocks go on."""

    who: Actor
    reason: str
    on: bool = True

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, "a legal hold")
        file.case.hold = self.on
        file.note("reason", self.reason, by=self.actor)
        file.log("held" if self.on else "released")
        if not self.on:
            file.letters.release_held()
