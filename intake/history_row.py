"""One closed complaint as another system tells it: the fields an import takes, and what is wrong with a row."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from complaints.reading import Category
from complaints.remedies import MOST_AMOUNT

Tier = Literal["light", "medium", "severe"]
Text = Annotated[str, Field(max_length=100_000)]
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Known(BaseModel):
    """Who complained, as the other system knows them. Without any of it each complaint is a customer of its own."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    id: Short | None = None
    name: Short | None = None
    phone: Annotated[str, Field(max_length=60)] | None = None
    email: Annotated[str, Field(max_length=320)] | None = None
    value: Literal["standard", "high"] = "standard"


class HistoryRow(BaseModel):
    """Times are aware. What is not known is left out: no figure counts what nobody told."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    external_id: Short
    received_at: AwareDatetime
    closed_at: AwareDatetime
    occurred_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    dispatched_at: AwareDatetime | None = None
    first_contact_at: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    fulfilled_at: AwareDatetime | None = None
    text: Text = ""
    answer: Text | None = None
    cause: Text | None = None
    channel: Short = "import"
    language: Annotated[str, Field(max_length=8)] = "zh"
    customer: Known = Known()
    status: Literal["closed", "withdrawn"] = "closed"
    outcome: Literal["accepted", "accepted_low", "unanswered", "final"] = "unanswered"
    decision: Literal["upheld", "partly", "not_upheld"] | None = None
    tier: Tier | None = None
    urgency: Literal["low", "normal", "urgent"] | None = None
    impact: Literal["none", "single", "high", "batch"] | None = None
    category: Category | None = None
    sentiment: Literal["very_negative", "negative", "neutral", "positive"] | None = None
    department: Short | None = None
    owner: Short | None = None
    cycles: Annotated[int, Field(ge=1, le=99)] = 1
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    nps: Annotated[int, Field(ge=0, le=10)] | None = None
    order_id: Short | None = None
    product: Annotated[str, Field(max_length=500)] | None = None
    region: Short | None = None
    amount: Annotated[int, Field(ge=0, le=MOST_AMOUNT)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closed_at < self.received_at:
            raise ValueError(
                f"closed {self.closed_at.isoformat()}, before it was received {self.received_at.isoformat()}: "
                "mend the times, or map others"
            )
        between = (self.acknowledged_at, self.dispatched_at, self.first_contact_at, self.resolved_at)
        for at in between:
            if at is not None and at < self.received_at:
                raise ValueError(
                    f"{at.isoformat()} lies before its receipt {self.received_at.isoformat()}: leave it out or mend it"
                )
        return self


FIELDS = frozenset(HistoryRow.model_fields) | {f"customer.{name}" for name in Known.model_fields}
"""What a mapping may fill."""
TIMES = frozenset(name for name in HistoryRow.model_fields if name.endswith("_at"))
NUMBERS = frozenset({"cycles", "score", "nps", "amount"})


def wrong_fields(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """(field, cause with its cure) of each thing wrong with a row; no value of the row is repeated but times."""
    return tuple(
        (".".join(str(part) for part in one["loc"]) or "row", str(one["msg"]).removeprefix("Value error, "))
        for one in error.errors(include_url=False, include_input=False)
    )
