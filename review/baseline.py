"""The baseline that a change is measured against: three months as they were frozen, chosen once and kept for good.

It is the first three months in a row that were all frozen, by the order in which they were printed, and that the store
knew whole. The month that is printed next counts them together and keeps what they gave among its facts; every later
one takes it from there, so that no month printed afterwards moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from store.queries.figures import Period, figure
from store.queries.review.facts import Facts
from store.queries.review.months import known_since, period_of, shifted
from store.tables import FrozenMonth

CHANGES: Mapping[str, str] = {
    "repeat_rate_change": "repeat_rate", "department_response_change": "department_response_time",
}  # fmt: skip
"""The figures that are changes, and what changed."""
MONTHS = 3
HELD = '"baseline":{'
"""How a frozen month that holds the baseline is told from one that does not: its data is canonical JSON."""
Read = Callable[[Session, str], Facts]
"""The facts of a frozen month, by its name."""


def hold_against(session: Session, month: str, period: Period, facts: Facts, read: Read) -> None:
    """Give the month its `baseline` (months, and the value of each figure), and the changes against it as values.

    A month of the baseline itself, or one before it, has none, and its changes stay n/a with their reason.
    """
    found = baseline(session, period, read)
    if found is None or month <= found["months"][-1]:
        return
    facts["baseline"] = found
    for name, of in CHANGES.items():
        before, one = found["figures"][of], facts["figures"][name]
        now = facts["figures"][of]["whole"]
        one["whole"]["n"] = now["n"]
        one["whole"]["value"] = now["value"] / before - 1 if before and now["value"] is not None else None
        one["reason"] = None


def baseline(session: Session, period: Period, read: Read) -> Facts | None:
    """As a frozen month holds it, else counted over the months that make it up. None before there are such months."""
    in_order = select(FrozenMonth.month).order_by(col(FrozenMonth.as_of), col(FrozenMonth.month))
    holder = session.exec(in_order.where(col(FrozenMonth.data).contains(HELD)).limit(1)).first()
    if holder is not None:
        return dict(read(session, holder)["baseline"])
    printed, since = session.exec(in_order).all(), known_since(session)
    whole = [
        n for n in printed if since is not None and period_of(n, period.zone, period.as_of).start >= since
    ]
    months = first_in_a_row(whole)
    if months is None:
        return None
    first, last = (period_of(name, period.zone, period.as_of) for name in (months[0], months[-1]))
    together = Period(first.start, last.end, period.zone, period.as_of)
    return {
        "months": list(months),
        "figures": {of: figure(session, of, together).whole.value for of in CHANGES.values()},
    }


def first_in_a_row(printed: Iterable[str]) -> Sequence[str] | None:
    """Of months in the order in which they were printed, the first three in a row that were complete."""
    known: set[str] = set()
    for name in printed:
        known.add(name)
        for begin in (shifted(name, -back) for back in range(MONTHS - 1, -1, -1)):
            row = [shifted(begin, step) for step in range(MONTHS)]
            if known.issuperset(row):
                return row
    return None
