"""Who may see what: everything, or what one has a part in."""

from __future__ import annotations

from cases.casework import Casework
from complaints.acting import Actor
from complaints.roles import Right, Role, may
from store.queries.reading import Reader


def reader_of(casework: Casework, actor: Actor | None) -> Reader | None:
    """None for whoever reads everything. `actor` is None for the operator at the machine itself."""
    if actor is None or may(Role(actor.role), Right.READ_ALL):
        return None
    person = casework.books.organisation.people.get(actor.name)
    if person is None:
        return Reader(actor.name)
    return Reader(actor.name, person.department, person.duties, is_person=True)
