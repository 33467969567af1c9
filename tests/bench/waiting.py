"""A crowd of waiting complaints, made fast: the rows of one that really waits, written again under other numbers.

Each clone is a whole complaint that goes on when somebody acts on it: it has a customer, a text, letters, work,
clocks, timers and a chained history of its own, and a run when it is given one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

from sqlalchemy import Connection, Table, bindparam
from sqlmodel import SQLModel, col, select

from complaints.reference import NUMBERS, make_ref
from store.database import Database
from store.history import line_hash
from store.tables import Case, History, WorkItem
from tests.bench.pattern import Clone, Pattern, Row

Patterns = Mapping[str, list[Pattern]]
Numbers = Mapping[str, Mapping[int, int]]

AT_ONCE = 250
"""Clones of one transaction."""
FIRST = ("customers", "cases", "work_items")
"""Written before the rest, which refers to them and to the numbers of the items."""
TOO_FAR = frozenset({"decisions", "options", "surveys", "incidents"})
"""A complaint that has rows in these is no original: they hang together in further ways."""


class NoOriginal(Exception):
    """No complaint waits for its first confirmation: file a medium one and let its activities be done."""


def clone_waiting(
    database: Database, count: int, *, secret: bytes, show: Callable[[Case, Sequence[Clone]], None] | None = None
) -> list[Clone]:  # fmt: skip
    """Write `count` complaints like the oldest one that waits for a confirmation; `NoOriginal` when none does.

    `secret` chains their histories. `show` is called with the original and its clones-to-be to make their
    runs (see `tests.bench.waiting_runs`), before a clock can miss them; without it the clones have none, and
    a clock would create them. Commits every few hundred, so that whoever else writes gets a turn.
    """
    original = waiting_original(database)
    with database.read() as session:
        patterns = _patterns(session.connection(), original)
    # Numbers are counted down from the top; those of real complaints are drawn at random.
    clones = [
        Clone(
            str(uuid4()), make_ref(original.received_at, NUMBERS - 1 - number), str(uuid4()),
            uuid4() if show else None,
        )
        for number in range(count)
    ]  # fmt: skip
    if show is not None:
        show(original, clones)
    for start in range(0, count, AT_ONCE):
        with database.write() as session:
            _write(session.connection(), patterns, clones[start : start + AT_ONCE], secret)
    return clones


def waiting_original(database: Database) -> Case:
    """The oldest complaint that waits for its first confirmation."""
    with database.read() as session:
        query = select(Case).join(WorkItem, col(WorkItem.case_id) == col(Case.id))
        query = query.where(WorkItem.status == "offered", Case.cycle == 1, Case.tier == "medium")
        found = session.exec(query.order_by(col(Case.received_at)).limit(1)).first()
    if found is None:
        raise NoOriginal("no complaint waits for a confirmation: file a medium one and do its activities")
    return found


def _patterns(connection: Connection, original: Case) -> Patterns:
    """The rows of the original by table, in an order in which they may be inserted."""
    found: dict[str, list[Pattern]] = {}
    for table in SQLModel.metadata.sorted_tables:
        for column, value in _belonging(table, original):
            query = table.select().where(table.c[column] == value).order_by(*table.primary_key.columns)
            rows = connection.execute(query).mappings().all()
            if rows:
                found[table.name] = [Pattern(table.name, dict(row), original) for row in rows]
    if further := TOO_FAR & found.keys():
        raise NoOriginal(f"{original.ref} has {', '.join(sorted(further))} already; let a fresh one wait")
    return found


def _belonging(table: Table, original: Case) -> Iterator[tuple[str, str]]:
    assert original.customer_id is not None, "it is a complaint"
    if table.name == "cases":
        yield "id", original.id
    elif table.name == "customers":
        yield "id", str(original.customer_id)
    elif table.name == "customer_keys":
        yield "customer_id", str(original.customer_id)
    elif "case_id" in table.c:
        yield "case_id", original.id


def _write(connection: Connection, patterns: Patterns, clones: Sequence[Clone], secret: bytes) -> None:
    tables = SQLModel.metadata.tables
    for name in FIRST:
        rows = [
            pattern.of(clone, _unnumbered(patterns)) for clone in clones for pattern in patterns[name]
        ]  # fmt: skip
        connection.execute(tables[name].insert(), rows)
    numbers = _numbers(connection, clones, [pattern.number for pattern in patterns["work_items"]])
    for name in (name for name in patterns if name not in (*FIRST, "history")):
        rows = [pattern.of(c, numbers[c.case_id]) for c in clones for pattern in patterns[name]]
        connection.execute(tables[name].insert(), rows)
    history, cases = [], []
    for clone in clones:
        lines = _chained(patterns["history"], clone, numbers[clone.case_id], secret)
        history += lines
        case = patterns["cases"][0].of(clone, numbers[clone.case_id])
        cases.append({"of": clone.case_id, "instance": case["instance"], "head": lines[-1]["hash"]})
    connection.execute(tables["history"].insert(), history)
    update = tables["cases"].update().where(tables["cases"].c.id == bindparam("of"))
    connection.execute(update.values(instance=bindparam("instance"), history_head=bindparam("head")), cases)


def _unnumbered(patterns: Patterns) -> Mapping[int, int]:
    """The items' own numbers, as long as the clone's are not known."""
    return {pattern.number: pattern.number for pattern in patterns["work_items"]}


def _numbers(connection: Connection, clones: Sequence[Clone], originals: Sequence[int]) -> Numbers:
    """For each clone, the numbers of its items by those of the original."""
    table = SQLModel.metadata.tables["work_items"]
    query = table.select().where(table.c.case_id.in_([clone.case_id for clone in clones]))
    found: dict[str, list[int]] = {clone.case_id: [] for clone in clones}
    for row in connection.execute(query.order_by(table.c.id)).mappings():
        found[row["case_id"]].append(row["id"])
    return {case_id: dict(zip(originals, ids, strict=True)) for case_id, ids in found.items()}


def _chained(lines: Sequence[Pattern], clone: Clone, items: Mapping[int, int], secret: bytes) -> list[Row]:
    """The history of a clone, hashed anew: the chain is over its own id and its own numbers."""
    before, rows = "", []
    for line in lines:
        row = line.of(clone, items)
        # Any object with the columns will do, and a mapped one costs more than all the rest here.
        before = row["hash"] = line_hash(secret, before, cast(History, SimpleNamespace(**row)))
        rows.append(row)
    return rows
