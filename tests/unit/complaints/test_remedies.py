"""Remedies: which amounts fit, who must agree."""

from __future__ import annotations

import pytest

from complaints.errors import EarlierCycle, FourEyes
from complaints.remedies import (
    AboveCeiling,
    RemedyKind,
    WrongRemedy,
    check_approver,
    check_ceiling,
    check_remedy,
    needs_second_person,
)


def test_up_to_the_limit_one_person_decides_and_above_it_two() -> None:
    assert not needs_second_person(20_000, 20_000)
    assert needs_second_person(20_001, 20_000)


def test_an_amount_in_two_halves_counts_like_one_whole() -> None:
    assert needs_second_person(15_000, 20_000, granted_before=15_000)
    with pytest.raises(AboveCeiling, match="30000 minor units"):
        check_ceiling(15_000, 20_000, granted_before=15_000)


def test_without_a_ceiling_any_amount_passes_and_with_one_up_to_it() -> None:
    check_ceiling(10**9, None)
    check_ceiling(20_000, 20_000)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("refund", 1), ("compensation", 500), ("coupon", 100), ("apology", None), ("apology", 0), ("fix", None),
     ("repair", None), ("replacement", 30_000)],
)  # fmt: skip
def test_a_remedy_with_a_fitting_amount_is_taken(kind: str, amount: int | None) -> None:
    assert check_remedy(kind, amount) is RemedyKind(kind)


@pytest.mark.parametrize(
    ("kind", "amount", "cause"),
    [("refund", None, "needs an amount"), ("coupon", 0, "needs an amount"), ("apology", 100, "no amount"),
     ("repair", -1, "whole number"), ("money", 1, "is no remedy"), ("refund", True, "needs an amount")],
)  # fmt: skip
def test_a_remedy_with_a_wrong_amount_is_refused(kind: str, amount: int | None, cause: str) -> None:
    with pytest.raises(WrongRemedy, match=cause):
        check_remedy(kind, amount)


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(WrongRemedy):
        needs_second_person(-1, 100)


def test_nobody_approves_their_own_proposal() -> None:
    with pytest.raises(FourEyes, match="li proposed this"):
        check_approver("li", proposer="li")
    check_approver("mo", proposer="li", earlier={"ni"})


def test_nobody_of_an_earlier_cycle_decides_the_next() -> None:
    with pytest.raises(EarlierCycle, match="ni had a part"):
        check_approver("ni", proposer="li", earlier={"ni"})
