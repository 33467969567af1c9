"""Actions of people that came while their case could not be stepped: kept, and counted from when they came.

A confirm at 9:55 beats the expiry of 10:00 even when both are handled at 10:30, because the case was at fault in
between. Only actions without words are kept: an inbox row is no place for what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from cases.casework import STORED_ACTION, Casework
from cases.errors import CaseAtFault
from cases.requests.work import ActOnItem
from complaints.errors import Refusal
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
