"""What the people of a life remember when our process dies: what they filed, did, and have been asked since when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.faults.provider import note, noted


@dataclass
class Notes:
    """Kept in a file, a line a note; read again by whoever goes on after a kill."""

    path: Path
    now: datetime | None = None
    """The last instant that was begun."""
    done: set[str] = field(default_factory=set)
    asked: dict[str, datetime] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for kind, what, *rest in noted(self.path):
            self._take(str(kind), str(what), str(rest[0]) if rest else "")

    def begin(self, now: datetime) -> None:
        self._keep("now", now.isoformat())

    def did(self, what: str) -> None:
        self._keep("did", what)

    def was_refused(self, what: str) -> None:
        self._keep("refused", what)

    def since(self, what: str, now: datetime) -> datetime:
        """Since when this has been asked; from now on, when it is new."""
        if what not in self.asked:
            self._keep("asked", what, now.isoformat())
        return self.asked[what]

    def _keep(self, kind: str, what: str, at: str = "") -> None:
        note(self.path, kind, what, at)
        self._take(kind, what, at)

    def _take(self, kind: str, what: str, at: str) -> None:
        match kind:
            case "now":
                self.now = datetime.fromisoformat(what)
            case "did":
                self.done.add(what)
            case "refused":
                self.refused[what] += 1
            case "asked":
                self.asked[what] = datetime.fromisoformat(at)
