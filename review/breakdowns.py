"""What came in by each dimension, how it was handled there, and every breakdown of every figure as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from complaints.review.finding import LEAST_GROUP
from review import charts
from review.document import Block, Cell, Chart, Section, Table, Text
from review.verdicts import tone_of
from review.words import Words

if TYPE_CHECKING:
    from review.composing import Links

SHOWN = ("category", "channel", "department", "tier", "customer_group", "product", "region")
"""Dimensions of the report itself; the others are a click away and in the workbook."""
BESIDE = ("csat", "resolution_time", "clock_attainment", "repeat_rate", "upheld")
MOST_GROUPS = 12
COLUMNS = ("value", "p90", "n", "month_before", "year_before", "pending", "withdrawn")
COUNTED = frozenset({"n", "pending", "withdrawn"})
ALWAYS = frozenset({"value", "n"})
OWN_ORDER = frozenset({"hour", "tier", "month"})
"""Dimensions whose keys are in order already."""
NONE: Mapping[str, Any] = {"value": None}


def breakdown_sections(words: Words, figures: Mapping[str, Any], links: Links) -> Sequence[Section]:
    blocks: list[Block] = []
    beside = [name for name in BESIDE if figures[name]["whole"]["value"] is not None]
    for by in SHOWN:
        groups = sorted(
            (g for g in figures["received"]["by"][by] if g["n"]),
            key=lambda g: (-g["n"], g["key"] is None, g["key"] or ""),
        )
        if all(g["key"] is None for g in groups):
            continue
        title, first = words(f"dimension.{by}"), words.group(by, groups[0]["key"])
        if len(groups) == 1:
            blocks.append(Text(words("lead.one_group", by=title, group=first, n=f"{groups[0]['n']:,}")))
            continue
        says = words("chart.bars_says", by=title, first=first, n=groups[0]["n"])
        picture = charts.bars(
            _bars(words, by, groups, links), written=lambda v: f"{v:,.0f}", before_says=words("chart.before"), says=says
        )  # fmt: skip
        blocks.append(Chart(title, picture, says))
        blocks.append(_beside(words, figures, by, groups[:MOST_GROUPS], beside, links))
    if silent := [words(f"figures.{name}") for name in BESIDE if name not in beside]:
        blocks.append(Text(words("lead.beside_none", names=words("and_so_on").join(silent)), "note"))
    lead = words("lead.breakdowns") if any(isinstance(block, Chart) for block in blocks) else ""
    if lead and figures["received"]["whole"]["month_before"] is not None:
        lead = words.joined(lead, words("lead.breakdowns_before"))
    if all(isinstance(block, Text) and block.tone == "note" for block in blocks):
        return []
    return [Section("breakdowns", words("section.breakdowns"), tuple(blocks), lead)]


def _bars(words: Words, by: str, groups: Sequence[Mapping[str, Any]], links: Links) -> Sequence[charts.Bar]:
    """The biggest groups, and what all others make up together."""
    shown = [
        charts.Bar(
            words.group(by, g["key"]), g["n"], g["month_before"], links.cases("received", by=by, key=g["key"] or "")
        )
        for g in groups[:MOST_GROUPS]
    ]  # fmt: skip
    if rest := groups[MOST_GROUPS:]:
        name, all_of_them = words("chart.other", n=len(rest)), sum(g["n"] for g in rest)
        shown.append(charts.Bar(name, all_of_them, href=links.figure("received"), rest=True))
    return shown


def _beside(
    words: Words, figures: Mapping[str, Any], by: str, groups: Sequence[Mapping[str, Any]], names: Sequence[str],
    links: Links,
) -> Table:  # fmt: skip
    """How many each group brought and how it fared, by the figures a manager asks for next. A share of a few is shown,
    but not judged."""
    known = {name: {g["key"]: g for g in figures[name]["by"][by]} for name in names}
    told = [
        name for name in names if any(known[name].get(g["key"], NONE)["value"] is not None for g in groups)
    ]
    rows = []
    for group in groups:
        key, n = group["key"], group["n"]
        cells = [
            Cell(words.group(by, key)),
            Cell(f"{n:,}", n, links.cases("received", by=by, key=key or ""), form="count"),
        ]
        for name in told:
            unit, one = figures[name]["unit"], known[name].get(key, NONE)
            value = one["value"]
            href = links.cases(name, by=by, key=key or "") if value is not None else None
            tone = "quiet" if value is None else tone_of(name, one) if one["n"] >= LEAST_GROUP else ""
            cells.append(Cell(words.value(unit, value), value, href, tone, unit))
        rows.append(tuple(cells))
    columns = (words(f"dimension.{by}"), *(words(f"figures.{name}") for name in ("received", *told)))
    return Table("", columns, tuple(rows), frozenset(range(1, len(columns))))


def figure_tables(words: Words, name: str, one: Mapping[str, Any], links: Links) -> tuple[Block, ...]:
    """Every breakdown of one figure, each number leading to its complaints. A column without anything in it is left
    out; dimensions that no complaint tells are only named."""
    found: list[Block] = []
    untold = []
    for by in (by for by in words.names("dimension") if by in one["by"]):
        groups = one["by"][by]
        if groups and all(g["key"] is None for g in groups):
            untold.append(words(f"dimension.{by}"))
            continue
        groups = _in_order(words, by, groups)
        shown = [c for c in COLUMNS if c in ALWAYS or any(g[c] for g in groups)]
        if one["unit"] == "count":  # which is its own value
            shown.remove("n")
        rows = tuple(
            (
                Cell(words.group(by, g["key"])),
                *(_of_group(words, name, one["unit"], by, g, c, links) for c in shown),
            )
            for g in groups
        )
        note = words("report.small") if by in ("product", "region") else ""
        if rows:
            heads = (words(f"dimension.{by}"), *(words.head(f"report.{c}") for c in shown))
            found.append(Table("", heads, rows, frozenset(range(1, len(heads))), note))
    if untold:
        found.append(Text(words("lead.untold", names=words("and_so_on").join(untold)), "note"))
    return tuple(found)


def _in_order(words: Words, by: str, groups: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Ages from young to old, hours, tiers and months as they follow, all others by size."""
    if by == "age":
        known = words.names("age")
        return sorted(groups, key=lambda g: known.index(g["key"]) if g["key"] in known else len(known))
    if by in OWN_ORDER:
        return groups
    return sorted(groups, key=lambda g: (-g["n"], g["key"] is None, g["key"] or ""))


def _of_group(
    words: Words, name: str, unit: str, by: str, group: Mapping[str, Any], column: str, links: Links
) -> Cell:
    value = group[column]
    leads = column == ("value" if unit == "count" else "n") and value and name != "intake_loss"
    href = links.cases(name, by=by, key=group["key"] or "") if leads else None
    if column in COUNTED:
        return Cell(f"{value:,}", value, href, form="count")
    tone = tone_of(name, group) if column == "value" else ""
    text = words.value(unit, value) if value is not None or column == "value" else ""
    return Cell(text, value, href, form=unit, tone=tone)


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
    heads = tuple(words.head(f"report.{c}") for c in columns)
    return (Table(words("section.every_breakdown"), heads, tuple(rows), frozenset(range(4, 9))),)
