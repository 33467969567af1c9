"""What is kept for a time only, taken away by age. Counts of rows that went come back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CursorResult, Delete, Update, delete, update
from sqlmodel import Session, col

from store.tables import HookConflict, HookReceipt, UsedNonce


def forget_kept_bodies(session: Session, before: datetime) -> int:
    """Bodies of automatic replies received before that moment (process time). The receipts stay: they tell a
    repeat."""
    old = (col(HookReceipt.received_at) < before, col(HookReceipt.kept).is_not(None))
    return _run(session, update(HookReceipt).where(*old).values(kept=None))


def forget_conflicts(session: Session, before: datetime) -> int:
    """Second bodies under a key already used, received before that moment (process time)."""
    return _run(session, delete(HookConflict).where(col(HookConflict.received_at) < before))


def forget_nonces(session: Session, before: datetime) -> int:
    """Nonces spent before that moment (machine time)."""
    return _run(session, delete(UsedNonce).where(col(UsedNonce.used_at) < before))


def _run(session: Session, statement: Delete | Update) -> int:
    done = session.connection().execute(statement)
    assert isinstance(done, CursorResult), "it counts its rows"
    return done.rowcount
