"""Actions of people that came while their case could not be stepped: kept, and counted from when they came.

A confirm at 9:55 beats the expiry of 10:00 even when both are handled at 10:30, because the case was at fault in
between. Only actions without words are kept: an inbox row is no place for what somebody wrote.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from cases.casework import STORED_ACTION, Casework
from cases.requests.work import ActOnItem
from complaints.errors import Refusal
from store.database import StoreUnreachable
from store.process_time import process_time
from store.seams import Change
from store.tables import Case, InboxRow

WORDLESS = frozenset({"confirm", "done", "approve"})


def act_or_keep(casework: Casework, ref: str, request: ActOnItem, key: str) -> InboxRow | None:
    """Act now. If the case itself is at fault the action is kept under `key`, and the row returned.

    Refusals are raised as ever, and so is a fault that lies in the request and not in the case.
    """
    try:
        casework.step(ref, request)
        return None
    except (Refusal, OperationalError, StoreUnreachable):
        raise
    except Exception:  # as `sweeping.step_due`: whatever the fault is, the question is whose
        if request.action not in WORDLESS or not _at_fault(casework, ref):
            raise
    with casework.database.write(Change.KEEP) as session:
        at = process_time(session, casework.machine_clock())
        return keep(session, casework.find(session, ref), request, at, key)


def keep(session: Session, case: Case, request: ActOnItem, at: datetime, key: str) -> InboxRow:
    """Put the action into the case's inbox, effective `at`. A repeat under the same key is the same row."""
    if request.action not in WORDLESS:
        raise ValueError(
            f"{request.action!r} brings words and is not kept; only {', '.join(sorted(WORDLESS))}"
        )
    query = select(InboxRow).where(InboxRow.source == request.actor, InboxRow.external_id == key)
    row = session.exec(query).first()
    if row is None:
        row = InboxRow(
            case_id=case.id, name=STORED_ACTION, actor=request.actor, source=request.actor, external_id=key,
            payload={"item": request.item_id, "action": request.action, "role": request.who.role},
            effective_at=at,
        )  # fmt: skip
        session.add(row)
        session.flush()
    return row


def _at_fault(casework: Casework, ref: str) -> bool:
    """Whether the case cannot even be stepped without a request."""
    try:
        casework.step(ref)
    except (Refusal, OperationalError, StoreUnreachable):
        raise
    except Exception:  # see above
        return True
    return False
