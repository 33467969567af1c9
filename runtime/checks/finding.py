"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `cure` is empty for what is well; `fine` is None for what could not be looked at."""

    check: str
    fine: bool | None
    found: str
    cure: str = ""


def flat(error: object) -> str:
    """An error's text in one line."""
    return " ".join(str(error).split())
