"""Which bundle is live: the shipped one at first, an own one until somebody publishes another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier

from sqlmodel import select

from cases.shelf import Shelf
from process_definitions.loader import Bundle as Loaded
from process_definitions.loader import digest, load_bundle
from store.database import Database
from store.tables import Bundle
from tests.contract.casework import build
from tests.contract.rows import NOON


def test_a_start_never_replaces_definitions_of_the_installations_own(store_url: str) -> None:
    house = build(store_url)
    shelf, database, shipped = house.casework.shelf, house.casework.database, load_bundle()
    files = {**shipped.files, "templates/own.zh.j2": "Subject: x\n\nx"}
    own = replace(shipped, hash=digest(files), files=files)
    assert _started(database, shelf, shipped, house.clock.now) == shipped.hash
    with database.write() as session:
        shelf.publish(session, own, house.clock.now)
    assert _started(database, shelf, shipped, house.clock.now) == own.hash
    with database.write() as session:
        shelf.publish(session, shipped, house.clock.now, shipped=True)
    assert _started(database, shelf, shipped, house.clock.now) == shipped.hash
    database.close()


def test_machines_that_start_at_once_on_a_new_store_publish_one_bundle(database: Database) -> None:
    shipped, together = load_bundle(), Barrier(4)

    def start(_: int) -> str:
        together.wait(20)
        return _started(database, Shelf(), shipped, NOON)

    with ThreadPoolExecutor(4) as machines:
        assert set(machines.map(start, range(4))) == {shipped.hash}
    with database.read() as session:
        assert len(session.exec(select(Bundle)).all()) == 1


def _started(database: Database, shelf: Shelf, shipped: Loaded, now: datetime) -> str:
    with database.write() as session:
        return shelf.publish_shipped(session, shipped, now)
