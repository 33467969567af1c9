"""The shelf of published bundles: what each running case was started on, linked and ready to run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bpmn.link import Definitions
from complaints.errors import Fault, Refusal
from process_definitions.loader import Bundle as Loaded
from process_definitions.loader import read_bundle
from store.database import queue_up
from store.tables import Bundle, LiveBundle


class NoBundle(Fault):
    """No definitions are published yet, or those of a case are gone."""

    code = "no-definitions"
    transient = True
    told = (
        "no process definitions are published, so nothing was kept: operations run `amends definitions deploy`, "
        "then send it again"
    )


class NoSuchBundle(Refusal):
    """No published bundle, or not one alone, is meant."""

    code = "no-such-bundle"


class Shelf:
    """Bundles by hash. A published bundle never changes, so what was linked once is kept for good."""

    def __init__(self) -> None:
        self._linked: dict[tuple[str, str], Definitions] = {}
        self._lock = threading.Lock()

    def publish_shipped(self, session: Session, loaded: Loaded, at: datetime) -> str:
        """Make the shipped bundle live, unless the installation has published one of its own."""
        live = session.get(LiveBundle, 1)
        if live is not None and not live.shipped:
            return live.hash
        return self.publish(session, loaded, at, shipped=True)

    def publish(self, session: Session, loaded: Loaded, at: datetime, *, shipped: bool = False) -> str:
        """Store a bundle under its hash and make it the live one. Safe to repeat, and for several at once."""
        queue_up(session.connection())
        if session.get(Bundle, loaded.hash) is None:
            session.add(Bundle(hash=loaded.hash, files=dict(loaded.files), published_at=at))
            session.flush()
        live = session.get(LiveBundle, 1)
        if live is None:
            live = LiveBundle(hash=loaded.hash, since=at)
        elif live.hash != loaded.hash:
            live.hash, live.since = loaded.hash, at
        live.shipped = shipped
        session.add(live)
        with self._lock:
            self._linked.setdefault((loaded.hash, loaded.hash), loaded.definitions)
        return loaded.hash

    def live(self, session: Session) -> str:
        """Hash of the bundle that new cases start on."""
        row = session.get(LiveBundle, 1)
        if row is None:
            raise NoBundle("no definitions are published: run `amends definitions deploy`")
        return row.hash

    def definitions(self, session: Session, bundle: str, live: str | None = None) -> Definitions:
        """The bundle's definitions, with the tables that are bound "latest" taken from the live bundle."""
        live = live or self.live(session)
        with self._lock:
            found = self._linked.get((bundle, live))
            if found is None:
                found = self._load(session, bundle).definitions
                if live != bundle:
                    found = found.with_live(self._load(session, live).definitions.decisions)
                self._linked[bundle, live] = found
            return found

    def _load(self, session: Session, bundle: str) -> Loaded:
        row = session.get(Bundle, bundle)
        if row is None:
            raise NoBundle(f"bundle {bundle} is not in the database; restore it from a backup")
        files: Mapping[str, str] = row.files
        return read_bundle(files, published=True)
