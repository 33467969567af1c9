"""From a month's facts to the document that people read, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from complaints.books import Books
from review import charts, process_heat
from review.breakdowns import breakdown_sections, every_breakdown
from review.document import Block, Card, Cards, Cell, Chart, Charts, Document, Findings, Section, Table, Text
from review.month import Month
from review.targets import targets
from review.telling import told
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
        Section("trends", words("section.trends"), tuple(_trends(words, facts)), words("lead.trends")),
        *breakdown_sections(words, figures, links),
        *_process(words, facts),
        *_causes(words, facts, links),
        Section("figures", words("section.figures"), (_all_figures(words, figures, links),), words("lead.figures")),
        Section("identity", words("section.identity"), (_identity(words, facts["identity"]),), words("lead.identity")),
        Section("method", words("section.method"), tuple(
            Text(words(f"method.{key}")) for key in ("cohorts", "wilson", "fisher", "expected", "small", "frozen")
        )),
    ]  # fmt: skip
    as_of = words.moment(datetime.fromisoformat(facts["as_of"]), facts["zone"])
    stamp = words("report.running", as_of=as_of)
    if month.hash is not None:
        stamp = words("report.frozen", as_of=as_of, hash=month.hash[:16])
    return Document(
        month.name, words.month(month.name), words.language, words("report.title"),
        words("report.subtitle", month=words.month(month.name), zone=facts["zone"]), words.firm, stamp,
        tuple(sections), every_breakdown(words, figures),
    )  # fmt: skip


def _lead(words: Words, facts: Mapping[str, Any]) -> str:
    figures = facts["figures"]
    lead = words("lead.summary", **{
        name: f"{figures[name]['whole']['n']:,}" for name in ("received", "closed", "backlog", "in_survey")
    })  # fmt: skip
    forecast = facts["forecast"]
    if forecast is None:
        return f"{lead} {words('lead.forecast_none')}" if facts["over"] else lead
    numbers = {key: f"{forecast[key]:,.0f}" for key in ("expected", "low", "high", "months")}
    return f"{lead} {words('lead.forecast', **numbers)}"


def _summary(words: Words, facts: Mapping[str, Any], links: Links) -> Sequence[Block]:
    figures = facts["figures"]
    cards = Cards(tuple(_card(words, name, figures[name], links) for name in CARDS))
    moved = [f for f in facts["findings"] if f["kind"] not in ("hot_volume", "second_cycle", "cause")]
    best = sorted(moved, key=lambda f: (f["chance"], -f["cases"]))[:ON_THE_FIRST_PAGE]
    quiet = figures["received"]["whole"]["n"] == figures["closed"]["whole"]["n"] == 0
    blocks: list[Block] = [Text(words("report.empty"), "quiet")] if quiet else []
    blocks.append(cards)
    blocks.append(
        Findings(tuple(told(words, f, links) for f in best))
        if best
        else Text(words("lead.findings_none"), "quiet")
    )
    return blocks


def _card(words: Words, name: str, one: Mapping[str, Any], links: Links) -> Card:
    unit, whole, target = one["unit"], one["whole"], targets().get(name)
    beside = []
    for label in ("month_before", "year_before"):
        value = whole[label]
        beside.append(
            words("report.held_against_na", label=words(f"report.{label}")) if value is None else words(
                "report.held_against", label=words(f"report.{label}"), value=words.value(unit, value),
                change=words.change(unit, whole["value"], value),
            )
        )  # fmt: skip
    met = target.met(whole["value"]) if target else None
    if target is not None and target.value is not None:
        beside.append(target_text(words, unit, name))
    verdict = "" if met is None else words("report.met" if met else "report.missed")
    return Card(
        words(f"figures.{name}"), words.value(unit, whole["value"]), tuple(beside), links.figure(name),
        "" if met is None else "good" if met else "bad", verdict,
    )  # fmt: skip


def target_text(words: Words, unit: str, name: str, *, bare: bool = False) -> str:
    """The target with its sign, `bare` under a head that says what it is; nothing where there is none."""
    target = targets().get(name)
    if target is None or target.value is None:
        return ""
    side = "least" if target.better == "more" else "most"
    return words(f"report.{'at' if bare else 'target'}_{side}", value=words.value(unit, target.value))


def _findings(words: Words, facts: Mapping[str, Any], links: Links) -> Sequence[Section]:
    blocks: list[Block] = []
    for name, kinds in GROUPS:
        some = [f for f in facts["findings"] if f["kind"] in kinds]
        if some:
            blocks += [
                Text(words(f"section.{name}"), "quiet"),
                Findings(tuple(told(words, f, links) for f in some)),
            ]
    blocks = blocks or [Text(words("lead.findings_none"), "quiet")]
    return [Section("findings", words("section.findings"), tuple(blocks), words("lead.findings"))]


def _trends(words: Words, facts: Mapping[str, Any]) -> Sequence[Block]:
    names = [words.short_month(one["month"]) for one in facts["trend"]]
    found = []
    for name in HEADLINES:
        unit, target = facts["figures"][name]["unit"], targets().get(name)
        values = [None if one["figures"] is None else one["figures"][name]["value"] for one in facts["trend"]]
        title, known = words(f"figures.{name}"), [v for v in values if v is not None]
        first, last = (words.month(facts["trend"][place]["month"]) for place in (0, -1))
        says = (
            words("chart.trend", name=title, first=first, last=last, value=words.value(unit, known[-1]))
            if known else words("chart.trend_none", name=title)
        )  # fmt: skip
        goal = target.value if target else None
        found.append(Chart(title, charts.trend(
            names, values, target=goal, written=partial(words.value, unit),
            target_says=words("chart.target", value=words.value(unit, goal)), says=says,
        ), says))  # fmt: skip
    return [Charts(tuple(found)), *_days(words, facts)]


def _days(words: Words, facts: Mapping[str, Any]) -> Sequence[Block]:
    taken = [d for d in facts["days"] if d["open"] is not None]
    if not taken:
        return [Text(words("lead.snapshot_gap", n=len(facts["days"])), "quiet")] if facts["days"] else []
    gaps = len(facts["days"]) - len(taken)
    says = words("chart.days_says", month=words.month(facts["month"]))
    picture = charts.days(
        [str(int(d["day"][8:])) for d in facts["days"]], [d["open"] for d in facts["days"]],
        [d["received"] for d in facts["days"]], open_says=words("chart.open"),
        received_says=words("chart.received"), says=says,
    )  # fmt: skip
    return [Chart(words("chart.days"), picture, says, words("lead.snapshot_gap", n=gaps) if gaps else "")]


def _process(words: Words, facts: Mapping[str, Any]) -> Sequence[Section]:
    pictures = process_heat.drawn(facts["passages"], words.language)
    if not pictures:
        return []
    blocks = tuple(
        Chart(name, picture, words("chart.heat", name=name), image=True) for name, picture, _ in pictures
    )
    return [Section("process", words("section.process"), blocks, words("lead.process"))]


def _causes(words: Words, facts: Mapping[str, Any], links: Links) -> Sequence[Section]:
    causes = facts["causes"]
    if not any(f["kind"] == "cause" for f in facts["findings"]):
        block: Block = Text(words("lead.causes_none"), "quiet")
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


def _all_figures(words: Words, figures: Mapping[str, Any], links: Links) -> Table:
    columns = ("figure", "value", "p90", "n", "month_before", "year_before", "target", "cohort")
    rows: list[tuple[Cell, ...]] = []
    for name in words.names("figures"):
        one = figures[name]
        whole, unit, target = one["whole"], one["unit"], targets().get(name)
        met = target.met(whole["value"]) if target else None
        countable = one["reason"] is None
        note = words(f"reason.{one['reason']}") if one["reason"] else words(f"cohort.{one['cohort']}")
        goal = target.value if target else None
        rows.append((
            Cell(words(f"figures.{name}"), href=links.figure(name) if countable and one["by"] else None),
            Cell(words.value(unit, whole["value"]), whole["value"], form=unit,
                 tone="" if met is None else "good" if met else "bad"),
            Cell("" if whole["p90"] is None else words.value(unit, whole["p90"]), whole["p90"], form=unit),
            Cell(f"{whole['n']:,}" if countable else "", whole["n"] if countable else None, form="count",
                 href=links.cases(name) if whole["n"] and name != "intake_loss" else None),
            Cell(words.value(unit, whole["month_before"]), whole["month_before"], form=unit),
            Cell(words.value(unit, whole["year_before"]), whole["year_before"], form=unit),
            Cell(target_text(words, unit, name, bare=True), goal, form=unit), Cell(note),
        ))  # fmt: skip
    return Table("", tuple(words(f"report.{c}") for c in columns), tuple(rows), frozenset(range(1, 7)))


def _identity(words: Words, identity: Mapping[str, int]) -> Table:
    signs = {
        "received": "+", "reopened": "+", "unmerged": "+", "unvoided": "+", "undone": "+", "closed": "−",
        "withdrawn": "−", "merged": "−", "voided": "−", "open_end": "=",
    }  # fmt: skip
    order = ("open_start", *signs, "in_survey")
    rows = tuple(
        (Cell(f"{signs.get(name, '')} {words(f'identity.{name}')}".strip()),
         Cell(f"{identity[name]:,}", identity[name], form="count"))
        for name in order
    )  # fmt: skip
    return Table("", ("", words("report.value")), rows, frozenset({1}))
