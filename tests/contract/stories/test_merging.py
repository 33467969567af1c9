"""One matter said twice is handled once: recognised before dispatch, and of two dates the earlier one counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from cases.opening import Complainant
from cases.requests.customer import AnswerSurvey
from cases.requests.direction import End, Regrade, Return
from cases.sweeping import step_due
from complaints.acting import Actor
from complaints.errors import Refusal
from store.tables import CaseText, Letter
from tests.contract.casework import Built
from tests.contract.stories.complaint import TEXTS, Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
SOMEBODY_ELSE = Complainant(id="c-else", name="李强", phone="13900001111")
SAME = {"order_id": "O-1"}


def hear(house: Built) -> None:
    """A clock steps the cases that were told something."""
    step_due(house.casework)
    house.work()


def again(file: File, tier: str = "medium", **given: object) -> Complaint:
    """The customer says it once more, some words changed."""
    text = str(given.pop("text", TEXTS[tier] + "，快点"))
    return file("unclear", text=text, **{**SAME, **given})


def received(story: Complaint) -> list[Letter]:
    with story.house.casework.database.read() as session:
        query = select(Letter).where(Letter.case_id == story.case.id, Letter.direction == "in")
        return list(session.exec(query).all())


def test_the_same_matter_is_merged_before_dispatch_and_the_customer_told_once(
    house: Built, file: File
) -> None:
    lead = file("medium", **SAME)
    handler = lead.act("confirm").assignee
    house.pass_time(hours=5)
    story = again(file)
    case = story.case
    assert (case.status, case.merged_into, case.ended, case.reason) == ("merged", lead.ref, True, "merged")
    assert story.items() == [], "nobody was asked to work on it"
    assert story.promises == []
    assert story.state_of("acknowledge") == "met"
    told = story.letters(to="customer")
    assert [(x.kind, x.key.split("/")[3]) for x in told] == [("acknowledgement", "merged")]
    assert story.ref in told[0].body
    assert "最迟" in told[0].body, "by when the earlier one is answered"
    hear(house)
    assert lead.open_item("resolve").assignee == handler
    assert [x.body for x in received(lead)] == [TEXTS["medium"] + "，快点"]
    assert [x.person for x in lead.letters("customer_message")] == [handler]
    hear(house)
    assert len(received(lead)) == 1
    lead.resolve(remedy="apology")
    assert "answer" in lead.told
    house.pass_time(days=10)
    assert story.told == ["merged"], "never answered or asked by itself"


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        ({"order_id": "O-2"}, 5),
        ({"customer": SOMEBODY_ELSE}, 5),
        ({}, 73),
        ({"order_id": None, "text": "昨天我的发票抬头开错了，请重新开具一张，谢谢"}, 5),
        ({"channel": "authority_12315"}, 5),
    ],
    ids=["another order", "another customer", "later", "another matter", "an authority"],
)
def test_what_is_not_the_same_matter_stands_by_itself(
    house: Built, file: File, given: dict[str, object], hours: int
) -> None:
    lead = file("medium", **SAME)
    lead.act("confirm")
    if hours > 72:
        lead.act("ask", item=lead.open_item("resolve").id, department="billing", text="请核对")
    house.pass_time(hours=hours)
    if lead.case.status not in ("handling", "waiting_customer"):
        pytest.fail(f"the lead is {lead.case.status}: it must still be open")
    story = again(file, "medium", **given)
    assert (story.case.merged_into, story.case.status) == (None, "handling")


def test_what_is_worse_is_not_lost_in_what_is_there(file: File) -> None:
    file("medium", **SAME)
    story = again(file, "severe")
    assert (story.case.tier, story.case.merged_into) == ("severe", None)


def test_the_same_order_and_category_in_other_words_is_the_same_matter(file: File) -> None:
    lead = file("medium", **SAME)
    category = str(lead.case.category)
    other = again(file, text="上周寄回的商品，退款一直没到账，打电话也没人理，要求退款")
    assert (other.case.category, other.case.merged_into) == (category, lead.ref)


def test_of_two_open_ones_the_likelier_leads(house: Built, file: File) -> None:
    file("severe", order_id="O-7")
    lead = file("severe", **SAME)
    house.pass_time(hours=1)
    assert again(file, "severe").case.merged_into == lead.ref


def test_said_again_in_the_survey_it_is_not_settled_and_the_next_cycle_begins(
    house: Built, file: File
) -> None:
    lead = file("medium", **SAME)
    first = lead.act("confirm").assignee
    lead.resolve(remedy="apology")
    lead.until_asked()
    story = again(file)
    assert (story.case.status, story.case.merged_into) == ("merged", lead.ref)
    hear(house)
    case = lead.case
    assert (case.status, case.cycle) == ("handling", 2)
    assert lead.told[-1] == "taken_up"
    assert lead.promises[-1] == "open"
    assert lead.survey.state == "void"
    with pytest.raises(Refusal):
        lead.ask(AnswerSurvey(cycle=1, score=5, leave=False, nonce="late"))
    item = lead.open_item("confirm")
    assert item.assignee != first, "by somebody without a part"
    assert len(received(lead)) == 1


def test_said_again_while_something_is_carried_out_the_next_cycle_begins_after_it(
    house: Built, file: File
) -> None:
    lead = file("medium", **SAME)
    lead.act("confirm")
    lead.resolve(remedy="refund", amount=12_900)
    assert lead.case.status == "fulfilling"
    again(file)
    hear(house)
    assert (lead.case.status, lead.case.cycle) == ("fulfilling", 1)
    lead.act("done", kind="fulfil")
    assert (lead.case.status, lead.case.cycle) == ("handling", 2)
    assert "survey" not in lead.told


def test_an_unmerged_complaint_is_promised_and_dispatched_with_clocks_from_its_receipt(
    house: Built, file: File
) -> None:
    file("medium", **SAME).act("confirm")
    house.pass_time(hours=1)
    story = again(file)
    begun = story.case.received_at
    house.pass_time(hours=2)
    story.ask(Return("unmerge", OPS, "是另一件事"))
    case = story.case
    assert (case.status, case.cycle, case.merged_into) == ("handling", 1, None)
    assert story.promises == ["open"]
    assert story.told == ["merged", "taken_up"]
    assert story.clock("resolve", 1).started_at == begun
    assert story.clock("resolve", 1).due_at == begun + timedelta(hours=24)
    story.act("confirm")


def test_a_person_merges_running_ones_and_the_earliest_receipt_and_promise_count(
    house: Built, file: File
) -> None:
    older = file("medium", order_id="O-1")
    older.act("confirm")
    house.pass_time(hours=6)
    lead = file("medium", order_id="O-2")
    lead.act("confirm")
    house.pass_time(minutes=20)
    due, promised = older.clock("resolve", 1).due_at, older.promise_rows[-1]
    assert due is not None
    assert lead.clock("resolve", 1).due_at == due + timedelta(hours=6)
    older.ask(End("merged", OPS, "同一件事", into=lead.ref))
    hear(house)
    assert lead.clock("resolve", 1).due_at == due
    assert lead.clock("first_contact").started_at == older.case.received_at
    assert lead.case.cycle_started_at == older.case.received_at
    assert lead.promises == ["moved", "open"]
    assert lead.promise_rows[-1].due_at == promised.due_at == lead.clock("promise").due_at
    assert lead.promise_rows[-1].told_at == promised.told_at
    house.pass_time(hours=6)
    lead.resolve(remedy="apology")
    assert lead.promises == ["moved", "kept"]
    assert lead.state_of("resolve", 1) == "met"


def test_a_date_that_passed_before_the_merger_is_a_breach_of_the_lead(house: Built, file: File) -> None:
    older = file("medium", order_id="O-1")
    older.act("confirm")
    house.pass_time(hours=20)
    lead = file("medium", order_id="O-2")
    lead.act("confirm")
    house.pass_time(hours=5)
    assert lead.items("overdue") == []
    older.ask(End("merged", OPS, "同一件事", into=lead.ref))
    hear(house)
    assert lead.state_of("resolve", 1) == "breached"
    assert len(lead.items("overdue")) == 1, "its supervisor hears of it at once"


def test_a_younger_one_moves_no_date_and_other_peoples_words_stay_theirs(house: Built, file: File) -> None:
    lead = file("medium", order_id="O-1")
    lead.act("confirm")
    before = (lead.clock("resolve", 1).due_at, lead.clock("promise").due_at)
    house.pass_time(hours=3)
    other = file("medium", customer=SOMEBODY_ELSE)
    other.ask(End("merged", OPS, "同一订单", into=lead.ref))
    hear(house)
    assert (lead.clock("resolve", 1).due_at, lead.clock("promise").due_at) == before
    assert lead.promises == ["open"]
    assert received(lead) == []


def test_a_lead_graded_anew_keeps_the_terms_it_was_given(house: Built, file: File) -> None:
    older = file("medium", order_id="O-1")
    house.pass_time(hours=10)
    lead = file("medium", order_id="O-2")
    lead.ask(Regrade(OPS, "更正", {"tier": "severe"}))
    older.ask(End("merged", OPS, "同一件事", into=lead.ref))
    hear(house)
    row = lead.clock("resolve", 1)
    assert row.due_at == older.case.received_at + timedelta(days=3)


def test_the_words_of_a_merged_complaint_stay_with_it_too(house: Built, file: File) -> None:
    file("medium", **SAME)
    story = again(file)
    with house.casework.database.read() as session:
        assert session.get(CaseText, story.case.id).text == TEXTS["medium"] + "，快点"  # type: ignore[union-attr]
