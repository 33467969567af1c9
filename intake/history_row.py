"""One closed complaint as another system tells it: the fields an import takes, and what is wrong with a row."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from complaints.reading import Category
from complaints.remedies import MOST_AMOUNT
from intake.parse import has_control, without_control

FIRST_YEAR, LAST_YEAR = 1970, 9998


def _plain(text: str) -> str:
    if has_control(text):
        raise ValueError("holds control characters: remove them")
    return text


def _plausible(at: datetime) -> datetime:
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"{at.isoformat()} is no time of a complaint: mend it or leave it out")
    return at


Tier = Literal["light", "medium", "severe"]
Text = Annotated[str, Field(max_length=100_000), AfterValidator(without_control)]
Short = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Instant = Annotated[AwareDatetime, AfterValidator(_plausible)]


class Known(BaseModel):
    """Who complained, as the other system knows them. Without any of it each complaint is a customer of its own."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    id: Short | None = None
    name: Short | None = None
    phone: Annotated[str, Field(max_length=60), AfterValidator(_plain)] | None = None
    email: Annotated[str, Field(max_length=320), AfterValidator(_plain)] | None = None
    value: Literal["standard", "high"] = "standard"


class HistoryRow(BaseModel):
    """Times are aware. What is not known is left out: no figure counts what nobody told."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    external_id: Short
    received_at: Instant
    closed_at: Instant
    occurred_at: Instant | None = None
    acknowledged_at: Instant | None = None
    dispatched_at: Instant | None = None
    first_contact_at: Instant | None = None
    resolved_at: Instant | None = None
    fulfilled_at: Instant | None = None
    text: Text = ""
    answer: Text | None = None
    cause: Text | None = None
    channel: Short = "import"
    language: Annotated[str, Field(max_length=8), AfterValidator(_plain)] = "zh"
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
    product: Annotated[str, Field(max_length=500), AfterValidator(_plain)] | None = None
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
