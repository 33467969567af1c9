"""What a definition gets wrong: one finding for each mistake, all of them reported at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bpmn.model import Place


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: where it stands, what is wrong, and the known word nearest to an unknown one."""

    place: Place
    message: str
    near: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"; did you mean {self.near!r}?" if self.near else "")


class Refused(Exception):
    """A definition cannot be used as it is; `str` lists each finding on a line of its own."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, in whatever case it is written; `None` when none is near."""
    folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None
