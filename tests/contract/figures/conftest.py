"""A transaction on the store of the file: figures only read, and vectors take back what they write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from store.database import Database


@pytest.fixture
def session(own_store: Database) -> Iterator[Session]:
    """A transaction on the empty store, taken back at the end of the test."""
    with own_store.write() as session:
        yield session
        session.rollback()
