"""By which way a letter reaches a customer, and when it may go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from complaints.survey import CONTACT_WINDOW, last_contact_time, next_contact_time

QUIET_ROUTES = frozenset({"sms", "call", "push", "wechat"})
"""Routes that ring or light up a phone: only inside the contact window (process.md, 7)."""


def route(reply: str, *, email: str | None, phone: str | None) -> str:
    """The way back for a channel whose reply route is `reply`, given what is known of the customer.

    "email" needs an address and "sms" a number; without them the tracking page's own mailbox keeps the letter.
    """
    needs = {"email": email, "sms": phone, "call": phone}
    if reply in needs and not needs[reply]:
        return "email" if email else "sms" if phone and reply != "call" else "mailbox"
    return reply


def sending_time(route_name: str, at: datetime, zone: str, *, exempt: bool) -> datetime:
    """`at`, or the next moment inside 08-21 in the customer's zone for a route that rings."""
    if route_name not in QUIET_ROUTES:
        return at
    return next_contact_time(at, zone, exempt=exempt)


def last_sending_time(route_name: str, by: datetime, zone: str) -> datetime:
    """`by`, or the last moment before it inside 08-21 in the customer's zone for a route that rings."""
    if route_name not in QUIET_ROUTES:
        return by
    return last_contact_time(by, zone)


def free_day(at: datetime, zone: str, taken: Collection[date]) -> datetime:
    """`at`, or the opening of the contact hours on the first day after it that is not `taken`: at most one unasked
    letter of a complaint a day, by the calendar of the customer's `zone` (process.md, 7)."""
    local = at.astimezone(ZoneInfo(zone))
    day = local.date()
    while day in taken:
        day += timedelta(days=1)
    if day == local.date():
        return at
    return datetime.combine(day, CONTACT_WINDOW.opens, local.tzinfo).astimezone(UTC)


def day_of(at: datetime, zone: str) -> date:
    """The day of the customer on which `at` lies."""
    return at.astimezone(ZoneInfo(zone)).date()
