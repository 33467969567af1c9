from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.reading import amounts


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("损失了5万元", 5_000_000, "CNY"),
        ("押金￥1,299.50不退", 129_950, "CNY"),
        ("被骗3万多", 3_000_000, "CNY"),
        ("要求退两千元", 200_000, "CNY"),
        ("扣了三百块", 30_000, "CNY"),
        ("2.80元", 280, "CNY"),
        ("I lost 1,200 dollars", 120_000, "USD"),
        ("charged US$49", 4_900, "USD"),
        ("800欧元", 80_000, "EUR"),
        ("€15.5 fee", 1_550, "EUR"),
    ],
)
def test_an_amount_is_read_exactly_in_minor_units(text: str, minor: int, currency: str) -> None:
    (amount,) = amounts(text)
    assert (amount.minor, amount.currency) == (minor, currency)
    assert amount.minor > 0
    assert text[amount.start : amount.end].strip()


@pytest.mark.parametrize(
    "text", ["1.5万播放", "订单号 20261108", "等了48小时", "第3次投诉", "3万人受害", "2026-11-08"]
)
def test_a_number_that_is_no_money_is_no_amount(text: str) -> None:
    assert amounts(text) == ()


def test_amounts_stand_in_order_and_each_place_counts_once() -> None:
    found = amounts("本金￥20,000.00元，利息300元，还有5万元")
    assert [amount.minor for amount in found] == [2_000_000, 30_000, 5_000_000]
    assert all(one.end <= two.start for one, two in pairwise(found))


@given(st.integers(min_value=1, max_value=999_999_999))
def test_any_whole_yuan_amount_is_read_back(yuan: int) -> None:
    assert [amount.minor for amount in amounts(f"损失{yuan}元")] == [yuan * 100]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_money(text: str) -> None:
    assert all(0 <= amount.start < amount.end <= len(text) for amount in amounts(text))
