"""Who may see what: everything, or what one has a part in."""

from __future__ import annotations

from sqlmodel import Session

from cases.casework import Casework
from cases.errors import CaseNotFound
from complaints.acting import Actor
from complaints.roles import Right, Role, may
from store.queries.reading import Reader, has_part
from store.tables import Case


def reader_of(casework: Casework, actor: Actor | None) -> Reader | None:
    """None for whoever reads everything. `actor` is None for the operator at the machine itself."""
    if actor is None or may(Role(actor.role), Right.READ_ALL):
        return None
    person = casework.books.organisation.people.get(actor.name)
    if person is None:
        return Reader(actor.name)
    return Reader(actor.name, person.department, person.duties, is_person=True)


def check_sees(casework: Casework, session: Session, case: Case, asked: str, actor: Actor | None) -> None:
    """`CaseNotFound`, in the words for one that does not exist, when the case is not theirs to see."""
    reader = reader_of(casework, actor)
    if reader is not None and not has_part(session, case, reader):
        raise CaseNotFound(f"there is no complaint {asked!r}: check the reference for a mistyped character")
