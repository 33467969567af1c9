"""An installation to be copied, and an empty one of the same kind to restore into."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from cases.opening import Complainant
from cases.requests.direction import End
from complaints.acting import Actor
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time
from tests.contract.canaries import tables
from tests.contract.casework import Built

ADMIN = Actor("s-shen-yi", "admin")
WORDS = "canary-text-of-a-customer"
PHONE = "13870005678"


@pytest.fixture
def elsewhere(empty_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of another, empty database of the same kind."""
    if empty_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'other' / 'amends.db'}"
        return
    url = make_url(empty_url)
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = f"amends_copy_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def opened() -> Iterator[list[Wiring]]:
    wirings: list[Wiring] = []
    yield wirings
    for wiring in wirings:
        wiring.database.close()


@pytest.fixture
def here(empty_url: str, tmp_path: Path, opened: list[Wiring]) -> Wiring:
    """An installation with one complaint that has ended and one that is open, letters in the mailbox."""
    wiring = installed(tmp_path / "home", empty_url, opened)
    wiring.prepare()
    built = house(wiring)
    ended = built.file(WORDS, customer=Complainant(name=WORDS, phone=PHONE))
    built.step(ended, End("withdrawn", ADMIN, WORDS, by_customer=True))
    built.file("退货不退款，商家四五天不回信息")
    while wiring.deliver():
        pass
    return wiring


def installed(home: Path, url: str, opened: list[Wiring]) -> Wiring:
    wiring = Wiring(Settings(home=home, database_url=url))
    opened.append(wiring)
    return wiring


def house(wiring: Wiring) -> Built:
    return Built(wiring.casework, machine_time)  # type: ignore[arg-type]


def erase(wiring: Wiring) -> None:
    customer = wiring.erasing.customer(PHONE)
    assert wiring.erasing.carry_out(wiring.erasing.order(customer, ADMIN, "request")).done


def words_of(wiring: Wiring) -> bool:
    """Whether the customer's words are anywhere in store or mailbox."""
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=default).get_content()
        for path in (wiring.settings.home / "mailbox").glob("*.eml")
    ]
    return any(word in f"{tables(wiring.database)} {letters}" for word in (WORDS, PHONE))
