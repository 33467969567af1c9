"""What is wrong with a table as a whole: rules that overlap, hide each other, never hold, or leave gaps.

Each input is cut into classes of values that no cell can tell apart, one sample for each class: the
constants of the cells, and a value before, between and after them. A rule is then one bit mask of
classes for each input, so that overlap is an intersection and a gap is a search. A cell that looks at
anything besides its input (another name, `?`) is not reasoned about: it may hold and may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bpmn.dmn.samples import OTHER, has_samples, samples_of
from bpmn.dmn.table import Aggregation, DecisionTable, HitPolicy, Rule
from bpmn.feel.arithmetic import equal
from bpmn.feel.types import Kind
from bpmn.findings import Finding

MOST_STEPS = 100_000
MOST_GAPS = 3


@dataclass(frozen=True, slots=True)
class _Axis:
    """The classes of one input. `finite`: its type or its allowed values say what there is."""

    text: str
    samples: tuple[Any, ...]
    finite: bool


@dataclass(frozen=True, slots=True)
class _Region:
    """Where a rule holds, one mask of classes for each axis: surely (`must`), and at most (`may`)."""

    rule: Rule
    must: tuple[int, ...]
    may: tuple[int, ...]


class _TooLarge(Exception):
    """The search for gaps took more steps than a table should need."""


def lint_table(table: DecisionTable) -> list[Finding]:
    """Findings about the rules of one table; an empty list when there are none."""
    axes, regions = _regions(table)
    findings = [
        Finding(region.rule.place, f"rule {region.rule.id} never holds for any allowed value")
        for region in regions
        if not all(region.may)
    ]
    live = [region for region in regions if all(region.may)]
    try:
        if table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
            findings += _overlaps(table, axes, live)
        if table.policy is HitPolicy.FIRST:
            findings += _unreachable(axes, live)
        findings += _gaps(table, axes, live)
    except _TooLarge:
        findings.append(Finding(table.place, f"table {table.key} is too large to be proven free of gaps"))
    return findings


def _regions(table: DecisionTable) -> tuple[list[_Axis], list[_Region]]:
    """Inputs that ask the same are one axis, so that no impossible pair of values is looked at."""
    groups: dict[str, list[int]] = {}
    for at, column in enumerate(table.columns):
        groups.setdefault(" ".join(column.expression.text.split()), []).append(at)
    axes = []
    for text, members in groups.items():
        columns = [table.columns[at] for at in members]
        cells = [rule.cells[at] for rule in table.rules for at in members]
        samples = samples_of(columns[0].type, [column.allowed for column in columns], cells)
        finite = columns[0].type.kind in (Kind.ENUM, Kind.BOOLEAN) or any(c.allowed for c in columns)
        axes.append(_Axis(text, samples, finite or all(cell.text.strip() == "-" for cell in cells)))
    regions = []
    for rule in table.rules:
        must, may = [], []
        for axis, members in zip(axes, groups.values(), strict=True):
            whole = (1 << len(axis.samples)) - 1
            certain = possible = whole
            for at in members:
                cell = rule.cells[at]
                if cell.constants is None or (cell.constants and not has_samples(table.columns[at].type)):
                    certain = 0
                    continue
                mask = sum(1 << bit for bit, sample in enumerate(axis.samples) if cell(sample, {}))
                certain, possible = certain & mask, possible & mask
            must.append(certain)
            may.append(possible)
        regions.append(_Region(rule, tuple(must), tuple(may)))
    return axes, regions


def _overlaps(table: DecisionTable, axes: Sequence[_Axis], regions: Sequence[_Region]) -> list[Finding]:
    findings = []
    for one, other in combinations(regions, 2):
        shared = [a & b for a, b in zip(one.must, other.must, strict=True)]
        if not all(shared) or (table.policy is HitPolicy.ANY and not _disagree(one.rule, other.rule)):
            continue
        both = f"rules {one.rule.id} and {other.rule.id}"
        clash = "overlap" if table.policy is HitPolicy.UNIQUE else "overlap with different outputs"
        findings.append(Finding(other.rule.place, f"{both} {clash}, for {_shown(axes, shared)}"))
    return findings


def _disagree(one: Rule, other: Rule) -> bool:
    """Whether the outputs of two rules surely differ."""
    return any(
        not (a.names or b.names) and equal(a({}), b({})) is not True
        for a, b in zip(one.entries, other.entries, strict=True)
    )


def _unreachable(axes: Sequence[_Axis], regions: Sequence[_Region]) -> list[Finding]:
    return [
        Finding(region.rule.place, f"rule {region.rule.id} is never reached: the rules before it hold first")
        for at, region in enumerate(regions)
        if at and not _uncovered(axes, region.may, regions[:at], 1)
    ]


def _gaps(table: DecisionTable, axes: Sequence[_Axis], regions: Sequence[_Region]) -> list[Finding]:
    opaque = any(region.must != region.may for region in regions)
    defaults = all(output.default is not None for output in table.output_columns)
    finite = all(axis.finite for axis in axes)
    if opaque or defaults or not finite or table.aggregation is Aggregation.COUNT:
        return []
    whole = tuple((1 << len(axis.samples)) - 1 for axis in axes)
    return [
        Finding(table.place, f"no rule of table {table.key} holds for {_shown(axes, gap)}")
        for gap in _uncovered(axes, whole, regions, MOST_GAPS)
    ]


def _uncovered(
    axes: Sequence[_Axis], region: Sequence[int], covering: Sequence[_Region], most: int
) -> list[list[int]]:
    """Up to `most` parts of `region`, one mask for each axis, in which none of `covering` surely holds."""
    found: list[list[int]] = []
    covered: set[tuple[int, frozenset[int]]] = set()
    steps = 0

    def search(depth: int, live: frozenset[int], path: list[int]) -> None:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise _TooLarge
        if len(found) >= most or (depth, live) in covered:
            return
        if not live:
            found.append([*path, *region[depth:]])
            return
        if depth < len(axes):
            before = len(found)
            for rules, mask in _split(depth, live).items():
                search(depth + 1, rules, [*path, mask])
            if len(found) > before:
                return
        covered.add((depth, live))

    def _split(depth: int, live: frozenset[int]) -> dict[frozenset[int], int]:
        """The classes of one axis, put together where the same rules still hold."""
        parts: dict[frozenset[int], int] = {}
        for bit in range(len(axes[depth].samples)):
            if region[depth] >> bit & 1:
                rules = frozenset(rule for rule in live if covering[rule].must[depth] >> bit & 1)
                parts[rules] = parts.get(rules, 0) | 1 << bit
        return parts

    search(0, frozenset(range(len(covering))), [])
    return found


def _shown(axes: Sequence[_Axis], masks: Sequence[int]) -> str:
    """One sample of a region: `tier = light, score = 3`."""
    samples = [
        (axis.text, axis.samples[(mask & -mask).bit_length() - 1])
        for axis, mask in zip(axes, masks, strict=True)
    ]
    return ", ".join(f"{text} = {_named(of)}" for text, of in samples if of is not None) or "anything"


def _named(sample: object) -> object:
    return "other text" if isinstance(sample, str) and sample.endswith(OTHER) else sample
