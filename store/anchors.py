"""The daily anchor: the heads of all chains under one keyed hash, chained to the day before."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from store.tables import Anchor, Case


def anchor_day(session: Session, secret: bytes, day: datetime, now: datetime) -> Anchor | None:
    """Anchor the state of all heads under the date of `day` (UTC). None when that day has its anchor."""
    name = day.astimezone(UTC).date().isoformat()
    if session.get(Anchor, name) is not None:
        return None
    query = select(Case.ref, Case.history_count, Case.history_head).order_by(col(Case.ref))
    cases = [[ref, count, head] for ref, count, head in session.exec(query).all()]
    heads = _hash(secret, json.dumps(cases, separators=(",", ":")))
    row = Anchor(day=name, cases=len(cases), heads=heads, hash="", at=now)
    before = session.exec(
        select(Anchor).where(col(Anchor.day) < name).order_by(col(Anchor.day).desc())
    ).first()
    row.hash = _chained(secret, before.hash if before else "", row)
    session.add(row)
    return row


def broken_anchors(session: Session, secret: bytes) -> list[str]:
    """Days whose anchor does not chain to the one before."""
    found: list[str] = []
    before = ""
    for row in session.exec(select(Anchor).order_by(col(Anchor.day))).all():
        if _chained(secret, before, row) != row.hash:
            found.append(row.day)
        before = row.hash
    return found


def _chained(secret: bytes, before: str, row: Anchor) -> str:
    return _hash(
        secret, json.dumps([before, row.day, row.cases, row.heads, row.at.astimezone(UTC).isoformat()])
    )


def _hash(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
