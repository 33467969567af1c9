"""The figure of an improvement action over a window of time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from complaints.effects import WINDOW, Measured
from store.queries.figures import FIGURES, Dimension, Period, Unit, figure
from store.tables import Improvement

if TYPE_CHECKING:
    from store.case_file import CaseFile


def measure(file: CaseFile, end: datetime) -> Measured:
    """What the open action's figure was over the 30 days up to `end`; nothing when it names none."""
    return measured(file.session, file.improvement, end)


def measured(session: Session, action: Improvement, end: datetime) -> Measured:
    """The same for the row of an action."""
    if action.figure is None:
        return Measured(None, 0)
    by = Dimension(action.dimension) if action.dimension is not None else None
    found = figure(session, action.figure, Period(end - WINDOW, end, "UTC", end), by=by)
    part = found.whole
    if by is not None:
        wanted = [one for one in found.parts if one.key == action.group_key]
        if not wanted:
            return Measured(0.0 if found.whole.value is not None and counts(action.figure) else None, 0)
        part = wanted[0]
    return Measured(None if part.value is None else float(part.value), part.n)


def counts(name: str) -> bool:
    """Whether a figure counts, so that none at all is a value of it."""
    return FIGURES[name].unit in (Unit.COUNT, Unit.MONEY)
