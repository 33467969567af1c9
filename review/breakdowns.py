"""What came in by each dimension, how it was handled there, and every breakdown of every figure as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from review import charts
from review.document import Cell, Chart, Section, Table, Tone
from review.targets import targets
from review.words import Words

if TYPE_CHECKING:
    from review.composing import Links

SHOWN = ("category", "channel", "department", "tier", "customer_group", "product", "region")
"""Dimensions of the report itself; the others are a click away and in the workbook."""
BESIDE = ("csat", "resolution_time", "clock_attainment", "repeat_rate", "upheld")
MOST_GROUPS = 12


def breakdown_sections(words: Words, figures: Mapping[str, Any], links: Links) -> Sequence[Section]:
    blocks: list[Chart | Table] = []
    for by in SHOWN:
        groups = sorted(
            figures["received"]["by"][by], key=lambda g: (-g["n"], g["key"] is None, g["key"] or "")
        )
        groups = [g for g in groups if g["n"]][:MOST_GROUPS]
        if not groups or all(g["key"] is None for g in groups):
            continue
        title = words(f"dimension.{by}")
        says = words("chart.bars_says", by=title, first=words.group(by, groups[0]["key"]), n=groups[0]["n"])
        shown = [
            charts.Bar(
                words.group(by, g["key"]), g["n"], g["month_before"], _href(links, "received", by, g["key"])
            )
            for g in groups
        ]
        picture = charts.bars(
            shown, written=lambda v: f"{v:,.0f}", before_says=words("chart.before"), says=says
        )
        blocks += [
            Chart(title, picture, says),
            _beside(words, figures, by, [g["key"] for g in groups], links),
        ]
    return [Section("breakdowns", words("section.breakdowns"), tuple(blocks))] if blocks else []


def _beside(
    words: Words, figures: Mapping[str, Any], by: str, keys: Sequence[str | None], links: Links
) -> Table:
    """How each group fared, by the figures a manager asks for next."""
    columns = (words(f"dimension.{by}"), *(words(f"figures.{name}") for name in BESIDE))
    rows = []
    for key in keys:
        cells = [Cell(words.group(by, key))]
        for name in BESIDE:
            unit, target = figures[name]["unit"], targets().get(name)
            value = next((g["value"] for g in figures[name]["by"][by] if g["key"] == key), None)
            met = target.met(value) if target else None
            tone: Tone = "" if met is None else "good" if met else "bad"
            href = _href(links, name, by, key) if value is not None else None
            cells.append(Cell(words.value(unit, value), value, href, tone, unit))
        rows.append(tuple(cells))
    return Table("", columns, tuple(rows), frozenset(range(1, len(columns))))


def figure_tables(words: Words, name: str, one: Mapping[str, Any], links: Links) -> tuple[Table, ...]:
    """Every breakdown of one figure, each number leading to its complaints."""
    unit = one["unit"]
    columns = ("group", "value", "p90", "n", "month_before", "year_before", "pending", "withdrawn")
    found = []
    for by in (by for by in words.names("dimension") if by in one["by"]):
        groups = one["by"][by]
        rows = tuple(
            (
                Cell(words.group(by, g["key"])), Cell(words.value(unit, g["value"]), g["value"], form=unit),
                Cell("" if g["p90"] is None else words.value(unit, g["p90"]), g["p90"], form=unit),
                Cell(f"{g['n']:,}", g["n"], form="count",
                     href=_href(links, name, by, g["key"]) if g["n"] and name != "intake_loss" else None),
                Cell(words.value(unit, g["month_before"]), g["month_before"], form=unit),
                Cell(words.value(unit, g["year_before"]), g["year_before"], form=unit),
                Cell(f"{g['pending']:,}", g["pending"], form="count"),
                Cell(f"{g['withdrawn']:,}", g["withdrawn"], form="count"),
            )
            for g in groups
        )  # fmt: skip
        note = words("report.small") if by in ("product", "region") else ""
        if rows:
            heads = tuple(words(f"report.{c}") for c in columns)
            found.append(Table(words(f"dimension.{by}"), heads, rows, frozenset(range(1, 8)), note))
    return tuple(found)


def every_breakdown(words: Words, figures: Mapping[str, Any]) -> tuple[Table, ...]:
    """One long table for a workbook: figure, dimension, group, its numbers."""
    columns = ("figure", "breakdown", "group", "unit", "value", "p90", "n", "month_before", "year_before")
    rows = []
    for name in words.names("figures"):
        one, unit = figures[name], figures[name]["unit"]
        for by, groups in one["by"].items():
            for g in groups:
                rows.append((
                    Cell(words(f"figures.{name}")), Cell(words(f"dimension.{by}")), Cell(words.group(by, g["key"])),
                    Cell(words(f"unit.{unit}")),
                    *(Cell("", g[c], form="count" if c == "n" else unit) for c in columns[4:]),
                ))  # fmt: skip
    heads = tuple(words(f"report.{c}") for c in columns)
    return (Table(words("section.breakdowns"), heads, tuple(rows), frozenset(range(4, 9))),)


def _href(links: Links, figure: str, by: str, key: str | None) -> str:
    return links.cases(figure, by=by, key="" if key is None else key)
