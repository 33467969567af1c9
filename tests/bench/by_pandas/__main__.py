"""`python -m tests.bench.by_pandas URL MONTH OUT`: every figure of the month, as pandas counts them from the tables.

Whole and by every dimension, with the values of the month and of the year before, and the headlines of thirteen
months. Figures go to OUT; seconds and peak memory to standard output.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import create_engine

from bpmn.calendar import Calendar
from store.queries.figures import Period
from store.queries.review.facts import HEADLINES
from store.queries.review.months import period_of, shifted
from tests.bench.by_pandas import groups
from tests.bench.by_pandas.cohorts import Cohorts
from tests.bench.by_pandas.groups import Facts, Units
from tests.bench.by_pandas.known import Known
from tests.bench.by_pandas.tables import Tables, read
from tests.bench.peak import peak_mb
from tests.bench.reviewing import OFFICE
from tests.contract.figures.population import AS_OF, ZONE

OF_COMPLAINTS = (
    "received", "closed", "backlog", "backlog_age", "in_survey", "acknowledgement_time", "dispatch_time",
    "first_contact_time", "resolution_time", "resolution_time_first_cycle", "fulfilment_time", "handoff_time",
    "completion", "clock_attainment", "promise_kept", "csat", "csat_first_cycle", "response_rate", "nps",
    "redispatch_rate", "cycles_to_acceptance", "first_solution_acceptance", "confirm_time",
    "department_response_time", "buck_passing", "misrouting", "self_service", "self_service_light",
    "self_service_silent", "repeat_rate", "taken_further", "needing_superior", "superior_reasons", "upheld",
    "redress_approved", "redress_paid", "intake_lag", "repeat_after_fix", "grading_accuracy", "severe_recall",
    "quality_deviation", "quality_coverage",
)  # fmt: skip


def main(url: str, month: str, out: Path) -> None:
    began = time.perf_counter()
    with create_engine(url).connect() as connection:
        tables = read(connection)
    took_reading = time.perf_counter() - began
    facts = count(tables, month)
    took = time.perf_counter() - began
    out.write_text(json.dumps(facts), encoding="utf-8")
    print(json.dumps({"seconds": took, "reading_seconds": took_reading, "peak_mb": peak_mb()}))


def count(tables: Tables, month: str) -> Facts:
    known, first = Known(tables), tables.cases["received_at"].min()
    figures = _figures(Cohorts(known, _period(month)), _period(month), OFFICE)
    for label, back in (("month_before", -1), ("year_before", -12)):
        period = _period(shifted(month, back))
        earlier = _figures(Cohorts(known, period), period, None)
        for name, one in figures.items():
            one["whole"][label] = earlier[name]["whole"]["value"]
            for by, parts in one["by"].items():
                before = earlier[name]["by"].get(by, {})
                for key, part in parts.items():
                    part[label] = before[key]["value"] if key in before else None
    trend: list[Facts | None] = []
    for back in range(-12, 0):
        period = _period(shifted(month, back))
        if np.datetime64(period.start.replace(tzinfo=None)) < first:
            trend.append(None)
            continue
        cohorts = Cohorts(known, period)
        trend.append({name: groups.whole(getattr(cohorts, name)()) for name in HEADLINES})
    for one in figures.values():
        one["by"] = {
            by: [{"key": key, **part} for key, part in parts.items()] for by, parts in one["by"].items()
        }
    return {"figures": figures, "trend": trend}


def _period(month: str) -> Period:
    return period_of(month, ZONE, AS_OF)


def _figures(cohorts: Cohorts, period: Period, calendar: Calendar | None) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    opens, closes = _spans(calendar, period) if calendar is not None else (None, None)
    for name in OF_COMPLAINTS:
        units: Units = getattr(cohorts, name)()
        whole = groups.whole(units)
        whole["business"] = None if opens is None or closes is None else groups.business(units, opens, closes)
        found[name] = {"whole": whole, "by": {by: groups.broken_down(units, by) for by in units.groups}}
    found["intake_loss"] = _together(_loss(cohorts.all, period), "channel")
    found["actions_on_time"] = _together(_on_time(cohorts, cohorts.all["rounds"]), "handler")
    return found


def _spans(calendar: Calendar, period: Period) -> tuple[np.ndarray, np.ndarray]:
    """Working time from two years before the period to its end."""
    opens, closes = [], []
    day = (period.start - timedelta(days=730)).date()
    while day <= period.end.date() + timedelta(days=60):
        for begins, ends in calendar.spans(day):
            opens.append(int(begins.timestamp()))
            closes.append(int(ends.timestamp()))
        day += timedelta(days=1)
    return np.array(opens), np.array(closes)


def _loss(tables: Tables, period: Period) -> Mapping[str, tuple[int, int, int]]:
    days = list(period.days())
    edges = np.array([np.datetime64(begins.replace(tzinfo=None), "us") for _, begins, _ in days])
    end = np.datetime64(days[-1][2].replace(tzinfo=None), "us")
    receipts = tables["receipts"]
    receipts = receipts[(receipts["occurred_at"] >= edges[0]) & (receipts["occurred_at"] < end)]
    places = np.searchsorted(edges, receipts["occurred_at"].to_numpy(), side="right") - 1
    names = np.array([name for name, _, _ in days])
    recorded = receipts.groupby([receipts["channel"], names[places]]).size().rename("kept")
    counts = tables["counts"]
    counts = counts[counts["day"].between(days[0][0], days[-1][0])]
    both = counts.merge(
        recorded.rename_axis(["channel", "day"]).reset_index(), how="left", on=["channel", "day"]
    )
    sums = both.groupby("channel")[["count", "kept"]].sum()
    return {
        str(c): (max(0, int(row["count"] - row["kept"])), int(row["count"]), 0) for c, row in sums.iterrows()
    }


def _on_time(cohorts: Cohorts, rounds: pd.DataFrame) -> Mapping[str, tuple[int, int, int]]:
    due = rounds[(rounds["due_at"] >= cohorts.start) & (rounds["due_at"] < cohorts.end)]
    passed = due["done_at"].notna() | (due["due_at"] < cohorts.until)
    frame = pd.DataFrame({
        "owner": due["owner"], "done": passed & (due["done_at"] <= due["due_at"]), "due": passed, "waits": ~passed,
    })  # fmt: skip
    sums = frame.groupby("owner").sum()
    return {str(o): (int(row["done"]), int(row["due"]), int(row["waits"])) for o, row in sums.iterrows()}


def _together(parts: Mapping[str, tuple[int, int, int]], by: str) -> Facts:
    def told(numerator: int, n: int, pending: int) -> dict[str, Any]:
        return {
            "n": n, "numerator": numerator, "value": numerator / n if n else None, "p90": None, "p95": None,
            "pending": pending, "withdrawn": 0,
        }  # fmt: skip

    sums = [sum(column) for column in zip(*parts.values(), strict=True)] or [0, 0, 0]
    return {"whole": told(*sums), "by": {by: {key: told(*numbers) for key, numbers in parts.items()}}}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
