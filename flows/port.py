"""What the flows and the reconciler need from casework: the only door between Prefect and a case.

Every method is synchronous, opens its own transaction, and is safe to repeat and to call from several
processes at once. None of them talks to Prefect.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pkgutil import resolve_name
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

CASEWORK_VARIABLE = "AMENDS_TEST_CASEWORK"
DEFAULT_CASEWORK = "runtime.wiring:casework"


class FlowError(Exception):
    """Base of what goes wrong in the room of the flows."""


class CaseworkUnavailable(FlowError):
    """No casework is bound in this process and none could be built."""


class LegBroken(FlowError):
    """A leg met a fault of ours; says only its kind, because Prefect shows it to everybody."""


class Refused(FlowError):
    """What a form asks for is not allowed now; says cause and cure, and nothing personal."""


class ActivityFailed(FlowError):
    """An activity failed for good and became an incident of its case."""


@dataclass(frozen=True, slots=True)
class ReadyActivity:
    """An activity that may be claimed now. `name` is the label in the diagram."""

    activation: int
    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class Done:
    """The activity ran and its token moved on."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """It failed for now; the store tries again not before this machine time (aware)."""

    not_before: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """It failed for good; an incident is open. `reason` holds nothing personal."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody else did it, holds it, or the case left it."""


Outcome = Done | Postponed | Failed | Gone


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands at one version. All text is fit for everybody's eyes."""

    ref: str
    title: str
    """Name of the run: ref, tier, category."""
    tags: tuple[str, ...]
    """Tags of the run, as `tier:severe`; they follow the grade."""
    status: str
    tier: str
    cycle: int
    waiting: tuple[str, ...]
    """What it waits for, as in `logistics to confirm`, most urgent first; empty when ended."""
    next_due: datetime | None
    ended: bool
    outcome: str
    """How it ended, in a few words; empty while it is open."""
    incident: str | None
    """Reason of the oldest open incident; None when there is none."""
    version: int
    """Grows with every step of the case and with every incident opened or settled."""
    artifact: str
    """Markdown. Must not change unless `version` does."""
    flow_run_id: UUID | None
    """The run that shows the case now; None until `run_created`."""


@dataclass(frozen=True, slots=True)
class RunWanted:
    """A case whose current generation has no run yet. `tier` names the work queue."""

    ref: str
    case_id: UUID
    generation: int
    name: str
    tags: tuple[str, ...]
    tier: str
    kind: str = "complaint"
    """complaint or improvement: names the deployment."""


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case and the run that shows it."""

    ref: str
    flow_run_id: UUID


class Casework(Protocol):
    """A case as Prefect may see and move it."""

    # for a leg of the run
    def standing(self, ref: str) -> Standing:
        """The case as last committed. Raises KeyError for an unknown ref."""
        ...

    def ready(self, ref: str) -> list[ReadyActivity]:
        """Activities claimable now, most urgent first. Postponed and claimed ones are left out."""
        ...

    def perform(self, ref: str, activation: int, by: str) -> Outcome:
        """Claims, runs and finishes one activity; `by` goes to the lease and the history."""
        ...

    def shown(self, ref: str, version: int, flow_run_id: UUID) -> None:
        """The run now shows this version. Ignored when older than noted, or when the run is not current."""
        ...

    def retried(self, ref: str, key: str) -> None:
        """Someone pressed Retry in the Prefect UI: settle the open incident and re-arm its activity.

        Actor "Prefect UI"; received first under (prefect, key), so a repeat does nothing.
        """
        ...

    def cancelled(self, ref: str, key: str) -> bool:
        """Someone cancelled the run in the Prefect UI: an incident with an owner; the case goes on directly.

        Received first under (prefect, key). True when new, False for a repeat and for a case that ended.
        """
        ...

    # for the reconciler
    def without_run(self, limit: int) -> list[RunWanted]:
        """Cases, open or ended since, whose current generation has no run noted; severe first."""
        ...

    def run_created(self, ref: str, generation: int, flow_run_id: UUID) -> None:
        """Notes the run of a generation. Ignored when the generation is no longer current."""
        ...

    def run_lost(self, ref: str, flow_run_id: UUID) -> None:
        """The run left Prefect: forget it and begin a new generation. Ignored unless current."""
        ...

    def to_wake(self, limit: int) -> list[CaseRun]:
        """Cases, open or ended, with a run, no open incident, and something new to show or do; severe first.

        That is: shown version older than the current one, or an activity ready and unclaimed.
        """
        ...

    def runs_of(self, flow_run_ids: Collection[UUID]) -> dict[UUID, str]:
        """The refs of those of these runs that are current; the others are left out."""
        ...

    def open_runs(self, after: str, limit: int) -> list[CaseRun]:
        """Open cases with a run in order of ref, from the first ref greater than `after`."""
        ...

    def busy(self, refs: Collection[str]) -> set[str]:
        """Those of these cases with an activity under a live lease."""
        ...

    # for the worker
    def claimable(self, limit: int) -> Sequence[CaseRun]:
        """Cases with an activity claimable now: severe first, then by what is due."""
        ...


@runtime_checkable
class Desk(Protocol):
    """What the forms of ops ask for; the casework of an installation does it too."""

    def act_on_item(
        self, item: int, action: str, *, code: str, run: str, because: str, person: str | None
    ) -> str:
        """One action on a work item in the name of whoever the action code is of; `run` is that of the form.

        Says how the complaint stands now, in ids and names of states. Repeating it for the same run gives the
        same answer. Raises Refused.
        """
        ...

    def change_complaint(
        self, ref: str, change: str, *, code: str, run: str, because: str, given: Mapping[str, str | None]
    ) -> str:
        """One change of a complaint, the same way; `given` are its fields beside the reason."""
        ...


class _Bound:
    casework: Casework | None = None


def bind(casework: Casework | None) -> None:
    """Says which casework the flows of this process use."""
    _Bound.casework = casework


def casework() -> Casework:
    """The casework of this process.

    In a process that nobody wired (`prefect worker start`) it is built by `runtime.wiring:casework`; tests
    and measurements name another callable in AMENDS_TEST_CASEWORK. Raises CaseworkUnavailable when that
    fails.
    """
    if _Bound.casework is None:
        _Bound.casework = built(CASEWORK_VARIABLE, DEFAULT_CASEWORK, "casework")
    return _Bound.casework


def built(variable: str, default: str, what: str) -> Any:
    """What the callable named in the environment, else `default` as module:name, gives in a process that nobody wired.

    Raises CaseworkUnavailable when it cannot be imported or gives nothing; `what` it should give is in the message.
    """
    name = os.environ.get(variable, default)
    try:
        build = resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise CaseworkUnavailable(
            f"cannot import {name!r}: install amends in the environment of this process"
        ) from error
    made = build()
    if made is None:
        raise CaseworkUnavailable(f"the {what} callable returned None")
    return made


def desk() -> Desk:
    """The desk of this process, which is its casework too. Raises CaseworkUnavailable when that takes no forms."""
    bound = casework()
    if not isinstance(bound, Desk):
        raise CaseworkUnavailable(f"the casework of this process, {type(bound).__name__}, takes no forms")
    return bound
