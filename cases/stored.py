"""What came while its case could not be stepped: kept, and counted from when it came.

A confirm at 9:55 beats the expiry of 10:00 even when both are handled at 10:30, because the case was at fault in
between. Of the actions of staff only those without words are kept: an inbox row is no place for what somebody wrote,
and whoever acts can be told to come again. A customer cannot: what they wrote goes into its table at once, and only
that the process shall hear of it into the inbox.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from bpmn.events import Message
from cases.casework import STORED_ACTION, Casework, Request
from cases.errors import CaseAtFault
from cases.requests.work import ActOnItem
from complaints.errors import Refusal
from store.case_file import CaseFile
from store.database import StoreUnreachable
from store.process_time import process_time
from store.seams import Change
from store.tables import Case, InboxRow, WorkItem

T = TypeVar("T")

WORDLESS = frozenset({"confirm", "done", "approve"})
NUMBERS = ("score", "leave", "choice", "judged")
"""What a kept action may bring besides itself."""
NOT_THE_CASES = (Refusal, OperationalError, StoreUnreachable)
"""What says nothing about the case: it was refused, or the store did not answer."""


Said: TypeAlias = Message | None
"""What the process hears of it; None for a repeat."""


class Saying(Request[object], Protocol):
    """What a customer says to a case; see `cases.requests.customer`."""

    def said(self, file: CaseFile) -> Said: ...


def said_or_kept(casework: Casework, ref: str, request: Saying, key: str) -> bool:
    """Let the case hear it in a step. True when the case is at fault and it was kept instead, under `key`."""
    try:
        at_fault_or(casework, ref, lambda: casework.step(ref, request))
    except CaseAtFault:
        with casework.database.write(Change.KEEP) as session:
            keep_saying(casework, session, casework.find(session, ref, lock=True), request, key)
        return True
    return False


def keep_saying(casework: Casework, session: Session, case: Case, request: Saying, key: str) -> None:
    """Write the facts of it into the locked case, and what its process shall hear into its inbox. A repeat writes
    nothing; what is refused is refused."""
    file = casework.open_file(session, case, actor=request.actor)
    message = request.said(file)
    if message is None or case.ended:
        return
    row = InboxRow(
        case_id=case.id, name=message.name, key=None if message.key is None else str(message.key),
        payload=dict(message.payload), actor=request.actor, source=request.actor, external_id=key,
        effective_at=file.now,
    )  # fmt: skip
    file.records.numbered(row)
    file.log("message_kept", message=message.name, inbox=row.id)


def act_or_keep(casework: Casework, ref: str, request: ActOnItem, key: str) -> InboxRow | None:
    """Act now, in a plain step; see `done_or_kept`."""
    return done_or_kept(casework, ref, request, lambda: casework.step(ref, request), key)


def done_or_kept(
    casework: Casework, ref: str, request: ActOnItem, act: Callable[[], T], key: str | None = None
) -> T | InboxRow:  # fmt: skip
    """What `act` gives, which does what is requested. If the case itself is at fault the action is kept under
    `key`, and the row returned; unless a key is given, one that is new for each time the work is asked for.

    Refusals are raised as ever, and so is a fault that lies in the request and not in the case. `CaseAtFault`
    when the action brings words.
    """
    try:
        return at_fault_or(casework, ref, act)
    except CaseAtFault:
        if not is_wordless(request):
            raise
    with casework.database.write(Change.KEEP) as session:
        at = process_time(session, casework.machine_clock())
        case = casework.find(session, ref)
        return keep(session, case, request, at, key or _key(session, request))


def at_fault_or(casework: Casework, ref: str, act: Callable[[], T]) -> T:
    """What `act` gives; `CaseAtFault` when it fails and the case cannot even be stepped without a request."""
    try:
        return act()
    except NOT_THE_CASES:
        raise
    except Exception as error:  # as `sweeping.step_due`: whatever the fault is, the question is whose
        if _at_fault(casework, ref):
            raise CaseAtFault(f"{ref} cannot be stepped: {type(error).__name__}: {error}") from error
        raise


def is_wordless(request: ActOnItem) -> bool:
    return request.action in WORDLESS and not request.text


def keep(session: Session, case: Case, request: ActOnItem, at: datetime, key: str) -> InboxRow:
    """Put the action into the case's inbox, effective `at`. A repeat under the same key is the same row."""
    if not is_wordless(request):
        raise ValueError(
            f"{request.action!r} brings words and is not kept; only {', '.join(sorted(WORDLESS))} without a text"
        )
    query = select(InboxRow).where(InboxRow.source == request.actor, InboxRow.external_id == key)
    row = session.exec(query).first()
    if row is None:
        brought = {name: value for name in NUMBERS if (value := getattr(request, name)) not in (None, False)}
        row = InboxRow(
            case_id=case.id, name=STORED_ACTION, actor=request.actor, source=request.actor, external_id=key,
            payload={
                "item": request.item_id, "action": request.action, "role": request.who.role, **brought
            },
            effective_at=at,
        )  # fmt: skip
        session.add(row)
        session.flush()
    return row


def told_kept(ref: str, row: InboxRow) -> dict[str, object]:
    """What whoever acted hears of a kept action."""
    return {
        "ref": ref, "work_item": row.payload["item"], "action": row.payload["action"],
        "kept_at": row.effective_at.isoformat(),
        "detail": f"{ref} is at fault and operations know of it; your action is kept, counts from when it came, "
        "and happens as soon as the complaint is mended: there is nothing more to do",
    }  # fmt: skip


def _key(session: Session, request: ActOnItem) -> str:
    item = session.get(WorkItem, request.item_id)
    asked = item.activation if item is not None else None
    return f"{request.item_id}/{asked or 0}/{request.action}"


def _at_fault(casework: Casework, ref: str) -> bool:
    """Whether the case cannot even be stepped without a request."""
    try:
        casework.step(ref)
    except NOT_THE_CASES:
        raise
    except Exception:  # see above
        return True
    return False
