"""One call that changes a case: one step, the new view, and the same answer again for the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Session

from cases.casework import Request
from cases.errors import CaseNotFound, NotWanted
from cases.view.readers import check_sees
from cases.view.whole import whole
from complaints.reference import MistypedReference, parse_ref
from desk.caller import Caller
from store import answers
from store.queries.reading import case_of_item
from store.seams import Change
from store.tables import Case

Make = Callable[[Session, Case], Request[Any]]
"""From the locked case to what is asked of it; may refuse."""


class NotTheLead(NotWanted):
    """What a complaint cannot be merged into."""

    code = "not-the-lead"


def written(text: str) -> str:
    """A reference as we write it. What is no reference of ours is a complaint that does not exist."""
    try:
        return parse_ref(text)
    except MistypedReference as error:
        raise CaseNotFound(str(error)) from error


def on_complaint(caller: Caller, ref: str, call: str, body: BaseModel, make: Make) -> JSONResponse:
    """Step the complaint that the caller may see. `call` and `body` are what a repeat must equal."""
    ref = written(ref)
    with caller.casework.database.write(Change.STEP) as session:
        case = caller.casework.find(session, ref, lock=True)
        check_sees(caller.casework, session, case, ref, caller.who)
        return _act(caller, session, case, f"{ref}/{call}", body, make)


def on_item(caller: Caller, item_id: int, call: str, body: BaseModel, make: Make) -> JSONResponse:
    """The same for a work item, found with its case; one that the caller may not see does not exist."""
    missing = CaseNotFound(f"there is no work item {item_id}: read the worklist again")
    with caller.casework.database.write(Change.STEP) as session:
        case_id = case_of_item(session, item_id)
        if case_id is None:
            raise missing
        case = caller.casework.find(session, case_id, lock=True)
        try:
            check_sees(caller.casework, session, case, case.ref, caller.who)
        except CaseNotFound:
            raise missing from None
        return _act(caller, session, case, f"{item_id}/{call}", body, make)


def _act(
    caller: Caller, session: Session, case: Case, call: str, body: BaseModel, make: Make
) -> JSONResponse:  # fmt: skip
    who, casework = caller.who.name, caller.casework
    digest = hashlib.sha256(f"{call}\0{body.model_dump_json()}".encode()).hexdigest()
    if caller.key is not None:
        before = answers.given_before(session, who, caller.key, digest)
        if before is not None:
            return JSONResponse(dict(before), headers={"Idempotency-Replayed": "true"})
    casework.step_in(session, case, make(session, case))
    session.flush()
    file = casework.open_file(session, case)
    view = whole(casework, file, caller.language)
    if caller.key is not None:
        answers.forget_before(session, file.machine_now - answers.KEPT_FOR)
        answers.keep(session, who, caller.key, digest, view, file.machine_now)
    return JSONResponse(view)


def lead_of(caller: Caller, session: Session, case: Case, into: str) -> str:
    """The reference of a complaint that `case` may be merged into."""
    lead = caller.casework.find(session, written(into))
    check_sees(caller.casework, session, lead, into, caller.who)
    if lead.id == case.id:
        raise NotTheLead(f"{case.ref} cannot be merged into itself: name the complaint that leads")
    if lead.merged_into is not None:
        raise NotTheLead(f"{lead.ref} is merged itself: name {lead.merged_into}, which leads")
    if lead.ended:
        raise NotTheLead(f"{lead.ref} is {lead.status}: reopen it first, or let this one lead")
    return lead.ref
