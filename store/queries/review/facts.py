"""Every figure and breakdown of a month as plain data: keys, numbers and n/a (None)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bpmn.calendar import Calendar
from store.queries.figures import Dimension, Figure, Part, Period, backlog_identity, courses, figures
from store.queries.figures.units import APART, Units, group_of, named, place_of, reading, received_in
from store.tables import Case

Facts = dict[str, Any]
LEAST_CUSTOMERS = 3
"""Products and regions are told by customers: one that fewer of them named is nobody's business in a report that
outlives their erasure, and may be anything."""
MOST_ASKED_BY_NAME = 10_000
"""More keys are not handed to the database one by one."""
HEADLINES = (
    "received", "closed", "backlog", "completion", "csat", "nps", "acknowledgement_time", "dispatch_time",
    "confirm_time", "resolution_time", "clock_attainment", "promise_kept", "repeat_rate", "redispatch_rate",
)  # fmt: skip
"""Figures whose course over the year is drawn."""


def figures_of(session: Session, period: Period, calendar: Calendar | None) -> Facts:
    """Each figure: unit, cohort, reason of having no value, `whole`, and its groups `by` dimension."""
    found = figures(session, period, calendar)
    by_many = {
        by: _told_by_many(session, period, column, _named(found.values(), by))
        for by, column in ((Dimension.PRODUCT, Case.product), (Dimension.REGION, Case.region))
    }
    return {
        name: {
            "unit": str(one.unit), "cohort": str(one.cohort), "reason": one.reason, "whole": part(one.whole),
            "by": {
                str(by): [
                    part(p) for p in parts if by not in by_many or p.key is None or p.key in by_many[by]
                ]
                for by, parts in groups.items()
            },
        }
        for name, (one, groups) in found.items()
    }  # fmt: skip


def headlines_of(session: Session, months: Sequence[Period]) -> list[Facts]:
    """The wholes of the headlines in each of these months, which are over."""
    return [{name: part(one[name]) for name in HEADLINES} for one in courses(session, months, HEADLINES)]


def identity_of(session: Session, period: Period) -> Facts:
    """The backlog identity of the month; `BacklogMismatch` when it does not hold."""
    found = backlog_identity(session, period)
    found.check()
    names = (
        "open_start", "received", "reopened", "unmerged", "unvoided", "undone", "closed", "withdrawn", "merged",
        "voided", "open_end", "in_survey",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names}


def part(one: Part) -> Facts:
    """A part as data. `value` is None where there is n/a."""
    spread = one.calendar
    business = one.business
    return {
        "key": one.key, "n": one.n, "numerator": one.numerator, "value": one.value,
        "p90": spread.p90 if spread else None, "p95": spread.p95 if spread else None,
        "business": [business.median, business.p90] if business else None,
        "pending": one.pending, "withdrawn": one.withdrawn,
    }  # fmt: skip


def held_against(facts: Facts, month_before: Facts | None, year_before: Facts | None) -> None:
    """Give each whole and each group its value a month and a year before; None where there was no such thing."""
    for name, one in facts.items():
        for label, other in (("month_before", month_before), ("year_before", year_before)):
            before: Mapping[str, Any] | None = None if other is None else other.get(name)
            one["whole"][label] = None if before is None else before["whole"]["value"]
            for by, groups in one["by"].items():
                known = {} if before is None else {g["key"]: g["value"] for g in before["by"].get(by, ())}
                for group in groups:
                    group[label] = known.get(group["key"])


def received_before(session: Session, months: Sequence[Period], by: Dimension) -> dict[str | None, list[int]]:
    """Complaints received, by group: how many in each of these months, of which one follows the other."""
    if not months:
        return {}
    every = Units(where=(received_in(replace(months[-1], start=months[0].start)),))
    columns = (named("key", group_of(every, by)), named("place", place_of(col(Case.received_at), months)))
    each = reading(columns, every).where(col(Case.status) != APART).subquery("each")
    query = select(each.c.key, each.c.place, func.count()).group_by(each.c.key, each.c.place)
    found: dict[str | None, list[int]] = defaultdict(lambda: [0] * len(months))
    for key, place, n in session.execute(query):
        found[key][int(place)] = n
    return found


def _named(counted: Iterable[tuple[Figure, Mapping[Dimension, Sequence[Part]]]], by: Dimension) -> set[str]:
    """The groups of a dimension that occur in any figure."""
    return {part.key for _, groups in counted for part in groups.get(by, ()) if part.key is not None}


def _told_by_many(session: Session, period: Period, column: Any, keys: set[str]) -> set[str]:
    """Of these keys, those that enough customers named until the period ended: most were by those of the period."""
    before = col(Case.received_at) < period.end
    found = keys & _by_customers(session, column, before, col(Case.received_at) >= period.start)
    rest = keys - found
    if not rest:
        return found
    few = (column.in_(sorted(rest)),) if len(rest) <= MOST_ASKED_BY_NAME else ()
    return found | rest & _by_customers(session, column, before, *few)


def _by_customers(session: Session, column: Any, *of_cases: ColumnElement[bool]) -> set[str]:
    query = (
        select(column)
        .where(column.is_not(None), *of_cases)
        .group_by(column)
        .having(func.count(func.distinct(Case.customer_id)) >= LEAST_CUSTOMERS)
    )
    return set(session.exec(query).all())
