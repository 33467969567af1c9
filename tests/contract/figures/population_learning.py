"""What is looked at again, and improvement actions, beside the complaints of the generated months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from store.tables import Case, Check, Improvement, ImprovementRound
from tests.contract.figures.population import (
    AS_OF,
    BEGINS,
    CATEGORIES,
    DEPARTMENTS,
    PEOPLE,
    Population,
    Row,
    population,
)


def learning_population(size: int, *, seed: int = 20, lines: int = 3) -> Population:
    """So many complaints, some looked at again, with an action for each hundred of them."""
    found = population(size, seed=seed, lines=lines)
    found.of(Check).extend(checks(found, Random(seed + 1)))
    for number in range(size // 100):
        act(found, number, Random(seed + 2 + number))
    return found


def checks(found: Population, chance: Random) -> Iterator[Row]:
    """Some complaints are looked at again; some of that is not recorded yet."""
    for case in found.cases.values():
        common = {
            "case_id": case["id"], "month": "2025-10", "assignee": "s-1", "drawn_at": AS_OF, "due_at": AS_OF,
            "graded_tier": None, "tier": None, "deviation": None, "steps_required": None, "steps_covered": None,
        }  # fmt: skip
        tier, done = found.first_tier.get(case["id"]), AS_OF if chance.random() < 0.8 else None
        if tier is not None and chance.random() < 0.3:
            right = tier if chance.random() < 0.7 else chance.choice(("light", "medium", "severe"))
            yield {
                **common, "kind": "accuracy", "stands_for": chance.randint(1, 5), "graded_tier": tier,
                "done_at": done, "tier": right if done else None,
            }  # fmt: skip
        if case["closed_at"] is not None and chance.random() < 0.3:
            required = chance.randint(1, 9)
            yield {
                **common, "kind": "quality", "stands_for": 1, "done_at": done,
                "deviation": chance.random() < 0.2 if done else None, "steps_required": required if done else None,
                "steps_covered": chance.randint(0, required) if done else None,
            }  # fmt: skip


def act(found: Population, number: int, chance: Random) -> None:
    """An improvement action for some group: a case of its own, which no figure of complaints may count."""
    opened = BEGINS + (AS_OF - BEGINS) * chance.random()
    by, groups = chance.choice((
        ("category", CATEGORIES), ("department", DEPARTMENTS), ("product", ("lamp", "chair")), ("tier", ("light",)),
    ))  # fmt: skip
    id = f"action-{number}"
    found.of(Case).append({
        "id": id, "kind": "improvement", "ref": f"IM-{number:07d}", "bundle": "b", "customer_id": None,
        "channel": "improvement", "external_id": id, "received_at": opened, "occurred_at": opened,
        "status": "agreed", "category": None,
    })  # fmt: skip
    owner = chance.choice(PEOPLE)
    found.of(Improvement).append({
        "case_id": id, "origin": "person", "title": "…", "what": "…", "dimension": by,
        "group_key": chance.choice(groups), "owner": owner, "due_at": opened, "opened_by": "s-1", "opened_at": opened,
    })  # fmt: skip
    for round in range(1, chance.randint(1, 3) + 1):
        agreed = opened + timedelta(days=40 * round)
        done = chance.choice((None, agreed + timedelta(days=30 * chance.random())))
        found.of(ImprovementRound).append({
            "case_id": id, "round": round, "owner": owner, "agreed_by": "s-1", "agreed_at": agreed,
            "due_at": agreed + timedelta(days=20), "done_at": done if done and done < AS_OF else None,
        })  # fmt: skip
