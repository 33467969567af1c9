"""What an anchor vouches for: nothing it saw may be cut off, whoever repairs the case row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, col, delete, select

from store.anchors import agrees, anchor_day, broken_anchors
from store.history import broken_chains
from store.tables import Anchor, Case, History
from tests.contract.casework import SECRET, Built, build


@pytest.fixture
def built(store_url: str) -> Iterator[Built]:
    """One complaint, and an anchor ten seconds after its last line."""
    built = build(store_url)
    built.file("包裹丢失了，要求退款，三天没有人回复我")
    built.clock.now += timedelta(seconds=10)
    with built.casework.database.write() as session:
        assert anchor_day(session, SECRET, built.clock.now, built.clock.now) is not None
    yield built
    built.casework.database.close()


def anchor(session: Session) -> Anchor:
    return session.exec(select(Anchor)).one()


def test_an_anchor_agrees_however_much_is_written_after_it(built: Built) -> None:
    built.pass_time(hours=2)
    with built.casework.database.read() as session:
        case = session.exec(select(Case)).one()
        assert agrees(session, SECRET, anchor(session)) is True
        assert broken_chains(session, SECRET, [case]) == []


def test_a_chain_cut_short_and_set_back_deceives_the_chain_but_not_the_anchor(built: Built) -> None:
    with built.casework.database.write() as session:
        case = session.exec(select(Case)).one()
        session.exec(delete(History).where(col(History.seq) == case.history_count))
        case.history_count -= 1
        kept = select(History.hash).where(History.seq == case.history_count)
        case.history_head = session.exec(kept).one()
        session.add(case)
    with built.casework.database.read() as session:
        assert broken_chains(session, SECRET, session.exec(select(Case)).all()) == []
        assert agrees(session, SECRET, anchor(session)) is False


def test_a_line_too_close_before_the_anchor_leaves_the_question_open(built: Built) -> None:
    with built.casework.database.write() as session:
        row = anchor(session)
        row.at -= timedelta(seconds=8)
        session.add(row)
    with built.casework.database.read() as session:
        assert agrees(session, SECRET, anchor(session)) is None
        assert broken_anchors(session, SECRET) == [anchor(session).day]
