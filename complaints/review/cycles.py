"""What the second cycle put right that the first had missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from complaints.review.finding import EXAMPLES, Finding, Sure
from complaints.review.statistics import wilson

LEAST_RETURNED = 5
"""Complaints with a further cycle below which nothing is said (O)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A complaint whose first answer was not good enough: that cycle, and the one that closed it."""

    ref: str
    decisions: tuple[str | None, str | None]
    amounts: tuple[int, int]
    """Granted and not cancelled, minor units."""
    remedies: tuple[frozenset[str], frozenset[str]]
    departments: tuple[str | None, str | None]
    accepted: bool
    """The last score is 4 or 5."""


def put_right(turns: Sequence[Turn]) -> list[Finding]:
    """How often the later cycle changed the decision, granted more, granted something else, or asked another
    department, and how often the customer accepted that then. Counted, so certain; the share has its interval."""
    if len(turns) < LEAST_RETURNED:
        return []
    changes: dict[str, Callable[[Turn], bool]] = {
        "upheld_after_all": lambda t: (
            t.decisions[0] == "not_upheld" and t.decisions[1] in ("upheld", "partly")
        ),
        "granted_more": lambda t: t.amounts[1] > t.amounts[0],
        "granted_something_else": lambda t: bool(t.remedies[1] - t.remedies[0]),
        "another_department": lambda t: None not in t.departments and t.departments[0] != t.departments[1],
    }
    found = []
    for change, holds in changes.items():
        changed = [t for t in turns if holds(t)]
        if not changed:
            continue
        low, high = wilson(len(changed), len(turns))
        numbers = {
            "hits": len(changed), "n": len(turns), "share": len(changed) / len(turns), "low": low, "high": high,
            "accepted": sum(t.accepted for t in changed),
        }  # fmt: skip
        refs = tuple(t.ref for t in changed)[:EXAMPLES]
        found.append(Finding("second_cycle", f"change={change}", Sure.CERTAIN, len(changed), refs, numbers))
    return sorted(found, key=lambda f: (-f.cases, f.key))
