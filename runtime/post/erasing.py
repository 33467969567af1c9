"""Letters in the mailbox folder are erased with their complaint. What went by mail or push is with its receiver."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import select

from runtime.post.mailbox import Mailbox
from store.erasers import Eraser, Subject
from store.tables import Letter


def mailbox_eraser(mailbox: Mailbox) -> Eraser:
    """Takes the files of a case's letters out of the folder; a letter's key names its file."""

    def find(subject: Subject) -> Sequence[str]:
        if subject.case is None:
            return []
        keys = subject.session.exec(select(Letter.key).where(Letter.case_id == subject.case.id)).all()
        return [key for key in keys if mailbox.holds(key)]

    def wipe(_subject: Subject, key: str) -> None:
        mailbox.erase(key)

    return Eraser("mailbox", find, wipe)
