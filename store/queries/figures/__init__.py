"""The figures of the monthly review: `figure` counts one, `case_refs` names the complaints behind it."""

from store.queries.figures.backlog import BacklogIdentity, BacklogMismatch, backlog_identity, mismatched
from store.queries.figures.period import NotAPeriod, Period
from store.queries.figures.registry import (
    FIGURES,
    NoSuchBreakdown,
    UnknownFigure,
    case_refs,
    courses,
    examples,
    figure,
    figures,
    longest,
)
from store.queries.figures.result import Cohort, Dimension, Figure, Part, Spread, Unit

__all__ = [
    "FIGURES", "BacklogIdentity", "BacklogMismatch", "Cohort", "Dimension", "Figure", "NoSuchBreakdown",
    "NotAPeriod", "Part", "Period", "Spread", "Unit", "UnknownFigure", "backlog_identity", "case_refs", "courses",
    "examples", "figure", "figures", "longest", "mismatched",
]  # fmt: skip
