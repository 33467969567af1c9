"""Letters of one case, written in the transaction of the step that owes them and sent later by the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Executable, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from store.tables import Case, Letter

LETTERS = SQLModel.metadata.tables["letters"]
WRITTEN = select(Letter.id).where(Letter.key == bindparam("name"))
WRITE: Mapping[str, Executable] = {
    name: insert(LETTERS).on_conflict_do_nothing(index_elements=[LETTERS.c.key]).returning(LETTERS.c.id)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
"""By kind of database. Not as objects: no step asks for the letters it wrote."""


def write_to_staff(
    session: Session, *, key: str, kind: str, person: str, language: str, subject: str, body: str,
    links: Mapping[str, str], at: datetime, machine_now: datetime,
) -> bool:  # fmt: skip
    """A letter to a member of staff about no single complaint; False when this key was written before."""
    return _put(session, {
        "key": key, "kind": kind, "audience": "staff", "person": person, "channel": "email", "language": language,
        "subject": subject, "body": body, "links": dict(links), "created_at": at, "send_at": at,
        "not_before": machine_now, "tried": [],
    })  # fmt: skip


def _put(session: Session, letter: Mapping[str, object]) -> bool:
    connection = session.connection()
    return connection.execute(WRITE[connection.dialect.name], letter).first() is not None


class Letters:
    """Writes letters. The key makes a repeat harmless: one key is one letter."""

    def __init__(self, session: Session, case: Case) -> None:
        self._session, self._case = session, case

    def write(
        self, *, key: str, kind: str, audience: str, channel: str, language: str, subject: str, body: str,
        at: datetime, send_at: datetime, machine_now: datetime, person: str | None = None,
        links: Mapping[str, str] | None = None, any_hour: bool = False, unasked: bool = False,
        news: bool = False,
    ) -> bool:  # fmt: skip
        """Put a letter in the outbox; False when this key was written before.

        `at` and `send_at` are process time, `machine_now` is when sending may first be tried; `any_hour`: a try
        that comes late need not wait for the contact window.
        """
        held = self._case.hold and audience == "customer"
        return _put(self._session, {
            "key": key, "case_id": self._case.id, "cycle": self._case.cycle, "kind": kind, "audience": audience,
            "person": person, "channel": channel, "language": language, "subject": subject, "body": body,
            "links": dict(links or {}), "created_at": at, "send_at": send_at, "any_hour": any_hour,
            "unasked": unasked, "news": news, "not_before": machine_now,
            "state": "held" if held else "waiting", "tried": [],
        })  # fmt: skip

    def knows(self, key: str) -> bool:
        """Whether a letter of this key was written before."""
        return self._session.connection().execute(WRITTEN, {"name": key}).first() is not None

    def release_held(self) -> None:
        """Letters to the customer that a legal hold kept back may go."""
        query = select(Letter).where(Letter.case_id == self._case.id, Letter.state == "held")
        for letter in self._session.exec(query).all():
            letter.state = "waiting"
            self._session.add(letter)

    def unasked(self) -> Sequence[Letter]:
        """Letters to the customer that nobody asked for and that went or will go."""
        query = select(Letter).where(
            Letter.case_id == self._case.id, col(Letter.unasked),
            col(Letter.state).not_in(("dropped", "failed")),
        )  # fmt: skip
        return self._session.exec(query).all()

    def drop_overtaken(self, now: datetime) -> None:
        """News that was put off is not needed: something newer is told now."""
        self._drop_put_off(now, lambda letter: letter.news)

    def drop_answered(self, now: datetime) -> None:
        """What was to be asked, or reminded of, on a later day is answered now."""
        self._drop_put_off(now, lambda letter: letter.kind in ("survey", "reminder"))

    def _drop_put_off(self, now: datetime, which: Callable[[Letter], bool]) -> None:
        for letter in self.unasked():
            if which(letter) and letter.send_at > now and letter.state in ("waiting", "held"):
                letter.state = "dropped"
                self._session.add(letter)

    def drop(self, *kinds: str) -> None:
        """Letters of these kinds that have not gone yet shall not go any more."""
        query = select(Letter).where(
            Letter.case_id == self._case.id, col(Letter.kind).in_(kinds),
            col(Letter.state).in_(("waiting", "held")),
        )  # fmt: skip
        for letter in self._session.exec(query).all():
            letter.state = "dropped"
            self._session.add(letter)

    def receive(self, *, key: str, kind: str, channel: str, language: str, body: str, at: datetime) -> Letter:
        """Keep what the customer sent, beside what was sent to them."""
        letter = Letter(
            key=key, case_id=self._case.id, cycle=self._case.cycle, direction="in", kind=kind,
            audience="customer", channel=channel, language=language, subject="", body=body,
            created_at=at, send_at=at, not_before=at, state="delivered", delivered_at=at,
        )  # fmt: skip
        self._session.add(letter)
        self._session.flush()
        return letter
