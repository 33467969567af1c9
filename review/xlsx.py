"""The document as a workbook: a sheet a section, numbers as numbers, then the courses and every breakdown as data."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from review.document import Block, Cards, Cell, Document, Findings, Section, Table, Text

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

FORMATS: Mapping[str, str] = {
    "share": "0.0%", "seconds": "[h]:mm:ss", "money": "#,##0.00", "count": "#,##0", "points": "0", "cycles": "0",
}  # fmt: skip
DIVISORS = {"seconds": 86_400, "money": 100}
LONGEST_LINK = 2_000
WIDEST = 46
OF_FINDINGS = 70
"""Width of their text, which is wrapped."""
OF_DATA = 18
A4 = 9
FROZEN_FROM = 20
"""Rows of a table whose head stays in sight."""


def render(document: Document) -> bytes:
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    with Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheets = _Sheets(book)
        for section in document.sections:
            if any(_tells(block) for block in section.blocks):
                sheets.section(document, section)
        for table in document.data:
            sheets.table(sheets.sheet(table.title), 0, table)
    return stream.getvalue()


def _tells(block: Block) -> bool:
    """Drawings are no cells; a note beside them alone makes no sheet."""
    return isinstance(block, (Table, Cards, Findings)) or (isinstance(block, Text) and block.tone != "note")


class _Sheets:
    def __init__(self, book: Workbook) -> None:
        self._book, self._names = book, set[str]()
        self._bold, self._wrap = (
            book.add_format({"bold": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "font_color": "#5b646b"})
        self._link = book.add_format({"font_color": "#0f5b5c", "underline": 1})
        self._forms = {
            (form, tone): book.add_format({"num_format": code, "font_color": colour})
            for form, code in FORMATS.items()
            for tone, colour in (("", "#20262a"), ("good", "#0f5b5c"), ("bad", "#b3541e"))
        }

    def sheet(self, title: str) -> Any:
        """A sheet of this name; Excel allows 31 characters and each name once."""
        name = "".join(c for c in title if c not in "[]:*?/\\")[:28]
        while name.lower() in self._names:
            name = f"{name} 2"
        self._names.add(name.lower())
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def section(self, document: Document, section: Section) -> None:
        sheet = self.sheet(section.title)
        sheet.set_column(1, 8, 16)
        if any(isinstance(block, Findings) and not block.brief for block in section.blocks):
            sheet.set_column(2, 2, OF_FINDINGS)
        sheet.write_string(0, 0, section.title, self._bold)
        sheet.write_string(1, 0, document.subtitle)
        sheet.write_string(2, 0, document.stamp)
        row = 4
        sheet.set_column(0, 0, WIDEST)
        if section.lead:
            sheet.write_string(3, 0, section.lead)
        for block in section.blocks:
            match block:
                case Table():
                    if len(block.rows) >= FROZEN_FROM:
                        sheet.freeze_panes(row + 1, 1)
                    row = self.table(sheet, row, block) + 1
                case Text():
                    sheet.write_string(row, 0, block.text, self._wrap)
                    row += 1
                case Cards():
                    for card in block.cards:
                        value = Cell(card.value, card.number, card.href, card.tone, card.form)
                        for column, cell in enumerate((
                            Cell(card.name), value, Cell(card.verdict), *map(Cell, card.beside),
                        )):  # fmt: skip
                            self._cell(sheet, row, column, cell)
                        row += 1
                    row += 1
                case Findings():
                    for found in block.findings:
                        sheet.write_string(row, 0, found.heading, self._bold)
                        sheet.write_string(row, 1, found.sure)
                        sheet.write_string(row, 2, found.text, None if block.brief else self._wrap)
                        refs = () if block.brief else (*found.refs, *([found.more] if found.more else []))
                        for column, ref in enumerate(refs, 3):
                            self._cell(sheet, row, column, ref)
                        row += 1
                    row += 1

    def table(self, sheet: Any, row: int, table: Table) -> int:
        """The row after the last."""
        for column, head in enumerate(table.columns):
            sheet.write_string(row, column, head, self._head)
        sheet.set_column(0, 0, WIDEST)
        for place, cells in enumerate(table.rows, row + 1):
            for column, cell in enumerate(cells):
                self._cell(sheet, place, column, cell)
        if row == 0:
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
            sheet.set_column(0, 2, 24)
            sheet.set_column(3, len(table.columns), OF_DATA)
        return row + 1 + len(table.rows)

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        leads = cell.href is not None and cell.href.startswith("http") and len(cell.href) <= LONGEST_LINK
        if leads:
            sheet.write_url(row, column, cell.href, self._link, cell.text)
        if cell.form in FORMATS and cell.number is not None:  # over a link it leaves the link
            number = cell.number / DIVISORS.get(cell.form, 1)
            sheet.write_number(
                row, column, number, self._forms[cell.form, cell.tone if cell.tone != "quiet" else ""]
            )
        elif not leads:
            sheet.write_string(row, column, cell.text)
