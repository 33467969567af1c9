"""What the database refuses is a customer's word; its errors end in logs, incidents and Prefect without it."""

from __future__ import annotations

import logging
import traceback

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import text

from runtime.logs import QUIET, log_at
from store.database import Database
from store.tables import Customer, CustomerKey
from tests.contract.rows import NOON

WORD = "canary-mail@example.org"


def test_a_refused_row_is_not_quoted(database: Database) -> None:
    with database.write() as session:
        session.add(Customer(id="c", created_at=NOON))
        session.flush()
        session.add(CustomerKey(kind="email", value=WORD, customer_id="c"))
    with pytest.raises(IntegrityError) as refused, database.write() as session:
        session.connection().execute(
            text("insert into customer_keys (kind, value, customer_id) values ('email', :value, 'c')"),
            {"value": WORD},
        )
    told = "".join(traceback.format_exception(refused.value))
    assert WORD not in told
    assert "customer_keys" in told, "it still says what was refused"


def test_the_row_around_a_missing_value_is_not_quoted_either(database: Database) -> None:
    insert = text("insert into customers (id, name, value, language, zone) values ('c', :name, '', '', '')")
    with pytest.raises(IntegrityError) as refused, database.write() as session:
        session.connection().execute(insert, {"name": WORD})
    told = "".join(traceback.format_exception(refused.value))
    assert WORD not in told
    assert "created_at" in told


def test_rows_and_forms_are_logged_at_no_level() -> None:
    before = logging.getLogger().level, list(logging.getLogger().handlers)
    try:
        log_at("DEBUG")
        assert not any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in QUIET)
    finally:
        logging.getLogger().setLevel(before[0])
        logging.getLogger().handlers[:] = before[1]
