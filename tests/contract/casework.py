"""A real casework on a real database, with the shipped definitions and a clock that tests move by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from cases.activities import Performed, Result, perform, to_do
from cases.casework import Casework
from cases.opening import Arrival, Complainant, open_case
from cases.shelf import Shelf
from complaints.books import Books
from desk.codes import ActionCodes
from desk.forms import Forms
from process_definitions.catalogue import load_catalogue
from process_definitions.loader import Bundle, load_bundle
from runtime.prefect_port import PrefectPort
from store.database import Database
from store.schema import migrate
from store.tables import Case, TimerRow
from tasks import BINDINGS

BEGINNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in Shanghai: inside everybody's contact hours."""
SECRET = b"history secret of the tests, 32 b"
MOST_MOMENTS = 2_000

_loaded: dict[str, object] = {}


@dataclass
class HandClock:
    """Machine time as the test sets it."""

    now: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.now


def no_links(case: Case, purpose: str) -> Mapping[str, str]:
    return {purpose: f"https://amends.example/{purpose}/{case.ref}"}


@dataclass
class Built:
    """A casework and its clock, with what tests keep doing."""

    casework: Casework
    clock: HandClock
    failed: list[Performed] = field(default_factory=list)
    filed: int = 0

    def file(self, text: str, **given: object) -> str:
        """File a complaint as a channel would, do what is ready; the ref."""
        self.filed += 1
        channel = str(given.pop("channel", "app"))
        customer = given.pop("customer", None) or Complainant(
            id=f"c-{self.filed}", name="王芳", phone="13812345678", email="fang@example.org",
            language=str(given.pop("language", "zh")),
        )  # fmt: skip
        assert isinstance(customer, Complainant)
        external_id = str(given.pop("external_id", f"x-{self.filed}"))
        arrival = Arrival(
            channel=channel, external_id=external_id, occurred_at=self.clock(), customer=customer, text=text,
            **given,  # type: ignore[arg-type]
        )  # fmt: skip
        with self.casework.database.write() as session:
            ref = open_case(self.casework, session, arrival).ref
        self.work()
        return ref

    def codes(self) -> ActionCodes:
        return ActionCodes(self.casework.database, SECRET, self.clock)

    def port(self, desk: str = "http://desk.example") -> PrefectPort:
        """The cases as Prefect sees and moves them."""
        return PrefectPort(self.casework, desk, Forms(self.casework, self.codes(), "zh"))

    def work(self) -> None:
        """Carry out every activity that may be claimed, until none is left. Failures are collected."""
        for _ in range(MOST_MOMENTS):
            with self.casework.database.read() as session:
                ready = to_do(session, self.clock())
            if not ready:
                return
            for row in ready:
                done = perform(self.casework, row.case_id, row.activation, "direct", "tests")
                if done.result in (Result.FAILED, Result.POSTPONED):
                    self.failed.append(done)
        raise AssertionError("activities without end")

    def pass_time(self, **length: float) -> None:
        """Let time pass (`hours=2`): everything that falls due happens in order, and what it makes ready is done."""
        until = self.clock.now + timedelta(**length)
        for _ in range(MOST_MOMENTS):
            with self.casework.database.read() as session:
                due = session.exec(
                    select(TimerRow.due_at, TimerRow.case_id).where(TimerRow.due_at <= until)
                    .order_by(TimerRow.due_at).limit(1)  # type: ignore[arg-type]
                ).first()  # fmt: skip
            if due is None:
                self.clock.now = until
                self.work()
                return
            self.clock.now = max(self.clock.now, due[0])
            self.casework.step(due[1])
            self.work()
        raise AssertionError("timers without end")

    def step(self, ref: str, request: object) -> object:
        """A request, then what it makes ready."""
        answer: object = self.casework.step(ref, request)  # type: ignore[arg-type]
        self.work()
        return answer


def shipped() -> tuple[Bundle, Books]:
    """The shipped definitions, read once."""
    if not _loaded:
        _loaded["bundle"], _loaded["books"] = load_bundle(), load_catalogue()
    bundle, books = _loaded["bundle"], _loaded["books"]
    assert isinstance(bundle, Bundle)
    return bundle, books  # type: ignore[return-value]


def build(
    url: str, *, links: Callable[[Case, str], Mapping[str, str]] = no_links, clock: HandClock | None = None
) -> Built:  # fmt: skip
    """Casework on the database at `url`, migrated, with the shipped definitions published."""
    bundle, books = shipped()
    clock = clock or HandClock()
    database = Database(url)
    migrate(database)
    shelf = Shelf()
    with database.write() as session:
        shelf.publish(session, bundle, clock())
    casework = Casework(
        database, shelf, BINDINGS, books, secret=SECRET, links=links, machine_clock=clock
    )  # fmt: skip
    return Built(casework, clock)
