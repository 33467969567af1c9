"""When two complaints look like one matter."""

from __future__ import annotations

import pytest

from complaints.sameness import is_heavier, same_order, similarity


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("退货不退款", "退货不退款", 100),
        ("退货不退款", "退货未退款", 50),
        ("My parcel is late!", "ｍｙ  parcel, is LATE", 100),
        ("退货不退款", "包裹丢失", 0),
        ("", "", 0),
        ("！", "！", 0),
        ("a", "a", 0),
    ],
)
def test_texts_are_compared_by_pairs_of_characters(one: str, other: str, percent: int) -> None:
    assert similarity(one, other) == similarity(other, one) == percent


def test_a_word_more_leaves_a_text_near_the_same_and_another_request_does_not() -> None:
    text = "退货不退款，商家四五天不回信息，商品有问题也不理人"
    assert similarity(text, text + "，请尽快处理") >= 80
    assert similarity(text, "退货退款已经收到了，但是优惠券没有返还给我，请补发") < 40


def test_a_very_long_text_is_compared_by_its_beginning() -> None:
    assert similarity("退货" * 3_000 + "甲", "退货" * 3_000 + "乙") == 100


def test_an_order_is_the_same_another_or_not_known() -> None:
    assert same_order(" O1 ", "o1") == "same"
    assert same_order("O1", "O2") == "other"
    assert same_order("O1", None) == same_order(" ", "O1") == "unknown"


def test_a_tier_above_the_leads_is_heavier() -> None:
    assert is_heavier("severe", "medium")
    assert not is_heavier("medium", "medium")
    assert not is_heavier("severe", None)
