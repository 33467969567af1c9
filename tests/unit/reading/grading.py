"""Reading and tables together, as the process asks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bpmn.dmn import DecisionTable, parse_decisions
from complaints.reading import Reader, Reading, Value
from process_definitions.catalogue import load_keywords
from process_definitions.loader import FOLDER


@dataclass(frozen=True, slots=True)
class Grade:
    reading: Reading
    urgency: str
    impact: str
    tier: str
    provisional: bool


@cache
def tables() -> dict[str, DecisionTable]:
    """Every shipped table by key."""
    found = [parse_decisions(path.read_bytes(), path.name) for path in sorted(FOLDER.glob("*.dmn"))]
    return {table.key: table for tables in found for table in tables}


@cache
def reader() -> Reader:
    return Reader(load_keywords())


def ask(table: str, **values: object) -> dict[str, object]:
    result = tables()[table].decide(values).result
    assert isinstance(result, dict)
    return result


def grade(
    text: str,
    *,
    value: Value = "standard",
    amount: int | None = None,
    authority: bool = False,
    repeats: int = 1,
) -> Grade:
    reading = reader().read(text, value=value, amount=amount, authority=authority, repeats=repeats)
    urgency = ask("triage_urgency", harm=reading.harm)["urgency"]
    impact = ask(
        "triage_impact", reach=reading.reach, injury=reading.injury, loss=reading.loss,
        consequence=reading.consequence, leaving=reading.leaving, value=value, repeats=reading.repeats,
        regret=reading.regret,
    )["impact"]  # fmt: skip
    answer = ask(
        "triage", urgency=urgency, impact=impact, sentiment=reading.sentiment, value=value, authority=authority,
        confidence=reading.confidence, danger=reading.danger_word,
    )  # fmt: skip
    return Grade(reading, str(urgency), str(impact), str(answer["tier"]), bool(answer["provisional"]))


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's agreement beyond chance of (wanted, got)."""
    agreed = sum(wanted == got for wanted, got in pairs) / len(pairs)
    labels = {label for pair in pairs for label in pair}
    chance = (
        sum(
            sum(wanted == label for wanted, _ in pairs) * sum(got == label for _, got in pairs)
            for label in labels
        )
        / len(pairs) ** 2
    )
    return (agreed - chance) / (1 - chance)
