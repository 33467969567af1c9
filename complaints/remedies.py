"""What may be granted to a customer, how much, and who must agree."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum

from complaints.errors import EarlierCycle, FourEyes, Refusal


class RemedyKind(StrEnum):
    APOLOGY = "apology"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    COMPENSATION = "compensation"
    COUPON = "coupon"
    FIX = "fix"


PAID = frozenset({RemedyKind.REFUND, RemedyKind.COMPENSATION, RemedyKind.COUPON})
"""Kinds that are an amount."""

FREE = frozenset({RemedyKind.APOLOGY, RemedyKind.FIX})
"""Kinds that cost no amount. Replacement and repair may carry what they cost us."""


MOST_AMOUNT = 2_147_483_647
"""The largest amount, in minor units, that every database keeps; what is more is a mistake."""


class WrongRemedy(Refusal):
    code = "wrong-remedy"


class AboveCeiling(Refusal):
    code = "above-ceiling"

    def __init__(self, amount: int, ceiling: int) -> None:
        super().__init__(
            f"{amount} minor units are above the ceiling of {ceiling} for this complaint: offer less, "
            "or have the complaint re-graded"
        )
        self.amount = amount
        self.ceiling = ceiling


def check_remedy(kind: str, amount: int | None) -> RemedyKind:
    """The kind, if `amount` (integer minor units of the case's currency) fits it; else `WrongRemedy`."""
    try:
        remedy = RemedyKind(kind)
    except ValueError as unknown:
        kinds = ", ".join(RemedyKind)
        raise WrongRemedy(f"{kind!r} is no remedy: choose one of {kinds}") from unknown
    if remedy in PAID and not _is_positive(amount):
        raise WrongRemedy(f"{remedy} needs an amount in minor units (cents, fen) above 0, not {amount!r}")
    if remedy in FREE and amount:
        raise WrongRemedy(f"{remedy} carries no amount: leave it out, or choose compensation")
    if amount is not None and (type(amount) is not int or amount < 0):
        raise WrongRemedy(f"{amount!r} is no amount in minor units: write a whole number from 0")
    if amount is not None and amount > MOST_AMOUNT:
        raise WrongRemedy(
            f"{amount} minor units are more than an amount may be ({MOST_AMOUNT}): mind the unit"
        )
    return remedy


def needs_second_person(amount: int, limit: int, *, granted_before: int = 0) -> bool:
    """Whether the handler's own limit is passed. All in minor units of one currency.

    `granted_before` is what this case was granted already, all cycles: two halves count like one whole.
    """
    if min(amount, limit, granted_before) < 0:
        raise WrongRemedy(f"amounts are whole numbers from 0, not {min(amount, limit, granted_before)}")
    return amount + granted_before > limit


def check_ceiling(amount: int, ceiling: int | None, *, granted_before: int = 0) -> None:
    """`AboveCeiling` when the case would get more than `ceiling` (`None`: no ceiling) in all."""
    if ceiling is not None and amount + granted_before > ceiling:
        raise AboveCeiling(amount + granted_before, ceiling)


def check_approver(approver: str, *, proposer: str, earlier: Set[str] = frozenset()) -> None:
    """Four eyes; `earlier` are the handlers, solvers and approvers of earlier cycles."""
    if approver == proposer:
        raise FourEyes(approver)
    check_decider(approver, earlier)


def check_decider(person: str, earlier: Set[str]) -> None:
    """`EarlierCycle` when `person` had a part in an earlier cycle."""
    if person in earlier:
        raise EarlierCycle(person)


def _is_positive(amount: int | None) -> bool:
    return type(amount) is int and amount > 0
