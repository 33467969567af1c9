"""The callback: what a customer's answer means, and when the customer may be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from complaints.errors import NaiveTime, Refusal


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    ACCEPTED_LOW = "accepted_low"
    UNANSWERED = "unanswered"
    NEXT_CYCLE = "next_cycle"
    REVIEW = "review"


class NotAScore(Refusal):
    code = "not-a-score"

    def __init__(self, question: str, low: int, high: int) -> None:
        super().__init__(f"{question} is a whole number from {low} to {high}: choose one of them")
        self.question = question


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """Scores up to `low` are not settled (S); after `cycles` cycles a reviewer decides (O)."""

    low: int = 3
    cycles: int = 3


@dataclass(frozen=True, slots=True)
class ContactWindow:
    """Local hours in which SMS, calls and push may go out, both ends included."""

    opens: time = time(8)
    closes: time = time(21)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(
                f"contact window {self.opens:%H:%M}-{self.closes:%H:%M} must open before it closes"
            )


CONTACT_WINDOW = ContactWindow()
SURVEY_RULES = SurveyRules()


def verdict(score: int | None, *, leave: bool, cycle: int, rules: SurveyRules = SURVEY_RULES) -> Verdict:
    """What follows from the answer to the survey of `cycle`; `score` `None` is no answer within the time.

    `leave` is the customer's own "leave it" beside a low score; it means nothing beside a good one.
    """
    if cycle < 1:
        raise ValueError(f"cycles count from 1, not {cycle}")
    if score is None:
        return Verdict.UNANSWERED
    if parse_score(score) > rules.low:
        return Verdict.ACCEPTED
    if leave:
        return Verdict.ACCEPTED_LOW
    return Verdict.REVIEW if cycle >= rules.cycles else Verdict.NEXT_CYCLE


def parse_score(value: object) -> int:
    """A score 1 to 5, from a number or a form's digit; `NotAScore` for 0, 6, "five", 4.5, `True`."""
    return _whole(value, "the score", 1, 5)


def parse_nps(value: object) -> int:
    """A willingness to recommend, 0 to 10; `NotAScore` otherwise."""
    return _whole(value, "the recommendation", 0, 10)


def inside_contact_window(at: datetime, zone: str, window: ContactWindow = CONTACT_WINDOW) -> bool:
    """Whether the customer in `zone` may be contacted at `at`."""
    return window.opens <= _local(at, zone).time() <= window.closes


def next_contact_time(
    at: datetime, zone: str, *, exempt: bool = False, window: ContactWindow = CONTACT_WINDOW
) -> datetime:
    """The earliest instant from `at` on when a message may go out, in UTC.

    `exempt` is for the acknowledgement on the channel in use and for danger to life: at once.
    """
    local = _local(at, zone)
    if exempt or window.opens <= local.time() <= window.closes:
        return at.astimezone(UTC)
    day = local.date() if local.time() < window.opens else local.date() + timedelta(days=1)
    return datetime.combine(day, window.opens, local.tzinfo).astimezone(UTC)


def last_contact_time(by: datetime, zone: str, window: ContactWindow = CONTACT_WINDOW) -> datetime:
    """The latest instant up to `by` when a message may go out, in UTC: for notices that must not be late."""
    local = _local(by, zone)
    if window.opens <= local.time() <= window.closes:
        return by.astimezone(UTC)
    day = local.date() if local.time() > window.closes else local.date() - timedelta(days=1)
    return datetime.combine(day, window.closes, local.tzinfo).astimezone(UTC)


def _whole(value: object, question: str, low: int, high: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 2:
        value = int(value)
    if type(value) is not int or not low <= value <= high:
        raise NotAScore(question, low, high)
    return value


def _local(at: datetime, zone: str) -> datetime:
    if at.tzinfo is None:
        raise NaiveTime("the time of contact")
    return at.astimezone(ZoneInfo(zone))
