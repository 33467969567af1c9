"""Where a life is played: a store of its own, the provider outside, and code that fails where the course says so."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from bpmn.link import Definitions
from cases.casework import Casework
from cases.shelf import Shelf
from complaints.books import Books
from complaints.errors import Fault
from process_definitions.loader import load_bundle
from runtime.post.giving_up import next_way_or_incident
from runtime.post.outbox import Outbox
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.database import Database
from store.schema import migrate
from tasks import BINDINGS
from tests.contract.casework import SECRET, HandClock, no_links, shipped
from tests.contract.stories.conftest import unsynchronised
from tests.faults.courses import COURSES, MACHINERY, Course
from tests.faults.notes import Notes
from tests.faults.provider import ways_to
from tests.faults.script import BEGIN, PREFIX, Life
from tests.faults.stores import Stores, connect_to, whole_file

READ_AGAIN = timedelta(seconds=62)
"""For how long reading fails on the course where it does. Tries come after 0, 2, 12 and 72 seconds; each of the four
seams at which a claimant may die with it puts the next one off by a lease, 61 seconds: at most to 256, while the
complaint goes on unread after 300. So it is read, whoever dies, and fails once more when the first claimant does."""
REPAIRED = timedelta(minutes=50)
"""After which the reminder can be written on the course where it cannot."""


class NotReadable(Exception):
    """The reader is away, as it may be for any complaint."""


class NeverReadable(Fault):
    """It cannot be read, and trying again is no use: an incident at the first try, whenever that is."""


class NotWritable(Exception):
    """A template that does not fit, until somebody mends it."""


@dataclass(frozen=True, slots=True)
class Warm:
    """What is made once for all lives: linked definitions, the books, and an engine that has seen every query.

    The engine holds no connection, so that a fork may use it; `house` says which store it connects to.
    """

    database: Database
    shelf: Shelf
    books: Books
    definitions: Definitions

    def house(self, stores: Stores, folder: Path, cast: tuple[Course, ...]) -> House:
        """A house with an empty store in a new folder."""
        folder.mkdir(parents=True)
        return House(stores, stores.copy(folder), folder, self, cast)


def warm_up(stores: Stores, folder: Path, definitions: Path | None = None) -> Warm:
    """Make the template of `stores` with the definitions of a folder, the shipped ones unless given,
    and play a short life in `folder`, so that what is compiled when it is first used is there for all.

    `Refused` names what is wrong with them, by file, line and element.
    """
    bundle, books = (load_bundle(definitions) if definitions else shipped()[0]), shipped()[1]
    database, shelf = Database(stores.template, pool_size=1), Shelf()
    if database.is_sqlite:
        event.listen(database.engine, "connect", unsynchronised)
    migrate(database)
    with database.write() as session:
        shelf.publish(session, bundle, BEGIN)
        session.flush()
        linked = shelf.definitions(session, bundle.hash)
    whole_file(database)
    warm = Warm(database, shelf, books, linked)
    house = warm.house(stores, folder, (*MACHINERY, COURSES[1]))
    house.life().play()
    house.leave()
    gc.freeze()
    return warm


@dataclass(frozen=True, slots=True)
class House:
    """One life's own store and `folder`; both outlive whoever plays."""

    stores: Stores
    url: str
    folder: Path
    warm: Warm
    cast: tuple[Course, ...]

    def leave(self) -> None:
        """The life is over: its store goes, and with it the connections of this process."""
        self.warm.database.close()
        self.stores.drop(self.url)
        shutil.rmtree(self.folder)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def ledger(self) -> Path:
        return self.folder / "provider.jsonl"

    def notes(self) -> Notes:
        """What the people of the life remember by now."""
        return Notes(self.folder / "notes.jsonl")

    def life(self) -> Life:
        """The life as it stands in the store, with a connection of its own."""
        clock = HandClock()
        database, warm = self.warm.database, self.warm
        connect_to(database, self.url)
        casework = Casework(
            database, warm.shelf, {**BINDINGS, **_failing(self.cast)}, warm.books, secret=SECRET,
            links=no_links, machine_clock=clock,
        )  # fmt: skip
        outbox = Outbox(
            database, ways_to(self.ledger), machine_clock=clock, hear=next_way_or_incident(casework),
            staff_mail=lambda person: None,
        )  # fmt: skip
        return Life(casework, outbox, clock, self.notes(), self.cast)


def _failing(cast: Sequence[Course]) -> dict[str, Binding]:
    """Reading and telling as they are, but for the cases whose course breaks them for a while."""
    read, tell = BINDINGS["read"], BINDINGS["tell"]
    assert read.prepare is not None
    prepare = read.prepare

    def breaks(file: CaseFile) -> str:
        number = file.case.external_id.removeprefix(PREFIX)
        return cast[int(number)].breaks if number.isdecimal() else ""

    def prepared(file: CaseFile, inputs: Inputs) -> object:
        if breaks(file) == "read" and file.now < file.case.received_at + READ_AGAIN:
            raise NotReadable("the reader is away")
        if breaks(file) == "unread":
            raise NeverReadable("nothing reads it")
        return prepare(file, inputs)

    def told(file: CaseFile, inputs: Inputs, brought: object) -> Outputs:
        late = file.now >= file.case.received_at + REPAIRED
        if breaks(file) == "step" and inputs["template"] == "offer_reminder" and not late:
            raise NotWritable("the template does not fit")
        return tell.write(file, inputs, brought)

    return {"read": replace(read, prepare=prepared), "tell": replace(tell, write=told)}
