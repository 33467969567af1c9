"""Machines' mail opens nothing; a person's complaint is never taken for it."""

from __future__ import annotations

from typing import Any

import pytest

from complaints.automatic import automatic

MACHINES: list[tuple[str, dict[str, Any]]] = [
    ("", {"auto_submitted": "auto-replied"}),
    ("x", {"Auto-Submitted": "auto-generated; type=vacation"}),
    ("x", {"headers": {"Auto-Submitted": "auto-notified"}}),
    ("x", {"headers": {"X-Autoreply": "yes"}}),
    ("x", {"headers": {"Precedence": "bulk"}}),
    ("x", {"precedence": "auto_reply"}),
    ("x", {"headers": {"Return-Path": "<>"}}),
    ("x", {"headers": {"Content-Type": "multipart/report; report-type=delivery-status"}}),
    ("x", {"from": "MAILER-DAEMON@mx.example.org"}),
    ("x", {"headers": {"From": "Mail System <postmaster@example.org>"}}),
    ("x", {"headers": {"X-Amends-Letter": "0af3"}}),
    ("x", {"subject": "自动回复：您的投诉已受理"}),
    ("x", {"subject": "Out of office: back on Monday"}),
    ("x", {"subject": "Undeliverable: Your complaint"}),
    ("自动回复：我正在休假，12月1日返回。", {}),
    ("【自动回复】您好，来信已收到", {}),
    ("系统退信\n您的邮件无法送达", {}),
    ("我正在休假，请联系我的同事", {}),
    ("您好，我正在出差，回来后回复您", {}),
    ("Automatic reply: I am away", {}),
    ("I am currently out of the office until 3 December.", {}),
    ("Delivery Status Notification (Failure)", {}),
    ("Mail delivery failed: returning message to sender", {}),
    ("Returned mail: see transcript for details", {}),
]
PEOPLE: list[tuple[str, dict[str, Any]]] = [
    ("你们的自动回复根本不解决问题，我要求人工处理", {}),
    ("每次都是自动回复，没有人理我", {}),
    ("自动回复太慢", {}),
    ("我正在休假的时候你们扣了我的钱", {}),
    ("我在出差，酒店订单被取消了", {}),
    ("我正在出差，请联系我退款", {}),
    ("Your automatic reply did not help at all", {}),
    ("Automatic replies are all I ever get from you", {}),
    ("Out of office hours nobody answers your hotline", {}),
    ("Undelivered! I have waited three weeks", {}),
    ("My parcel was undeliverable because your courier never rang", {}),
    ("Mail delivery in our street has been terrible", {}),
    ("x", {"auto_submitted": "no"}),
    ("x", {"auto_submitted": None, "precedence": "first-class", "from": "wang@example.org"}),
    ("x", {"headers": {"Return-Path": "<wang@example.org>"}}),
    ("x", {"headers": "Auto-Submitted: auto-replied"}),
    ("x", {"headers": ["x"], "subject": {"a": 1}, "from": 5}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "extra"), MACHINES)
def test_what_a_machine_sent_is_known(text: str, extra: dict[str, Any]) -> None:
    assert automatic(text, extra)


@pytest.mark.parametrize(("text", "extra"), PEOPLE)
def test_what_a_person_may_have_written_passes(text: str, extra: dict[str, Any]) -> None:
    assert automatic(text, extra) is None


def test_a_text_of_spaces_is_judged_by_its_first_words() -> None:
    assert automatic(" " * 40_000 + "自动回复：我不在", {})
    assert automatic("x" + " " * 40_000, {}) is None
