"""A store with as many complaints as are wished for, of fourteen months: some thousand lives, written many times.

Lives are those that the figures are proven on. They are copied in SQL, week by week, so that rows lie in the order in
which they came, as in a store that grew. A copy has customers and staff of its own, and happened a little earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from store.columns import UtcTime
from store.database import Database
from store.schema import migrate
from store.tables import (
    Case,
    CaseText,
    Check,
    ClockRow,
    Customer,
    Decision,
    Dispatch,
    History,
    HookReceipt,
    Letter,
    Note,
    Promise,
    Survey,
    WorkItem,
)
from tests.contract.figures.population import AS_OF, BEGINS, Population, Row
from tests.contract.figures.population_learning import learning_population

LIVES = 10_000
"""Written in Python; the rest are copies."""
LINES_MOVED = 7
"""Lines of history of a life beside those that figures ask for: about ten in all."""
WAYS = 300
"""Different ways through the process that a step may take."""
PRODUCTS, REGIONS, STAFF_TIMES = 300, 30, 25
EARLIER_SECONDS = 97
"""So much earlier than the copy before it happens each copy."""
COPIED: dict[type[SQLModel], str] = {
    Customer: "created_at", Case: "received_at", CaseText: "", History: "at", WorkItem: "created_at",
    Dispatch: "offered_at", Decision: "at", Survey: "ask_at", Letter: "created_at", ClockRow: "started_at",
    Promise: "told_at", HookReceipt: "received_at", Check: "", Note: "at",
}  # fmt: skip
"""Tables, and when a row of them came; those without one came with their complaint."""
NAMES = {"customer_id", "case_id", "ref", "external_id", "webhook_id", "key"}
"""Columns that tell complaints and customers apart, beside the ids."""
STAFF = {"owner", "person", "assignee", "rated"}
ITEMS = 100_000
"""Work items of a copy are numbered so far from those of the one before."""


def fill(database: Database, complaints: int, lives: int = LIVES) -> None:
    """Make the schema and so many complaints, a multiple of `lives`."""
    copies = complaints // lives
    assert copies * lives == complaints, "whole copies"
    migrate(database)
    _lives(lives).write(database)
    with database.engine.connect().execution_options(changes=True) as connection:
        restore = _unguarded(connection, database.is_sqlite)
        _copy(connection, copies, database.is_sqlite)
        for statement in restore:
            connection.exec_driver_sql(statement)
        connection.commit()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


def _lives(count: int) -> Population:
    found, chance = learning_population(count, lines=LINES_MOVED), Random(7)
    ways = [_way(chance) for _ in range(WAYS)]
    for line in found.of(History):
        line["hash"] = f"{chance.getrandbits(256):064x}"
        if line["what"] == "moved":
            line["data"] = {"path": ways[int(WAYS * chance.random() ** 2)], "broken_off": []}
    for words in found.of(CaseText):
        words["text"] = "包裹到现在还没有到，打了三次电话都没有人接。" * chance.randint(1, 8)
    for case in found.of(Case):
        case["region"] = chance.choice((None, f"region {chance.randrange(REGIONS)}"))
        of_list, own = f"product {chance.randrange(PRODUCTS)}", f"word {chance.randrange(10**9)}"
        case["product"] = chance.choices((None, of_list, own), (30, 67, 3))[0]
    found.of(Note).extend(_causes(found, chance))
    return found


def _way(chance: Random) -> list[str]:
    return [f"complaint/element_{chance.randrange(60)}" for _ in range(chance.randint(1, 7))]


def _causes(found: Population, chance: Random) -> Iterator[Row]:
    for case in found.cases.values():
        if case["closed_at"] is not None and chance.random() < 0.2:
            yield {"case_id": case["id"], "kind": "cause", "text": "…", "by": "s-1", "at": case["closed_at"]}


def _copy(connection: Connection, copies: int, is_sqlite: bool) -> None:
    connection.exec_driver_sql("CREATE TEMPORARY TABLE copies (k INTEGER)")
    for k in range(copies):
        connection.exec_driver_sql(f"INSERT INTO copies VALUES ({k})")
    for table, moment in COPIED.items():
        name = str(table.__tablename__)
        came = moment or f"(SELECT received_at FROM cases c WHERE c.id = {name}.case_id)"
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE one_{name} AS SELECT *, {came} AS came FROM {name}"
        )
    kept = "SELECT case_id FROM improvements"
    for table in reversed(COPIED):
        name = str(table.__tablename__)
        own = f" WHERE id NOT IN ({kept})" if table is Case else ""
        connection.exec_driver_sql(f"DELETE FROM {name}{own}")
    connection.exec_driver_sql(f"DELETE FROM one_cases WHERE id IN ({kept})")
    connection.exec_driver_sql(f"UPDATE channel_counts SET count = count * {copies}")
    for table in COPIED:
        statement, weeks = _statement(table, is_sqlite), int((AS_OF - BEGINS) / timedelta(weeks=1)) + 2
        for week in range(weeks):
            begin, end = (BEGINS + timedelta(weeks=week + one - 1) for one in (0, 1))
            connection.execute(text(statement), {"begin": f"{begin:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"})


def _statement(table: type[SQLModel], is_sqlite: bool) -> str:
    """Writes all copies of the rows that came in one week."""
    name = str(table.__tablename__)
    into, values = [], []
    for column in SQLModel.metadata.tables[name].columns:
        if column.primary_key and column.name == "id" and table not in (Customer, Case, WorkItem):
            continue
        into.append(column.name)
        values.append(_value(table, column.name, isinstance(column.type, UtcTime), is_sqlite))
    day = "{}" if is_sqlite else "cast({} AS date)"
    when = f"came >= {day.format(':begin')} AND came < {day.format(':end')}"
    quoted = ", ".join(f'"{column}"' for column in into)
    return f"INSERT INTO {name} ({quoted}) SELECT {', '.join(values)} FROM one_{name}, copies WHERE {when}"


def _value(table: type[SQLModel], name: str, instant: bool, is_sqlite: bool) -> str:
    if instant:
        if is_sqlite:
            earlier = f"'-' || (k * {EARLIER_SECONDS}) || ' seconds'"
            return f"strftime('%Y-%m-%d %H:%M:%S', substr({name}, 1, 19), {earlier}) || substr({name}, 20)"
        return f"{name} - k * interval '{EARLIER_SECONDS} seconds'"
    if (table, name) in ((WorkItem, "id"), (Dispatch, "item_id")):
        return f"{name} + k * {ITEMS}"
    if name == "id" or (name in NAMES and table is not ClockRow) or name == "case_id":
        return f"{name} || '-' || k"
    if name in STAFF:
        return f"{name} || '-' || (k % {STAFF_TIMES})"
    if table is Case and name == "product":
        return "CASE WHEN product LIKE 'word%' THEN product || '-' || k ELSE product END"
    return f'"{name}"'


def _unguarded(connection: Connection, is_sqlite: bool) -> list[str]:
    """Take indexes and constraints away; the statements that put them back."""
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        indexes = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).all()
        for name, _ in indexes:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
        return [sql for _, sql in indexes]
    rules = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'p', 'u') ORDER BY contype = 'f' DESC"
    ).all()
    for table, name, _ in rules:
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    indexes = connection.exec_driver_sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    ).all()
    for name, _ in indexes:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    for table in {table for table, _, _ in rules}:
        connection.exec_driver_sql(f"ALTER TABLE {table} SET UNLOGGED")
    put_back = [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}' for table, name, rule in reversed(rules)
    ]
    return [*put_back, *(sql for _, sql in indexes)]
