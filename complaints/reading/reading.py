"""What a reader of complaints answers, whichever model stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, get_args

Harm = Literal["danger", "running_loss", "data_leak", "authority", "threat", "failure", "question"]
Reach = Literal["one", "many"]
Sentiment = Literal["very_negative", "negative", "neutral", "positive"]
Value = Literal["standard", "high"]
Category = Literal[
    "product_quality", "logistics", "after_sales", "service_attitude", "price_promotion", "billing",
    "account_security", "service_fault", "other",
]  # fmt: skip

HARMS: tuple[Harm, ...] = get_args(Harm)
CATEGORIES: tuple[Category, ...] = get_args(Category)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a feature was found: characters `start` (included) to `end` (excluded), never the text itself."""

    feature: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one complaint establishes: inputs of the tables `triage_urgency`, `triage_impact` and `triage`."""

    harm: Harm
    reach: Reach
    injury: bool
    loss: int
    """Largest stated loss in CNY minor units (fen); 0 when none is stated."""
    consequence: bool
    """Something has happened to contract, credit record, housing or treatment."""
    leaving: bool
    repeats: int
    """Complaints about this matter in 90 days, this one counted: the higher of history and text."""
    regret: bool
    """No loss yet, or only regret of a deal that was as described."""
    category: Category
    sentiment: Sentiment
    confidence: int
    """0 to 100: how far the text allows a decision."""
    danger_word: bool
    """A word of danger stands in the text, even doubted ("afraid it may catch fire")."""
    evidence: tuple[Evidence, ...]


class ComplaintReader(Protocol):
    """Reads one complaint. Pure: the same arguments always give the same reading."""

    def read(self, text: str, *, value: Value, amount: int | None, authority: bool, repeats: int) -> Reading:
        """Judge `text` with what is known beside it.

        `amount`: the disputed sum the channel reported, CNY minor units, or None. `authority`: it came
        through a regulator or ombudsman. `repeats`: complaints of this customer about this matter in the
        last 90 days, this one counted.
        """
