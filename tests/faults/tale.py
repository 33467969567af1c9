"""What happened to one complaint of a life, line by line: the evidence when two lives of it differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from store.tables import ActivityRow, Case, History


def tale(session: Session, case: Case) -> list[str]:
    """Its history as `TIME WHAT PLACE DATA`, and each activity with how often it was tried and when it was done."""
    lines: list[tuple[datetime, str]] = []
    for line in session.exec(
        select(History).where(History.case_id == case.id).order_by(col(History.seq))
    ).all():
        place = f"{line.process}/{line.element}" if line.element else ""
        lines.append(
            (line.at, f"{line.what} {place} {json.dumps(line.data, ensure_ascii=False, sort_keys=True)}")
        )
    for row in session.exec(select(ActivityRow).where(ActivityRow.case_id == case.id)).all():
        ended = row.done_at or row.not_before
        lines.append((ended, f"= activity {row.process}/{row.element} {row.state}: attempt {row.attempt}, "
                             f"fence {row.fence}, {row.error or 'no error'}"))  # fmt: skip
    return [f"{at.isoformat()} {text}" for at, text in sorted(lines, key=lambda one: one[0])]


def side_by_side(before: list[str], after: list[str], deaths: Mapping[str, str]) -> list[str]:
    """Both tales one after the other, the second with the deaths of its life in their places."""
    fallen = [f"{at} † killed at {seam}" for seam, at in deaths.items()]
    return ["undisturbed:", *before, "disturbed:", *sorted([*after, *fallen], key=lambda one: one.split()[0])]
