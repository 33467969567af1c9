"""A review asks the store a bounded number of questions, however many groups its figures fall into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, event, update
from sqlmodel import col, func

from review.month import Months
from store.database import Database
from store.queries.figures import FIGURES, Period, figures
from store.queries.figures.sources import sources_of
from store.tables import Case, Dispatch, FrozenMonth, MonthFinding
from tests.contract.figures.population import AS_OF, ZONE, population

MOST_STATEMENTS = 200
"""Three months of every figure, the course of ten more, what three earlier months came to, the findings and what they
rest on."""


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """The statements that reach the database."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_review_asks_as_often_for_many_groups_as_for_few(own_store: Database) -> None:
    population(400).write(own_store)
    months = Months(own_store, ZONE, None)
    with asked(own_store) as few:
        groups = _groups(months)
    with own_store.write() as session:
        session.execute(delete(MonthFinding))
        session.execute(delete(FrozenMonth))
        session.execute(
            update(Case).values(
                owner=func.substr(col(Case.ref), 8), channel=func.substr(col(Case.ref), 9),
                product="lamp " + func.substr(col(Case.id), 7, 2),
            )
        )  # fmt: skip
        session.execute(update(Dispatch).values(person=col(Dispatch.case_id)))
    with asked(own_store) as many:
        assert _groups(months) > groups + 1_000
    rare = 3 * len(("product", "region"))
    assert abs(len(many) - len(few)) <= 2 + rare, (
        "findings are written down, rare names looked up, where there are any"
    )
    assert len(few) < MOST_STATEMENTS


def _groups(months: Months) -> int:
    found = months.get("2026-03", AS_OF)
    assert found.frozen
    return sum(len(groups) for one in found.facts["figures"].values() for groups in one["by"].values())


def test_figures_of_the_same_complaints_are_counted_from_one_reading(own_store: Database) -> None:
    period = Period.month(2026, 3, ZONE, AS_OF)
    wanted = [
        (one, units(period), one.dimensions) for one in FIGURES.values() if (units := one.units) is not None
    ]
    sources = sources_of(wanted)
    assert sum(len(source.asked) for source in sources) == len(wanted) > 40
    assert len(sources) == 14, "cohorts, and what is joined to them"
    with own_store.read() as session, asked(own_store) as statements:
        figures(session, period, None)
    uncounted = sum(one.counted is not None for one in FIGURES.values())
    apart = 0 if own_store.is_sqlite else sum(bool(source.lasting) for source in sources)
    assert len(statements) <= len(sources) + apart + 2 * uncounted, (
        "PostgreSQL counts, and then ranks what lasts"
    )
