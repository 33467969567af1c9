"""What the review by pandas reads: of each table the columns that figures need, and no row that none of them counts.

Complaints are numbered, and other rows refer to them by number, so that joining is picking. Groups are categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

DIMENSIONS = (
    "category", "channel", "department", "region", "product", "tier", "urgency", "customer_group", "handler",
)  # fmt: skip
READ = {
    "cases": (
        "SELECT c.id, c.received_at, c.occurred_at, c.acknowledged_at, c.dispatched_at, c.first_contact_at, "
        "c.closed_at, c.resolved_at, c.fulfilled_at, c.cycle_started_at, c.status, c.outcome, c.decision, c.cycle, "
        "c.authority, c.imported, c.customer_id, c.category, c.channel, c.department, "
        "c.region, c.product, c.tier, c.urgency, c.value AS customer_group, c.owner AS handler "
        "FROM cases c WHERE c.kind = 'complaint'"
    ),
    "turns": (
        "SELECT case_id, seq, at, what FROM history "
        "WHERE what IN ('received', 're_entered', 'closed', 'withdrawn', 'merged', 'voided')"
    ),
    "light": (
        "SELECT case_id FROM history "
        "WHERE what = 'graded' AND data->>'before' IS NULL AND data->>'tier' = 'light'"
    ),
    "items": "SELECT id, case_id, kind, cycle, duty, status, department, assignee, amount FROM work_items",
    "dispatches": (
        "SELECT case_id, item_id, department, person, binding, offered_at, ended_at, how, judged FROM dispatches"
    ),
    "decisions": "SELECT case_id, sent_at FROM decisions WHERE cycle = 1",
    "surveys": (
        "SELECT case_id, cycle, state, sent_at, expires_at, answered_at, score, nps, rated FROM surveys"
    ),
    "letters": (
        "SELECT case_id, cycle FROM letters WHERE kind = 'survey' AND state = 'delivered' "
        "AND (receipt IS NULL OR receipt <> 'failed')"
    ),
    "clocks": (
        "SELECT case_id, name AS clock, due_at, late_at, stopped_at, CAST(fired AS TEXT) AS fired FROM clocks "
        "WHERE NOT cancelled"
    ),
    "promises": "SELECT case_id, due_at, state FROM promises WHERE state <> 'moved'",
    "checks": (
        "SELECT case_id, kind, stands_for, graded_tier, tier, deviation, steps_required, steps_covered, done_at "
        "FROM checks"
    ),
    "rounds": (
        "SELECT i.dimension, i.group_key, r.owner, r.due_at, r.done_at "
        "FROM improvement_rounds r JOIN improvements i ON i.case_id = r.case_id"
    ),
    "receipts": "SELECT channel, occurred_at FROM hook_receipts WHERE kind = 'complaint'",
    "counts": "SELECT channel, day, count FROM channel_counts",
}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """Everything that was read. `case` is the row of a complaint in `cases`; instants are UTC without saying so."""

    cases: pd.DataFrame
    others: dict[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.others[name]


def read(connection: Connection) -> Tables:
    cases = _read(connection, "cases")
    numbers = pd.Index(cases.pop("id"))
    others = {}
    for name in READ:
        if name == "cases":
            continue
        frame = _read(connection, name)
        if "case_id" in frame:
            frame["case"] = numbers.get_indexer(frame.pop("case_id"))
        others[name] = frame
    for name in (*DIMENSIONS, "status", "outcome", "decision", "customer_id"):
        cases[name] = cases[name].astype("category")
    for name, columns in {
        "items": ("kind", "duty", "status", "department", "assignee"),
        "dispatches": ("department", "person", "how", "judged"), "surveys": ("rated", "state"),
        "clocks": ("clock", "fired"), "promises": ("state",),
    }.items():  # fmt: skip
        for column in columns:
            others[name][column] = others[name][column].astype("category")
    return Tables(cases, others)


def _read(connection: Connection, name: str) -> pd.DataFrame:
    frame = pd.read_sql_query(READ[name], connection)
    for column in frame:
        if column == "at" or str(column).endswith("_at"):
            frame[column] = _instants(frame[column])
    return frame


def _instants(column: pd.Series) -> pd.Series:
    found = pd.to_datetime(column, utc=True, format="ISO8601") if column.dtype == object else column
    if found.dt.tz is not None:
        found = found.dt.tz_convert("UTC").dt.tz_localize(None)
    return found.astype("datetime64[us]")


def seconds(column: pd.Series) -> np.ndarray:
    """Whole seconds since 1970; what is no instant is hugely negative."""
    found: np.ndarray = column.to_numpy().astype("datetime64[s]").astype("int64")
    return found


def of_cases(cases: pd.DataFrame, rows: np.ndarray, names: Sequence[str]) -> dict[str, pd.Categorical]:
    """These columns of complaints by number."""
    return {name: cases[name].array.take(rows) for name in names}
