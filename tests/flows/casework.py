"""A casework in memory whose cases follow a script, so that tests decide what a case does and when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from flows.port import CaseRun, Done, Failed, Gone, Outcome, ReadyActivity, RunWanted, Standing

DUE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Stage:
    """Activities that become ready together, then a wait. Without a wait the next stage follows at once."""

    activities: tuple[str, ...]
    waiting: str | None = None


LIFE = (
    Stage(("Grade the complaint", "Send the acknowledgement"), "logistics to confirm"),
    Stage(("Dispatch to logistics",), "logistics to resolve"),
    Stage(("Send the survey",), "the customer's answer"),
    Stage(("File the outcome",)),
)


@dataclass
class ScriptedCase:
    """One case. `performed` lists the activities whose work was really done."""

    ref: str
    script: tuple[Stage, ...]
    tier: str = "medium"
    case_id: UUID = field(default_factory=uuid4)
    generation: int = 1
    flow_run_id: UUID | None = None
    stage: int = 0
    version: int = 1
    shown_version: int = 0
    incident: str | None = None
    ready: dict[int, str] = field(default_factory=dict)
    claimed: set[int] = field(default_factory=set)
    failing: dict[str, str] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)
    performed: list[str] = field(default_factory=list)
    retries: int = 0
    activations: int = 0
    tags: tuple[str, ...] = ()
    """Tags that the case has got since it was filed."""

    def __post_init__(self) -> None:
        self.enter()

    @property
    def ended(self) -> bool:
        return self.stage >= len(self.script)

    def enter(self) -> None:
        if not self.ended:
            for name in self.script[self.stage].activities:
                self.activations += 1
                self.ready[self.activations] = name

    def advance(self) -> None:
        self.version += 1
        while not self.ended and not self.ready and not self.held and self.script[self.stage].waiting is None:
            self.stage += 1
            self.enter()


class ScriptedCasework:
    """Implements the port `flows.port.Casework`. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.cases: dict[str, ScriptedCase] = {}
        self.received: set[str] = set()
        self.before_perform: dict[str, Callable[[], None]] = {}
        self.before_ready: dict[str, Callable[[], None]] = {}
        self.broken: set[str] = set()

    # what a test does

    def file(self, ref: str, script: tuple[Stage, ...] = LIFE, **facts: object) -> ScriptedCase:
        with self._lock:
            case = ScriptedCase(ref, script, **facts)  # type: ignore[arg-type]
            self.cases[ref] = case
            return case

    def happen(self, ref: str) -> None:
        """The event the case waits for."""
        with self._lock:
            case = self.cases[ref]
            if case.ready or case.held or case.ended:
                raise AssertionError(f"{ref} does not wait")
            case.stage += 1
            case.enter()
            case.advance()

    def settle_incident(self, ref: str) -> None:
        """What the owner of the incident does at the desk."""
        with self._lock:
            self._rearm(self.cases[ref])

    def reopen(self, ref: str, script: tuple[Stage, ...]) -> None:
        with self._lock:
            case = self.cases[ref]
            case.script, case.stage = case.script + script, len(case.script)
            case.enter()
            case.version += 1

    # the port

    def standing(self, ref: str) -> Standing:
        with self._lock:
            case = self.cases[ref]
            if ref in self.broken:
                raise RuntimeError("INSERT failed for ('Mrs Li', '+86 138 0013 8000')")
            waits = () if case.ended else (case.script[case.stage].waiting or "the next activity",)
            return Standing(
                ref=ref,
                title=f"{ref} {case.tier} delivery",
                tags=(f"tier:{case.tier}", *case.tags),
                status="closed" if case.ended else "handling",
                tier=case.tier,
                cycle=1,
                waiting=waits,
                next_due=None if case.ended else DUE,
                ended=case.ended,
                outcome="accepted" if case.ended else "",
                incident=case.incident,
                version=case.version,
                artifact=f"# {ref}\n\nversion {case.version}, stage {case.stage}",
                flow_run_id=case.flow_run_id,
            )

    def ready(self, ref: str) -> list[ReadyActivity]:
        with self._lock:
            case = self.cases[ref]
            if ref in self.before_ready:
                self.before_ready.pop(ref)()
            return [ReadyActivity(a, n, n.lower()) for a, n in case.ready.items() if a not in case.claimed]

    def perform(self, ref: str, activation: int, by: str) -> Outcome:
        with self._lock:
            case = self.cases[ref]
            name = case.ready.get(activation)
            if name is None or activation in case.claimed:
                return Gone()
            case.claimed.add(activation)
        if name in self.before_perform:
            self.before_perform.pop(name)()
        with self._lock:
            case.claimed.discard(activation)
            del case.ready[activation]
            if name in case.failing:
                case.held[activation] = name
                case.incident = case.failing.pop(name)
                case.advance()
                return Failed(case.incident)
            case.performed.append(name)
            case.advance()
            return Done()

    def shown(self, ref: str, version: int, flow_run_id: UUID) -> None:
        with self._lock:
            case = self.cases[ref]
            if case.flow_run_id in (None, flow_run_id):
                case.shown_version = max(case.shown_version, version)

    def retried(self, ref: str, key: str) -> None:
        with self._lock:
            if key not in self.received:
                self.received.add(key)
                self.cases[ref].retries += 1
                self._rearm(self.cases[ref])

    def cancelled(self, ref: str, key: str) -> bool:
        with self._lock:
            case = self.cases[ref]
            if key in self.received or case.ended:
                return False
            self.received.add(key)
            case.incident = "run cancelled in Prefect"
            case.version += 1
            return True

    def without_run(self, limit: int) -> list[RunWanted]:
        with self._lock:
            cases = [c for c in self.cases.values() if c.flow_run_id is None][:limit]
            return [
                RunWanted(
                    c.ref,
                    c.case_id,
                    c.generation,
                    f"{c.ref} {c.tier}",
                    (f"tier:{c.tier}",),
                    c.tier,
                )
                for c in cases
            ]

    def run_created(self, ref: str, generation: int, flow_run_id: UUID) -> None:
        with self._lock:
            case = self.cases[ref]
            if case.generation == generation:
                case.flow_run_id = flow_run_id

    def run_lost(self, ref: str, flow_run_id: UUID) -> None:
        with self._lock:
            case = self.cases[ref]
            if case.flow_run_id == flow_run_id:
                case.generation, case.flow_run_id, case.shown_version = case.generation + 1, None, 0

    def to_wake(self, limit: int) -> list[CaseRun]:
        with self._lock:
            return [
                CaseRun(c.ref, c.flow_run_id)
                for c in self.cases.values()
                if c.flow_run_id is not None
                and c.incident is None
                and (c.shown_version < c.version or set(c.ready) - c.claimed)
            ][:limit]

    def runs_of(self, flow_run_ids: Collection[UUID]) -> dict[UUID, str]:
        with self._lock:
            return {
                c.flow_run_id: c.ref
                for c in self.cases.values()
                if c.flow_run_id is not None and c.flow_run_id in flow_run_ids
            }

    def open_runs(self, after: str, limit: int) -> list[CaseRun]:
        with self._lock:
            runs = [
                CaseRun(c.ref, c.flow_run_id)
                for c in self.cases.values()
                if c.flow_run_id is not None and not c.ended and c.ref > after
            ]
            return sorted(runs, key=lambda run: run.ref)[:limit]

    def busy(self, refs: Collection[str]) -> set[str]:
        with self._lock:
            return {ref for ref in refs if self.cases[ref].claimed}

    def claimable(self, limit: int) -> list[CaseRun]:
        order = {"severe": 0, "medium": 1, "light": 2}
        with self._lock:
            cases = [c for c in self.cases.values() if c.flow_run_id is not None and set(c.ready) - c.claimed]
            cases.sort(key=lambda c: (order[c.tier], c.ref))
            return [CaseRun(c.ref, c.flow_run_id) for c in cases if c.flow_run_id is not None][:limit]

    def _rearm(self, case: ScriptedCase) -> None:
        case.incident = None
        case.ready.update(case.held)
        case.held.clear()
        case.version += 1
