"""From a month's facts to the document that people read, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from complaints.books import Books
from review import afterwards, charts, process_heat
from review.baseline import CHANGES
from review.breakdowns import breakdown_sections, every_breakdown
from review.document import Block, Card, Cards, Cell, Chart, Charts, Document, Findings, Section, Table, Text
from review.month import Month
from review.targets import targets
from review.telling import told
from review.verdicts import STILL_IN, met, tone_of, wanted, why_none
from review.words import Words
from store.queries.review.facts import HEADLINES

CARDS = (
    "received", "closed", "backlog", "csat", "completion", "resolution_time", "clock_attainment", "promise_kept",
    "acknowledgement_time", "dispatch_time", "repeat_rate", "redispatch_rate",
)  # fmt: skip
GROUPS = (
    ("issues", ("hot_growth", "hot_volume", "hot_repeats", "hot_matter")),
    ("weak", ("weak_slow", "weak_slower", "weak_declined")), ("promises", ("promises_broken",)),
    ("second", ("second_cycle",)), ("solutions", ("solution_works", "solution_fails")),
)  # fmt: skip
ON_THE_FIRST_PAGE = 5
BAR_CAUSES = 10
BUSIEST = 8
"""Steps listed below the drawing of a process."""
MANY = 20
"""Complaints expected, from which on an interval wider than twice their number is no forecast."""
SURENESS = ("certain", "very_likely", "likely")
LEAST_DRAWN = 2
"""Months with a value that make a course."""


class Links:
    """Addresses of the desk; `base` is the public address, or empty on the desk itself."""

    def __init__(self, base: str, month: str) -> None:
        self.base, self.month = base, month

    def cases(self, figure: str, **of: str | None) -> str:
        query = urlencode({"figure": figure, **{k: v for k, v in of.items() if v is not None}})
        return f"{self.base}/desk/review/{self.month}/cases?{query}"

    def figure(self, name: str) -> str:
        return f"{self.base}/desk/review/{self.month}/figures/{name}"

    def complaint(self, ref: str) -> str:
        return f"{self.base}/desk/complaints/{ref}"


def compose(month: Month, books: Books, language: str, base: str) -> Document:
    """The report of a month. The same facts, language and names give the same document."""
    words, facts, links = Words(books, language), month.facts, Links(base, month.name)
    figures = facts["figures"]
    sections = [
        Section("summary", words("section.summary"), tuple(_summary(words, facts, links)), _lead(words, facts)),
        *_findings(words, facts, links),
        _trends(words, facts),
        *breakdown_sections(words, figures, links),
        *_process(words, facts),
        *_causes(words, facts, links),
        Section("figures", words("section.figures"), (_all_figures(words, facts, links),), words("lead.figures")),
        *afterwards.section(words, facts, lambda at, name: Links(base, at).cases(name)),
        Section("identity", words("section.identity"), (_identity(words, facts),), words("lead.identity")),
        Section("method", words("section.method"), tuple(
            Text(words(f"method.{key}")) for key in ("cohorts", "wilson", "fisher", "expected", "small", "frozen")
        )),
    ]  # fmt: skip
    as_of = words.moment(datetime.fromisoformat(facts["as_of"]), facts["zone"])
    kept = "frozen" if month.hash is not None else "unknown" if facts["over"] else "running"
    stamp = words(f"report.{kept}", as_of=as_of, hash=(month.hash or "")[:16])
    return Document(
        month.name, words.month(month.name), words.language, words("report.title"),
        words("report.subtitle", month=words.month(month.name), zone=words.zone(facts["zone"])), words.firm, stamp,
        tuple(sections), (_course(words, facts), *_every_day(words, facts), *every_breakdown(words, figures)),
    )  # fmt: skip


def _lead(words: Words, facts: Mapping[str, Any]) -> str:
    figures = facts["figures"]
    lead = words("lead.summary", **{
        name: f"{figures[name]['whole']['n']:,}" for name in ("received", "closed", "backlog", "in_survey")
    })  # fmt: skip
    forecast = facts["forecast"]
    if forecast is None:
        return words.joined(lead, words("lead.forecast_none")) if facts["over"] else lead
    numbers = {key: f"{forecast[key]:,.0f}" for key in ("expected", "low", "high", "months")}
    vague = forecast["expected"] >= MANY and forecast["high"] - forecast["low"] > 2 * forecast["expected"]
    return words.joined(lead, words("lead.forecast_vague" if vague else "lead.forecast", **numbers))


def _summary(words: Words, facts: Mapping[str, Any], links: Links) -> Sequence[Block]:
    figures = facts["figures"]
    cards = Cards(tuple(_card(words, name, figures[name], links) for name in CARDS))
    quiet = not any(
        figures[name]["whole"]["n"] for name in ("received", "closed", "clock_attainment", "promise_kept")
    )
    apart = facts["identity"]["received"] if quiet else 0
    says = words("report.apart", n=f"{apart:,}") if apart else words("report.empty")
    blocks: list[Block] = [Text(says)] if quiet else []
    blocks.append(cards)
    best = foremost(facts["findings"])
    blocks.append(
        Findings(tuple(told(words, f, links) for f in best), brief=True)
        if best
        else Text(words("lead.nothing_found"))
    )
    return blocks


def foremost(findings: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The findings of the first page, the surest and biggest first; what is merely much only where nothing else is.
    Two of a kind about the same complaints, as of a category with one product, are one."""
    merely = ("hot_volume", "second_cycle", "cause")
    ranked = sorted(findings, key=lambda f: (SURENESS.index(f["sure"]), -f["cases"], f["chance"]))
    apart: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for f in ranked:
        apart.setdefault((f["kind"], f["cases"], *(sorted(f["refs"]) or [f["key"]])), f)
    moved = [f for f in apart.values() if f["kind"] not in merely]
    return (moved or list(apart.values()))[:ON_THE_FIRST_PAGE]


def _card(words: Words, name: str, one: Mapping[str, Any], links: Links) -> Card:
    unit, whole = one["unit"], one["whole"]
    fulfilled, none = met(name, whole), why_none(words, name, one)
    beside = [none] if none else _held_against(words, unit, whole)
    if name in STILL_IN and whole["pending"]:
        beside.append(words("report.pending_yet", n=f"{whole['pending']:,}"))
    if goal := wanted(words, unit, name):
        beside.append(goal)
    verdict = "" if fulfilled is None else words("report.met" if fulfilled else "report.missed")
    return Card(
        words(f"figures.{name}"), words.value(unit, whole["value"]), tuple(beside), links.figure(name),
        tone_of(name, whole), verdict, whole["value"], unit,
    )  # fmt: skip


def _held_against(words: Words, unit: str, whole: Mapping[str, Any]) -> list[str]:
    """The month and the year before, each where it is known."""
    found = []
    for label in ("month_before", "year_before"):
        if (value := whole[label]) is None:
            continue
        change = words.change(unit, whole["value"], value)
        key = "held_against" if change != words("na") else "held_beside"
        written = {"label": words(f"report.{label}"), "value": words.value(unit, value)}
        found.append(
            words(f"report.{key}", **written, **({"change": change} if key == "held_against" else {}))
        )
    return found or [words("report.nothing_before")]


def _findings(words: Words, facts: Mapping[str, Any], links: Links) -> Sequence[Section]:
    blocks: list[Block] = []
    for name, kinds in GROUPS:
        some = [f for f in facts["findings"] if f["kind"] in kinds]
        if some:
            blocks += [
                Text(words(f"section.{name}"), "quiet"),
                Findings(tuple(told(words, f, links) for f in some)),
            ]
    if not blocks:
        return [Section("findings", words("section.findings"), (Text(words("lead.findings_none")),))]
    return [Section("findings", words("section.findings"), tuple(blocks), words("lead.findings"))]


def _trends(words: Words, facts: Mapping[str, Any]) -> Section:
    months = [one["month"] for one in facts["trend"]]
    names = [months[0], *(words.short_month(month) for month in months[1:-1]), months[-1]]
    found: list[Chart] = []
    silent: dict[str, list[str]] = {"none": [], "one": []}
    for name in HEADLINES:
        unit, target = facts["figures"][name]["unit"], targets().get(name)
        values = [None if one["figures"] is None else one["figures"][name]["value"] for one in facts["trend"]]
        title, known = words(f"figures.{name}"), [v for v in values if v is not None]
        if len(known) < LEAST_DRAWN:
            silent["one" if known else "none"].append(title)
            continue
        first, last = (words.month(month) for month in (months[0], months[-1]))
        says = words("chart.trend", name=title, first=first, last=last, value=words.value(unit, known[-1]))
        goal = target.value if target else None
        found.append(Chart(title, charts.trend(
            names, values, unit=unit, target=goal, written=partial(words.value, unit),
            target_says=words("chart.target", value=words.value(unit, goal)), says=says,
        ), says))  # fmt: skip
    blocks: list[Block] = [Charts(tuple(found))] if found else []
    for few, titles in silent.items():
        if titles:
            blocks.append(Text(words(f"lead.trends_{few}", names=words("and_so_on").join(titles)), "note"))
    lead = words("lead.trends") if found else ""
    return Section("trends", words("section.trends"), (*blocks, *_days(words, facts)), lead)


def _course(words: Words, facts: Mapping[str, Any]) -> Table:
    """The drawn courses as numbers."""
    rows = tuple(
        (Cell(words.month(one["month"])), *(
            Cell("", one["figures"] and one["figures"][name]["value"], form=facts["figures"][name]["unit"])
            for name in HEADLINES
        ))
        for one in facts["trend"]
    )  # fmt: skip
    columns = (words("report.month"), *(words(f"figures.{name}") for name in HEADLINES))
    return Table(words("section.trends"), columns, rows, frozenset(range(1, len(columns))))


def _days(words: Words, facts: Mapping[str, Any]) -> Sequence[Block]:
    taken = [d for d in facts["days"] if d["open"] is not None]
    if not taken:
        return [Text(words("lead.snapshot_none"), "note")] if facts["days"] else []
    gaps = len(facts["days"]) - len(taken)
    says = words("chart.days_says", month=words.month(facts["month"]))
    picture = charts.days(
        [str(int(d["day"][8:])) for d in facts["days"]], [d["open"] for d in facts["days"]],
        [d["received"] for d in facts["days"]], open_says=words("chart.open"),
        received_says=words("chart.received"), says=says,
    )  # fmt: skip
    return [Chart(words("chart.days"), picture, says, words("lead.snapshot_gap", n=gaps) if gaps else "")]


def _every_day(words: Words, facts: Mapping[str, Any]) -> Sequence[Table]:
    """The days of the month as numbers, where any was kept."""
    if all(d["open"] is None for d in facts["days"]):
        return []
    rows = tuple(
        (Cell(d["day"]), *(Cell("", d[name], form="count") for name in ("open", "received")))
        for d in facts["days"]
    )
    columns = (words("report.day"), words.head("chart.open"), words.head("chart.received"))
    return [Table(words("chart.days"), columns, rows, frozenset({1, 2}))]


def _process(words: Words, facts: Mapping[str, Any]) -> Sequence[Section]:
    pictures = process_heat.drawn(facts["passages"], words.language)
    if not pictures:
        return []
    blocks: list[Block] = []
    for name, picture, steps in pictures:
        blocks.append(Chart(name, picture, words("chart.heat", name=name), image=True))
        if steps:
            blocks.append(Table("", (words("report.step"), words("report.passed")), tuple(
                (Cell(step), Cell(f"{count:,}", count, form="count")) for step, count in steps[:BUSIEST]
            ), frozenset({1})))  # fmt: skip
    return [Section("process", words("section.process"), tuple(blocks), words("lead.process"))]


def _causes(words: Words, facts: Mapping[str, Any], links: Links) -> Sequence[Section]:
    causes = facts["causes"]
    if not any(f["kind"] == "cause" for f in facts["findings"]):
        block: Block = Text(words("lead.causes_none"))
    else:
        shown = [charts.Bar(words.cause(key), n) for key, n in causes[:BAR_CAUSES]]
        if rest := causes[BAR_CAUSES:]:
            shown.append(charts.Bar(words("chart.other", n=len(rest)), sum(n for _, n in rest)))
        says = words("chart.pareto_says", first=words.cause(causes[0][0]), n=causes[0][1])
        block = Chart(
            words("chart.pareto"),
            charts.pareto(shown, together_says=words("chart.together"), says=says),
            says,
        )
    found = Findings(tuple(told(words, f, links) for f in facts["findings"] if f["kind"] == "cause"))
    blocks = (block, found) if found.findings else (block,)
    return [Section("causes", words("section.causes"), blocks, words("lead.causes"))]


def _against(words: Words, facts: Mapping[str, Any], name: str) -> str:
    """The months of the baseline, and what the figure was in them."""
    held, unit = facts["baseline"], facts["figures"][name]["unit"]
    first, last = (words.month(held["months"][place]) for place in (0, -1))
    return words("report.baseline", first=first, last=last, value=words.value(unit, held["figures"][name]))


def _all_figures(words: Words, facts: Mapping[str, Any], links: Links) -> Table:
    figures = facts["figures"]
    earlier = [
        label for label in ("month_before", "year_before")
        if any(one["whole"][label] is not None for one in figures.values())
    ]  # fmt: skip
    columns = ("figure", "value", "p90", "n", *earlier, "target", "cohort")
    rows: list[tuple[Cell, ...]] = []
    for name in words.names("figures"):
        one = figures[name]
        whole, unit = one["whole"], one["unit"]
        countable = one["reason"] is None
        note = why_none(words, name, one) or words(f"cohort.{one['cohort']}")
        if name in CHANGES and countable and whole["value"] is not None:
            note = _against(words, facts, CHANGES[name])
        elif name in STILL_IN and whole["pending"]:
            note = words("report.pending_yet", n=f"{whole['pending']:,}")
        before = [
            Cell("" if whole[label] is None else words.value(unit, whole[label]), whole[label], form=unit)
            for label in earlier
        ]  # fmt: skip
        rows.append((
            Cell(words(f"figures.{name}"), href=links.figure(name) if countable and one["by"] else None),
            Cell(words.value(unit, whole["value"]), whole["value"], form=unit,
                 tone=tone_of(name, whole) if whole["value"] is not None else "quiet"),
            Cell("" if whole["p90"] is None else words.value(unit, whole["p90"]), whole["p90"], form=unit),
            Cell(f"{whole['n']:,}" if countable else "", whole["n"] if countable else None, form="count",
                 href=links.cases(CHANGES.get(name, name)) if whole["n"] and name != "intake_loss" else None),
            *before, Cell(wanted(words, unit, name, bare=True)),
            Cell(note, tone="quiet" if whole["value"] is None else ""),
        ))  # fmt: skip
    return Table(
        "",
        tuple(words.head(f"report.{c}") for c in columns),
        tuple(rows),
        frozenset(range(1, len(columns) - 1)),
    )


def _identity(words: Words, facts: Mapping[str, Any]) -> Table:
    """The balance, and what of its end is the figure of the first page: that one leaves out who waits for a score, and
    what was merged, void or withdrawn by the day of the report."""
    identity, backlog = facts["identity"], facts["figures"]["backlog"]["whole"]["n"]
    signs = {
        "received": "+", "reopened": "+", "unmerged": "+", "unvoided": "+", "undone": "+", "closed": "−",
        "withdrawn": "−", "merged": "−", "voided": "−", "open_end": "=",
    }  # fmt: skip
    gone = identity["open_end"] - identity["in_survey"] - backlog
    counts = {
        **{name: identity[name] for name in ("open_start", *signs, "in_survey")},
        **({"gone_since": gone} if gone else {}), "backlog": backlog,
    }  # fmt: skip
    rows = tuple(
        (Cell(f"{signs.get(name, '')} {words(f'identity.{name}')}".strip()), Cell(f"{n:,}", n, form="count"))
        for name, n in counts.items()
    )
    return Table("", ("", words("report.value")), rows, frozenset({1}))
