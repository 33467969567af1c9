"""What a channel files is kept once, whoever repeats it, or refused with its reason; on both databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any

import pytest

from intake.hooks import MOST_BYTES
from intake.signing import signed
from store.access import Access
from store.database import Database
from store.tables import (
    Case,
    CaseText,
    Customer,
    HookConflict,
    HookReceipt,
    Letter,
)
from tests.contract.conftest import rows_of
from tests.contract.doors import MASTER, Door, all_of, fields, refused

# --- a new complaint


def test_a_complaint_is_kept_before_it_is_answered(door: Door) -> None:
    response = door.file(external_id="o-1", order_id="A1", amount=12950, extra={"shop": "城南"})
    assert response.status_code == 202
    (case,) = all_of(door, Case)
    assert response.json() == {"ref": case.ref, "track_url": f"https://amends.example/track/{case.ref}"}
    assert [case.channel, case.external_id, case.status] == ["web_form", "o-1", case.status]
    (text,) = all_of(door, CaseText)
    assert [text.order_id, text.amount, text.extra] == ["A1", 12950, {"shop": "城南"}]
    (receipt,) = all_of(door, HookReceipt)
    assert [receipt.case_id, receipt.external_id, receipt.kind] == [case.id, "o-1", "complaint"]


def test_a_complaint_is_graded_promised_and_acknowledged_in_the_receiving_transaction_or_ready_to_be(
    door: Door,
) -> None:
    door.file()
    door.built.work()
    assert door.built.failed == []
    (case,) = all_of(door, Case)
    assert case.tier is not None
    assert "acknowledgement" in [letter.kind for letter in all_of(door, Letter)]


def test_the_receipt_holds_no_text(door: Door) -> None:
    door.file(text="只有我知道的话")
    (receipt,) = all_of(door, HookReceipt)
    assert "只有我知道的话" not in repr(receipt)


def test_control_characters_are_taken_out_and_said(door: Door) -> None:
    response = door.file(text="坏\x00了\x07\n第二行\t", extra={"note": "a\x00b"})
    assert response.status_code == 202
    assert response.json()["cleaned"] == ["extra", "text"]
    (text,) = all_of(door, CaseText)
    assert [text.text, text.extra] == ["坏了\n第二行\t", {"note": "ab"}]


def test_every_language_and_emoji_is_kept_as_it_came(door: Door) -> None:
    words = "Ça ne marche pas 😡👨‍👩‍👧 שלום नमस्ते ﷽ 𠮷野家 \u200b\ufeff"
    assert door.file(text=words).status_code == 202
    (text,) = all_of(door, CaseText)
    assert text.text == words


def test_a_masked_number_finds_nobody(door: Door) -> None:
    door.file(customer={"name": "甲", "phone": "138****1234"}, external_id="a")
    door.file(customer={"name": "乙", "phone": "138****1234"}, external_id="b", text="另一个人的另一件事")
    assert {customer.name for customer in all_of(door, Customer)} == {"甲", "乙"}
    assert {text.extra["masked_phone"] for text in all_of(door, CaseText)} == {"138****1234"}


# --- repeats and conflicts


def test_the_same_event_again_gives_the_same_ref(door: Door) -> None:
    body = door.body(external_id="o-1")
    first, again = door.send(body), door.send(body)
    assert [first.status_code, again.status_code] == [202, 200]
    assert again.json() == first.json()
    assert len(all_of(door, Case)) == 1


def test_the_same_webhook_id_again_gives_the_same_ref(door: Door) -> None:
    body = door.body()
    assert [door.send(body, id="msg_same").status_code for _ in range(3)] == [202, 200, 200]


def test_the_same_body_written_differently_is_the_same_event(door: Door) -> None:
    body = door.body(external_id="o-1")
    door.send(body)
    spaced = json.dumps(dict(reversed(body.items())), indent=4).encode()
    assert door.send_bytes(spaced).status_code == 200


def test_another_body_under_the_same_key_is_kept_and_told_to_operations(door: Door) -> None:
    door.file(external_id="o-1")
    other = door.body(external_id="o-1", text="另一件事")
    problem = refused(door.send(other), 409)
    assert "external_id" in problem["detail"]
    (conflict,) = all_of(door, HookConflict)
    assert json.loads(conflict.body)["text"] == "另一件事"
    told = [letter for letter in all_of(door, Letter) if letter.key.endswith(f"/conflict/{conflict.id}")]
    assert [letter.audience for letter in told] == ["staff"]
    assert len(all_of(door, Case)) == 1


def test_a_conflict_that_is_repeated_is_kept_once(door: Door) -> None:
    door.file(external_id="o-1")
    other = door.body(external_id="o-1", text="另一件事")
    for _ in range(3):
        refused(door.send(other), 409)
    refused(door.send(other | {"text": "第三件事"}), 409)
    assert len(all_of(door, HookConflict)) == 2


def test_one_webhook_id_for_two_events_is_a_conflict(door: Door) -> None:
    door.file(id="msg_same", external_id="a")
    assert "webhook-id" in refused(door.file(id="msg_same", external_id="b"), 409)["detail"]


def test_two_channels_may_use_the_same_ids(door: Door) -> None:
    customers: list[dict[str, str]] = [{"id": "c-1"}, {"id": "c-2"}]
    answers = [
        door.file(channel=channel, external_id="1", id="msg_1", customer=customer)
        for channel, customer in zip(("wechat", "app"), customers, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]


def test_deliveries_at_the_same_moment_make_one_complaint(door: Door) -> None:
    body = json.dumps(door.body(external_id="o-1")).encode()
    headers = [signed(door.secret("web_form"), body, f"msg_{n}", door.built.clock.now) for n in range(8)]
    with ThreadPoolExecutor(8) as channels:
        answers = list(
            channels.map(lambda h: door.client.post("/hooks/web_form", content=body, headers=h), headers)
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [202]
    assert len({answer.json()["ref"] for answer in answers}) == 1
    assert len(all_of(door, HookReceipt)) == 1


def test_a_customer_who_is_new_to_many_channels_at_once_is_one_customer(door: Door) -> None:
    def file(number: int) -> int:
        text = f"第{number}件完全不同的事情：{'甲乙丙丁戊己庚辛'[number] * 12}"
        return door.file(external_id=f"o-{number}", id=f"msg_new_{number}", text=text).status_code

    door.secret("web_form")
    with ThreadPoolExecutor(6) as channels:
        assert list(channels.map(file, range(6))) == [202] * 6
    assert len(all_of(door, Customer)) == 1
    assert len(all_of(door, HookReceipt)) == 6


# --- the signature


def test_what_is_not_signed_with_the_key_of_the_channel_is_refused(door: Door) -> None:
    body = json.dumps(door.body()).encode()
    now = door.built.clock.now
    good = signed(door.secret("web_form"), body, "msg_1", now)
    wrong = {
        "missing": {},
        "other channel": signed(door.secret("weibo"), body, "msg_1", now),
        "other body": signed(door.secret("web_form"), body + b" ", "msg_1", now),
        "old": signed(door.secret("web_form"), body, "msg_1", now - timedelta(minutes=6)),
        "ahead": signed(door.secret("web_form"), body, "msg_1", now + timedelta(minutes=6)),
        "other id": good | {"webhook-id": "msg_2"},
        "other time": good | {"webhook-timestamp": str(int(now.timestamp()) + 1)},
        "no version": good | {"webhook-signature": good["webhook-signature"].removeprefix("v1,")},
        "empty": good | {"webhook-signature": ""},
        "nonsense": good | {"webhook-signature": "v1,%%% v1 , v1,=== v2,abc"},
        "no time": good | {"webhook-timestamp": "soon"},
        "huge time": good | {"webhook-timestamp": "9" * 400},
        "float time": good | {"webhook-timestamp": "1e9"},
        "nan time": good | {"webhook-timestamp": "nan"},
        "long id": good | {"webhook-id": "x" * 201},
        "spaced id": good | {"webhook-id": "a b"},
    }
    for name, headers in wrong.items():
        response = door.client.post("/hooks/web_form", content=body, headers=headers)
        assert response.status_code == 401, name
        refused(response, 401)
    assert rows_of(door.built.casework.database)["hook_receipts"] == 0
    assert door.client.post("/hooks/web_form", content=body, headers=good).status_code == 202


def test_of_several_signatures_one_that_fits_is_enough(door: Door) -> None:
    body = json.dumps(door.body()).encode()
    headers = signed(door.secret("web_form"), body, "msg_1", door.built.clock.now)
    headers["webhook-signature"] = f"v1a,abc v1,AAAA {headers['webhook-signature']}"
    assert door.client.post("/hooks/web_form", content=body, headers=headers).status_code == 202


def test_both_keys_open_during_a_rotation_and_only_the_new_one_after(door: Door) -> None:
    old = door.secret("web_form")
    new = door.access.rotate("web_form", timedelta(days=1)).secret

    def status(secret: str, number: int) -> int:
        body = json.dumps(door.body(external_id=f"r-{number}")).encode()
        headers = signed(secret, body, f"msg_r{number}", door.built.clock.now)
        return door.client.post("/hooks/web_form", content=body, headers=headers).status_code

    assert [status(old, 1), status(new, 2)] == [202, 202]
    door.built.clock.now += timedelta(days=1)
    assert [status(old, 3), status(new, 4)] == [401, 202]


def test_a_key_given_out_by_another_process_opens_at_once(door: Door) -> None:
    body = json.dumps(door.body()).encode()
    headers = signed(door.secret("web_form"), body, "msg_1", door.built.clock.now)
    door.client.post("/hooks/web_form", content=body, headers=headers)
    other = Access(door.built.casework.database, MASTER, door.built.clock).add_hook_key("web_form")
    headers = signed(other.secret, body, "msg_1", door.built.clock.now)
    assert door.client.post("/hooks/web_form", content=body, headers=headers).status_code == 200


def test_an_unknown_channel_is_not_found(door: Door) -> None:
    for channel in ("nowhere", "web_form%00", "x" * 500):
        assert door.client.post(f"/hooks/{channel}", content=b"{}").status_code == 404


# --- the body


def test_too_large_is_refused_however_it_is_sent(door: Door) -> None:
    large = b" " * (MOST_BYTES + 1)
    refused(door.send_bytes(large), 413)
    parts = (b" " * 1024 for _ in range(1025))
    refused(door.client.post("/hooks/web_form", content=parts), 413)
    stated = HTTPConnection(door.client.base_url.host, door.client.base_url.port or 0)
    stated.request("POST", "/hooks/web_form", headers={"Content-Length": str(MOST_BYTES + 1)})
    assert stated.getresponse().status == 413, "before a byte of it was sent"
    stated.close()


def test_a_body_of_the_largest_size_is_read(door: Door) -> None:
    frame = door.body(extra={"log": ""})
    room = MOST_BYTES - len(json.dumps(frame, ensure_ascii=False).encode())
    assert door.file(extra={"log": "x" * (room - 10)}).status_code == 202


def test_every_wrong_field_is_named_at_once(door: Door) -> None:
    response = door.file(
        external_id="", occurred_at="yesterday", amount=1.5, customer={"value": "vip", "email": "no"}, txt="x"
    )
    assert fields(response) == [
        "external_id",
        "occurred_at",
        "customer.email",
        "customer.value",
        "amount",
        "txt",
    ]


@pytest.mark.parametrize(
    ("shift", "status"),
    [
        (timedelta(minutes=4), 202),
        (timedelta(minutes=6), 422),
        (timedelta(days=-365), 202),
        (timedelta(days=-5 * 365 - 1), 422),
    ],
)
def test_what_has_not_happened_yet_or_long_ago_is_refused(door: Door, shift: timedelta, status: int) -> None:
    response = door.file(occurred_at=(door.built.clock.now + shift).isoformat())
    assert response.status_code == status
    if status == 422:
        assert fields(response) == ["occurred_at"]


def test_a_refused_body_keeps_nothing_and_may_be_sent_again_mended(door: Door) -> None:
    before = rows_of(door.built.casework.database)
    ahead = (door.built.clock.now + timedelta(days=1)).isoformat()
    assert fields(door.file(external_id="o-1", id="msg_1", occurred_at=ahead)) == ["occurred_at"]
    assert fields(door.file(external_id="o-1", id="msg_1", text=" ")) == ["text"]
    after = rows_of(door.built.casework.database)
    assert {name: n for name, n in after.items() if n != before[name]} == {"access_keys": 1}
    assert door.file(external_id="o-1", id="msg_1").status_code == 202


# --- when something of ours is wrong


def test_a_store_that_does_not_answer_says_when_to_try_again(door: Door) -> None:
    door.file()
    database = door.built.casework.database
    database.close()
    database.engine = build_unreachable(database.is_sqlite)
    response = door.file(external_id="o-2")
    problem = refused(response, 503)
    assert int(response.headers["retry-after"]) > 0
    assert "nothing was changed" in problem["detail"]


def build_unreachable(sqlite: bool) -> Any:
    url = "sqlite:////nonexistent/folder/amends.db" if sqlite else "postgresql+psycopg://x@127.0.0.1:1/x"
    return Database(url).engine


def test_the_page_of_the_api_names_every_field(door: Door) -> None:
    document = door.client.get("/openapi.json").json()
    post = document["paths"]["/hooks/{channel}"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert {"external_id", "occurred_at", "customer", "text", "kind", "extra"} <= schema["properties"].keys()
    assert "$ref" not in json.dumps(schema)
    assert {"200", "202", "401", "404", "409", "413", "422", "503"} <= post["responses"].keys()
