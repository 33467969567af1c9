"""Casework as the flows and the reconciler see it: the one implementation of `flows.port.Casework`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import activities, standing
from cases.casework import Casework
from cases.errors import CaseNotFound
from cases.interruptions import PressedCancel, PressedRetry
from complaints.errors import Refusal
from desk.forms import Forms
from flows import port
from store.queries import runs
from store.tables import Case

UNGRADED_QUEUE = "medium"


class PrefectPort:
    """Thin: each method is one query or one step."""

    def __init__(self, casework: Casework, desk: str, forms: Forms) -> None:
        self._casework, self._desk, self._forms = casework, desk, forms

    # --- for a leg

    def standing(self, ref: str) -> port.Standing:
        with self._casework.database.read() as session:
            case = self._find(session, ref)
            incident = runs.oldest_incident(session, case.id)
            retry = self._retry_text(session, case)
            waiting = tuple(str(text) for text in case.waiting)
            return port.Standing(
                ref=case.ref, title=standing.title(case), tags=standing.tags(case), status=case.status,
                tier=case.tier or UNGRADED_QUEUE, cycle=case.cycle,
                waiting=(retry, *waiting) if retry else waiting, next_due=case.next_due_at, ended=case.ended,
                outcome=case.outcome or (case.status if case.ended else ""),
                incident=incident.reason if incident else None, version=case.version,
                artifact=standing.artifact(session, case, incident, self._desk),
                flow_run_id=UUID(case.flow_run_id) if case.flow_run_id else None,
            )  # fmt: skip

    def ready(self, ref: str) -> list[port.ReadyActivity]:
        with self._casework.database.read() as session:
            case = self._find(session, ref)
            rows = activities.to_do(session, self._casework.machine_clock(), case_id=case.id)
            return [port.ReadyActivity(row.activation, row.name, row.topic) for row in rows]

    def perform(self, ref: str, activation: int, by: str) -> port.Outcome:
        done = activities.perform(self._casework, ref, activation, "prefect", by)
        match done.result:
            case activities.Result.DONE:
                return port.Done()
            case activities.Result.POSTPONED:
                assert done.not_before is not None
                return port.Postponed(done.not_before)
            case activities.Result.FAILED:
                return port.Failed(done.reason)
        return port.Gone()

    def shown(self, ref: str, version: int, flow_run_id: UUID) -> None:
        with self._casework.database.write() as session:
            case = self._find(session, ref, lock=True)
            if case.flow_run_id == str(flow_run_id) and case.shown_version < version:
                case.shown_version = version
                session.add(case)

    def retried(self, ref: str, key: str) -> None:
        self._casework.step(ref, PressedRetry(key))

    def cancelled(self, ref: str, key: str) -> bool:
        return bool(self._casework.step(ref, PressedCancel(key)))

    # --- for the reconciler

    def without_run(self, limit: int) -> list[port.RunWanted]:
        with self._casework.database.read() as session:
            return [
                port.RunWanted(
                    ref=case.ref, case_id=UUID(case.id), generation=case.generation,
                    name=standing.title(case), tags=standing.tags(case), tier=case.tier or UNGRADED_QUEUE,
                    kind=case.kind,
                )
                for case in runs.without_run(session, limit)
            ]  # fmt: skip

    def run_created(self, ref: str, generation: int, flow_run_id: UUID) -> None:
        with self._casework.database.write() as session:
            case = self._find(session, ref, lock=True)
            if case.generation == generation and case.flow_run_id is None:
                case.flow_run_id, case.shown_version = str(flow_run_id), -1
                session.add(case)

    def run_lost(self, ref: str, flow_run_id: UUID) -> None:
        with self._casework.database.write() as session:
            case = self._find(session, ref, lock=True)
            if case.flow_run_id == str(flow_run_id):
                case.flow_run_id, case.generation, case.shown_version = None, case.generation + 1, -1
                session.add(case)

    def to_wake(self, limit: int) -> list[port.CaseRun]:
        with self._casework.database.read() as session:
            return _runs(runs.to_wake(session, limit, self._casework.machine_clock()))

    def runs_of(self, flow_run_ids: Collection[UUID]) -> dict[UUID, str]:
        with self._casework.database.read() as session:
            found = runs.runs_of(session, [str(run) for run in flow_run_ids])
            return {UUID(run): ref for run, ref in found.items()}

    def open_runs(self, after: str, limit: int) -> list[port.CaseRun]:
        with self._casework.database.read() as session:
            return _runs(runs.open_runs(session, after, limit))

    def busy(self, refs: Collection[str]) -> set[str]:
        with self._casework.database.read() as session:
            return runs.busy(session, refs, self._casework.machine_clock())

    # --- for the forms

    def act_on_item(
        self, item: int, action: str, *, code: str, run: str, because: str, person: str | None
    ) -> str:
        with _refusing():
            return self._forms.act(item, action, code=code, run=run, because=because, person=person)

    def change_complaint(
        self, ref: str, change: str, *, code: str, run: str, because: str, given: Mapping[str, str | None]
    ) -> str:
        with _refusing():
            return self._forms.change(ref, change, code=code, run=run, because=because, given=given)

    # --- for the worker

    def claimable(self, limit: int) -> Sequence[port.CaseRun]:
        with self._casework.database.read() as session:
            return _runs(runs.with_claimable(session, limit, self._casework.machine_clock()))

    def _find(self, session: Session, ref: str, *, lock: bool = False) -> Case:
        try:
            return self._casework.find(session, ref, lock=lock)
        except CaseNotFound as error:
            raise KeyError(ref) from error

    def _retry_text(self, session: Session, case: Case) -> str | None:
        """ "retry 2 of 5" while an activity waits for its next attempt."""
        now: datetime = self._casework.machine_clock()
        for row in activities.postponed(session, case.id, now):
            return f"retry {row.attempt + 1} of {activities.MOST_ATTEMPTS}"
        return None


@contextmanager
def _refusing() -> Iterator[None]:
    """A refusal of the desk, said by the port."""
    try:
        yield
    except Refusal as error:
        raise port.Refused(error.message) from error


def _runs(cases: Sequence[Case]) -> list[port.CaseRun]:
    return [port.CaseRun(case.ref, UUID(case.flow_run_id)) for case in cases if case.flow_run_id]
