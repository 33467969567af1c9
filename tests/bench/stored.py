"""What a thousand and a hundred thousand waiting complaints in the store do to everything else.

Both crowds lie on the same server and every measure is taken in turns on one and the other, so that whatever else the
machine does meets both alike.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from cases import stored
from cases.requests.work import ActOnItem
from cases.sweeping import run_unclaimed, settle, step_due
from complaints.acting import Actor
from intake.body import parse_body
from intake.parse import parse_object
from intake.receiving import Receiver, event_of
from runtime.wiring import machine_time
from store.process_time import advance_to
from store.queries import due, runs
from store.tables import Case, InboxRow, WorkItem
from tests.acceptance.house import House
from tests.bench import channel, lives
from tests.bench.figure import Figure, percentile, percentiles, rounded, skipped
from tests.bench.processes import clocks, prepared
from tests.bench.stores import STORES, Absent
from tests.bench.waiting import clone_waiting

CROWDS = (1_000, 100_000)
ROUNDS = 10
AT_ONCE = 20
"""Complaints accepted, opened, worked on and stepped in a round."""
EVENTS = 300
EVENTS_PER_SECOND = 20.0
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.01


@dataclass
class Crowd:
    """A store with so many waiting complaints, and what was measured on it: milliseconds each, by round."""

    count: int
    house: House
    items: Iterator[tuple[str, int, str]]
    """Ref, number and holder of offered work that nobody has acted on."""
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    latencies: list[float] = field(default_factory=list)


def figures(quick: bool) -> Mapping[str, Figure]:
    counts, rounds, events = ((200, 600), 2, 20) if quick else (CROWDS, ROUNDS, EVENTS)
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        try:
            with ExitStack() as open_stores:
                few, many = (
                    open_stores.enter_context(_crowd(open_stores.enter_context(store()), n)) for n in counts
                )
                _in_turns((few, many), rounds, events)
        except Absent as error:
            found[f"stored_event_to_step_{name}"] = skipped("s", str(error))
            continue
        found |= _figures(name, few, many)
    return found


def _figures(name: str, few: Crowd, many: Crowd) -> Mapping[str, Figure]:
    found = {
        f"stored_event_to_step_{name}": Figure(
            percentile(many.latencies, 99), "s",
            f"{many.count} complaints wait on {name}; p99 from the commit of a stored event (a confirmation kept in "
            f"a case's inbox, {EVENTS_PER_SECOND:.0f} a second) until its step by one clock process is seen committed",
            {
                "many": percentiles(many.latencies), "few": percentiles(few.latencies), "crowd_few": few.count,
            },
        )
    }  # fmt: skip
    for what, values in many.took.items():
        before, after = statistics.median(few.took[what]), statistics.median(values)
        found[f"stored_{what}_{name}"] = Figure(
            after, "ms",
            f"{HOW[what]}; with {many.count} complaints stored on {name}, beside {few.count} on the same server in "
            "turns; median of rounds",
            {"few": rounded(before), "ratio": rounded(after / before), "rounds": len(values)},
        )  # fmt: skip
    return found


HOW = {
    "accept": f"a complaint accepted, {AT_ONCE} in one transaction",
    "open": "an accepted complaint's first step",
    "activity": "an activity run directly",
    "confirm": "a person's confirmation, one step",
    "timer": "a due timer's step",
    "look": "one look of a clock and a reconciler at everything they look for",
}


@contextmanager
def _crowd(url: str, count: int) -> Iterator[Crowd]:
    with prepared(url) as house:
        casework, database = house.wiring.casework, house.wiring.database
        ref = lives.file(casework, "medium", 0, machine_time())
        settle(casework)
        with database.write() as session:
            case = casework.find(session, ref, lock=True)
            case.flow_run_id, case.shown_version = str(uuid4()), case.version
        clone_waiting(database, count - 1, secret=casework.secret, show=lambda _original, _clones: None)
        if not database.is_sqlite:  # what PostgreSQL does by itself a minute later
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        yield Crowd(count, house, _offered(house))


def _offered(house: House) -> Iterator[tuple[str, int, str]]:
    with house.wiring.database.read() as session:
        query = select(Case.ref, WorkItem.id, WorkItem.assignee).where(
            WorkItem.case_id == Case.id, WorkItem.status == "offered"
        )
        found = session.exec(query.order_by(col(WorkItem.id)).limit(10_000)).all()
    yield from ((ref, int(item or 0), str(person)) for ref, item, person in found)


def _in_turns(crowds: Sequence[Crowd], rounds: int, events: int) -> None:
    for number in range(rounds + 1):
        for crowd in crowds:
            _arrivals(crowd, f"{number}")
            _timed(crowd, "look", 1, partial(_look, crowd))
        if number == 0:  # links definitions and fills caches
            for crowd in crowds:
                crowd.took.clear()
    for crowd in crowds:
        _events_to_steps(crowd, events)
    for crowd in crowds:
        with crowd.house.wiring.database.write() as session:
            instant = session.exec(select(func.min(Case.next_due_at))).one()
            assert instant is not None, "the crowd waits for confirmations"
            advance_to(session, instant + timedelta(seconds=1), machine_time())
    for _ in range(min(rounds, min(c.count for c in crowds) // AT_ONCE - 1)):
        for crowd in crowds:
            _timed(crowd, "timer", AT_ONCE, partial(step_due, crowd.house.wiring.casework, AT_ONCE))


def _timed(crowd: Crowd, what: str, count: int, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    crowd.took[what].append(1000 * (time.perf_counter() - began) / count)


def _arrivals(crowd: Crowd, prefix: str) -> None:
    """Complaints come, are opened and worked on; and as many people confirm."""
    casework = crowd.house.wiring.casework
    receiver, events = Receiver(casework), []
    for name, content, headers in channel.letters(crowd.house.wiring, AT_ONCE, f"stored-{prefix}"):
        value = parse_object(content)
        events.append(event_of(name, headers["webhook-id"], parse_body(value), value))
    _timed(crowd, "accept", AT_ONCE, lambda: receiver.accept(events))
    _timed(crowd, "open", AT_ONCE, lambda: step_due(casework))
    began, performed = time.perf_counter(), 0
    while swept := run_unclaimed(casework, waited=timedelta(0)):
        performed += swept.performed
    crowd.took["activity"].append(1000 * (time.perf_counter() - began) / performed)
    offered = [next(crowd.items) for _ in range(min(AT_ONCE, crowd.count // 10))]
    _timed(crowd, "confirm", len(offered), lambda: [
        casework.step(ref, ActOnItem(item, "confirm", Actor(person, "specialist"))) for ref, item, person in offered
    ])  # fmt: skip


def _look(crowd: Crowd) -> None:
    now, process_now = machine_time(), crowd.house.wiring.process_now()
    with crowd.house.wiring.database.read() as session:
        due.due_cases(session, process_now, 200)
        due.unclaimed(session, now, 200)
        due.under_way(session, now)
        runs.without_run(session, 100)
        runs.to_wake(session, 50, now)
        runs.with_claimable(session, 50, now)
        runs.open_runs(session, "", 50)


def _events_to_steps(crowd: Crowd, count: int) -> None:
    """Keep confirmations, one after the other, while a clock process runs, and watch when each was handled."""
    kept: dict[int, float] = {}
    with clocks(crowd.house, 1):
        crowd.house.wait_for(
            lambda: _stepped_one(crowd), PATIENCE_SECONDS, "the clock to step the first event"
        )
        began = time.perf_counter()
        for number in range(count):
            while time.perf_counter() < began + number / EVENTS_PER_SECOND:
                time.sleep(POLL_SECONDS)
                _seen(crowd, kept)
            kept[_keep(crowd)] = time.perf_counter()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while kept:
            assert time.monotonic() < deadline, f"{len(kept)} events were not stepped\n{crowd.house.logs()}"
            time.sleep(POLL_SECONDS)
            _seen(crowd, kept)
    assert len(crowd.latencies) == count, "each was seen once"


def _keep(crowd: Crowd) -> int:
    """Put the next confirmation into its case's inbox; the number of the row."""
    ref, item, person = next(crowd.items)
    casework = crowd.house.wiring.casework
    with casework.database.write() as session:
        request = ActOnItem(item, "confirm", Actor(person, "specialist"))
        at = crowd.house.wiring.process_now()
        row = stored.keep(session, casework.find(session, ref), request, at, f"bench/{item}")
        assert row.id is not None, "flushed"
        return row.id


def _stepped_one(crowd: Crowd) -> bool:
    row = _keep(crowd)
    time.sleep(1)
    with crowd.house.wiring.database.read() as session:
        return _handled(session, [row]) == {row}


def _seen(crowd: Crowd, kept: dict[int, float]) -> None:
    if not kept:
        return
    with crowd.house.wiring.database.read() as session:
        handled = _handled(session, list(kept))
    now = time.perf_counter()
    crowd.latencies += [now - kept.pop(row) for row in handled]


def _handled(session: Session, rows: Sequence[int]) -> set[int]:
    query = select(InboxRow.id).where(col(InboxRow.id).in_(rows), col(InboxRow.handled_at).is_not(None))
    return {int(row or 0) for row in session.exec(query).all()}
