"""The shipped definitions, loaded once, and a player for one complaint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from process_definitions.calendars import around_the_clock
from process_definitions.loader import Bundle, load_bundle
from tests.unit.definitions.player import Answer, Ask, Case
from tests.unit.definitions.world import ANSWERS, FACTS

Play = Callable[..., Case]


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return load_bundle()


@pytest.fixture
def play(bundle: Bundle) -> Play:
    """`play("medium", grants=("billing",), topic=answer)`: a complaint of that tier, received and dispatched."""

    def begin(tier: str = "medium", **given: Any) -> Case:
        fields = {name: given.pop(name) for name in ("contributions", "grants", "now") if name in given}
        answers: dict[str, Answer | Ask] = {**ANSWERS, "read": FACTS[tier], **given}
        case = Case(bundle.definitions, around_the_clock("always", "UTC"), answers, **fields)
        return case.begin()

    return begin
