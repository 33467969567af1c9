"""Mass matters that make themselves: what a clock asks of the lead and of each member, and what members' low scores
ask of the lead. All of it comes by the inbox of the complaint, and is judged in its own step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bpmn.events import Message, Value
from cases.errors import NotWanted
from cases.passage import Passage
from cases.requests.direction import GRADE, REOPEN_WITHIN
from cases.requests.following import held_lead, join, members
from store.case_file import CaseFile
from store.matters import has_own_harm, terms_of
from store.queries.matters import UNANSWERED
from store.tables import Cause

GATHERER = "amends"


@dataclass(frozen=True, slots=True)
class LeadMatter:
    """This complaint leads `others` of its cause: it is severe and bears the batch factor from here on."""

    others: int
    actor: str = GATHERER

    def apply(self, file: CaseFile, passage: Passage) -> None:
        case = file.case
        payload: dict[str, Value] = {name: getattr(case, name) for name in GRADE}
        payload |= {"tier": "severe", "impact": "batch"}
        if not passage.feed(Message("regraded", payload, "anew" if case.tier != "severe" else None)):
            raise NotWanted(f"{case.ref} is {case.status}: it cannot lead a matter any more")
        file.log("leads_matter", others=self.others)
        _tell(file, ("owner", "ops"), "matter_leads", {"others": self.others})


@dataclass(frozen=True, slots=True)
class JoinMatter:
    """This complaint follows `lead`, unless something speaks against it by now."""

    lead: str
    actor: str = GATHERER

    def apply(self, file: CaseFile, passage: Passage) -> None:
        case = file.case
        cause = file.session.get(Cause, case.id)
        apart = has_own_harm(case, terms_of(file.definitions, case.category))
        taken_out = cause is None or cause.out
        if apart or taken_out or case.follows or case.cycle > 1 or case.authority or file.decision():
            raise NotWanted(f"{case.ref} is handled by itself")
        if case.status not in UNANSWERED or members(file.session, case):
            raise NotWanted(f"{case.ref} is {case.status}: it cannot follow {self.lead} any more")
        lead = held_lead(file.session, self.lead)
        if lead is None or lead.ended or lead.status not in UNANSWERED:
            assert cause is not None, "not taken out"
            cause.looked = False  # another may lead
            file.session.add(cause)
            raise NotWanted(f"{self.lead} has no answer to wait for")
        join(file, passage, lead)


@dataclass(frozen=True, slots=True)
class TakeUpAgain:
    """Of those answered with this complaint in `cycle`, too many scored low. Closed it is reopened; while it is under
    way, or cannot be reopened, its owner and the supervisor are told."""

    cycle: int
    low: int
    members: int
    actor: str = GATHERER

    def apply(self, file: CaseFile, passage: Passage) -> None:
        case = file.case
        reopened = self._may_reopen(file)
        file.log("matter_low_scores", cycle=self.cycle, low=self.low, members=self.members, reopened=reopened)
        if reopened:
            case.cycle_started_at = file.now
            passage.begin("re_enter", {"cycle": case.cycle + 1, "reason": "reopen"})
        template = "matter_reopened" if reopened else "matter_low"
        _tell(file, ("owner", "supervisor"), template, {"low": self.low, "others": self.members})

    def _may_reopen(self, file: CaseFile) -> bool:
        """Not when it was answered anew since, finally, or too long ago."""
        case = file.case
        return (
            case.status == "closed" and case.ended and case.erased_at is None and case.outcome != "final"
            and case.cycle == self.cycle and case.closed_at is not None
            and file.now <= case.closed_at + REOPEN_WITHIN
        )  # fmt: skip


def _tell(file: CaseFile, roles: tuple[str, ...], template: str, values: Mapping[str, object]) -> None:
    """A letter to each role, one to who has both."""
    found = [file.person_in(role, None) for role in roles]
    for person in dict.fromkeys(one.id for one in found if one is not None):
        file.tell.to_person(person, template, values, suffix=f"/{file.case.cycle}")
