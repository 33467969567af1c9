"""Keeps the runs in Prefect true to the cases: creates, wakes, heals. Called each second by any number of
clocks.

Nothing here changes a case on its own account; what a person did to a run in the Prefect UI is told to
casework. Every function does at most a bounded piece of work, may be repeated, and leaves the case whole
when Prefect is down.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flows.port import CaseRun, Casework, RunWanted
from runtime.prefect_api import CREATED_AT_ONCE, FINAL, STATES_AT_ONCE, PrefectApi, RunState, batches
from runtime.prefect_errors import NotDeployed, RunsNotMade

DEPLOYMENTS: Mapping[str, tuple[str, str]] = {
    "complaint": ("handle-complaint", "complaint"),
    "improvement": ("follow-improvement", "improvement"),
}
"""Kind of case to the flow and deployment of its runs."""
READY: Mapping[str, str] = {"type": "SCHEDULED", "name": "Ready"}
PAUSED_BY_HAND = ("Paused", "Suspended")
"""Names that Change state and Pause of the UI give; ours begin with `Waiting: `."""

TRIES_IN_VAIN = 20
PAUSE_SECONDS = 0.25

log = logging.getLogger("amends.prefect")


@dataclass(frozen=True, slots=True)
class Patience:
    """Machine time that heals wait for."""

    reap_after: timedelta = timedelta(seconds=30)
    """A run pending, running or cancelling for longer, of a case without a live lease, has lost its leg."""
    revive_after: timedelta = timedelta(seconds=5)
    """A run that failed without an incident is scheduled again so much later: a fault of ours must not
    spin.
    """
    look_back: timedelta = timedelta(minutes=2)
    """Runs that reached a final state in this time are judged at every call; older ones by the sweep."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one call did, in runs."""

    created: int = 0
    woken: int = 0
    revived: int = 0
    reaped: int = 0
    cancelled: int = 0
    lost: int = 0

    def __add__(self, other: Reconciled) -> Reconciled:
        return Reconciled(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))

    @property
    def nothing(self) -> bool:
        return self == Reconciled()


@dataclass
class Reconciler:
    """One clock's view of the runs. Its memory only saves calls; any number may work side by side."""

    api: PrefectApi
    cases: Casework
    patience: Patience = field(default_factory=Patience)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _deployments: dict[str, UUID] = field(default_factory=dict)
    _judged: set[str] = field(default_factory=set)
    _swept_to: str = ""

    def tick(self) -> Reconciled:
        """Everything once. Raises PrefectUnreachable, PrefectRefused or NotDeployed; call again.

        Healing asks Prefect first: while it is away, nobody looks through the cases that wait for a run.
        """
        return self.heal() + self.create() + self.wake() + self.sweep()

    def create(self, limit: int = CREATED_AT_ONCE) -> Reconciled:
        """Creates the runs of cases that have none. The idempotency key is case and generation."""
        wanted = self.cases.without_run(limit)
        if not wanted:
            return Reconciled()
        done = Reconciled()
        for kind in dict.fromkeys(want.kind for want in wanted):
            done += self._create(kind, [want for want in wanted if want.kind == kind])
        return done

    def _create(self, kind: str, wanted: Sequence[RunWanted]) -> Reconciled:
        made = 0
        try:
            results = self.api.create_runs(self._deployment_id(kind), [_creation(w) for w in wanted])
        except NotDeployed:
            self._deployments.clear()
            raise
        problems: dict[str, list[str]] = {}
        for want, (flow_run_id, problem) in zip(wanted, results, strict=True):
            if flow_run_id is None:
                # The first line only: what follows quotes the statement. Mostly SQLite's
                # "database is locked".
                problems.setdefault(str(problem).splitlines()[0], []).append(want.ref)
                continue
            self.cases.run_created(want.ref, want.generation, flow_run_id)
            made += 1
        for reason, refs in problems.items():
            told = "no run yet for %d cases, %s first: %s"
            log.warning(told, len(refs), refs[0], reason, extra={"ref": refs[0]})
        return Reconciled(created=made)

    def wake(self, limit: int = STATES_AT_ONCE) -> Reconciled:
        """Wakes the runs of cases that have something new to show or to do."""
        wanted = self.cases.to_wake(limit)
        if not wanted:
            return Reconciled()
        woken = self._schedule([w.flow_run_id for w in wanted], ("PAUSED",))
        rest = [w for w in wanted if w.flow_run_id not in woken]
        return Reconciled(woken=len(woken)) + self._judge(rest)

    def heal(self) -> Reconciled:
        """Puts right what people did to runs in the UI, and what dead workers left, if it is recent."""
        deployment = {"deployment_id": {"any_": [str(self._deployment_id(kind)) for kind in DEPLOYMENTS]}}
        since = (self.now() - self.patience.look_back).isoformat()
        ended = self.api.runs(
            {**deployment, "end_time": {"after_": since}, "state": {"type": {"any_": list(FINAL)}}},
            sort="END_TIME_DESC",
        )
        self._judged &= {run.state_id for run in ended}
        fresh = [run for run in ended if run.state_id not in self._judged]
        moving = self.api.runs(
            {**deployment, "state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
        )
        paused = self._release_paused(deployment)
        return paused + self._heal(fresh) + self._reap(moving)

    def sweep(self, limit: int = STATES_AT_ONCE) -> Reconciled:
        """Looks at the next few open cases, round and round: deleted runs, and what `heal` came too late
        for.
        """
        runs = self.cases.open_runs(self._swept_to, limit)
        self._swept_to = runs[-1].ref if len(runs) == limit else ""
        return self._judge(runs)

    def recover(self, progress: Callable[[Reconciled], None] = lambda _: None) -> Reconciled:
        """Rebuilds all runs, as after the loss of Prefect's database; returns when each case has one.

        Raises RunsNotMade when Prefect answers and yet makes none, try after try.
        """
        done, after = Reconciled(), ""
        while runs := self.cases.open_runs(after, 200):
            after = runs[-1].ref
            done += self._judge(runs)
            progress(done)
        in_vain = 0
        while self.cases.without_run(1):
            step = self.create()
            done += step
            progress(done)
            in_vain = 0 if step.created else in_vain + 1
            if in_vain > TRIES_IN_VAIN:
                raise RunsNotMade(
                    f"Prefect at {self.api.url} makes no runs: see the warnings above, then repeat"
                )
            if in_vain:
                time.sleep(PAUSE_SECONDS)
        return done

    def _judge(self, runs: Sequence[CaseRun]) -> Reconciled:
        """Finds these runs and puts right what is not as its case needs it."""
        if not runs:
            return Reconciled()
        found = self.api.runs_by_id([run.flow_run_id for run in runs])
        missing = [run for run in runs if run.flow_run_id not in found]
        for run in missing:
            log.warning(
                "the run of %s is gone from Prefect; a new one is made", run.ref, extra={"ref": run.ref}
            )
            self.cases.run_lost(run.ref, run.flow_run_id)
        final = [run for run in found.values() if run.type in FINAL]
        return Reconciled(lost=len(missing)) + self._heal(final)

    def _heal(self, final: Sequence[RunState]) -> Reconciled:
        """Judges runs that are over against their cases."""
        if not final:
            return Reconciled()
        refs = self.cases.runs_of([run.flow_run_id for run in final])
        done = Reconciled()
        for run in final:
            ref = refs.get(run.flow_run_id)
            if ref is not None:
                done += self._heal_one(ref, run)
            self._judged.add(run.state_id)
        return done

    def _heal_one(self, ref: str, run: RunState) -> Reconciled:
        standing = self.cases.standing(ref)
        if standing.ended:
            if run.type != "COMPLETED":
                return self._revive(run)
            self.cases.shown(ref, standing.version, run.flow_run_id)  # what came after the end it cannot show
            return Reconciled()
        if run.type == "CANCELLED":
            if self.cases.cancelled(ref, run.state_id):
                told = "the run of %s was cancelled in Prefect; its case goes on with an incident"
                log.warning(told, ref, extra={"ref": ref})
                return Reconciled(cancelled=1)
            standing = self.cases.standing(ref)  # another clock may have told the case since we looked
        if standing.incident is not None and run.type in ("FAILED", "CANCELLED"):
            self.cases.shown(ref, standing.version, run.flow_run_id)  # as well as it can until somebody acts
            return Reconciled()
        return self._revive(run)

    def _revive(self, run: RunState) -> Reconciled:
        """Schedules a finished run again, later when it failed."""
        delay = self.patience.revive_after if run.type in ("FAILED", "CRASHED") else timedelta()
        state = {**READY, "state_details": {"scheduled_time": (self.now() + delay).isoformat()}}
        taken = self.api.set_states(_filter([run.flow_run_id], (run.type,)), state)
        return Reconciled(revived=len(taken))

    def _release_paused(self, deployment: Mapping[str, Any]) -> Reconciled:
        """Pause in the UI holds no promise back: such a run looks at its case again and waits by its own
        name.
        """
        by_hand = {
            **deployment,
            "state": {"type": {"any_": ["PAUSED"]}, "name": {"any_": list(PAUSED_BY_HAND)}},
        }
        if not self.api.runs(by_hand):
            return Reconciled()
        # By force: a pause with a time limit that has run out fails the run instead.
        return Reconciled(woken=len(self.api.set_states(by_hand, READY, force=True)))

    def _reap(self, moving: Sequence[RunState]) -> Reconciled:
        """Schedules runs again that no leg carries any more."""
        before = self.now() - self.patience.reap_after
        stale = [run for run in moving if run.since < before]
        if not stale:
            return Reconciled()
        refs = self.cases.runs_of([run.flow_run_id for run in stale])
        busy = self.cases.busy(set(refs.values()))
        dead = [run for run in stale if run.flow_run_id in refs and refs[run.flow_run_id] not in busy]
        cancelling = [run.flow_run_id for run in dead if run.type == "CANCELLING"]
        self._set(cancelling, ("CANCELLING",), {"type": "CANCELLED", "name": "Cancelled"})
        stuck = [run.flow_run_id for run in dead if run.type != "CANCELLING"]
        reaped = self._schedule(stuck, ("PENDING", "RUNNING"))
        return Reconciled(reaped=len(reaped))

    def _schedule(self, ids: Sequence[UUID], from_types: Sequence[str]) -> set[UUID]:
        return self._set(ids, from_types, READY)

    def _set(self, ids: Sequence[UUID], from_types: Sequence[str], state: Mapping[str, Any]) -> set[UUID]:
        taken: set[UUID] = set()
        for batch in batches(ids, STATES_AT_ONCE):
            taken.update(self.api.set_states(_filter(batch, from_types), state))
        return taken

    def _deployment_id(self, kind: str) -> UUID:
        if kind not in self._deployments:
            self._deployments[kind] = self.api.deployment_id(*DEPLOYMENTS[kind])
        return self._deployments[kind]


def _filter(ids: Sequence[UUID], types: Sequence[str]) -> dict[str, Any]:
    return {"id": {"any_": [str(i) for i in ids]}, "state": {"type": {"any_": list(types)}}}


def _creation(want: RunWanted) -> dict[str, Any]:
    return {
        "name": want.name,
        "tags": list(want.tags),
        "parameters": {"ref": want.ref},
        "idempotency_key": f"{want.case_id}:{want.generation}",
        "work_queue_name": want.tier,
        "state": dict(READY),
    }
