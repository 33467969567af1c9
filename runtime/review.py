"""The monthly review put together: months of the store, the organisation's names, letters to the managers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bpmn.calendar import Calendar
from complaints.books import Books
from complaints.organisation import Organisation, Person
from flows.review_port import Printed
from review import html, markdown, pdf, xlsx
from review.composing import compose
from review.document import Cards, Document, Findings, Table
from review.month import Month, Months
from store.database import Database
from store.letters import write_to_staff
from store.process_time import process_time
from store.queries.figures import NotAPeriod
from store.queries.review.months import year_and_month
from store.queries.review.snapshots import take

RENDERERS: Mapping[str, Callable[[Document], str | bytes]] = {
    "md": markdown.render, "html": html.whole, "xlsx": xlsx.render, "pdf": pdf.render,
}  # fmt: skip
BUSINESS = "duty"
"""The calendar in whose working time durations are counted too."""
HEADLINES_IN_A_LETTER = 6


class MonthlyReview:
    """One implementation of `flows.review_port.Review`, and what command line and desk print with."""

    def __init__(
        self, database: Database, books: Books, *, zone: str, public_url: str, machine_clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._database, self._books, self._public_url = database, books, public_url
        self._machine_clock = machine_clock
        self.months = Months(database, zone, _calendar(books))

    def month(self, name: str | None) -> Month:
        """That month, else the last one that is over."""
        now = self._now()
        return self.months.get(name or self.months.last_closed(now), now)

    def document(self, month: Month, language: str | None) -> Document:
        return compose(month, self._books, language or self._books.language, self._public_url)

    def render(self, document: Document, form: str) -> bytes:
        """In one of `RENDERERS`."""
        made = RENDERERS[form](document)
        return made.encode() if isinstance(made, str) else made

    # --- for the flows

    def print(self, month: str | None, language: str | None) -> Printed:
        try:
            found = self.month(month)
        except NotAPeriod as error:
            raise ValueError(error.message) from error
        document = self.document(found, language)
        table = next(
            b for s in document.sections if s.id == "figures" for b in s.blocks if isinstance(b, Table)
        )
        return Printed(
            found.name, found.frozen, f"{document.title} · {document.subtitle}", markdown.render(document),
            [{head: cell.text for head, cell in zip(table.columns, row, strict=True)} for row in table.rows],
            self.link(found.name),
        )  # fmt: skip

    def mail(self, month: str) -> int:
        year_and_month(month)
        found = self.month(month)
        if not found.frozen:
            return 0
        written = 0
        with self._database.write() as session:
            machine_now = self._machine_clock()
            for person in managers(self._books.organisation):
                language = "zh" if person.speaks("zh") else "en"
                document = self.document(found, language)
                text = self._books.letter("monthly_review", language, {
                    **_told(document), "handler": person.name, "link": self.link(month),
                    "month": document.subtitle.partition(" · ")[0],
                })  # fmt: skip
                written += write_to_staff(
                    session, key=f"review/{month}/{person.id}", kind="monthly_review", person=person.id,
                    language=language, subject=text.subject, body=text.body, links={"review": self.link(month)},
                    at=process_time(session, machine_now), machine_now=machine_now,
                )  # fmt: skip
        return written

    def take_snapshots(self) -> list[str]:
        with self._database.write() as session:
            return take(session, self.months.zone, process_time(session, self._machine_clock()))

    def link(self, month: str) -> str:
        return f"{self._public_url}/desk/review/{month}"

    def _now(self) -> datetime:
        with self._database.read() as session:
            return process_time(session, self._machine_clock())


def managers(organisation: Organisation) -> list[Person]:
    """Heads of departments and executives, each once."""
    heads = {department.head for department in organisation.departments.values()}
    everybody = heads | {person.id for person in organisation.holders("executive")}
    return [organisation.person(one) for one in sorted(everybody)]


def _calendar(books: Books) -> Calendar:
    return books.calendar(BUSINESS)


def _told(document: Document) -> dict[str, object]:
    """The first page in lines: cards and what stands out."""
    summary = next(s for s in document.sections if s.id == "summary")
    cards = [c for b in summary.blocks if isinstance(b, Cards) for c in b.cards][:HEADLINES_IN_A_LETTER]
    findings = [f for b in summary.blocks if isinstance(b, Findings) for f in b.findings]
    return {
        "headlines": [" · ".join((f"{c.name} {c.value}", *c.beside)) for c in cards],
        "findings": [f"{f.heading}. {f.text}" for f in findings],
    }
