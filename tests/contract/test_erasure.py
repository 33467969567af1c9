"""Erasing takes out every word a customer filled in, everywhere, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Float, Integer
from sqlmodel import SQLModel, select

from cases.casework import Casework
from cases.erasing import Held, NoSuchCustomer, SeveralCustomers
from cases.errors import CaseEnded
from cases.requests.direction import Hold, Return
from runtime.logs import keep_quiet
from store.columns import UtcTime
from store.erasers import ERASERS
from store.history import broken_chains
from store.tables import Case, CustomerKey, Erasure, History, Letter
from tests.contract.canaries import ADMIN, MAIL, PHONE, Aviary, aviary, case_of, tables
from tests.contract.casework import SECRET

WORDLESS = {
    "access_keys": "*", "activities": "case_id process element name topic inputs state claimed_by ran_by",
    "anchors": "*",
    "bundles": "*", "cases": "id ref kind bundle instance waiting flow_run_id customer_id channel language status tier "
    "urgency impact category sentiment value department skill owner outcome decision reason merged_into "
    "follows history_head impact_alone", "case_texts": "case_id", "causes": "*", "channel_counts": "*",
    "checks": "*", "draws": "*", "clocks": "*",
    "customers": "id value language zone", "customer_keys": "kind customer_id", "daily_snapshots": "*",
    "decisions": "*", "dispatches": "*",
    "erasures": "*", "findings": "*", "frozen_months": "*", "history": "*", "hook_conflicts": "digest",
    "hook_receipts": "channel kind digest case_id", "idempotent_answers": "actor key digest", "inbox": "*",
    "improvements": "*", "improvement_rounds": "*", "owed_improvements": "*",
    "incidents": "case_id kind owner closed_by", "letters": "key case_id direction kind audience person channel "
    "language state tried receipt", "live_bundle": "*", "memberships": "*", "notes": "case_id kind by",
    "options": "remedy", "promises": "*", "surveys": "case_id rated state", "ticks": "*", "timers": "*",
    "used_nonces": "*", "work_items": "*",
}  # fmt: skip
"""Columns that could hold text and never hold a customer's: ids, enums, keys of tables, staff."""

CHANGED = frozenset({
    "cases.version", "cases.erased_at", "cases.history_count", "cases.history_head",
})  # fmt: skip
"""What an erasure writes besides taking words out."""


@pytest.fixture
def birds(store_url: str, tmp_path: Path) -> Iterator[Aviary]:
    with aviary(store_url, tmp_path / "mailbox") as found:
        yield found


def figures(birds: Aviary) -> dict[str, list[dict[str, Any]]]:
    """All that stays: every row without the columns that erasers answer for."""
    wiped = {column for eraser in ERASERS for column in eraser.columns} | CHANGED
    gone = {"customer_keys", "idempotent_answers", "erasures", "history"}
    return {
        name: [{k: v for k, v in row.items() if f"{name}.{k}" not in wiped} for row in rows]
        for name, rows in tables(birds.database).items() if name not in gone
    }  # fmt: skip


def history_of(birds: Aviary) -> list[dict[str, Any]]:
    return tables(birds.database)["history"]


def verify(birds: Aviary) -> None:
    with birds.database.read() as session:
        assert broken_chains(session, SECRET, session.exec(select(Case)).all()) == []


def test_nothing_a_customer_filled_in_is_left_and_every_figure_stays(
    birds: Aviary, caplog: pytest.LogCaptureFixture
) -> None:
    keep_quiet()
    with caplog.at_level(logging.DEBUG):
        refs = [birds.live(), birds.taken_back()]
        shown = "".join(birds.in_prefect(ref) for ref in refs)
        birds.house.built.casework.step(refs[0], _Fails(birds.canary("failure")))
        birds.deliver()
        assert birds.in_store() == set(birds.planted), "the scan must find what is there"
        assert birds.in_folder() >= {w for w in birds.planted if "solution" in w or "name" in w}
        before, told = figures(birds), history_of(birds)
        customer = birds.erasing.customer(PHONE)
        outcome = birds.erasing.carry_out(birds.erasing.order(customer, ADMIN, "request"))
    assert outcome.done
    assert birds.in_store() == set()
    assert birds.in_folder() == set()
    for letter in before["letters"]:
        if letter["state"] == "waiting":  # nobody is asked anything any more whose address is gone
            letter |= {"state": "dropped", "fence": letter["fence"] + 1}
    assert figures(birds) == before
    assert [line for line in history_of(birds) if line["what"] != "erased"] == told
    verify(birds)
    with birds.database.read() as session:
        acts = session.exec(select(History).where(History.what == "erased")).all()
    assert {(a.actor, a.data["reason"], a.data["order"]) for a in acts} == {
        ("s-shen-yi", "request", outcome.order)
    }
    assert len(acts) == len(refs)
    logged = "\n".join(f"{r.getMessage()} {r.exc_text} {r.args}" for r in caplog.records)
    assert caplog.records
    for where in (logged, shown):
        assert [word for word in birds.planted if word in where and "failure" not in word] == []


class _Fails:
    """An incident whose text tells what somebody wrote, as an error of a provider might."""

    actor = "amends"

    def __init__(self, words: str) -> None:
        self._words = words

    def apply(self, file: Any, passage: Any) -> None:
        file.open_incident("fault", f"ValueError: {self._words}")


def test_an_embedded_store_holds_no_word_in_its_files_either(tmp_path: Path) -> None:
    path = tmp_path / "amends.db"
    with aviary(f"sqlite:///{path}", tmp_path / "mailbox") as birds:
        birds.live()
        raw = b"".join(p.read_bytes() for p in tmp_path.glob("amends.db*"))
        assert birds.planted[-1].encode() in raw
        birds.erasing.carry_out(birds.erasing.order(birds.erasing.customer(MAIL), ADMIN, "consent"))
        raw = b"".join(p.read_bytes() for p in tmp_path.glob("amends.db*"))
        assert [word for word in birds.planted if word.encode() in raw] == []


def test_a_second_erasure_finds_nothing_and_writes_nothing(birds: Aviary) -> None:
    birds.live()
    customer = birds.erasing.customer("canary-number")
    first = birds.erasing.carry_out(birds.erasing.order(customer, ADMIN, "request"))
    before = tables(birds.database)
    for known_by in (PHONE, f"phone:{PHONE}", MAIL.upper(), customer):
        assert birds.erasing.customer(known_by) == customer
        again = birds.erasing.carry_out(birds.erasing.order(customer, ADMIN, "request"))
        assert (again.order, again.done, again.erased) == (first.order, True, {})
    assert tables(birds.database) == before
    assert [(o.id, o.done_at is None) for o in birds.orders] == [(first.order, True), (first.order, False)]


def test_an_erasure_that_broke_off_goes_on(birds: Aviary, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = birds.live(), birds.taken_back()
    order = birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request")
    step_in = Casework.step_in

    def killed(self: Casework, session: Any, case: Case, request: Any = None) -> Any:
        if case.ref == second:
            raise KeyboardInterrupt
        return step_in(self, session, case, request)

    with monkeypatch.context() as broken:
        broken.setattr(Casework, "step_in", killed)
        with pytest.raises(KeyboardInterrupt):
            birds.erasing.carry_out(order)
    assert case_of(birds.database, first).erased_at is not None
    assert case_of(birds.database, second).erased_at is None
    assert birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request") == order
    [outcome] = birds.erasing.carry_out_waiting()
    assert outcome.done
    assert birds.in_store() == birds.in_folder() == set()
    verify(birds)


def test_an_open_complaint_is_erased_when_it_has_ended(birds: Aviary) -> None:
    ended = birds.live()
    still = str(birds.hook(birds.body()).json()["ref"])
    outcome = birds.erasing.carry_out(birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request"))
    assert not outcome.done
    assert {c.ref: c.waits for c in outcome.complaints} == {ended: "", still: "is handling"}
    assert PHONE in birds.in_store(), "whoever handles it must reach the customer"
    birds.erasing.withdraw(outcome.customer_id, ADMIN)
    [later] = birds.erasing.carry_out_waiting()
    assert later.done
    assert birds.in_store() == set()
    assert birds.erasing.carry_out_waiting() == []


def test_a_legal_hold_blocks_all_of_it(birds: Aviary) -> None:
    ref = birds.live()
    birds.house.built.step(ref, Hold(ADMIN, "诉讼"))
    customer = birds.erasing.customer(PHONE)
    before = tables(birds.database)
    with pytest.raises(Held, match=f"{ref}: under legal hold"):
        birds.erasing.order(customer, ADMIN, "request")
    assert tables(birds.database) == before
    birds.house.built.step(ref, Hold(ADMIN, "结案", on=False))
    assert birds.erasing.carry_out(birds.erasing.order(customer, ADMIN, "request")).done


def test_a_hold_set_after_the_order_is_respected(birds: Aviary) -> None:
    ref = birds.live()
    order = birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request")
    birds.house.built.step(ref, Hold(ADMIN, "诉讼"))
    outcome = birds.erasing.carry_out(order)
    assert (outcome.done, outcome.erased) == (False, {})
    assert outcome.complaints[0].held


def test_a_letter_on_its_way_is_waited_for(birds: Aviary) -> None:
    ref = birds.live()
    with birds.database.write() as session:
        letter = session.exec(select(Letter).where(Letter.case_id == case_of(birds.database, ref).id)).first()
        assert letter is not None
        letter.state, letter.lease_until = "sending", birds.house.built.clock.now + timedelta(minutes=3)
        session.add(letter)
    order = birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request")
    assert not birds.erasing.carry_out(order).done
    birds.house.built.clock.now += timedelta(minutes=4)
    assert birds.erasing.carry_out(order).done
    assert birds.in_folder() == set()


def test_what_was_erased_cannot_be_taken_up_again_and_its_pages_are_gone(birds: Aviary) -> None:
    ref = birds.live()
    links = {purpose: birds.house.link(ref, purpose) for purpose in ("track", "survey", "options")}
    birds.erasing.carry_out(birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request"))
    with pytest.raises(CaseEnded, match="was erased"):
        birds.house.built.step(ref, Return("reopen", ADMIN, "再看"))
    for path in links.values():
        assert birds.house.client.get(path).status_code == 410
    answer = birds.house.post(links["track"], does="write", text=birds.canary("late"))
    assert answer.status_code == 410
    assert birds.in_store() == set()


def test_the_same_event_sent_again_after_the_erasure_opens_nothing(birds: Aviary) -> None:
    body = birds.body()
    ref = birds.hook(body, id="same").json()["ref"]
    birds.erasing.withdraw(birds.erasing.customer(PHONE), ADMIN)
    birds.erasing.carry_out(birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request"))
    again = birds.hook(body, id="same")
    assert (again.status_code, again.json()["ref"]) == (200, ref)
    assert birds.in_store() == set()


def test_a_customer_who_comes_again_is_a_new_one(birds: Aviary) -> None:
    first = birds.live()
    birds.erasing.carry_out(birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request"))
    message = birds.hook(birds.message(first))
    assert message.json()["ref"] != first, "a message to what was erased is a complaint of its own"
    customer = case_of(birds.database, str(message.json()["ref"])).customer_id
    assert customer != case_of(birds.database, first).customer_id
    assert birds.erasing.customer(PHONE) == customer


def test_a_name_that_several_customers_have_is_asked_about(birds: Aviary) -> None:
    birds.hook(birds.body(customer={"id": PHONE}))
    birds.hook(birds.body(customer={"phone": PHONE}))
    with pytest.raises(SeveralCustomers, match="id: or phone:"):
        birds.erasing.customer(PHONE)
    assert birds.erasing.customer(f"id:{PHONE}") != birds.erasing.customer(f"phone:{PHONE}")
    with pytest.raises(NoSuchCustomer, match="no customer is known"):
        birds.erasing.customer("nobody@example.org")


def test_others_are_left_alone(birds: Aviary) -> None:
    birds.live()
    other = birds.house.built.file("请问我的包裹到哪里了？", external_id="other")
    seen = birds.house.seen(other)
    birds.erasing.carry_out(birds.erasing.order(birds.erasing.customer(PHONE), ADMIN, "request"))
    assert birds.house.seen(other) == seen
    with birds.database.read() as session:
        assert sorted(session.exec(select(CustomerKey.kind)).all()) == ["email", "id", "phone"]
        assert len(session.exec(select(Erasure)).all()) == 1


def test_every_column_that_can_hold_text_has_an_eraser_or_holds_none() -> None:
    texts = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if not isinstance(column.type, Integer | Float | Boolean | UtcTime)
    }
    erased = {column for eraser in ERASERS for column in eraser.columns}
    wordless = {
        column for column in texts
        if (named := WORDLESS.get(column.partition(".")[0], "")) == "*" or column.partition(".")[2] in named.split()
    }  # fmt: skip
    assert erased <= texts
    assert texts - erased - wordless == set(), "register an eraser in store/erasers.py"
    assert erased & wordless == set()
