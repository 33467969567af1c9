"""Whether an improvement action worked."""

from __future__ import annotations

import pytest

from complaints.effects import Effect, Measured, NoExpectation, check_expected, effect


@pytest.mark.parametrize(("before", "after", "expected", "found"), [
    (0.20, 0.15, -25, Effect.PROVEN),
    (0.20, 0.16, -25, Effect.FAILED),
    (0.20, 0.30, -25, Effect.FAILED),
    (0.60, 0.75, 25, Effect.PROVEN),
    (0.60, 0.70, 25, Effect.FAILED),
    (-20.0, -10.0, 50, Effect.PROVEN),  # points of NPS: half as bad
    (None, 0.1, -25, Effect.UNCLEAR), (0.2, None, -25, Effect.UNCLEAR), (0.0, 0.1, -25, Effect.UNCLEAR),
])  # fmt: skip
def test_an_effect_is_the_change_against_what_was_before(
    before: float | None, after: float | None, expected: int, found: Effect
) -> None:
    assert effect(Measured(before, 40), Measured(after, 40), expected, counted=False) is found


def test_a_share_of_few_says_nothing_and_few_of_a_count_are_its_success() -> None:
    assert effect(Measured(0.5, 40), Measured(0.0, 4), -25, counted=False) is Effect.UNCLEAR
    assert effect(Measured(0.5, 4), Measured(0.0, 40), -25, counted=False) is Effect.UNCLEAR
    assert effect(Measured(8, 8), Measured(0, 0), -25, counted=True) is Effect.PROVEN
    assert effect(Measured(4, 4), Measured(0, 0), -25, counted=True) is Effect.UNCLEAR


@pytest.mark.parametrize("percent", [0, -101])
def test_a_change_that_nothing_can_show_is_refused(percent: int) -> None:
    with pytest.raises(NoExpectation, match="-25 for a quarter less"):
        check_expected(percent)
