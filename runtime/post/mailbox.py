"""The local default: a folder with one file a letter, named by its key."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from runtime.post.mail import digest, message
from runtime.post.transport import Parcel, TryLater, Undeliverable

SENDER = "complaints@localhost"


class Mailbox:
    """Writes `.eml` files. A repeat overwrites itself, so one key is one file whatever happened before.

    The folder holds customers' words: it is private, and `erase` takes letters out of it.
    """

    address = ""

    def __init__(self, folder: Path, *, sender: str = SENDER) -> None:
        self._folder, self._sender = folder, sender

    def send(self, parcel: Parcel) -> None:
        try:
            mail = message(parcel, sender=self._sender, reply_to=self._sender)
        except Undeliverable:  # a phone number or an id: the folder takes letters to anybody
            known_as = f"{digest(parcel.to)[:12]}@mailbox.invalid"
            mail = message(replace(parcel, to=known_as), sender=self._sender, reply_to=self._sender)
        final = self._path(parcel.key)
        draft = final.with_name(f".{secrets.token_hex(8)}.part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(draft, mail.as_bytes())
            draft.replace(final)
        except OSError as error:
            raise TryLater(f"cannot write into {self._folder}: {error.strerror}") from error

    def holds(self, key: str) -> bool:
        """Whether a letter of this key is in the folder."""
        return self._path(key).exists()

    def sweep(self, before: datetime) -> int:
        """Take away drafts that a process left when it died before that moment (machine time); how many."""
        left = [
            draft for draft in self._folder.glob(".*.part")
            if datetime.fromtimestamp(draft.stat().st_mtime, UTC) < before
        ]  # fmt: skip
        for draft in left:
            draft.unlink(missing_ok=True)
        return len(left)

    def erase(self, key: str) -> bool:
        """Take a letter out; False when there was none."""
        path = self._path(key)
        existed = path.exists()
        path.unlink(missing_ok=True)
        return existed

    def _path(self, key: str) -> Path:
        readable = re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-")[:120]
        return self._folder / f"{readable}-{digest(key)[:12]}.eml"


def _write(path: Path, content: bytes) -> None:
    """The file whole and on disk, or none."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        if path.exists():
            path.unlink()
        raise
