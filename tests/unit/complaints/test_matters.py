"""Which complaints have one cause, who leads them, and who is handled apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from complaints.matters import Candidate, Same, Terms, common, lead_of, own_harm, together, too_many_low

BEGINNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
TERMS = Terms("both", hours=24, needed=3, own_loss=500_000, low_percent=10)


def candidate(
    hour: float, customer: str | None = None, *, tier: str = "medium", urgency: str = "normal",
    joins: bool = True, leads: bool = False,
) -> Candidate:  # fmt: skip
    return Candidate(
        case_id=f"{hour}", ref=f"AM-{hour:06.2f}", customer=customer or f"c-{hour}",
        received_at=BEGINNING + timedelta(hours=hour), tier=tier, urgency=urgency, joins=joins, leads=leads,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("same", "product", "region", "shared"),
    [
        ("product", "iPhone 15", None, "iphone15"),
        ("product", "ＩＰＨＯＮＥ－15 ", "北京", "iphone15"),
        ("region", None, "朝阳区", "朝阳区"),
        ("both", "家庭宽带", "朝阳区", "家庭宽带\n朝阳区"),
        ("both", "家庭宽带", None, None),
        ("product", " — ", "北京", None),
        ("nothing", "家庭宽带", "朝阳区", None),
    ],
)
def test_what_a_complaint_shares_is_written_in_one_way(
    same: Same, product: str | None, region: str | None, shared: str | None
) -> None:
    assert common(same, product, region) == shared


@pytest.mark.parametrize(
    ("injury", "loss", "said", "apart"),
    [
        (False, 499_999, None, False), (False, 500_000, None, True), (True, 0, None, True),
        (True, 900_000, False, False), (False, 0, True, True),
    ],
)  # fmt: skip
def test_own_injury_or_a_great_loss_is_handled_apart_unless_a_person_says_otherwise(
    injury: bool, loss: int, said: bool | None, apart: bool
) -> None:
    assert own_harm(injury=injury, loss=loss, said=said, least=500_000) is apart


def test_enough_customers_within_the_hours_belong_together() -> None:
    those = [candidate(hour) for hour in (0, 20, 24, 48.5)]
    assert together(those, TERMS) == those[:3], "the last has only one within a day of it"
    assert together(those[1:], TERMS) == []
    assert together([], TERMS) == []


def test_windows_that_overlap_are_one_and_the_order_of_asking_changes_nothing() -> None:
    those = [candidate(hour) for hour in (0, 10, 20, 30, 40)]
    assert together(those[::-1], TERMS) == those


def test_a_customer_counts_once_and_brings_all_their_complaints() -> None:
    same = [candidate(hour, "c-1") for hour in (0, 1, 2)]
    assert together(same, TERMS) == []
    assert together([*same, candidate(3), candidate(4)], TERMS)[:3] == same


def test_who_leads() -> None:
    early, late = candidate(0), candidate(1)
    severe, urgent = candidate(2, tier="severe"), candidate(3, tier="severe", urgency="urgent")
    apart = candidate(-1, tier="severe", urgency="urgent", joins=False)
    assert lead_of([late, early, apart]) is early
    assert lead_of([early, severe, apart]) is severe
    assert lead_of([severe, urgent, early]) is urgent, "the gravest first"
    leading = candidate(5, tier="severe", joins=False, leads=True)
    assert lead_of([early, urgent, leading]) is leading, "others follow it already"


def test_nobody_leads_where_there_are_not_two() -> None:
    assert lead_of([]) is None
    assert lead_of([candidate(0), candidate(1, joins=False)]) is None
    assert lead_of([candidate(0, joins=False, leads=True)]) is None


@pytest.mark.parametrize(
    ("low", "members", "many"),
    [(0, 0, False), (0, 9, False), (1, 9, True), (1, 10, True), (1, 11, False), (2, 11, True)],
)
def test_a_tenth_of_low_scores_is_too_many(low: int, members: int, many: bool) -> None:
    assert too_many_low(low, members, 10) is many
