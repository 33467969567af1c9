"""Every row of the table of bad input, on both databases: the answer it says, and a store that did not change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response

from desk.office import SIGN_IN
from tests.contract.bad_input.row import Row
from tests.contract.bad_input.site import Site, opened
from tests.contract.bad_input.table import table
from tests.databases import emptied

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all rows of a database: no row may leave anything behind that another would meet."""
    if request.param == "sqlite":
        url = f"sqlite:///{Path(tmp_path_factory.mktemp('bad-input')) / 'amends.db'}"
    else:
        url = emptied(str(request.getfixturevalue("postgres_url")))
    with opened(url) as site:
        yield site


@pytest.mark.parametrize("row", table(), ids=lambda row: row.id)
def test_bad_input_gets_its_answer_and_changes_nothing(site: Site, row: Row) -> None:
    before = site.state()
    answer = row.send(site)
    assert answer.status_code == row.status, answer.text[:2_000]
    assert row.says in answer.text, answer.text[:2_000]
    assert "Traceback" not in answer.text
    _is_an_answer(row, answer)
    if row.keeps is not None:
        row.keeps(site, answer)
    else:
        assert site.state() == before


def _is_an_answer(row: Row, answer: Response) -> None:
    """A problem of its code, a page in HTML, or what is kept."""
    if row.code == "page":
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-store"
    elif row.code == "moved":
        assert answer.headers["location"].startswith(SIGN_IN)
    elif row.code != "accepted":
        assert answer.headers["content-type"] == PROBLEM
        problem = answer.json()
        assert problem["code"] == row.code
        assert problem["status"] == row.status
        assert len(problem["detail"]) > 10


def test_every_row_has_a_name_of_its_own_and_no_row_expects_a_fault() -> None:
    ids = [row.id for row in table()]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) >= 500
    assert [row.id for row in table() if row.status >= 500 and row.code != "case-at-fault"] == []
