"""What follows a complaint through the same door: messages, automatic replies, receipts, counts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from complaints.automatic import LOOP_MESSAGES
from store.tables import (
    Case,
    ChannelCount,
    HookReceipt,
    InboxRow,
    Incident,
    Letter,
)
from tests.contract.conftest import rows_of
from tests.contract.doors import Door, all_of, fields

# --- messages


def test_a_message_belongs_to_the_complaint_it_names(door: Door) -> None:
    ref = door.file(customer={"id": "c-1"}).json()["ref"]
    answer = door.send(
        {"kind": "message", "external_id": "m-1", "occurred_at": door.body()["occurred_at"],
         "ref": f" {ref.lower()} ", "text": "请问进展如何？"}, channel="app",
    )  # fmt: skip
    assert answer.status_code == 202
    assert answer.json()["ref"] == ref
    (message,) = [letter for letter in all_of(door, Letter) if letter.direction == "in"]
    assert [message.kind, message.channel, message.body] == ["message", "app", "请问进展如何？"]


def test_a_message_finds_the_newest_open_complaint_of_its_customer(door: Door) -> None:
    door.file(text="第一件：冰箱送到的时候门是坏的，没有人来换")
    door.built.clock.now += timedelta(days=4)
    second = door.file(text="话费账单多扣了两次，要求退还", external_id="o-2").json()["ref"]
    door.file(text="别人的事情", customer={"id": "someone else"}, external_id="o-3")
    answer = door.file(
        kind="message", text="还没有人联系我", customer={"phone": " 13812345678 "}, external_id="m-1"
    )
    assert [answer.status_code, answer.json()["ref"]] == [202, second]


def test_a_message_again_is_attached_once(door: Door) -> None:
    door.file()
    body = door.body(kind="message", external_id="m-1", text="还没有人联系我")
    assert [door.send(body).status_code for _ in range(2)] == [202, 200]
    assert len([letter for letter in all_of(door, Letter) if letter.direction == "in"]) == 1


def test_the_owner_hears_of_a_message_but_not_of_a_mere_thanks(door: Door) -> None:
    door.file()
    door.built.work()
    door.file(kind="message", external_id="m-1", text="已经解决了，非常感谢，很满意！")
    door.built.work()
    heard = [letter for letter in all_of(door, Letter) if letter.kind == "customer_message"]
    assert heard == []
    door.file(kind="message", external_id="m-2", text="我还要补充一张发票的照片")
    door.built.work()
    heard = [letter for letter in all_of(door, Letter) if letter.kind == "customer_message"]
    assert len(heard) == 1


def test_a_very_negative_message_reaches_a_person(door: Door) -> None:
    door.file()
    door.built.work()
    door.file(
        kind="message", external_id="m-1", text="太恶心了，骗子公司，气死我了，垃圾！我要曝光你们，忍无可忍！"
    )
    door.built.work()
    assert "very_negative" in [letter.kind for letter in all_of(door, Letter)]


def test_a_message_of_a_stranger_is_a_complaint(door: Door) -> None:
    answer = door.file(kind="message", text="你们的快递员把我的包裹扔在雨里了")
    assert answer.status_code == 202
    (case,) = all_of(door, Case)
    assert answer.json()["ref"] == case.ref


def test_a_message_to_a_complaint_that_is_not_there_is_refused(door: Door) -> None:
    body = {
        "kind": "message",
        "external_id": "m-1",
        "occurred_at": door.body()["occurred_at"],
        "text": "在吗",
    }
    for ref in ("AM-2611-ZZZZZZ", "nonsense", "%", "'; drop table cases; --"):
        assert fields(door.send(body | {"ref": ref})) == ["ref"]
    assert fields(door.send(body)) == ["customer"]
    assert fields(door.send(body | {"customer": {"name": "王芳"}})) == ["customer"]
    assert all_of(door, HookReceipt) == []


def _end(door: Door, *, days_ago: int) -> str:
    """A complaint that ended so many days ago."""
    ref = str(door.file(external_id="ended").json()["ref"])
    with door.built.casework.database.write() as session:
        case = session.exec(select(Case).where(Case.ref == ref)).one()
        case.ended, case.status, case.owner = True, "closed", "s-sun-yue"
        case.closed_at = door.built.clock.now - timedelta(days=days_ago)
        session.add(case)
    return ref


def test_after_the_end_a_message_is_attached_and_a_person_told(door: Door) -> None:
    ref = _end(door, days_ago=10)
    answer = door.file(kind="message", external_id="m-1", text="问题又出现了，还是打不开")
    assert answer.json()["ref"] == ref
    told = [letter for letter in all_of(door, Letter) if letter.kind == "customer_message"]
    assert [letter.person for letter in told] == ["s-sun-yue"]


def test_thanks_after_the_end_is_attached_and_nobody_is_bothered(door: Door) -> None:
    _end(door, days_ago=10)
    door.file(kind="message", external_id="m-1", text="已经解决了，非常感谢，很满意！")
    assert [letter.kind for letter in all_of(door, Letter) if letter.direction == "in"] == ["thanks"]
    assert "customer_message" not in [letter.kind for letter in all_of(door, Letter)]


def test_long_after_the_end_a_message_is_a_new_complaint(door: Door) -> None:
    ref = _end(door, days_ago=31)
    answer = door.file(kind="message", external_id="m-1", text="空调又不制冷了")
    assert answer.json()["ref"] != ref


# --- what nobody wrote


@pytest.mark.parametrize("kind", ["complaint", "message"])
def test_an_automatic_reply_opens_nothing_answers_nothing_and_is_kept(door: Door, kind: str) -> None:
    door.file()
    before = rows_of(door.built.casework.database)
    body = door.body(
        kind=kind,
        external_id="auto",
        text="我正在休假",
        extra={"headers": {"Auto-Submitted": "auto-replied"}},
    )
    answer = door.send(body)
    assert answer.status_code == 200
    assert answer.json() == {"ref": None, "ignored": "automatic reply"}
    assert door.send(body).status_code == 200
    after = rows_of(door.built.casework.database)
    assert {name for name, count in after.items() if count != before[name]} == {"hook_receipts"}
    (kept,) = [receipt for receipt in all_of(door, HookReceipt) if receipt.kind == "automatic"]
    assert json.loads(kept.kept)["text"] == "我正在休假"


def test_two_machines_that_answer_each_other_are_cut_off(door: Door) -> None:
    door.file()
    answers = [
        door.file(kind="message", external_id=f"m-{n}", text="您的来信已收到，我们会尽快处理").json()
        for n in range(LOOP_MESSAGES + 2)
    ]
    assert ["ignored" in answer for answer in answers] == [False] * LOOP_MESSAGES + [True] * 2
    door.built.clock.now += timedelta(minutes=11)
    later = door.file(kind="message", external_id="m-later", text="还有人在吗？我要退款")
    assert "ignored" not in later.json()


# --- receipts and counts


def test_a_receipt_says_what_became_of_a_letter(door: Door) -> None:
    door.file()
    door.built.work()
    key = next(letter.key for letter in all_of(door, Letter) if letter.kind == "acknowledgement")
    now = door.built.clock.now

    def report(status: str, minutes: int) -> int:
        at = (now + timedelta(minutes=minutes)).isoformat()
        extra = {"letter": key, "status": status}
        body = {"kind": "receipt", "external_id": f"d-{status}", "occurred_at": at, "extra": extra}
        return door.send(body).status_code

    assert [report("read", 2), report("delivered", 1)] == [202, 202]
    letter = next(letter for letter in all_of(door, Letter) if letter.key == key)
    assert [letter.receipt, letter.receipt_at] == ["read", now + timedelta(minutes=2)]
    assert [incident.kind for incident in all_of(door, Incident)] == []


def test_a_letter_that_the_provider_gave_up_is_an_incident(door: Door) -> None:
    door.file()
    door.built.work()
    key = next(letter.key for letter in all_of(door, Letter) if letter.kind == "acknowledgement")
    body = {"kind": "receipt", "external_id": "d-1", "occurred_at": door.body()["occurred_at"]}
    assert door.send(body | {"extra": {"letter": key, "status": "failed"}}).status_code == 202
    assert [incident.kind for incident in all_of(door, Incident)] == ["undeliverable"]


def test_a_receipt_for_no_letter_of_ours_is_refused(door: Door) -> None:
    body = {"kind": "receipt", "external_id": "d-1", "occurred_at": door.body()["occurred_at"]}
    assert fields(door.send(body | {"extra": {"letter": "nothing", "status": "read"}})) == ["extra.letter"]
    assert fields(door.send(body | {"extra": {"status": "eaten"}})) == ["extra.letter", "extra.status"]


def test_the_newest_count_of_a_day_stands(door: Door) -> None:
    body = {"kind": "count", "occurred_at": door.body()["occurred_at"]}
    for number, count in enumerate((10, 12)):
        answer = door.send(
            body | {"external_id": f"n-{number}", "extra": {"day": "2026-11-17", "count": count}}
        )
        assert [answer.status_code, answer.json()] == [202, {"ref": None}]
    (row,) = all_of(door, ChannelCount)
    assert [row.channel, row.day, row.count] == ["web_form", "2026-11-17", 12]
    wrong = door.send(body | {"external_id": "n-3", "extra": {"day": "2026-2-30", "count": -1}})
    assert fields(wrong) == ["extra.day", "extra.count"]


def test_every_event_leaves_the_inbox_empty(door: Door) -> None:
    door.file()
    door.file(kind="message", external_id="m-1", text="请问进展如何？")
    with door.built.casework.database.read() as session:
        waiting = session.exec(select(InboxRow).where(col(InboxRow.handled_at).is_(None))).all()
    assert waiting == []
