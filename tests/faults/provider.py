"""What is outside and outlives a killed process: the provider that takes letters, and the notes of the script."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from runtime.post.outbox import Ways
from runtime.post.transport import Parcel, TryLater, Undeliverable

BOUNCES = "@bounces.example"
BUSY, UNSURE = 0, 1
"""Of eleven letters one meets a provider that is busy, and one a provider that takes it and cannot say so."""


def note(path: Path, *words: object) -> None:
    """Add a line in one write, so that a kill leaves it whole or absent."""
    line = json.dumps(words, ensure_ascii=False).encode() + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)


def noted(path: Path) -> Iterator[list[object]]:
    """Every line that was noted, in order."""
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One time that the provider was handed a letter. `taken`: it has it now."""

    key: str
    digest: str
    taken: bool


@dataclass
class Provider:
    """A transport that keeps every handing over, refuses what bounces and is now and then busy or unsure."""

    ledger: Path
    address: str
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.seen |= {arrival.key for arrival in arrivals(self.ledger)}

    def send(self, parcel: Parcel) -> None:
        content = f"{parcel.to}\0{parcel.subject}\0{parcel.body}"
        digest = hashlib.sha256(content.encode()).hexdigest()[:16]
        again = parcel.key in self.seen
        self.seen.add(parcel.key)
        if parcel.to.endswith(BOUNCES):
            note(self.ledger, parcel.key, digest, False)
            raise Undeliverable("the address is refused")
        mood = crc32(f"{parcel.to}/{parcel.kind}".encode()) % 11
        if mood == BUSY and not again:
            note(self.ledger, parcel.key, digest, False)
            raise TryLater("busy")
        note(self.ledger, parcel.key, digest, True)
        if mood == UNSURE and not again:
            raise TryLater("nobody knows whether it was taken")


def arrivals(ledger: Path) -> Iterator[Arrival]:
    for key, digest, taken in noted(ledger):
        yield Arrival(str(key), str(digest), bool(taken))


def ways_to(ledger: Path) -> Ways:
    """Mail and short messages need an address, the rest goes to whoever fetches it."""
    seen: set[str] = set()
    return Ways(
        mailbox=Provider(ledger, "", seen),
        by_way={"email": Provider(ledger, "email", seen), "sms": Provider(ledger, "phone", seen)},
    )


@dataclass(frozen=True, slots=True)
class Handed:
    """What the provider saw of all letters of a life."""

    taken: frozenset[str]
    again: int
    """How often a letter came again under its key, and was known by it."""
    changed: tuple[str, ...]
    """Keys that came with different words or to another address: a repeat could not be known."""


def handed(ledger: Path) -> Handed:
    found: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals(ledger):
        found[arrival.key].append(arrival)
    return Handed(
        taken=frozenset(key for key, came in found.items() if any(one.taken for one in came)),
        again=sum(max(sum(one.taken for one in came) - 1, 0) for came in found.values()),
        changed=tuple(
            key for key, came in found.items() if len({one.digest for one in came if one.taken}) > 1
        ),
    )
