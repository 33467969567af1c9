"""What carries a letter to a person: one small port, and the two ways in which it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class PostError(Exception):
    """Base class: this try failed. Messages name the cause, never the address or the text."""


class TryLater(PostError):
    """Nobody took the letter, or nobody knows whether they did; the same key may be sent again."""


class Undeliverable(PostError):
    """This way will never take it: no address, or one that is refused for good."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter with its address. `key` stays the same whenever it is sent again."""

    key: str
    ref: str
    kind: str
    to: str
    """Mail address, phone number, or the id of whoever looks into the mailbox."""
    language: str
    subject: str
    body: str
    written_at: datetime


class Transport(Protocol):
    """Carries letters one way. Called with no transaction open, from several threads and processes."""

    @property
    def address(self) -> str:
        """What it needs to know of the receiver: "email", "phone" or "" (nothing)."""

    def send(self, parcel: Parcel) -> None:
        """Return once the provider has it; `TryLater` or `Undeliverable` otherwise."""
