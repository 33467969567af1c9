"""The history of a case: append-only lines, each chained to the one before by a keyed hash."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, event, insert
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, SQLModel, col, select

from bpmn.durations import Duration
from store.tables import Case, History

WRITE = insert(SQLModel.metadata.tables["history"])
LINES_AND_HEAD = (
    select(Case.history_count, Case.history_head, History)
    .join(History, isouter=True)
    .where(Case.id == bindparam("case"))
    .order_by(col(History.seq))
)
WAITING = "lines of history to be written"
"""Where a session keeps them."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where a chain does not hold: from `seq` on, nothing can be said."""

    ref: str
    seq: int
    why: str


class Line(NamedTuple):
    """A line of history before it has a hash; the columns of `History`."""

    case_id: str
    seq: int
    at: datetime
    what: str
    process: str
    element: str
    actor: str
    data: dict[str, object]


def line_hash(secret: bytes, before: str, line: Line | History) -> str:
    """HMAC-SHA256 over the line and the hash before it, in hexadecimal."""
    content = [
        before, line.case_id, line.seq, line.at.astimezone(UTC).isoformat(), line.what, line.process,
        line.element, line.actor, line.data,
    ]  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.digest(secret, text.encode(), "sha256").hex()


def digest(secret: bytes, case_id: str, text: str) -> str:
    """What history holds in place of a person's words: salted with the secret and the case."""
    return hmac.digest(secret, f"{case_id}\0{text}".encode(), "sha256").hex()[:32]


class Chronicle:
    """Writes the history of one case inside one transaction. Head and count are kept on the case row.

    Lines go to the database all at once, with the flush that writes the case row they have changed.
    """

    def __init__(self, session: Session, case: Case, secret: bytes) -> None:
        self._session, self._case, self._secret = session, case, secret

    def add(
        self, what: str, *, at: datetime, actor: str, process: str = "", element: str = "",
        data: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Append a line. `data` holds ids, enums, numbers, times and digests; never a person's words."""
        self._case.history_count += 1
        line = Line(
            self._case.id, self._case.history_count, at, what, process, element, actor,
            {k: plain(v) for k, v in (data or {}).items()},
        )  # fmt: skip
        self._case.history_head = line_hash(self._secret, self._case.history_head, line)
        waiting = self._session.info.setdefault(WAITING, [])
        waiting.append({**line._asdict(), "hash": self._case.history_head})

    def digest(self, text: str) -> str:
        """A salted digest of text that is kept elsewhere, so that the chain vouches for it without holding it."""
        return digest(self._secret, self._case.id, text)


@event.listens_for(AnySession, "after_flush")
def _write_lines(session: AnySession, _context: object) -> None:
    if lines := session.info.pop(WAITING, None):
        session.connection().execute(WRITE, lines)


def plain(value: object) -> object:
    """A JSON value for what history and process data may hold."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Decimal():
            return str(value)
        case timedelta():
            return value.total_seconds()
        case Duration():
            return str(value)
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case Iterable():
            return [plain(v) for v in value]
    raise TypeError(f"{value!r} has no place in history: ids, enums, numbers and times only")


def broken_chains(session: Session, secret: bytes, cases: Iterable[Case]) -> list[Broken]:
    """Every case whose lines do not hash to its head, or whose count is off.

    Head and lines are read by one statement, so that a step taken meanwhile breaks nothing.
    """
    found: list[Broken] = []
    for case in cases:
        rows = session.exec(LINES_AND_HEAD, params={"case": case.id}).all()
        count, head = rows[0][:2] if rows else (0, "")
        before, seq = "", 0
        for seq, line in enumerate((line for *_, line in rows if line is not None), start=1):
            if line.seq != seq:
                found.append(Broken(case.ref, seq, f"line {seq} is missing"))
                break
            if line_hash(secret, before, line) != line.hash:
                found.append(Broken(case.ref, seq, f"line {seq} was changed"))
                break
            before = line.hash
        else:
            if (seq, before) != (count, head):
                found.append(Broken(case.ref, seq, f"{count} lines were written, {seq} are here"))
    return found
