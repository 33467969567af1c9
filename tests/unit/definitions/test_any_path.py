"""Whatever people, customers and time do in whatever order, a complaint never stands still and always ends."""

from __future__ import annotations

import random

import pytest

from tests.unit.definitions.chance import MOST_ACTS, answers_by, move
from tests.unit.definitions.conftest import Play
from tests.unit.definitions.world import FACTS


@pytest.mark.parametrize("seed", range(60))
def test_every_complaint_ends_and_never_stands_still_on_the_way(play: Play, seed: int) -> None:
    chance = random.Random(seed)
    case = play(
        read={**FACTS[chance.choice(["light", "medium", "severe"])], "confidence": chance.choice([5, 95])},
        contributions=("warehouse", "carrier"),
        grants=tuple(chance.sample(["billing", "logistics"], chance.randint(0, 2))),
        **answers_by(chance),
    )
    for _ in range(MOST_ACTS):
        if case.end:
            break
        move(case, chance)
    assert case.end in {"closed", "withdrawn_end"}, case.waiting_for()
