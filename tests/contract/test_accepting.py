"""Complaints that come faster than they are opened: accepted together, and all comes to the same; on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from cases.sweeping import settle, step_due
from intake.body import parse_body
from intake.lane import Lane
from intake.receiving import Event, KeyReused, Received, Receiver, event_of
from store.history import broken_chains
from store.queries.due import CROWD, HELD_UP, TICKING, WHOLE, due_cases, note_tick, share_of
from store.queries.runs import without_run
from store.tables import Case, CaseText, ClockRow, Customer, CustomerKey, History, HookReceipt
from tests.contract.casework import SECRET, Built
from tests.contract.doors import Door, all_of

LATER = timedelta(minutes=20)
"""Longer than the dispatch may take, shorter than the acknowledgement."""


def event(door: Door, number: int, **given: Any) -> Event:
    key = f"burst-{number}"
    body = door.body(**{"external_id": key, "customer": {"id": key, "email": f"{key}@example.org"}} | given)
    return event_of("web_form", f"msg_{key}", parse_body(body), body)


def accepted(door: Door, events: Sequence[Event]) -> list[Received | None]:
    return Receiver(door.built.casework).accept(events)


def reading(built: Built) -> Session:
    return Session(built.casework.database.engine.execution_options(changes=False))


def told(built: Built, ref: str) -> tuple[object, ...]:
    """How a case stands, without what is drawn at random."""
    with reading(built) as session:
        case = session.exec(select(Case).where(Case.ref == ref)).one()
        lines = session.exec(
            select(History).where(History.case_id == case.id).order_by(col(History.seq))
        ).all()
        clocks = session.exec(
            select(ClockRow).where(ClockRow.case_id == case.id).order_by(col(ClockRow.id))
        ).all()
    return (
        case.status, case.tier, case.category, case.department, case.owner, case.waiting, case.cycle,
        [line.what for line in lines], [(c.name, c.started_at, c.due_at, c.stopped_at) for c in clocks],
    )  # fmt: skip


def test_each_is_kept_whole_before_it_is_answered(door: Door) -> None:
    answers = accepted(door, [event(door, n, text=f"第{n}件事", order_id=f"A{n}") for n in range(3)])
    cases = {case.ref: case for case in all_of(door, Case)}
    texts = {text.case_id: text for text in all_of(door, CaseText)}
    receipts = {receipt.case_id: receipt for receipt in all_of(door, HookReceipt)}
    for n, answer in enumerate(answers):
        assert answer is not None
        assert answer.new
        case = cases[str(answer.ref)]
        assert answer.track_url == f"https://amends.example/track/{case.ref}"
        assert [texts[case.id].text, texts[case.id].order_id] == [f"第{n}件事", f"A{n}"]
        assert receipts[case.id].external_id == case.external_id == f"burst-{n}"
        assert case.owner
        assert case.received_at == case.next_due_at == door.built.clock.now
    assert len(all_of(door, Customer)) == 3
    assert len(all_of(door, CustomerKey)) == 6
    with reading(door.built) as session:
        assert broken_chains(session, SECRET, list(cases.values())) == []
        assert without_run(session, 10) == [], "there is nothing to show yet"


@pytest.mark.parametrize("stepped_after", [timedelta(0), LATER])
def test_it_comes_to_the_same_as_one_that_was_opened_at_once(door: Door, stepped_after: timedelta) -> None:
    began = door.built.clock.now
    alone = Receiver(door.built.casework).receive(event(door, 0))
    settle(door.built.casework)
    together = accepted(door, [event(door, 1), event(door, 2)])
    door.built.clock.now = began + stepped_after
    settle(door.built.casework)
    for one in together:
        assert one is not None
        if not stepped_after:
            assert told(door.built, str(one.ref)) == told(door.built, str(alone.ref))
        clocks = {row.name: row for row in clocks_of(door, str(one.ref))}
        assert clocks["acknowledge"].started_at == began, "customer clocks count from receipt"
        assert clocks["dispatch"].started_at == began


def clocks_of(door: Door, ref: str) -> Sequence[ClockRow]:
    with reading(door.built) as session:
        return session.exec(select(ClockRow).join(Case).where(Case.ref == ref)).all()


def test_the_first_who_asks_something_of_it_begins_it(door: Door) -> None:
    first, _ = accepted(door, [event(door, 1), event(door, 2)])
    assert first is not None
    message = door.send({
        "external_id": "m-1", "occurred_at": door.built.clock.now.isoformat(), "kind": "message", "ref": first.ref,
        "text": "补充一下：发票丢了",
    })  # fmt: skip
    assert [message.status_code, message.json()["ref"]] == [202, first.ref]
    assert {case.ref: case.instance_no for case in all_of(door, Case)}[str(first.ref)] == 1


def test_it_is_begun_once_whoever_looks(door: Door) -> None:
    accepted(door, [event(door, n) for n in range(4)])
    with ThreadPoolExecutor(4) as clocks:
        list(clocks.map(lambda _: step_due(door.built.casework), range(4)))
    assert [(case.instance_no, case.version) for case in all_of(door, Case)] == [(1, 1)] * 4


WRONG: Mapping[str, Mapping[str, Any]] = {
    "a repeat": {"external_id": "burst-1"},
    "a customer among the others": {"customer": {"email": "burst-1@example.org"}},
    "a machine's answer": {"extra": {"auto_submitted": "auto-replied"}},
    "what lies ahead": {"occurred_at": "2027-01-01T00:00:00Z"},
    "no complaint": {"kind": "message"},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_plain_new_complaint_is_left_to_be_received_by_itself(
    door: Door, given: Mapping[str, Any]
) -> None:
    answers = accepted(door, [event(door, 1), event(door, 2, **given), event(door, 3)])
    assert [answer is not None for answer in answers] == [True, False, True]
    assert len(all_of(door, Case)) == 2


def test_a_customer_who_is_known_is_found_by_any_key(door: Door) -> None:
    door.file(external_id="earlier", customer={"id": "c-9", "phone": "13900000000", "name": "赵云"})
    accepted(
        door, [event(door, 1, customer={"phone": "13900000000", "email": "zhao@example.org"}), event(door, 2)]
    )
    (known,) = [c for c in all_of(door, Customer) if c.phone == "13900000000"]
    assert [known.name, known.email] == ["赵云", "zhao@example.org"]
    assert len([key for key in all_of(door, CustomerKey) if key.customer_id == known.id]) == 3


def test_a_burst_through_the_lane_is_answered_once_each_and_repeats_get_the_same(door: Door) -> None:
    lane = Lane(Receiver(door.built.casework))
    events = [event(door, n // 2) for n in range(40)]  # each twice
    with ThreadPoolExecutor(20) as channels:
        answers = list(channels.map(lane.receive, events))
    refs = [answer.ref for answer in answers]
    assert len(set(refs)) == len(all_of(door, Case)) == len(all_of(door, HookReceipt)) == 20
    assert refs[0::2] == refs[1::2]
    assert sorted(answer.new for answer in answers) == [False] * 20 + [True] * 20


def test_another_body_under_a_key_is_refused_in_the_lane_and_holds_nobody_up(door: Door) -> None:
    lane = Lane(Receiver(door.built.casework))
    lane.receive(event(door, 0))
    with ThreadPoolExecutor(8) as channels:
        others = [channels.submit(lane.receive, event(door, n)) for n in range(1, 9)]
        wrong = channels.submit(lane.receive, event(door, 0, text="另一件事"))
        with pytest.raises(KeyReused):
            wrong.result()
        assert len({other.result().ref for other in others}) == 8


def test_hooks_side_by_side_are_answered_as_one_alone(door: Door) -> None:
    bodies = [door.body(external_id=f"h-{n}", customer={"id": f"h-{n}"}) for n in range(12)]
    with ThreadPoolExecutor(6) as channels:
        answers = list(channels.map(lambda body: door.send(body, id=f"msg_{body['external_id']}"), bodies))
    assert {answer.status_code for answer in answers} == {202}
    assert all({"ref", "track_url"} == answer.json().keys() for answer in answers), json.dumps(
        answers[0].json()
    )


def begun(built: Built) -> int:
    with reading(built) as session:
        return len(session.exec(select(Case.id).where(col(Case.instance_no) > 0)).all())


def test_while_a_crowd_stands_at_the_front_door_first_steps_wait_a_minute_at_most(door: Door) -> None:
    built = door.built
    accepted(door, [event(door, n) for n in range(CROWD - 1)])
    assert step_due(built.casework, first_steps=3).stepped == 3, "no crowd yet"
    accepted(door, [event(door, n) for n in range(100, 100 + CROWD)])
    assert not step_due(built.casework, first_steps=1_000)
    built.clock.now += HELD_UP
    accepted(door, [event(door, n) for n in range(200, 200 + CROWD)])
    assert step_due(built.casework, first_steps=1_000).stepped == 2 * CROWD - 4, (
        "those that waited, not the newest"
    )
    built.clock.now += timedelta(seconds=1)
    assert step_due(built.casework, first_steps=1_000).stepped == CROWD
    assert begun(built) == 3 * CROWD - 1


def test_clocks_share_out_what_is_due_and_help_one_another(door: Door) -> None:
    built = door.built
    accepted(door, [event(door, n) for n in range(12)])
    with built.casework.database.write() as session:
        for name in ("one", "two", "gone"):
            note_tick(session, name, built.clock.now, built.clock.now)
        alone = share_of(session, "another", built.clock.now)
        later = built.clock.now + TICKING
        for name in ("two", "one"):
            note_tick(session, name, later, later)
        shares = [share_of(session, name, later) for name in ("one", "two")]
    assert alone == WHOLE
    assert sorted("".join(share.digits for share in shares)) == sorted(WHOLE.digits), "all, each once"
    with reading(built) as session:
        ids = {case.id for case in session.exec(select(Case)).all()}
        found = [set(due_cases(session, built.clock.now, 100, share=share)) for share in shares]
    assert found[0] | found[1] == ids
    assert not found[0] & found[1]
    assert step_due(built.casework, share=shares[0]).stepped == len(found[0] or ids)
    assert step_due(built.casework, share=shares[0]).stepped == len(found[1] if found[0] else ()), (
        "the other's"
    )
    assert not step_due(built.casework, share=shares[0])


def test_a_crowd_holds_up_nothing_that_has_begun(door: Door) -> None:
    built = door.built
    waiting = built.file("退货不退款，商家四五天不回信息，商品有问题也不理人")
    built.clock.now += timedelta(minutes=30)  # half of the hour to confirm
    accepted(door, [event(door, n) for n in range(CROWD)])
    before = version(built, waiting)
    assert step_due(built.casework, first_steps=1_000).stepped == 1
    assert version(built, waiting) > before


def version(built: Built, ref: str) -> int:
    with reading(built) as session:
        return session.exec(select(Case.version).where(Case.ref == ref)).one()
