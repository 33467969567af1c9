"""The options of a decision as they are written on the command line."""

from __future__ import annotations

import pytest
import typer

from cases.requests.work import ProposedOption
from runtime.cli.offered import proposed


@pytest.mark.parametrize(
    ("written", "text", "remedy", "amount"),
    [
        ("Send it again", "Send it again", None, None),
        ("Refund in full:refund:12950", "Refund in full", "refund", 12950),
        ("道歉:apology", "道歉", "apology", None),
        ("Call 9:00: explain", "Call 9:00: explain", None, None),
        ("By noon 12:30:refund:1", "By noon 12:30", "refund", 1),
    ],
)
def test_remedy_and_amount_are_read_from_the_right(
    written: str, text: str, remedy: str | None, amount: int | None
) -> None:
    assert proposed([written]) == (ProposedOption(text, remedy, amount, recommended=True),)


def test_the_first_option_is_the_recommended_one() -> None:
    assert [option.recommended for option in proposed(["a", "b", "c"])] == [True, False, False]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("back:refnd:100", "did you mean refund"),
        ("back:refund:12.50", "minor units"),
        ("back:refund:", "minor units"),
        (":refund:100", "says nothing"),
        ("  ", "says nothing"),
    ],
)
def test_an_option_that_would_be_misread_is_wrong_usage(written: str, why: str) -> None:
    with pytest.raises(typer.BadParameter, match=why):
        proposed([written])


def test_one_remedy_for_all_beside_options_is_wrong_usage() -> None:
    with pytest.raises(typer.BadParameter, match="into each option"):
        proposed(["a"], remedy="refund", amount=1)
    assert proposed([], remedy="refund", amount=1) == ()
