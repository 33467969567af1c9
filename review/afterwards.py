"""What earlier months turned out to be: figures that nobody can know when their month is printed.

Grades and closed complaints of a month are looked at again after it is over, the last of those received have their
thirty days still before them, and what its review named is rectified later. So each month says of the three before
it how these figures stand now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from review.document import Cell, Section, Table
from review.verdicts import tone_of, wanted
from review.words import Words
from store.queries.figures import Period, courses
from store.queries.review.facts import Facts, part
from store.queries.review.months import known_since, period_of, shifted

LATE = (
    "completion", "grading_accuracy", "severe_recall", "quality_deviation", "quality_coverage", "rectification",
)  # fmt: skip
MONTHS = 3


def turned_out(session: Session, month: str, period: Period) -> list[Facts]:
    """Of each month before that the store knew, oldest first: its name, and its late figures as of now."""
    since = known_since(session)
    named = ((name, period_of(name, period.zone, period.as_of)) for name in (
        shifted(month, -back) for back in range(MONTHS, 0, -1)
    ))  # fmt: skip
    known = {name: earlier for name, earlier in named if since is not None and since < earlier.end}
    return [
        {"month": name, "figures": {late: part(counted[late]) for late in LATE}}
        for name, counted in zip(known, courses(session, list(known.values()), LATE), strict=True)
    ]


def section(words: Words, facts: Mapping[str, Any], href: Callable[[str, str], str]) -> Sequence[Section]:
    """`href` leads to the complaints behind a figure of a month. Nothing where no earlier month has any value."""
    months = [
        one for one in facts.get("afterwards", ())
        if any(whole["value"] is not None for whole in one["figures"].values())
    ]  # fmt: skip
    if not months:
        return []
    columns = (words("report.figure"), *(words.month(one["month"]) for one in months), words("report.target"))
    rows = tuple(
        (
            Cell(words(f"figures.{name}")),
            *(_cell(words, name, one["figures"][name], href(one["month"], name)) for one in months),
            Cell(wanted(words, "share", name, bare=True)),
        )
        for name in LATE
    )
    table = Table("", columns, rows, frozenset(range(1, len(columns))))
    return [Section("afterwards", words("section.afterwards"), (table,), words("lead.afterwards"))]


def _cell(words: Words, name: str, whole: Mapping[str, Any], href: str) -> Cell:
    text = words.value("share", whole["value"])
    if whole["value"] is not None and whole["pending"]:
        text = words("report.with_pending", value=text, n=f"{whole['pending']:,}")
    return Cell(
        text,
        whole["value"],
        href if whole["n"] else None,
        tone_of(name, whole),
        "" if whole["pending"] else "share",
    )
