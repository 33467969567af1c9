"""Clocks side by side: each case is stepped by one of them, and none waits for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from sqlmodel import Session, col, select

from cases.gathering import gather
from cases.opening import Complainant
from cases.sweeping import Swept, run_unclaimed, settle, step_due
from store.database import Database, alone
from store.history import broken_chains
from store.tables import Case, Cause, Downtime, InboxRow, TimerRow
from tests.contract.casework import SECRET, Built
from tests.contract.doors import housed

TEXT = "退货不退款，商家四五天不回信息，商品有问题也不理人"
OUT_OF_LINE = "家里的宽带一直断网，报修两天了没有人来处理，要求尽快修好。"
CASES = 8
NUMBERS = Lock()


@pytest.fixture
def built(store_url: str) -> Iterator[Built]:
    found = housed(Database(store_url))
    yield found
    found.casework.database.close()


def filed(built: Built) -> str:
    """A complaint of a customer of its own: of one customer they would be one case."""
    return built.file(TEXT, customer=Complainant(id=f"customer-{built.filed}"))


def out_of_line(built: Built) -> str:
    """A complaint of an outage, of a customer of its own."""
    with NUMBERS:
        built.filed += 1
        customer = Complainant(id=f"customer-{built.filed}")
    given = {"product": "家庭宽带", "region": "朝阳区", "external_id": f"line-{customer.id}"}
    return built.file(OUT_OF_LINE, customer=customer, **given)


def reading(built: Built) -> Session:
    return Session(built.casework.database.engine.execution_options(changes=False))


def test_each_due_case_is_stepped_by_one_clock(built: Built) -> None:
    for _ in range(CASES):
        filed(built)
    built.clock.now += timedelta(minutes=30)  # half of the hour to confirm
    with ThreadPoolExecutor(3) as clocks:
        swept = list(clocks.map(lambda _: step_due(built.casework), range(3)))
    assert sum(swept, Swept()) == Swept(stepped=CASES)
    assert not step_due(built.casework)


def test_each_activity_is_run_by_one_clock(built: Built) -> None:
    with ThreadPoolExecutor(3) as clocks:
        refs = [filed(built) for _ in range(CASES)]
        built.clock.now += timedelta(hours=1)  # nobody confirmed: the second choice
        settled = list(clocks.map(lambda _: settle(built.casework), range(3)))
    with reading(built) as session:
        versions = [session.exec(select(Case.version).where(Case.ref == ref)).one() for ref in refs]
    assert len(set(versions)) == 1, "all went the same way"
    assert sum(settled, Swept()).faults == 0
    assert not step_due(built.casework)
    assert not run_unclaimed(built.casework, waited=timedelta(0))


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)  # SQLite has one lock for all
def test_a_clock_passes_by_a_case_that_another_has_in_hand(built: Built) -> None:
    held, free = filed(built), filed(built)
    built.clock.now += timedelta(minutes=30)
    with built.casework.database.write() as other:
        built.casework.find(other, held, lock=True)
        assert step_due(built.casework) == Swept(stepped=1), f"{free} alone, at once"
    assert step_due(built.casework) == Swept(stepped=1), "the one that was held"


def test_clocks_side_by_side_make_one_matter(built: Built) -> None:
    for _ in range(9):
        out_of_line(built)
    assert step_due(built.casework), "looked at, and too few"
    with ThreadPoolExecutor(2) as doors:
        list(doors.map(lambda _: out_of_line(built), range(2)))
    with ThreadPoolExecutor(3) as clocks:
        list(clocks.map(lambda _: settle(built.casework), range(3)))
    with reading(built) as session:
        leads = session.exec(select(Case.follows).where(Case.kind == "complaint")).all()
        assert session.exec(select(Cause.case_id).where(col(Cause.leads))).all(), "made"
        asked = session.exec(select(InboxRow.outcome).where(InboxRow.source == "matter")).all()
    assert sorted(Counter(leads).values()) == [1, 10], "one leads ten"
    assert asked == ["consumed"] * 11


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)  # SQLite has one lock for all
def test_a_clock_passes_by_while_another_makes_matters(built: Built) -> None:
    out_of_line(built)
    with built.casework.database.write() as other:
        assert alone(other.connection())
        assert not gather(built.casework)
    assert gather(built.casework)
    assert not gather(built.casework)


def test_a_timer_that_a_downtime_moved_is_not_looked_at_again_and_again(built: Built) -> None:
    ref = filed(built)
    built.pass_time(minutes=55)
    before = built.clock.now
    built.clock.now = before + timedelta(minutes=7)  # the hour to confirm ran out in between
    with built.casework.database.write() as session:
        session.add(Downtime(began_at=before, ended_at=built.clock.now))
    assert not step_due(built.casework)
    with reading(built) as session:
        case = session.exec(select(Case).where(Case.ref == ref)).one()
        timers = session.exec(select(TimerRow.due_at).where(TimerRow.case_id == case.id)).all()
    assert case.next_due_at == min(timers) > built.clock.now
    built.pass_time(minutes=16)
    assert not step_due(built.casework)


@pytest.mark.parametrize(
    "store_url", ["postgresql"], indirect=True
)  # on SQLite a reader sees one moment anyway
def test_a_step_between_two_looks_breaks_no_chain(built: Built) -> None:
    ref = filed(built)
    with built.casework.database.read() as session:
        case = built.casework.find(session, ref)
        built.pass_time(minutes=30)
        assert broken_chains(session, SECRET, [case]) == []
