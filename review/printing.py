"""What prints the review: months of one store, the organisation's names, and the four shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from complaints.books import Books
from review import html, markdown, pdf, xlsx
from review.composing import compose
from review.document import Document
from review.month import Month, Months
from store.database import Database
from store.process_time import process_time

RENDERERS: Mapping[str, Callable[[Document], str | bytes]] = {
    "md": markdown.render, "html": html.whole, "xlsx": xlsx.render, "pdf": pdf.render,
}  # fmt: skip
MEDIA_TYPES: Mapping[str, str] = {
    "md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
BUSINESS = "duty"
"""The calendar in whose working time durations are counted too."""


class Press:
    """Prints months. `public_url` is the base of links in what leaves the desk."""

    def __init__(
        self, database: Database, books: Books, *, zone: str, public_url: str, machine_clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self.database, self.books, self.machine_clock = database, books, machine_clock
        self._public_url = public_url
        self.months = Months(database, zone, books.calendar(BUSINESS))

    def month(self, name: str | None) -> Month:
        """That month as 2026-11, else the last one that is over; `NotAPeriod` for what has no figures."""
        now = self.now()
        return self.months.get(name or self.months.last_closed(now), now)

    def document(self, month: Month, language: str | None = None, *, base: str | None = None) -> Document:
        """In a language, else that of the installation. `base` of the links, else the public address."""
        return compose(
            month, self.books, language or self.books.language, self._public_url if base is None else base
        )

    def render(self, document: Document, form: str) -> bytes:
        """In one of `RENDERERS`."""
        made = RENDERERS[form](document)
        return made.encode() if isinstance(made, str) else made

    def link(self, month: str) -> str:
        return f"{self._public_url}/desk/review/{month}"

    def now(self) -> datetime:
        with self.database.read() as session:
            return process_time(session, self.machine_clock())
