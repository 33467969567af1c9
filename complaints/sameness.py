"""How much two complaints have in common: the facts that the table `merge` judges."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import pairwise
from typing import Literal

COMPARED = 4_000
"""Characters of a text that are compared; longer ones differ early or not at all."""
TIERS = ("light", "medium", "severe")
LEAD_STATES: dict[str, Literal["open", "answered", "surveying"]] = {
    "received": "open", "handling": "open", "waiting_customer": "open", "reviewing": "open",
    "fulfilling": "answered", "surveying": "surveying",
}  # fmt: skip
"""Status of the earlier complaint to how far it is: its answer is still to come, was given, or is being scored."""


def similarity(one: str, other: str) -> int:
    """Pairs of neighbouring characters in common, in percent (Dice), whatever the case, width, spaces and marks.

    "退货不退款" and "退货未退款" have 退货 and 退款 of four pairs each in common: 2 × 2 ÷ 8 = 50.
    """
    pairs, others = _pairs(one), _pairs(other)
    total = pairs.total() + others.total()
    return 100 * 2 * (pairs & others).total() // total if total else 0


def same_order(one: str | None, other: str | None) -> Literal["same", "other", "unknown"]:
    """Whether both name the same order; unknown when one names none."""
    if not (one and one.strip()) or not (other and other.strip()):
        return "unknown"
    return "same" if one.strip().casefold() == other.strip().casefold() else "other"


def is_heavier(tier: str | None, lead: str | None) -> bool:
    """Whether a tier lies above the lead's; one that is not graded yet is no measure."""
    return tier in TIERS and lead in TIERS and TIERS.index(tier) > TIERS.index(lead)


def _pairs(text: str) -> Counter[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKC", text[:COMPARED]).casefold() if c.isalnum())
    return Counter(a + b for a, b in pairwise(plain))
