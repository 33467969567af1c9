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
    from cases.requests.work import ActOnItem
    from complaints.acting import Actor
    from complaints.roles import Right
    from runtime.wiring import Wiring
    from store.tables import Case, InboxRow

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

    `MistypedReference` with what was meant; `CaseNotFound` for absent and forbidden in the same words; `CaseAtFault`
    when the complaint takes nothing at all until it is mended.
    """
    from complaints.reference import parse_ref

    on_case(wiring, parse_ref(ref), who, make, done=done, as_json=as_json)


def on_case(
    wiring: Wiring, ref: str, who: Actor, make: Make, *, done: str | Callable[[object], str], as_json: bool
) -> None:  # fmt: skip
    """The same for any case, by its reference as we write it."""
    from cases.stored import at_fault_or
    from cases.view.readers import check_sees
    from store.seams import Change

    def act() -> tuple[object, Json]:
        with wiring.database.write(Change.STEP) as session:
            case = wiring.casework.find(session, ref, lock=True)
            check_sees(wiring.casework, session, case, ref, who)
            return _step(wiring, session, case, make)

    answer, view = at_fault_or(wiring.casework, ref, act)
    show(view, answer, done, as_json)


def on_item(wiring: Wiring, request: ActOnItem, *, done: str, as_json: bool) -> None:
    """The same for a work item, found with its complaint. While that is at fault an action without words is kept."""
    from cases.errors import CaseNotFound
    from cases.stored import done_or_kept
    from cases.view.readers import check_sees
    from store.queries.reading import case_of_item
    from store.seams import Change
    from store.tables import InboxRow

    item, casework = request.item_id, wiring.casework
    with wiring.database.read() as session:
        case_id = case_of_item(session, item)
    if case_id is None:
        raise absent_item(item)

    def act() -> tuple[object, Json]:
        with wiring.database.write(Change.STEP) as session:
            case = casework.find(session, case_id, lock=True)
            try:
                check_sees(casework, session, case, case.ref, request.who)
            except CaseNotFound:
                raise absent_item(item) from None
            return _step(wiring, session, case, lambda _session, _case: request)

    found = done_or_kept(casework, case_id, request, act)
    if isinstance(found, InboxRow):
        _tell_kept(wiring, found, as_json)
    else:
        show(found[1], found[0], done, as_json)


def _tell_kept(wiring: Wiring, row: InboxRow, as_json: bool) -> None:
    """An action that waits for its complaint to be mended; the same words as over HTTP."""
    from cases.stored import told_kept

    with wiring.database.read() as session:
        kept = told_kept(wiring.casework.find(session, row.case_id).ref, row)
    if as_json:
        print_json(kept)
    else:
        print(kept["detail"])


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
