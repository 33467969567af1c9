"""Answers given under an `Idempotency-Key`, so that a repeated call gets the same answer and does nothing.

An answer holds what the customer wrote: `forget_before` and `erase` take it away again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col, select

from complaints.errors import Refusal
from complaints.problems import FieldError
from store.tables import IdempotentAnswer

KEPT_FOR = timedelta(hours=24)
"""How long a call may be repeated under its key, in machine time."""


class KeyReused(Refusal):
    """The same key with another call or another body."""

    code = "wrong-body"

    def __init__(self, key: str) -> None:
        said = f"{key[:60]!r} came with another request before: take a new key"
        super().__init__(f"the Idempotency-Key {said}")
        self.errors = (FieldError("header.idempotency-key", said),)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it went out."""

    status: int
    body: Mapping[str, Any]


def given_before(session: Session, actor: str, key: str, digest: str) -> Given | None:
    """The answer this caller got under this key; None when the key is new. `KeyReused` for another request."""
    row = session.get(IdempotentAnswer, (actor, key))
    if row is None:
        return None
    if row.digest != digest:
        raise KeyReused(key)
    return Given(row.status, row.body)


def keep(
    session: Session, actor: str, key: str, digest: str, body: Mapping[str, Any], at: datetime, *, status: int = 200
) -> None:  # fmt: skip
    """Keep an answer, in the transaction that did the work."""
    session.add(IdempotentAnswer(actor=actor, key=key, digest=digest, status=status, body=dict(body), at=at))


def forget_before(session: Session, at: datetime) -> int:
    """Take away what was given before `at` (machine time); how many."""
    done = session.connection().execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.at) < at))
    assert isinstance(done, CursorResult), "a delete counts its rows"
    return done.rowcount


def showing(session: Session, ref: str) -> Sequence[IdempotentAnswer]:
    """The answers that show this complaint."""
    return session.exec(
        select(IdempotentAnswer).where(col(IdempotentAnswer.body)["ref"].as_string() == ref)
    ).all()


def erase(session: Session, ref: str) -> int:
    """Take away every answer that shows this complaint; how many."""
    rows = showing(session, ref)
    for row in rows:
        session.delete(row)
    return len(rows)
