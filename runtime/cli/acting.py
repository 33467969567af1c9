"""Who acts, and whether they may: the same judgement as over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from runtime.cli.printing import Json, print_json

if TYPE_CHECKING:
    from sqlmodel import Session

    from cases.casework import Request
    from cases.errors import CaseNotFound
    from complaints.acting import Actor
    from complaints.roles import Right
    from runtime.wiring import Wiring
    from store.tables import Case

Make: TypeAlias = "Callable[[Session, Case], Request[Any]]"
"""From the locked case to what is asked of it; may refuse."""


def actor(wiring: Wiring, as_staff: str | None) -> Actor:
    """The person of `--as`, else of AMENDS_USER, with the role that the organisation gives them.

    `UnknownPerson` names the nearest id; wrong usage when nobody is named.
    """
    from complaints.acting import Actor

    name = as_staff or wiring.settings.user
    if not name:
        raise typer.BadParameter("say who acts, or set AMENDS_USER", param_hint="--as")
    person = wiring.catalogue.organisation.person(name)
    return Actor(person.id, wiring.catalogue.profile(person.id).role)


def demand_right(who: Actor, right: Right) -> None:
    """`NotAllowed` unless the role of `who` carries the right."""
    from complaints.roles import Role, demand

    demand(Role(who.role), right)


def absent_item(item: int) -> CaseNotFound:
    """For a work item that does not exist, and in the same words for one that is not theirs to see."""
    from cases.errors import CaseNotFound

    return CaseNotFound(f"there is no work item {item}: `amends work` lists them")


def on_complaint(
    wiring: Wiring, ref: str, who: Actor, make: Make, *, done: str | Callable[[object], str], as_json: bool
) -> None:  # fmt: skip
    """One step of a complaint that `who` may see, in one transaction; then its new view, or a line about it.

    `MistypedReference` with what was meant; `CaseNotFound` for absent and forbidden in the same words.
    """
    from complaints.reference import parse_ref

    on_case(wiring, parse_ref(ref), who, make, done=done, as_json=as_json)


def on_case(
    wiring: Wiring, ref: str, who: Actor, make: Make, *, done: str | Callable[[object], str], as_json: bool
) -> None:  # fmt: skip
    """The same for any case, by its reference as we write it."""
    from cases.view.readers import check_sees
    from store.seams import Change

    with wiring.database.write(Change.STEP) as session:
        case = wiring.casework.find(session, ref, lock=True)
        check_sees(wiring.casework, session, case, ref, who)
        answer, view = _step(wiring, session, case, make)
    show(view, answer, done, as_json)


def on_item(wiring: Wiring, item: int, who: Actor, make: Make, *, done: str, as_json: bool) -> None:
    """The same for a work item, found with its complaint."""
    from cases.errors import CaseNotFound
    from cases.view.readers import check_sees
    from store.queries.reading import case_of_item
    from store.seams import Change

    with wiring.database.write(Change.STEP) as session:
        case_id = case_of_item(session, item)
        if case_id is None:
            raise absent_item(item)
        case = wiring.casework.find(session, case_id, lock=True)
        try:
            check_sees(wiring.casework, session, case, case.ref, who)
        except CaseNotFound:
            raise absent_item(item) from None
        answer, view = _step(wiring, session, case, make)
    show(view, answer, done, as_json)


def _step(wiring: Wiring, session: Session, case: Case, make: Make) -> tuple[object, Json]:
    from cases.view.whole import whole

    answer = wiring.casework.step_in(session, case, make(session, case))
    session.flush()
    return answer, whole(wiring.casework, wiring.casework.open_file(session, case), "en")


def show(view: Json, answer: object, done: str | Callable[[object], str], as_json: bool) -> None:
    """The new view, or a line about it."""
    if as_json:
        print_json(view)
        return
    waits = ", ".join(view["waiting_for"])
    told = done if isinstance(done, str) else done(answer)
    print(f"{view['ref']}: {told}; it is {view['status']}" + (f", waiting for: {waits}" if waits else ""))
