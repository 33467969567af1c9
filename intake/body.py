"""What a channel may send to a hook, field by field, and what is wrong with what it sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from complaints.problems import FieldError
from complaints.remedies import MOST_AMOUNT
from intake.errors import WrongBody
from intake.parse import MOST_ERRORS, has_control, without_control

MOST_AHEAD = timedelta(minutes=5)
"""How far the channel's clock may run ahead of ours."""
OLDEST = timedelta(days=5 * 365)
"""What is older is history and comes by `amends import`."""
Kind = Literal["complaint", "message", "receipt", "count"]
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_PHONE = re.compile(r"[0-9+*#()x./ \-]*[0-9][0-9+*#()x./ \-]*")


def _instant(value: object) -> object:
    """An ISO 8601 date and time with its zone; a number or a bare date could mean several instants."""
    if not isinstance(value, str):
        raise ValueError("must be text such as 2026-11-22T09:30:00+08:00")
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError("must be a date and time such as 2026-11-22T09:30:00+08:00") from error
    if found.tzinfo is None:
        raise ValueError("has no time zone: add the offset, as in +08:00, or Z for UTC")
    return found


def _identifier(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if has_control(value) or "\n" in value or "\t" in value or "\r" in value:
        raise ValueError("holds control characters: send the bare id")
    return value


def _mail(value: str) -> str:
    if not _MAIL.fullmatch(value.strip()):
        raise ValueError("must be one mail address, as in name@example.org")
    return value.strip()


def _phone(value: str) -> str:
    if not _PHONE.fullmatch(value.strip()):
        raise ValueError("must be a phone number: digits, spaces and + ( ) - . / only")
    return value.strip()


def _language(value: str) -> str:
    """The language without script and region: letters are kept per language."""
    if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", value):
        raise ValueError("must be a language tag such as zh, zh-CN or en")
    return re.split("[-_]", value)[0].lower()


Instant = Annotated[datetime, BeforeValidator(_instant)]
Text = Annotated[str, AfterValidator(without_control)]


def identifier(longest: int) -> Any:
    return Annotated[str, Field(min_length=1, max_length=longest), AfterValidator(_identifier)]


class HookCustomer(BaseModel):
    """Who writes, as the channel knows them. `id`, `phone` or `email` finds them again on other channels."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: identifier(200) | None = None  # type: ignore[valid-type]
    name: Annotated[Text, Field(max_length=200)] | None = None
    phone: Annotated[str, Field(max_length=60), AfterValidator(_phone)] | None = None
    email: Annotated[str, Field(max_length=320), AfterValidator(_mail)] | None = None
    value: Literal["standard", "high"] | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None

    @property
    def keys(self) -> dict[str, str]:
        """What finds this person again. A masked number (138****1234) is many people's and finds nobody."""
        phone = self.phone if self.phone and "*" not in self.phone else None
        found = {"id": self.id, "phone": phone, "email": self.email}
        return {kind: value for kind, value in found.items() if value}


class HookBody(BaseModel):
    """One event of a channel. What the channel keeps beyond these fields goes under `extra`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    external_id: identifier(200) = Field(description="The channel's own id of the event; never used twice.")  # type: ignore[valid-type]
    occurred_at: Instant = Field(description="When it happened, with its zone.")
    kind: Kind = "complaint"
    customer: HookCustomer | None = None
    text: Annotated[Text, Field(max_length=40_000)] | None = None
    ref: identifier(40) | None = Field(None, description="The complaint a message belongs to.")  # type: ignore[valid-type]
    order_id: identifier(200) | None = None  # type: ignore[valid-type]
    product: Annotated[Text, Field(max_length=500)] | None = None
    region: Annotated[Text, Field(max_length=200)] | None = None
    wants: Annotated[Text, Field(max_length=2_000)] | None = None
    amount: Annotated[int, Field(ge=0, le=MOST_AMOUNT)] | None = Field(
        None, description="Amount in dispute in minor units: 12950 is 129.50."
    )
    attachments: Annotated[list[Any], Field(max_length=50)] = Field(default_factory=list)
    extra: dict[str, Any] = Field(
        default_factory=dict,
        description="The channel's own. Messages: `ref`. Receipts: `letter`, `status`. Counts: `day`, `count`.",
    )


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A provider's word about a letter of ours."""

    letter: str
    status: Literal["delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class DailyCount:
    """How many complaints the channel says it sent on one of its days."""

    day: str
    count: int


def parse_body(value: Mapping[str, object]) -> HookBody:
    """The body; `WrongBody` names each wrong field. Control characters are taken out of texts."""
    cleaned = {key: _cleaned(one) if key in ("extra", "attachments") else one for key, one in value.items()}
    try:
        body = HookBody.model_validate(cleaned)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[:MOST_ERRORS]
        raise WrongBody(tuple(_field_error(one) for one in found)) from None
    _demand(_missing(body))
    return body


def cleaned_fields(value: Mapping[str, object]) -> list[str]:
    """The fields that control characters are taken out of, for the sender to know."""
    return sorted(key for key, one in value.items() if _holds_control(one))


def delivery_receipt(body: HookBody) -> DeliveryReceipt:
    letter, status = body.extra.get("letter"), body.extra.get("status")
    errors = []
    if not isinstance(letter, str) or not 0 < len(letter) <= 160:
        errors.append(FieldError("extra.letter", "must be the key of the letter"))
    if status not in ("delivered", "read", "failed"):
        errors.append(FieldError("extra.status", "must be delivered, read or failed"))
    _demand(errors)
    return DeliveryReceipt(str(letter), status)  # type: ignore[arg-type]


def daily_count(body: HookBody) -> DailyCount:
    day, count = body.extra.get("day"), body.extra.get("count")
    errors = []
    if not isinstance(day, str) or not _is_day(day):
        errors.append(FieldError("extra.day", "must be a day such as 2026-11-22"))
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_AMOUNT:
        errors.append(FieldError("extra.count", "must be a whole number from 0"))
    _demand(errors)
    return DailyCount(str(day), int(count))  # type: ignore[arg-type]


def check_times(body: HookBody, now: datetime) -> None:
    """`WrongBody` for what has not happened yet, or long ago. `now` is process time."""
    if body.occurred_at > now + MOST_AHEAD:
        raise WrongBody((FieldError("occurred_at", "lies over five minutes ahead: set the channel's clock"),))
    if body.occurred_at < now - OLDEST:
        raise WrongBody(
            (FieldError("occurred_at", "is over five years ago: bring history in with amends import"),)
        )


def _missing(body: HookBody) -> Iterator[FieldError]:
    if body.kind in ("complaint", "message") and not (body.text or "").strip():
        yield FieldError("text", "says nothing: send what the customer said or wrote")
    if body.kind == "complaint" and body.customer is None:
        yield FieldError("customer", "is missing: send what is known, at least an empty object")
    if body.kind == "message" and not (body.ref or body.extra.get("ref")):
        if body.customer is None:
            yield FieldError("customer", "is missing: say whose message it is, or name the complaint in ref")
        elif not body.customer.keys:
            yield FieldError("customer", "names nobody: send id, phone or email, or the complaint's ref")


def _field_error(error: Any) -> FieldError:
    place = ".".join(str(part) for part in error["loc"])[:120]
    name = str(error["loc"][-1])
    if error["type"] == "extra_forbidden":
        known = HookCustomer if len(error["loc"]) > 1 else HookBody
        close = get_close_matches(name[:60], known.model_fields, n=1)
        meant = f"did you mean {close[0]}?" if close else "put what is the channel's own under extra"
        return FieldError(place, f"is no field here; {meant}")
    if error["type"] == "missing":
        return FieldError(place, "is missing")
    if name == "amount" and error["type"] == "int_type":
        return FieldError(place, "must be a whole number of minor units: 12950 for 129.50")
    detail = str(error["msg"]).removeprefix("Value error, ").replace("Input should", "should")
    return FieldError(place, detail[:1].lower() + detail[1:])


def _demand(errors: Any) -> None:
    if found := tuple(errors):
        raise WrongBody(found)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _cleaned(value: Any) -> Any:
    """Depth is bounded by `parse_object`."""
    match value:
        case str():
            return without_control(value)
        case dict():
            return {key: _cleaned(one) for key, one in value.items()}
        case list():
            return [_cleaned(one) for one in value]
        case _:
            return value


def _holds_control(value: Any) -> bool:
    match value:
        case str():
            return has_control(value)
        case dict():
            return any(_holds_control(one) for one in value.values())
        case list():
            return any(_holds_control(one) for one in value)
        case _:
            return False
