"""Who has least on the table is offered the next, also where there is too much to count for each offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from cases.opening import Complainant
from store.database import Database
from store.queries import load
from store.tables import Dispatch, WorkItem
from tests.contract.casework import Built
from tests.contract.doors import housed

TEXT = "退货不退款，商家四五天不回信息，商品有问题也不理人"


@pytest.fixture
def built(store_url: str) -> Iterator[Built]:
    found = housed(Database(store_url))
    yield found
    found.casework.database.close()


def filed(built: Built) -> str:
    """A complaint of a customer of its own: of one customer they would be one case."""
    return built.file(TEXT, customer=Complainant(id=f"customer-{built.filed}"))


def offered(built: Built) -> Counter[str]:
    with built.casework.database.read() as session:
        return Counter(session.exec(select(Dispatch.person)).all())


def test_offers_are_spread_alike_whether_each_is_counted_or_not(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    for counted in (True, False):
        if not counted:
            monkeypatch.setattr(load, "MANY", 1)
        for _ in range(6):
            filed(built)
        found = offered(built).values()
        assert max(found) - min(found) <= 1, "the one with least has the next"


def test_what_others_did_is_seen_after_ten_seconds(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MANY", 1)
    filed(built)
    with built.casework.database.write() as session:
        load.open_items_by_person(session, built.clock.now)
        (item,) = session.exec(select(WorkItem)).all()
        item.assignee = "somebody-else"
        session.add(item)
    with built.casework.database.read() as session:
        assert "somebody-else" not in load.open_items_by_person(session, built.clock.now)
        later = built.clock.now + timedelta(seconds=10)
        assert load.open_items_by_person(session, later) == {"somebody-else": 1}
