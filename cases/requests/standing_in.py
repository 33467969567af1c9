"""An owner who is away for long is stood in for (process.md, 7). Nobody needs to ask for it: the clock notices."""

from __future__ import annotations

from dataclasses import dataclass

from cases.passage import Passage
from complaints.organisation import Person
from complaints.staffing import stand_in
from store.case_file import MAIN, CaseFile


@dataclass(frozen=True, slots=True)
class StandIn:
    """A deputy takes the complaint over as it is: its main work, its clocks, its promise. Safe to repeat."""

    actor: str = "amends"

    def apply(self, file: CaseFile, _passage: Passage) -> str | None:
        """Who stands in now; None when nobody need, or nobody can."""
        case, owner, person = file.case, file.case.owner, who_stands_in(file)
        if owner is None or person is None:
            return None
        held = [
            i for i in file.items(cycle=case.cycle)
            if i.kind in MAIN and i.status == "confirmed" and i.assignee == owner
        ]  # fmt: skip
        for item in held:
            item.assignee = person.id
        case.owner = person.id
        file.log(
            "stood_in", before=owner, person=person.id, item=held[-1].id if held else None,
        )  # fmt: skip
        language = file.tell.language_of(person)
        told = {
            "task": file.books.name("work", held[-1].kind, language) if held else "",
            "work_item": held[-1].id if held else "",
            "absent": file.books.organisation.person(owner).name,
        }
        file.tell.to_person(person.id, "standing_in", told, suffix=f"/{case.version}")
        return person.id


def who_stands_in(file: CaseFile) -> Person | None:
    """Who takes over from the owner; None while the owner is there, and when nobody can: the clocks go on then."""
    case = file.case
    if case.owner is None or case.ended:
        return None
    barred = frozenset(file.earlier_hands())
    choice = stand_in(file.books.organisation, case.owner, file.now, barred=barred)
    return choice.person if choice is not None else None
