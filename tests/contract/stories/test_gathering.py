"""Mass matters that make themselves: ten open complaints of one cause, who stays out, and what low scores do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from cases.errors import NotWanted
from cases.gathering import gather
from cases.requests.direction import End, Regrade
from cases.requests.following import Follow, Leave
from cases.view.whole import complaint
from store.tables import Cause
from tests.contract.casework import Built
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File
from tests.contract.stories.test_matters import OPS, hear, led, somebody

ONE_LINE = "家里的宽带一直断网，报修两天了没有人来处理，要求尽快修好。"
WHOLE_AREA = "家里宽带断网，客服说整个小区都断了，很多用户都上不了网，报修没人处理"
HURT = "家里的宽带一直断网，报修没人来处理，师傅上门还把我的手弄伤流血了，去医院缝了针。"
GREAT_LOSS = "家里的宽带一直断网，报修两天了没有人来处理，耽误生意损失了8000元，要求赔偿。"
CHARGED = "上个月的账单里多扣了一笔没有开通过的套餐费，打电话也不处理，要求退还。"

Outage = Callable[..., list[Complaint]]


@pytest.fixture
def outage(house: Built, file: File) -> Outage:
    """`outage(9)`: so many customers of one area without their line, a minute apart."""

    def fail(count: int, text: str = ONE_LINE, region: str = "朝阳区", **given: object) -> list[Complaint]:
        found = []
        for _ in range(count):
            more = {"product": "家庭宽带", "region": region, **given}
            found.append(file("unclear", text=text, customer=somebody(), **more))
            house.pass_time(minutes=1)
        return found

    return fail


def leading(stories: list[Complaint]) -> Complaint:
    """The one that the others follow."""
    refs = {story.case.follows for story in stories if story.case.follows}
    assert len(refs) == 1, refs
    return next(story for story in stories if story.ref in refs)


def following(lead: Complaint, stories: list[Complaint]) -> list[Complaint]:
    return [story for story in stories if story.case.follows == lead.ref]


def answered(house: Built, stories: list[Complaint]) -> tuple[Complaint, list[Complaint]]:
    """The matter of these complaints, its solution found and its members asked how content they are."""
    hear(house)
    lead = leading(stories)
    lead.act("confirm", kind="lead")
    for item in lead.items("collaborate"):
        lead.act("waive", item=item.id, by=lead.case.owner, reason="直接答复", instead="现有资料")
    lead.resolve(remedy="apology", solution="主干光缆已修复")
    hear(house)
    those = following(lead, stories)
    for story in (lead, *those):
        story.until_asked()
    return lead, those


def test_ten_open_complaints_of_one_cause_make_a_matter_by_themselves(house: Built, outage: Outage) -> None:
    nine = outage(9)
    worker = nine[4].act("confirm").assignee
    hear(house)
    assert [story.case.follows for story in nine] == [None] * 9
    stories = [*nine, *outage(1)]
    hear(house)
    lead = leading(stories)
    assert lead is nine[0], "the earliest"
    case = lead.case
    assert (case.tier, case.impact, case.follows, case.status) == ("severe", "batch", None, "handling")
    assert lead.open_item("confirm").kind == "lead"
    assert lead.history("leads_matter") == [{"others": 9}]
    told = {letter.person for letter in lead.letters("matter_leads")}
    with house.casework.reading(lead.ref) as file:
        ops = file.person_in("ops", None)
    assert ops is not None
    assert told == {case.owner, ops.id}
    members = following(lead, stories)
    assert len(members) == 9
    assert complaint(house.casework, lead.ref, actor=None)["members"] == sorted(one.ref for one in members)
    for story in members:
        case = story.case
        assert case.waiting == ["answer of the complaint it follows"]
        assert (case.tier, case.impact, story.promises) == ("medium", "single", ["open"])
        assert [item.status for item in story.items()] == ["cancelled"]
    assert [letter.person for letter in nine[4].letters("matter_joined")] == [worker]
    assert nine[5].letters("matter_joined") == [], "nobody was at work on it"


def test_what_only_shares_a_category_or_comes_far_apart_is_no_matter(house: Built, outage: Outage) -> None:
    stories = [*outage(9), *outage(1, region="海淀区"), *outage(1, product="5G 手机套餐")]
    house.pass_time(hours=23, minutes=51)  # over a day after the first of the nine
    stories += outage(1)
    hear(house)
    assert {story.case.follows for story in stories} == {None}


def test_a_category_without_a_common_object_makes_no_matter_by_itself(house: Built, outage: Outage) -> None:
    stories = outage(11, CHARGED, product="和彩云会员")
    assert {story.case.category for story in stories} == {"billing"}
    hear(house)
    assert {story.case.follows for story in stories} == {None}


def test_one_customer_is_not_ten(house: Built, file: File) -> None:
    one = somebody()
    stories = [
        file(
            "unclear", text=ONE_LINE, customer=one, product="家庭宽带", region="朝阳区", order_id=f"L{number}"
        )
        for number in range(10)
    ]
    hear(house)
    assert {story.case.follows for story in stories} == {None}


def test_own_injury_and_a_great_loss_stay_out_and_count(house: Built, outage: Outage) -> None:
    hurt, poor, rest = outage(1, HURT), outage(1, GREAT_LOSS), outage(8)
    hear(house)
    lead = leading(rest)
    assert len(following(lead, rest)) == 7
    for story in (*hurt, *poor):
        assert (story.case.follows, story.case.tier) == (None, "severe")
        with pytest.raises(NotWanted, match="by itself"):
            story.ask(Follow(lead.ref, OPS, "同一批次"))


def test_a_severe_one_leads_and_members_are_graded_without_the_batch_factor(
    house: Built, outage: Outage
) -> None:
    stories = [*outage(8), *outage(2, WHOLE_AREA)]
    before = stories[8].case
    assert (before.urgency, before.impact, before.tier) == ("urgent", "batch", "severe")
    hear(house)
    lead = leading(stories)
    assert lead is stories[8], "the earlier of the two severe ones"
    member = stories[9].case
    assert (member.follows, member.urgency, member.impact) == (lead.ref, "urgent", "single")
    assert lead.case.impact == "batch"


def test_an_eleventh_joins_by_itself_and_one_that_was_taken_out_does_not(
    house: Built, outage: Outage
) -> None:
    stories = outage(10)
    hear(house)
    lead = leading(stories)
    out = stories[3]
    out.ask(Leave(OPS, "室内线路问题，与本次故障无关"))
    stories += outage(1)
    hear(house)
    assert stories[10].case.follows == lead.ref
    assert out.case.follows is None
    out.ask(Regrade(OPS, "不急", {"urgency": "low"}))
    hear(house)
    assert out.case.follows is None, "nothing but a person puts it in again"
    out.ask(Follow(lead.ref, OPS, "确认是同一原因"))
    assert out.case.follows == lead.ref


def test_after_the_answer_a_further_complaint_is_handled_by_itself(house: Built, outage: Outage) -> None:
    lead, _ = answered(house, outage(10))
    late = outage(1)[0]
    hear(house)
    assert (late.case.follows, lead.case.status) == (None, "surveying")


def test_a_member_whose_customer_turns_out_to_be_hurt_is_handled_by_itself(
    house: Built, outage: Outage
) -> None:
    stories = outage(10)
    hear(house)
    lead = leading(stories)
    hurt = following(lead, stories)[2]
    hurt.ask(Regrade(OPS, "客户补充说明受伤", {"impact": "high", "tier": "severe"}))
    case = hurt.case
    assert (case.follows, case.tier, case.impact) == (None, "severe", "high")
    assert hurt.open_item("confirm").kind == "lead"
    hear(house)
    assert hurt.case.follows is None
    assert hurt.history("detached") == [{"lead": lead.ref}]


def test_a_lead_that_is_gone_before_any_follows_is_replaced(house: Built, outage: Outage) -> None:
    stories = outage(11)
    assert gather(house.casework)
    stories[0].ask(End("voided", OPS, "误报"))
    hear(house)
    assert {story.case.follows for story in stories} == {None}
    hear(house)
    assert leading(stories) is stories[1]
    assert len(following(stories[1], stories)) == 9


def test_a_tenth_of_low_scores_reopens_the_lead_once(house: Built, outage: Outage) -> None:
    lead, members = answered(house, outage(11))
    lead.score(5)
    house.pass_time(minutes=15)
    assert lead.case.status == "closed"
    members[0].score(3, leave=True)
    house.pass_time(minutes=15)
    hear(house)
    case = lead.case
    assert (case.status, case.cycle, case.tier) == ("handling", 2, "severe")
    assert lead.history("matter_low_scores") == [{"cycle": 1, "low": 1, "members": 10, "reopened": True}]
    assert {letter.kind for letter in lead.letters() if letter.kind.startswith("matter_")} == {
        "matter_leads", "matter_reopened",
    }  # fmt: skip
    members[1].score(1)
    house.pass_time(minutes=15)
    hear(house)
    assert (lead.case.cycle, len(lead.history("matter_low_scores"))) == (2, 1), "once for one answer"
    assert (members[1].case.status, members[1].case.cycle) == ("handling", 2), "its own low score reopens it"


def test_less_than_a_tenth_and_corrected_scores_do_not_reopen_it(house: Built, outage: Outage) -> None:
    lead, members = answered(house, outage(12))
    lead.score(5)
    members[0].score(2, leave=True)
    members[0].score(4)
    members[1].score(3, leave=True)
    house.pass_time(minutes=15)
    hear(house)
    assert len(members) == 11, "one of them is less than a tenth"
    assert (lead.case.status, lead.history("matter_low_scores")) == ("closed", [])


def test_a_lead_under_way_is_told_once(house: Built, outage: Outage) -> None:
    lead, members = answered(house, outage(10))
    for story in members[:3]:
        story.score(2)
    house.pass_time(minutes=15)
    hear(house)
    assert (lead.case.status, lead.case.cycle) == ("surveying", 1)
    with house.casework.reading(lead.ref) as file:
        supervisor = file.person_in("supervisor", None)
    assert supervisor is not None
    told = [str(letter.person) for letter in lead.letters("matter_low")]
    assert sorted(told) == sorted({str(lead.case.owner), supervisor.id})
    assert len(lead.history("matter_low_scores")) == 1


def test_the_cause_is_kept_without_words_and_follows_the_grade(house: Built, outage: Outage) -> None:
    story, other = outage(2)
    with house.casework.database.read() as session:
        rows = {row.case_id: row for row in session.exec(select(Cause)).all()}
    one, two = rows[story.case.id], rows[other.case.id]
    assert (one.cause, len(one.cause)) == (two.cause, 32)
    assert (one.at, two.at - one.at) == (story.case.received_at, timedelta(minutes=1))
    hear(house)
    story.ask(Regrade(OPS, "实为计费问题", {"category": "billing"}))
    with house.casework.database.read() as session:
        assert session.exec(select(Cause.cause).where(Cause.case_id == story.case.id)).one() == ""


def test_a_person_makes_a_matter_and_its_low_scores_count_alike(house: Built, file: File) -> None:
    lead = led(file)
    member = file("medium", customer=somebody())
    member.ask(Follow(lead.ref, OPS, "同一批次"))
    lead.resolve(remedy="apology")
    hear(house)
    for story in (lead, member):
        story.until_asked()
    member.score(3)
    house.pass_time(minutes=15)
    hear(house)
    assert lead.history("matter_low_scores")[0]["low"] == 1
