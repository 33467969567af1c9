"""One call that changes a case: one step, the new view, and the same answer again for the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Session

from cases.casework import Request
from cases.errors import CaseNotFound
from cases.improving import Opening, improvement_ref, open_improvement
from cases.requests.work import ActOnItem
from cases.stored import at_fault_or, done_or_kept, told_kept
from cases.view.readers import check_sees
from cases.view.whole import whole
from complaints.reference import MistypedReference, parse_ref
from desk.caller import Caller
from store import answers
from store.queries.reading import case_of_item
from store.seams import Change
from store.tables import Case, InboxRow

Make = Callable[[Session, Case], Request[Any]]
"""From the locked case to what is asked of it; may refuse."""


def written(text: str) -> str:
    """A reference as we write it. What is no reference of ours is a complaint that does not exist."""
    try:
        return parse_ref(text)
    except MistypedReference as error:
        raise CaseNotFound(str(error)) from error


def written_action(text: str) -> str:
    """The same for the reference of an improvement action."""
    try:
        return improvement_ref(text)
    except MistypedReference as error:
        raise CaseNotFound(str(error)) from error


def on_complaint(caller: Caller, ref: str, call: str, body: BaseModel, make: Make) -> JSONResponse:
    """Step the complaint that the caller may see. `call` and `body` are what a repeat must equal.

    `CaseAtFault` when the complaint takes nothing at all until it is mended.
    """
    return on_case(caller, written(ref), call, body, make)


def on_case(caller: Caller, ref: str, call: str, body: BaseModel, make: Make) -> JSONResponse:
    """The same for any case, by its reference as we write it."""
    casework = caller.casework
    digest = _digest(f"{ref}/{call}", body)

    def act() -> JSONResponse:
        with casework.database.write(Change.STEP) as session:
            case = casework.find(session, ref, lock=True)
            check_sees(casework, session, case, ref, caller.who)
            return _act(caller, session, case, digest, make)

    return at_fault_or(casework, ref, act)


def on_item(caller: Caller, item_id: int, call: str, body: BaseModel, request: ActOnItem) -> JSONResponse:
    """The same for a work item, found with its case; one that the caller may not see does not exist.

    While its case is at fault an action without words is kept, which is 202.
    """
    casework, digest = caller.casework, _digest(f"{item_id}/{call}", body)
    missing = CaseNotFound(f"there is no work item {item_id}: read the worklist again")
    with casework.database.read() as session:
        case_id = case_of_item(session, item_id)
    if case_id is None:
        raise missing

    def act() -> JSONResponse:
        with casework.database.write(Change.STEP) as session:
            case = casework.find(session, case_id, lock=True)
            try:
                check_sees(casework, session, case, case.ref, caller.who)
            except CaseNotFound:
                raise missing from None
            return _act(caller, session, case, digest, lambda _session, _case: request)

    done = done_or_kept(casework, case_id, request, act)
    return _kept(caller, done, digest) if isinstance(done, InboxRow) else done


def opened(caller: Caller, body: BaseModel, opening: Opening) -> JSONResponse:
    """Open an improvement action; its view, with 201."""
    casework, digest = caller.casework, _digest("improvements", body)
    with casework.database.write(Change.STEP) as session:
        if (before := _answered(caller, session, digest)) is not None:
            return before
        case = open_improvement(casework, session, opening)
        return _view(caller, session, case, digest, status=201)


def _act(caller: Caller, session: Session, case: Case, digest: str, make: Make) -> JSONResponse:
    if (before := _answered(caller, session, digest)) is not None:
        return before
    caller.casework.step_in(session, case, make(session, case))
    return _view(caller, session, case, digest)


def _answered(caller: Caller, session: Session, digest: str) -> JSONResponse | None:
    """What was answered to the same call under the same `Idempotency-Key` before."""
    if caller.key is None:
        return None
    before = answers.given_before(session, caller.who.name, caller.key, digest)
    if before is None:
        return None
    return JSONResponse(dict(before.body), before.status, headers={"Idempotency-Replayed": "true"})


def _view(caller: Caller, session: Session, case: Case, digest: str, *, status: int = 200) -> JSONResponse:
    session.flush()
    file = caller.casework.open_file(session, case)
    view = whole(caller.casework, file, caller.language)
    if caller.key is not None:
        answers.forget_before(session, file.machine_now - answers.KEPT_FOR)
        answers.keep(session, caller.who.name, caller.key, digest, view, file.machine_now, status=status)
    return JSONResponse(view, status)


def _kept(caller: Caller, row: InboxRow, digest: str) -> JSONResponse:
    """The answer to an action that waits for its case to be mended."""
    casework = caller.casework
    with casework.database.write() as session:
        ref = casework.find(session, row.case_id).ref
        answer = told_kept(ref, row)
        if caller.key is not None:
            now = casework.machine_clock()
            answers.keep(session, caller.who.name, caller.key, digest, answer, now, status=202)
    return JSONResponse(answer, 202)


def _digest(call: str, body: BaseModel) -> str:
    return hashlib.sha256(f"{call}\0{body.model_dump_json()}".encode()).hexdigest()
