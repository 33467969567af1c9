"""Mass matters: a complaint follows another of the same cause, or is taken out again (process.md, 4)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bpmn.events import Message
from cases.errors import CaseNotFound, NotWanted
from cases.passage import Passage
from complaints.acting import Actor
from complaints.errors import need_reason
from complaints.reference import MistypedReference, parse_ref
from store.case_file import CaseFile
from store.matters import has_own_harm, terms_of
from store.queries.matters import UNANSWERED
from store.tables import Case, Cause


@dataclass(frozen=True, slots=True)
class Follow:
    """This complaint waits for the answer of `lead`, a severe one, and is answered with it."""

    lead: str
    who: Actor
    reason: str

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, "following another complaint")
        case, session = file.case, file.session
        if members(session, case):
            raise NotWanted(
                f"others follow {case.ref}: let them follow {self.lead} themselves, or leave first"
            )
        if has_own_harm(case, terms_of(file.definitions, case.category)):
            raise NotWanted(
                f"the customer of {case.ref} was hurt themselves or lost much: handle it by itself, or grade its "
                "impact anew when that is not so"
            )
        lead = held_lead(session, lead_ref(self.lead))
        if lead is None or lead.id == case.id:
            raise NotWanted(f"{case.ref} cannot follow {self.lead}: name the complaint that leads")
        if lead.follows is not None:
            raise NotWanted(f"{lead.ref} follows {lead.follows} itself: name that one")
        if lead.tier != "severe":
            raise NotWanted(
                f"{lead.ref} is {lead.tier}: a matter is led by a severe one; grade it anew first"
            )
        if lead.ended or lead.status not in UNANSWERED:
            raise NotWanted(f"{lead.ref} is {lead.status}: it has no answer to wait for")
        join(file, passage, lead)
        file.note("reason", self.reason, by=self.actor)


@dataclass(frozen=True, slots=True)
class Leave:
    """This complaint is handled by itself again."""

    who: Actor
    reason: str

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        need_reason(self.reason, "leaving a matter")
        if not passage.feed(Message("left_matter")):
            raise NotWanted(f"{file.case.ref} follows no other complaint now")
        file.case.follows = None
        cause = file.session.get(Cause, file.case.id)
        if cause is not None:
            cause.out = True
            file.session.add(cause)
        file.note("reason", self.reason, by=self.actor)


def join(file: CaseFile, passage: Passage, lead: Case) -> None:
    """Let the complaint of the file follow `lead` from here on. `NotWanted` while nobody handles it."""
    case = file.case
    case.follows = lead.ref
    if not passage.feed(Message("joined_matter")):
        case.follows = None
        raise NotWanted(f"{case.ref} is {case.status}: only a complaint that is being handled may follow")


def held_lead(session: Session, ref: str) -> Case | None:
    """The complaint that is to lead, held until the commit, so that it is not answered between this look and it."""
    query = select(Case).where(Case.ref == ref).with_for_update(read=True)
    return session.exec(query.execution_options(populate_existing=True)).first()


def members(session: Session, lead: Case) -> list[str]:
    """References of the open complaints that follow `lead`."""
    query = select(Case.ref).where(Case.follows == lead.ref, col(Case.ended).is_(False)).order_by(Case.ref)
    return list(session.exec(query).all())


def lead_ref(written: str) -> str:
    """The reference of a complaint that is to lead, as we write it; `CaseNotFound` when it was mistyped."""
    try:
        return parse_ref(written)
    except MistypedReference as error:
        raise CaseNotFound(f"the complaint that leads: {error.message}") from error
