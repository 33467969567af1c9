"""The monthly review as its flows need it: a month printed, letters to the managers, pictures of days."""

from __future__ import annotations

from complaints.organisation import Organisation, Person
from flows.review_port import Printed
from review import markdown
from review.document import Cards, Document, Findings, Table
from review.printing import Press
from store.letters import write_to_staff
from store.process_time import process_time
from store.queries.figures import NotAPeriod
from store.queries.review.snapshots import take

HEADLINES_IN_A_LETTER = 6


class MonthlyReview:
    """The one implementation of `flows.review_port.Review`."""

    def __init__(self, press: Press) -> None:
        self.press = press

    def print(self, month: str | None, language: str | None) -> Printed:
        try:
            found = self.press.month(month)
        except NotAPeriod as error:
            raise ValueError(error.message) from error
        document = self.press.document(found, language)
        table = next(
            b for s in document.sections if s.id == "figures" for b in s.blocks if isinstance(b, Table)
        )
        return Printed(
            found.name, found.frozen, f"{document.title}, {document.period}", markdown.render(document),
            [{head: cell.text for head, cell in zip(table.columns, row, strict=True)} for row in table.rows],
            self.press.link(found.name),
        )  # fmt: skip

    def mail(self, month: str) -> int:
        found = self.press.month(month)
        if not found.frozen:
            return 0
        books, link, written = self.press.books, self.press.link(month), 0
        with self.press.database.write() as session:
            machine_now = self.press.machine_clock()
            now = process_time(session, machine_now)
            for person in managers(books.organisation):
                language = "zh" if person.speaks("zh") else "en"
                words = _told(self.press.document(found, language))
                text = books.letter(
                    "monthly_review", language, {**words, "handler": person.name, "link": link}
                )
                written += write_to_staff(
                    session, key=f"review/{month}/{person.id}", kind="monthly_review", person=person.id,
                    language=language, subject=text.subject, body=text.body, links={"review": link}, at=now,
                    machine_now=machine_now,
                )  # fmt: skip
        return written

    def take_snapshots(self) -> list[str]:
        with self.press.database.write() as session:
            return take(session, self.press.months.zone, process_time(session, self.press.machine_clock()))


def managers(organisation: Organisation) -> list[Person]:
    """Heads of departments and executives, each once."""
    heads = {department.head for department in organisation.departments.values()}
    everybody = heads | {person.id for person in organisation.holders("executive")}
    return [organisation.person(one) for one in sorted(everybody)]


def _told(document: Document) -> dict[str, object]:
    """The first page in lines: cards and what stands out."""
    summary = next(s for s in document.sections if s.id == "summary")
    cards = [c for b in summary.blocks if isinstance(b, Cards) for c in b.cards][:HEADLINES_IN_A_LETTER]
    findings = [f for b in summary.blocks if isinstance(b, Findings) for f in b.findings]
    return {
        "month": document.period,
        "headlines": [" · ".join((f"{c.name} {c.value}", *c.beside)) for c in cards],
        "findings": [f"{f.heading}. {f.text}" for f in findings],
    }
