"""Claiming and carrying out activities: claimed in one transaction, prepared with none open, finished in a step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import bindparam, exists
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from bpmn.events import Completed, Value
from cases.casework import Casework
from cases.errors import CaseNotFound, StaleClaim
from cases.passage import Passage
from cases.subject import at_work_on
from complaints.errors import Fault
from store.case_file import CaseFile
from store.database import StoreUnreachable, turn_into
from store.queries.runs import claimable
from store.seams import Change, passed
from store.tables import ActivityRow, Case, Incident

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
MOST_ONWARD = 20
"""Activities of one case that are carried out one after the other before others have their turn."""
BACKOFF_SECONDS = (2, 10, 60, 300)
"""Wait before attempts 2 to 5. Waits over 10 s are served by the row, not by a sleeping task."""
log = logging.getLogger("amends.activities")

FREE_TO_DO = (
    select(Case)
    .where(
        col(Case.id) == bindparam("name"),
        exists().where(
            col(ActivityRow.case_id) == col(Case.id), col(ActivityRow.activation) == bindparam("activation"),
            col(ActivityRow.state).in_(("ready", "claimed")),
        ),
    )
    .with_for_update(key_share=True, skip_locked=True)
)  # fmt: skip


class Result(StrEnum):
    DONE = "done"
    POSTPONED = "postponed"
    """Failed, will be tried again: see `not_before`."""
    FAILED = "failed"
    """Failed for the last time: an incident is open."""
    GONE = "gone"
    """Somebody else has it, or the process no longer wants it."""


@dataclass(frozen=True, slots=True)
class Performed:
    result: Result
    reason: str = ""
    not_before: datetime | None = None
    attempt: int = 0
    onward: tuple[Claim, ...] = ()
    """What more was carried out in the same transaction."""
    then: int | None = None
    """The activation of what is ready now and has something to prepare."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`fence` is the claim's own number: a newer claim makes it stale."""

    case_id: str
    ref: str
    activation: int
    topic: str
    inputs: Mapping[str, Value]
    fence: int
    attempt: int
    who: str
    lease_until: datetime

    def write_on(self, row: ActivityRow) -> None:
        row.state, row.claimed_by, row.lease_until = "claimed", self.who, self.lease_until
        row.fence, row.attempt = self.fence, self.attempt


@dataclass(frozen=True, slots=True)
class Finish:
    """The step that ends an activity, unless a newer claim has overtaken it."""

    claim: Claim
    prepared: object
    by: str
    actor: str = "amends"

    def apply(self, file: CaseFile, passage: Passage) -> None:
        row = file.activity(self.claim.activation)
        if row is None or row.state != "claimed" or row.fence != self.claim.fence:
            raise StaleClaim(
                f"{self.claim.ref}: activation {self.claim.activation} was taken over or withdrawn"
            )
        file.activation, file.at_element = row.activation, (row.process, row.element)
        file.attempt = self.claim.attempt
        outputs = passage.write(row.topic, self.claim.inputs, self.prepared)
        row.state, row.done_at, row.ran_by, row.error = "done", file.machine_now, self.by, None
        file.log("performed", activation=row.activation, topic=row.topic, attempt=row.attempt, by=self.by)
        passage.feed(Completed(row.activation, outputs))


GoesOn: TypeAlias = Callable[[Case], bool]
"""Whether what an activity makes ready is carried out with it, asked once that is done."""


def alone(_case: Case) -> bool:
    return False


class BrokenOff(Exception):
    """What followed an activity in its transaction failed: all is undone, and it is to be carried out alone."""


def carry_through(
    casework: Casework, case_id: str, activation: int, who: str, goes_on: GoesOn
) -> int:  # fmt: skip
    """Carry out directly an activity that Prefect left lying and, while the case `goes_on`, what follows until it
    waits; how many were carried out. A case that somebody else has in hand is passed by.

    Who was late for the first is late for all: what follows is not offered to Prefect again.
    """
    done, then = 0, activation
    for _ in range(MOST_ONWARD):
        performed = perform(casework, case_id, then, "direct", who, waits=False, goes_on=goes_on)
        done += (performed.result is not Result.GONE) + len(performed.onward)
        if performed.then is None:
            break
        then = performed.then
    return done


def perform(
    casework: Casework, ref: str, activation: int, by: str, who: str, *, waits: bool = True,
    goes_on: GoesOn = alone,
) -> Performed:  # fmt: skip
    """Carry out one activity if it is still to be done. `by` is "prefect" or "direct", `who` names the claimant.

    Unless it `waits`, a case that somebody else has in hand is passed by. While it `goes_on`, what is ready then is
    carried out in the same transaction, up to what has something to prepare.

    One that needs nothing prepared is claimed and finished in one transaction; what another needs to know is read with
    its claim. Raises what the store raises when it fails; no attempt is spent on that.
    """
    claim: Claim | None = None
    try:
        with casework.database.write(Change.CLAIM) as session:
            case = _case_of(casework, session, ref, activation, waits=waits)
            file = casework.open_file(session, case) if case is not None else None
            claim = _claim(file, activation, who) if file is not None else None
            if file is None or claim is None:
                return Performed(Result.GONE)
            prepare = casework.topics[claim.topic].prepare
            if prepare is None:
                turn_into(session, Change.PERFORM)
                done = _finish(casework, file, claim, None, by, goes_on)
            else:
                with at_work_on(claim.ref):
                    brought = prepare(file, claim.inputs)
        if prepare is not None:
            with at_work_on(claim.ref):
                prepared = brought() if callable(brought) else brought
            passed("prepared")
            done = _finish_prepared(casework, claim, prepared, by, goes_on)
    except BrokenOff as error:
        log.info("undone, and carried out alone: %s", error)
        return perform(casework, ref, activation, by, who, waits=waits)
    except StaleClaim:
        return _overtaken(casework, ref)
    except CaseNotFound:
        return Performed(Result.GONE)
    except (OperationalError, StoreUnreachable):
        raise  # the store's fault, not the activity's: what was not committed is ready again, or its lease ends
    except Exception as error:  # any failure of a task is kept on its row and tried again; nothing is lost
        if claim is None:
            raise
        return _told(claim, _fail(casework, claim, error), by, error)
    for other in done.onward:
        _told(other, Performed(Result.DONE, attempt=other.attempt), by)
    return _told(claim, done, by)


def _finish_prepared(
    casework: Casework, claim: Claim, prepared: object, by: str, goes_on: GoesOn
) -> Performed:  # fmt: skip
    """In a transaction of its own; again, and alone, when what follows fails."""
    try:
        with casework.database.write(Change.FINISH) as session:
            file = casework.open_file(session, casework.find(session, claim.case_id, lock=True))
            return _finish(casework, file, claim, prepared, by, goes_on)
    except BrokenOff as error:
        log.info("undone, and carried out alone: %s", error)
        return _finish_prepared(casework, claim, prepared, by, alone)


def _finish(
    casework: Casework, file: CaseFile, claim: Claim, prepared: object, by: str,
    goes_on: GoesOn,
) -> Performed:  # fmt: skip
    """The step that ends a claimed activity, and while the case `goes_on` a step for each that is ready then, up to
    one that has something to prepare. The caller commits."""
    casework.step_with(file, Finish(claim, prepared, by))
    onward: list[Claim] = []
    ready = _ready(file) if goes_on(file.case) else None
    while ready is not None and casework.topics[ready.topic].prepare is None and len(onward) < MOST_ONWARD:
        try:
            onward.append(_taken(file, ready, claim.who))
            casework.step_with(file, Finish(onward[-1], None, by))
        except (OperationalError, StoreUnreachable):
            raise
        except Exception as error:  # whose fault it is shows when it is carried out as the first
            raise BrokenOff(f"{file.case.ref}: {ready.topic}, {len(onward)} after {claim.topic}") from error
        ready = _ready(file)
    then = ready.activation if ready is not None else None
    return Performed(Result.DONE, attempt=claim.attempt, onward=tuple(onward), then=then)


def _ready(file: CaseFile) -> ActivityRow | None:
    """What may be carried out now, the oldest first."""
    rows = (row for row in file.records.of(ActivityRow) if _is_free(row, file.machine_now))
    return min(rows, key=lambda row: row.activation, default=None)


def _is_free(row: ActivityRow, machine_now: datetime) -> bool:
    return row.state == "ready" and row.not_before <= machine_now


def _told(claim: Claim, done: Performed, by: str, error: Exception | None = None) -> Performed:
    """A line of the log for what became of it; the kind of the error alone, for its text may quote people."""
    log.log(
        logging.WARNING if error else logging.INFO, "activity %d (%s) %s at attempt %d, %s%s", claim.activation,
        claim.topic, done.result, claim.attempt, by, f": {type(error).__name__}" if error else "",
        extra={"ref": claim.ref},
    )  # fmt: skip
    return done


def _overtaken(casework: Casework, ref: str) -> Performed:
    """Somebody else has it, or what fell due took it away; the latter was undone with the claim and happens now,
    or the activity would be offered and refused again and again."""
    try:
        casework.step(ref)
    except Exception as error:  # the case is at fault: the clock's own step opens the incident
        return Performed(Result.GONE, f"{type(error).__name__}: {error}"[:500])
    return Performed(Result.GONE)


def to_do(session: Session, machine_now: datetime, *, case_id: str | None = None) -> list[ActivityRow]:
    """Activities that may be claimed now, oldest first: ready and not postponed, or with a lease run out."""
    query = select(ActivityRow).where(claimable(machine_now))
    if case_id is not None:
        query = query.where(ActivityRow.case_id == case_id)
    return list(session.exec(query.order_by(ActivityRow.id)).all())  # type: ignore[arg-type]


def postponed(session: Session, case_id: str, machine_now: datetime) -> list[ActivityRow]:
    """Activities of a case that failed and wait for their next attempt."""
    query = select(ActivityRow).where(
        ActivityRow.case_id == case_id, ActivityRow.state == "ready", ActivityRow.not_before > machine_now
    )
    return list(session.exec(query).all())


def _case_of(casework: Casework, session: Session, ref: str, activation: int, *, waits: bool) -> Case | None:
    """The case, locked. None when it is in other hands, or the activity was done, and we do not wait."""
    if waits:
        return casework.find(session, ref, lock=True)
    return session.scalars(FREE_TO_DO, {"name": ref, "activation": activation}).first()


def _claim(file: CaseFile, activation: int, who: str) -> Claim | None:
    """Take the activity. None when it is not to be had."""
    row, machine_now = file.activity(activation), file.machine_now
    if row is None:
        return None
    free = _is_free(row, machine_now)
    abandoned = row.state == "claimed" and row.lease_until is not None and row.lease_until < machine_now
    return _taken(file, row, who) if free or abandoned else None


def _taken(file: CaseFile, row: ActivityRow, who: str) -> Claim:
    claim = Claim(
        file.case.id, file.case.ref, row.activation, row.topic, row.inputs, row.fence + 1, row.attempt + 1, who,
        file.machine_now + LEASE,
    )  # fmt: skip
    claim.write_on(row)
    return claim


def _fail(casework: Casework, claim: Claim, error: Exception) -> Performed:
    """Keep the failure: postponed while attempts are left, else an incident with an owner."""
    reason = f"{type(error).__name__}: {error}"[:500]
    machine_now = casework.machine_clock()
    with casework.database.write(Change.POSTPONE) as session:
        case = casework.find(session, claim.case_id, lock=True)
        file = casework.open_file(session, case)
        row = file.activity(claim.activation)
        if row is not None and row.fence < claim.fence:
            claim.write_on(row)  # it went with the transaction that failed, and counts all the same
        if row is None or (row.fence, row.state, row.claimed_by) != (claim.fence, "claimed", claim.who):
            return Performed(Result.GONE)
        row.error = reason
        hopeless = isinstance(error, Fault) and not error.transient
        if claim.attempt < MOST_ATTEMPTS and not hopeless:
            row.state = "ready"
            row.not_before = machine_now + timedelta(seconds=BACKOFF_SECONDS[claim.attempt - 1])
            row.ready_since = row.not_before
            case.version += 1
            return Performed(Result.POSTPONED, reason, row.not_before, claim.attempt)
        row.state = "incident"
        file.at_element = (row.process, row.element)
        file.open_incident("activity", reason, activation=row.activation)
        return Performed(Result.FAILED, reason, attempt=claim.attempt)


@dataclass(frozen=True, slots=True)
class Retry:
    """Close the incidents of a case and let what failed be tried again."""

    actor: str

    def apply(self, file: CaseFile, passage: Passage) -> int:
        """How many incidents were closed."""
        found = [i for i in file.records.of(Incident) if i.closed_at is None]
        for incident in found:
            incident.closed_at, incident.closed_by = file.now, self.actor
            row = file.activity(incident.activation) if incident.activation is not None else None
            if row is not None and row.state == "incident":
                row.state, row.attempt = "ready", 0
                row.ready_since = row.not_before = file.machine_now
            file.log("incident_closed", incident=incident.id, kind=incident.kind)
        return len(found)
