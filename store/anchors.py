"""The daily anchor: the heads of all chains under one keyed hash, chained to the day before."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, and_, col, func, select

from store.tables import Anchor, Case, History

IMPORTED = "imported"
"""The line of a chain that says when its case came in from another system, with lines of earlier dates before it."""
SIDE_UNKNOWN = timedelta(seconds=5)
"""A line this much older than an anchor may have been committed after it: the anchor may not have seen it."""


def anchor_day(session: Session, secret: bytes, day: datetime, now: datetime) -> Anchor | None:
    """Anchor the state of all heads under the date of `day` (UTC). None when that day has its anchor."""
    name = day.astimezone(UTC).date().isoformat()
    if session.get(Anchor, name) is not None:
        return None
    query = select(Case.ref, Case.history_count, Case.history_head).order_by(col(Case.ref))
    cases: list[list[object]] = [[ref, count, head] for ref, count, head in session.exec(query).all()]
    heads = _heads(secret, cases)
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


def agrees(session: Session, secret: bytes, anchor: Anchor) -> bool | None:
    """Whether the chains still hold what the anchor saw: nothing was cut off behind it, no case left out.

    None when a line lies so close before the anchor that nobody can say whether it saw it. What was imported since
    bears older dates, and its own chain says since when it is here: the anchor could not see it.
    """
    since = select(History.case_id).where(History.what == IMPORTED, col(History.at) > anchor.at)
    seen = and_(col(History.at) <= anchor.at, col(History.case_id).not_in(since))
    close = select(History.seq).where(seen, col(History.at) > anchor.at - SIDE_UNKNOWN).limit(1)
    if session.exec(close).first() is not None:
        return None
    last = (
        select(History.case_id, func.max(History.seq).label("seq"))
        .where(seen)
        .group_by(History.case_id)
        .subquery()
    )
    query = (
        select(Case.ref, History.seq, History.hash)
        .join(History, col(History.case_id) == col(Case.id))
        .join(last, and_(last.c.case_id == History.case_id, last.c.seq == History.seq))
        .order_by(col(Case.ref))
    )
    cases: list[list[object]] = [[ref, seq, head] for ref, seq, head in session.exec(query).all()]
    return hmac.compare_digest(_heads(secret, cases), anchor.heads)


def _heads(secret: bytes, cases: list[list[object]]) -> str:
    return _hash(secret, json.dumps(cases, separators=(",", ":")))


def _chained(secret: bytes, before: str, row: Anchor) -> str:
    return _hash(
        secret, json.dumps([before, row.day, row.cases, row.heads, row.at.astimezone(UTC).isoformat()])
    )


def _hash(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
