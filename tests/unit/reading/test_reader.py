from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.reading import ComplaintReader, Reader, Reading, keywords_from
from complaints.reading.keywords import KeywordsError
from process_definitions.catalogue import load_keywords
from process_definitions.loader import FOLDER
from process_definitions.sheet import read_sheet

SHIPPED = read_sheet(FOLDER / "keywords.toml").values
READER: ComplaintReader = Reader(load_keywords())


def read(text: str, *, amount: int | None = None, authority: bool = False, repeats: int = 1) -> Reading:
    return READER.read(text, value="standard", amount=amount, authority=authority, repeats=repeats)


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("电热毯半夜冒烟起火，床单烧焦了", "danger"),
        ("The kettle gave me an electric shock.", "danger"),
        ("银行卡被盗刷，钱还在被转走", "running_loss"),
        ("每月扣我200元，要求退还一共1200元", "running_loss"),
        ("整个小区断网两天了", "running_loss"),
        ("你们把我的手机号泄露给了别人", "data_leak"),
        ("催收打给我的同事，说我欠款不还", "data_leak"),
        ("此事我已向12315投诉，案号已经下来", "authority"),
        ("They refuse to pay, so I have already filed a complaint with the ombudsman.", "authority"),
        ("再这样我就不想活了", "threat"),
        ("退款申请被拒，客服不处理", "failure"),
        ("The parcel never arrived and nobody replies.", "failure"),
        ("请问发票怎么开？", "question"),
        ("How long does a refund take?", "question"),
    ],
)
def test_the_gravest_harm_that_the_text_establishes_is_read(text: str, harm: str) -> None:
    assert read(text).harm == harm


@pytest.mark.parametrize(
    "text",
    [
        "再不退款我就要去12315投诉",
        "如果不处理我会起诉你们",
        "I will report you to the ombudsman if you refuse",
    ],
)
def test_a_step_only_announced_is_not_taken(text: str) -> None:
    assert read(text).harm == "failure"


def test_a_denied_danger_is_none_and_a_feared_one_raises_doubt() -> None:
    assert not read("箱子破了，没有人受伤").danger_word
    feared = read("插头发热，担心会起火，要求换货")
    assert feared.harm != "danger"
    assert feared.danger_word
    assert feared.confidence < 50


@pytest.mark.parametrize(
    "text", ["手机中毒了，怎么恢复？", "电动车打不着火，售后不来", "天天砍价活动，跳楼价是骗人的"]
)
def test_look_alikes_of_danger_are_spared(text: str) -> None:
    assert not read(text).danger_word


def test_the_loss_is_what_is_lost_not_what_was_paid() -> None:
    assert read("在店里花6299元买了手机，赠送的耳机没有给").loss == 0
    assert read("买了理财，到期20000元一直没有回款").loss == 2_000_000
    assert read("My account was charged and $700 was stolen").loss == 500_500


def test_the_amount_of_the_channel_counts_as_stated() -> None:
    assert read("一直不退款", amount=798_000).loss == 798_000


def test_repeats_are_the_higher_of_history_and_text() -> None:
    assert read("这是我第四次投诉").repeats == 3
    assert read("再次投诉，还是没修好").repeats == 2
    assert read("还是没修好", repeats=5).repeats == 5


def test_chasing_an_answer_is_no_repeated_complaint() -> None:
    assert read("催了好几遍，客户要求尽快回复").repeats == 1


def test_regret_of_a_deal_as_described_is_no_loss() -> None:
    assert read("办理的套餐不喜欢，想取消").regret
    assert not read("套餐里多扣了30元，想取消").regret


def test_a_few_neighbours_are_not_many() -> None:
    assert read("信号不好，周围客户也是这样").reach == "one"
    assert read("群里几十个用户都遇到同样问题，这是设计缺陷").reach == "many"


def test_a_failure_brought_by_an_authority_is_a_step_already_taken() -> None:
    assert read("商家不退款", authority=True).harm == "authority"
    assert read("请问营业时间是几点？", authority=True).harm == "question"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("快递显示签收，包裹没有收到", "logistics"),
        ("衣服开裂掉色，质量很差", "product_quality"),
        ("保修期内维修收费，售后推脱", "after_sales"),
        ("营业员态度恶劣，爱答不理", "service_attitude"),
        ("优惠券活动规则欺骗消费者，返现不给", "price_promotion"),
        ("不知情被开通业务，每月扣费5元", "billing"),
        ("账号无故被封，登录不上", "account_security"),
        ("宽带一直掉线，网速慢", "service_fault"),
        ("总有骚扰电话推销", "other"),
        ("The broadband keeps disconnecting every evening", "service_fault"),
        ("The courier left my parcel in the rain", "logistics"),
    ],
)
def test_the_category_is_the_cause(text: str, category: str) -> None:
    assert read(text).category == category


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("你们就是骗子公司，垃圾，无耻！", "very_negative"),
        ("对处理结果不满，不认可", "negative"),
        ("客户要求查询安装时间", "neutral"),
        ("问题解决了，非常感谢", "positive"),
        ("不满意这个答复", "negative"),
        ("You are crooks and liars", "very_negative"),
    ],
)
def test_sentiment_follows_the_words(text: str, sentiment: str) -> None:
    assert read(text).sentiment == sentiment


def test_a_text_that_says_nothing_is_read_without_confidence() -> None:
    assert read("还是那样。").confidence < 50


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_evidence_points_into_the_text_and_reading_is_repeatable(text: str) -> None:
    reading = read(text)
    assert reading == read(text)
    assert 0 <= reading.confidence <= 100
    assert all(0 <= found.start <= found.end <= len(text) for found in reading.evidence)


@pytest.mark.parametrize("piece", ["被扣费", "1", "1,", "已经向", "the ", "a"])
def test_no_long_text_stalls_the_reader(piece: str) -> None:
    """A pattern that backtracks would take minutes here and meet the timeout of the suite."""
    text = piece * (20_000 // len(piece))
    assert read(text).loss == 0


@pytest.mark.parametrize("entry", [r"\d+万", "a.*b", r"\d{2,}次"])
def test_a_pattern_without_limit_is_refused(entry: str) -> None:
    with pytest.raises(KeywordsError, match="repeats without limit"):
        keywords_from({**SHIPPED, "context": {**SHIPPED["context"], "denials": [entry]}})


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="count from zero"):
        read("退款", amount=-1)


def test_a_bad_pattern_is_refused_by_name() -> None:
    with pytest.raises(KeywordsError, match=r"context.hedges: '\(' is not a regular expression"):
        keywords_from({**SHIPPED, "context": {**SHIPPED["context"], "hedges": ["("]}})


def test_a_missing_list_is_refused_by_name() -> None:
    with pytest.raises(KeywordsError, match=r"\[money\] is missing"):
        keywords_from({name: table for name, table in SHIPPED.items() if name != "money"})
