"""What a customer filled in is taken out of one case that has ended; its rows, figures and chain stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.errors import NotWanted
from cases.passage import Passage
from complaints.acting import Actor
from store.case_file import CaseFile
from store.erasers import Erasers, Subject, being_sent


class NotYetErasable(NotWanted):
    """A hold, an open complaint or a letter under way: the words are still needed."""

    code = "not-yet-erasable"


@dataclass(frozen=True, slots=True)
class Erase:
    """Runs every eraser over the case. `reason` and `order` (its number) go into the history, with who asked."""

    who: Actor
    order: str
    reason: str
    erasers: Erasers
    keys: frozenset[tuple[str, str]]

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> Mapping[str, int]:
        """How many pieces were taken out of each place. `NotYetErasable` names what stands against it."""
        case = file.case
        if waits := waits_for(file):
            raise NotYetErasable(f"{case.ref} {waits}")
        subject = Subject(
            file.session, file.customer, case, self.keys, passage.file.secret, file.machine_now
        )  # fmt: skip
        taken = {eraser.place: eraser.erase(subject) for eraser in self.erasers}
        case.erased_at = file.now
        file.log("erased", order=self.order, reason=self.reason, pieces=sum(taken.values()))
        return {place: number for place, number in taken.items() if number}


def waits_for(file: CaseFile) -> str:
    """Why the words of the case are still needed; "" when they are not."""
    case = file.case
    if case.hold:
        return "is under legal hold"
    if not case.ended:
        return f"is {case.status}"
    if being_sent(file.session, case, file.machine_now):
        return "has a letter that is being sent"
    return ""
