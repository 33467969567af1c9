"""Mass matters: what makes complaints one cause, which of them leads, and who is handled apart (process.md, 4)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

Same = Literal["product", "region", "both", "nothing"]
URGENCIES = ("low", "normal", "urgent")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the table `matter` says of a category."""

    same: Same
    """What complaints of one cause have in common besides their category."""
    hours: int
    """Within which they were received."""
    needed: int
    """How many customers make a matter."""
    own_loss: int
    """From this loss on, in CNY minor units, a customer is handled apart."""
    low_percent: int
    """Share of low scores among the members at which the lead is taken up again."""

    @classmethod
    def of(cls, found: Mapping[str, object]) -> Terms:
        hours, needed, own_loss, low_percent = (
            int(str(found[name])) for name in ("hours", "needed", "own_loss", "low_percent")
        )
        return cls(cast("Same", found["same"]), hours, needed, own_loss, low_percent)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open complaint of one cause."""

    case_id: str
    ref: str
    customer: str
    received_at: datetime
    tier: str | None = None
    urgency: str | None = None
    joins: bool = True
    """It may lead or follow: not one with own harm, of an authority, answered or in a later cycle, or taken out."""
    leads: bool = False
    """Others follow it already."""


def common(same: Same, product: str | None, region: str | None) -> str | None:
    """What a complaint shares with others of its cause, the same for "iPhone 15" and "ＩＰＨＯＮＥ15"; None when
    that was not said, or nothing is shared."""
    asked = {"product": (product,), "region": (region,), "both": (product, region), "nothing": ()}[same]
    plain = [_plain(text or "") for text in asked]
    return "\n".join(plain) if plain and all(plain) else None


def own_harm(*, injury: bool, loss: int, said: bool | None, least: int) -> bool:
    """Whether a customer was hurt themselves, or lost at least so much. What a person `said` of it outweighs what
    was read; None is nothing said."""
    return said if said is not None else injury or loss >= least


def together(candidates: Sequence[Candidate], terms: Terms) -> list[Candidate]:
    """Those that lie with enough customers within the hours of the terms, the earliest first."""
    ordered = sorted(candidates, key=lambda one: (one.received_at, one.ref))
    within, customers = timedelta(hours=terms.hours), Counter[str]()
    end = found = 0
    chosen: list[Candidate] = []
    for begin, first in enumerate(ordered):
        while end < len(ordered) and ordered[end].received_at <= first.received_at + within:
            customers[ordered[end].customer] += 1
            end += 1
        if len(customers) >= terms.needed:
            chosen += ordered[max(begin, found) : end]
            found = end
        customers[first.customer] -= 1
        if not customers[first.customer]:
            del customers[first.customer]
    return chosen


def lead_of(candidates: Sequence[Candidate]) -> Candidate | None:
    """Who leads: whom others follow already, else the gravest severe one, else the earliest. None when there are
    not two that may."""
    free = [one for one in candidates if one.joins]
    leading = [one for one in candidates if one.leads]
    if len(free) < (1 if leading else 2):
        return None
    severe = [one for one in free if one.tier == "severe"]
    return min(leading or severe or free, key=lambda one: (-_gravity(one), one.received_at, one.ref))


def too_many_low(low: int, members: int, percent: int) -> bool:
    """Whether so many low scores among so many members reopen what they were answered with."""
    return low > 0 and low * 100 >= percent * members


def _gravity(one: Candidate) -> int:
    """Urgency counts among severe ones only; of the others the earliest leads."""
    return URGENCIES.index(one.urgency) if one.tier == "severe" and one.urgency in URGENCIES else 0


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
