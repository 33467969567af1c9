"""A file of another system's history brought in: read row by row, judged, written in batches, or only tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from cases.casework import Casework
from cases.importing import BATCH, Closed, Person, import_closed, known, what_is_wrong
from intake.history_row import HistoryRow, wrong_fields
from intake.mapping import Layout, WrongCell
from intake.table_file import rows_of
from store.process_time import process_time

MARKS = (
    "tier", "urgency", "impact", "category", "sentiment", "department", "decision", "acknowledged_at",
    "dispatched_at", "first_contact_at", "resolved_at", "fulfilled_at", "occurred_at",
    "product", "region",
)  # fmt: skip
ABOUT = ("order_id", "amount")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is left out: its line, and what is wrong with which field."""

    line: int
    field: str
    cause: str


@dataclass(slots=True)
class Imported:
    """What an import did, or would do. Bad rows are told one by one and not kept."""

    written: int = 0
    known: int = 0
    """Imported before: nothing was done."""
    bad: int = 0
    """Rows left out, each counted once however much is wrong with it."""
    categories: Counter[str] = field(default_factory=Counter)
    first: str | None = None
    last: str | None = None
    """Days of the first and last receipt, as 2026-11-22."""


def import_file(
    casework: Casework, path: Path, mapping: Layout, *, tell: Callable[[BadRow], None], dry: bool = False
) -> Imported:  # fmt: skip
    """Write what is good and new, tell what is bad. `dry`: judge everything, write nothing.

    A row that stands in the file twice is written once: the first.
    """
    done = Imported()
    good = _judged(casework, path, mapping, tell, done)
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
    while batch := list(islice(good, BATCH)):
        if dry:
            with casework.database.read() as session:
                refs = [None if known(session, casework, one) else "" for one in batch]
        else:
            refs = import_closed(casework, batch, now)
        for one, ref in zip(batch, refs, strict=True):
            if ref is None:
                done.known += 1
                continue
            done.written += 1
            done.categories[str(one.marks.get("category") or "–")] += 1
            day = one.received_at.date().isoformat()
            done.first, done.last = min(done.first or day, day), max(done.last or day, day)
    return done


def _judged(
    casework: Casework, path: Path, mapping: Layout, tell: Callable[[BadRow], None], done: Imported
) -> Iterator[Closed]:  # fmt: skip
    with casework.database.read() as session:
        now = process_time(session, casework.machine_clock())
    for line, row in rows_of(path, mapping):
        wrong: tuple[tuple[str, str], ...]
        if isinstance(row, str):
            wrong = (("row", row),)
        else:
            try:
                one = _closed(mapping.source, HistoryRow.model_validate(mapping.fields(row)))
            except WrongCell as error:
                wrong = ((error.name, str(error)),)
            except ValidationError as error:
                wrong = wrong_fields(error)
            else:
                wrong = what_is_wrong(casework, one, now)
                if not wrong:
                    yield one
        done.bad += bool(wrong)
        for name, cause in wrong:
            tell(BadRow(line, name, cause))


def _closed(source: str, row: HistoryRow) -> Closed:
    customer = Person(**row.customer.model_dump())
    marks = {name: value for name in MARKS if (value := getattr(row, name)) is not None}
    about = {name: value for name in ABOUT if (value := getattr(row, name)) is not None}
    return Closed(
        source=source, external_id=row.external_id, channel=row.channel, language=row.language, text=row.text,
        customer=customer, received_at=row.received_at, closed_at=row.closed_at, status=row.status,
        outcome=row.outcome, cycles=row.cycles, marks=marks, about=about, owner=row.owner, answer=row.answer,
        cause=row.cause, score=row.score, nps=row.nps,
    )  # fmt: skip
