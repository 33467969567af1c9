"""The work that findings are judged on is the same on both databases."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

import pytest

from store.database import Database
from store.queries.figures import Period
from store.queries.review.work import middle_by_kind, work_done
from tests.contract.figures.population import AS_OF, ZONE, population


@pytest.fixture(scope="module")
def filled(own_store: Database) -> Database:
    population(400).write(own_store)
    return own_store


def test_the_middle_of_a_kind_is_the_median_of_its_pieces(filled: Database) -> None:
    period = Period.month(2026, 3, ZONE, AS_OF)
    with filled.read() as session:
        done = work_done(session, period)
        found = middle_by_kind(session, period, 8)
        everything = middle_by_kind(session, period, 1)
    pieces: dict[str, list[int]] = defaultdict(list)
    for kind, seconds in zip(done.kinds, done.seconds, strict=True):
        pieces[kind].append(seconds)
    assert {len(some) % 2 for some in pieces.values()} == {0, 1}, "both with one middle piece and with two"
    assert everything == {kind: median(some) for kind, some in pieces.items()}
    assert found == {kind: median(some) for kind, some in pieces.items() if len(some) >= 8}
    assert 0 < len(found) < len(pieces), "a kind of which there are few is left out"
