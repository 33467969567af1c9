"""Months by name, as 2026-11: the one before, the same a year before, and whether the store knew it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, func, select

from store.queries.figures import NotAPeriod, Period
from store.tables import Case


def year_and_month(name: str) -> tuple[int, int]:
    """`NotAPeriod` for what is no month as 2026-11."""
    year, dash, month = name.partition("-")
    plain = (
        dash
        and len(year) == 4
        and len(month) == 2
        and f"{year}{month}".isascii()
        and f"{year}{month}".isdigit()
    )
    if not plain or not 1 <= int(month) <= 12 or not 1970 <= int(year) <= 9998:
        raise NotAPeriod(f"{name[:20]!r} is no month: write it as 2026-11")
    return int(year), int(month)


def shifted(name: str, months: int) -> str:
    """`shifted("2026-01", -1)` is 2025-12."""
    year, month = year_and_month(name)
    place = year * 12 + month - 1 + months
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def period_of(name: str, zone: str, as_of: datetime) -> Period:
    return Period.month(*year_and_month(name), zone, as_of)


def month_of(at: datetime, zone: str) -> str:
    """The month an instant lies in."""
    return f"{at.astimezone(Period.month(2000, 1, zone, at).place):%Y-%m}"


def known_since(session: Session) -> datetime | None:
    """When the first complaint was received: what lies before has no figures, not figures of nothing."""
    return session.exec(select(func.min(Case.received_at)).where(Case.kind == "complaint")).one()
