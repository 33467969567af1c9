"""Against real complaints that two readers graded after the rubric; the texts stay outside the repository."""

from __future__ import annotations

import json
from collections import Counter

from tests.shared import shared
from tests.unit.reading.grading import grade, kappa

TIER_KAPPA = 0.80
CATEGORY_KAPPA = 0.75
SENTIMENT_KAPPA = 0.75
RECALL = {"light": 0.80, "medium": 0.85, "severe": 0.85}


def test_real_complaints_are_graded_as_the_rubric_says() -> None:
    lines = shared("data", "zh_graded_complaints.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    graded = [grade(row["text"]) for row in rows]
    tiers = [(row["tier"], got.tier) for row, got in zip(rows, graded, strict=True)]
    categories = [(row["category"], got.reading.category) for row, got in zip(rows, graded, strict=True)]
    moods = [(row["sentiment"], got.reading.sentiment) for row, got in zip(rows, graded, strict=True)]
    wanted = Counter(tier for tier, _ in tiers)
    recall = {tier: tiers.count((tier, tier)) / wanted[tier] for tier in RECALL}
    print(f"tier kappa {kappa(tiers):.2f}, recall {recall}")
    print(f"category kappa {kappa(categories):.2f}, sentiment kappa {kappa(moods):.2f}")
    assert kappa(tiers) >= TIER_KAPPA
    assert kappa(categories) >= CATEGORY_KAPPA
    assert kappa(moods) >= SENTIMENT_KAPPA
    assert all(recall[tier] >= floor for tier, floor in RECALL.items()), recall
