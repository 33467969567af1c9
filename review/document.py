"""The report as one document: sections of blocks, with every word and number already as people read it.

What renders it (page, PDF, workbook, Markdown) adds looks and nothing else, so that all four say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["good", "bad", "quiet", "note", ""]


@dataclass(frozen=True, slots=True)
class Cell:
    """`number` is the value itself for a workbook; `href` leads to the complaints behind it."""

    text: str
    number: float | None = None
    href: str | None = None
    tone: Tone = ""
    form: str = ""
    """How a workbook shows the number: share, seconds, count, money, points, cycles."""


@dataclass(frozen=True, slots=True)
class Table:
    """`numeric` columns stand right. Every row has a cell for each column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`says` is what the picture shows, for those who do not see it. `image`: drawn apart, with styles of its own."""

    title: str
    svg: str
    says: str
    note: str = ""
    image: bool = False


@dataclass(frozen=True, slots=True)
class Charts:
    """Small pictures beside each other."""

    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure."""

    name: str
    value: str
    beside: tuple[str, ...]
    """What it is held against, each a short phrase."""
    href: str | None = None
    tone: Tone = ""
    verdict: str = ""
    """What the tone means, in words."""
    number: float | None = None
    form: str = ""
    """For a workbook, as of a `Cell`."""


@dataclass(frozen=True, slots=True)
class Cards:
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words. `id` is kind and key, the name by which an action refers to it."""

    kind: str
    key: str
    heading: str
    text: str
    sure: str
    refs: tuple[Cell, ...] = ()
    more: Cell | None = None
    """Where all its complaints are listed."""


@dataclass(frozen=True, slots=True)
class Findings:
    """`brief`: without their complaints, which are listed further on."""

    findings: tuple[Told, ...]
    brief: bool = False


Block = Table | Chart | Charts | Text | Cards | Findings


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """`stamp` says as of when it was counted and under which hash it is kept. `data` is what only a workbook shows."""

    month: str
    period: str
    """The month as people write it."""
    language: str
    title: str
    subtitle: str
    firm: str
    stamp: str
    sections: tuple[Section, ...]
    data: tuple[Table, ...] = field(default=())
