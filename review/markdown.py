"""The document as Markdown: for a file, and for the artifact of the run in Prefect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from review.document import Block, Card, Cards, Cell, Chart, Charts, Document, Findings, Table, Text

_ESCAPED = re.compile(r"([\\`*_\[\]<>|])")


@dataclass(frozen=True, slots=True)
class Marks:
    """How a language sets what it writes beside each other."""

    colon: str
    between: str
    brackets: str

    def aside(self, text: str) -> str:
        return self.brackets.format(text)


_MARKS_OF = {"zh": Marks("：", "；", "（{}）"), "en": Marks(": ", "; ", " ({})")}


def render(document: Document) -> str:
    write = partial(_block, _MARKS_OF[document.language])
    lines = [f"# {document.title}", "", _plain(document.subtitle), "", f"*{_plain(document.stamp)}*", ""]
    for section in document.sections:
        lines += [f"## {_plain(section.title)}", ""]
        lines += [_plain(section.lead), ""] if section.lead else []
        for block in section.blocks:
            lines += [*write(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _block(marks: Marks, block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield _plain(block.text)
        case Cards():
            yield from (_card(marks, card) for card in block.cards)
        case Findings():
            for f in block.findings:
                yield f"- **{_plain(f.heading)}**{marks.aside(_plain(f.sure))}{marks.colon}{_plain(f.text)}"
                refs = [] if block.brief else [*f.refs, *([f.more] if f.more else [])]
                if refs:
                    yield "  " + " ".join(_cell(ref) for ref in refs)
        case Chart():
            yield _said(block)
        case Charts():
            yield from (_said(chart) for chart in block.charts)
        case Table():
            yield from _table(block)


def _card(marks: Marks, card: Card) -> str:
    name = f"[{_plain(card.name)}]({card.href})" if card.href else _plain(card.name)
    verdict = marks.aside(_plain(card.verdict)) if card.verdict else ""
    return (
        f"- {name}{marks.colon}**{_plain(card.value)}**{verdict} – {_plain(marks.between.join(card.beside))}"
    )


def _said(chart: Chart) -> str:
    return f"- {_plain(chart.says)}" + (f" {_plain(chart.note)}" if chart.note else "")


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield from (f"### {_plain(table.title)}", "")
    yield "| " + " | ".join(_plain(c) for c in table.columns) + " |"
    yield (
        "|"
        + "|".join("---:" if place in table.numeric else "---" for place in range(len(table.columns)))
        + "|"
    )
    for row in table.rows:
        yield "| " + " | ".join(_cell(c) for c in row) + " |"
    if table.note:
        yield from ("", _plain(table.note))


def _cell(cell: Cell) -> str:
    return f"[{_plain(cell.text)}]({cell.href})" if cell.href else _plain(cell.text)


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", " ".join(text.split()))
