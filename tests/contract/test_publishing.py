"""Which bundle is live: the shipped one at first, an own one until somebody publishes another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cases.shelf import Shelf
from process_definitions.loader import Bundle, digest, load_bundle
from store.database import Database
from tests.contract.casework import build


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


def _started(database: Database, shelf: Shelf, shipped: Bundle, now: datetime) -> str:
    with database.write() as session:
        return shelf.publish_shipped(session, shipped, now)
