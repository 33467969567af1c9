"""The few calls of Prefect's REST API that the clock makes: bulk, synchronous, and quick to give up.

Prefect's own client retries for minutes and costs 1.5 s and 85 MB to import; the clock may not wait for
either.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal, TypeVar
from uuid import UUID

import httpx

from runtime.prefect_errors import NotDeployed, PrefectRefused, PrefectUnreachable

T = TypeVar("T")
CREATED_AT_ONCE = 100
STATES_AT_ONCE = 50
READ_AT_ONCE = 200
TIMEOUT_SECONDS = 5.0
CONNECT_SECONDS = 1.0
BUSY = (429, 502, 503, 504)
BUSY_SECONDS = 2.0
BUSY_PAUSE_SECONDS = 0.05

StateType = Literal[
    "SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING", "CANCELLED", "COMPLETED", "FAILED", "CRASHED"
]
FINAL: tuple[StateType, ...] = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class RunState:
    """A flow run as the server knows it."""

    flow_run_id: UUID
    type: StateType
    name: str
    state_id: str
    since: datetime


class PrefectApi:
    """A connection to one Prefect server; safe to share between threads. Close it after use."""

    def __init__(
        self, url: str, auth: tuple[str, str] | None = None, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """`url` ends in `/api`; `auth` is user and password of PREFECT_SERVER_API_AUTH_STRING."""
        self._busy_seconds = BUSY_SECONDS
        self.url = url.rstrip("/")
        limit = httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds))
        self._http = httpx.Client(base_url=self.url, timeout=limit, auth=auth, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> PrefectApi:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def patient(self, busy_seconds: float) -> PrefectApi:
        """The same connection, for callers who may wait longer for a busy server."""
        other = copy(self)
        other._busy_seconds = busy_seconds
        return other

    def call(
        self, method: str, path: str, body: object = None, accept: Collection[int] = ()
    ) -> httpx.Response:
        """One request. Raises PrefectUnreachable, or PrefectRefused for an error status not in `accept`.

        A busy server (SQLite answers 503 "database is locked" when several write) is asked again for a while.
        """
        deadline = time.monotonic() + self._busy_seconds
        while True:
            try:
                answer = self._http.request(method, path, json=body)
            except httpx.TransportError as error:
                what = f"no answer from Prefect at {self.url}: {type(error).__name__}"
                raise PrefectUnreachable(what) from error
            if answer.status_code not in BUSY:
                break
            if time.monotonic() > deadline:
                raise PrefectUnreachable(f"Prefect at {self.url} is busy: HTTP {answer.status_code}")
            time.sleep(BUSY_PAUSE_SECONDS)
        if answer.is_error and answer.status_code not in accept:
            raise PrefectRefused(f"{method} {path}", answer.status_code, answer.text)
        return answer

    def healthy(self) -> bool:
        """Whether the server answers at all."""
        try:
            return self.patient(0.0).call("GET", "/ready").status_code == 200
        except (PrefectUnreachable, PrefectRefused):
            return False

    def deployment_id(self, flow: str, deployment: str) -> UUID:
        """Raises NotDeployed."""
        answer = self.call("GET", f"/deployments/name/{flow}/{deployment}", accept=(404,))
        if answer.status_code == 404:
            raise NotDeployed(f"{flow}/{deployment} is not in Prefect at {self.url}: run `amends deploy`")
        return UUID(answer.json()["id"])

    def create_runs(
        self, deployment_id: UUID, runs: Sequence[Mapping[str, Any]]
    ) -> list[tuple[UUID | None, str | None]]:
        """Creates runs of a deployment; for each in order (id, None) or (None, why not).

        A repeat under the same `idempotency_key` gives the id of the run that is there. Raises NotDeployed.
        """
        results: list[tuple[UUID | None, str | None]] = []
        for batch in batches(runs, CREATED_AT_ONCE):
            path = f"/deployments/{deployment_id}/create_flow_run/bulk"
            answer = self.call("POST", path, batch, accept=(404,))
            if answer.status_code == 404:
                raise NotDeployed(f"deployment {deployment_id} is gone: run `amends deploy`")
            for made in answer.json()["results"]:
                run_id = made.get("flow_run_id")
                results.append((UUID(run_id) if run_id else None, made.get("error")))
        return results

    def set_states(
        self, flow_runs: Mapping[str, Any], state: Mapping[str, Any], force: bool = False
    ) -> list[UUID]:
        """Sets the state of at most 50 runs that match the filter; the ids of those that took it."""
        body = {"flow_runs": flow_runs, "state": state, "force": force, "limit": STATES_AT_ONCE}
        answer = self.call("POST", "/flow_runs/bulk_set_state", body)
        return [UUID(r["flow_run_id"]) for r in answer.json()["results"] if r["status"] == "ACCEPT"]

    def runs(self, flow_runs: Mapping[str, Any], sort: str = "ID_DESC") -> list[RunState]:
        """At most 200 runs that match the filter."""
        body = {"flow_runs": flow_runs, "sort": sort, "limit": READ_AT_ONCE}
        found = self.call("POST", "/flow_runs/filter", body).json()
        return [_run_state(run) for run in found if run.get("state")]

    def runs_by_id(self, ids: Collection[UUID]) -> dict[UUID, RunState]:
        """Those of these runs that are in Prefect."""
        found: dict[UUID, RunState] = {}
        for batch in batches(list(ids), READ_AT_ONCE):
            for run in self.runs({"id": {"any_": [str(i) for i in batch]}}):
                found[run.flow_run_id] = run
        return found


def _run_state(run: Mapping[str, Any]) -> RunState:
    state = run["state"]
    since = datetime.fromisoformat(state["timestamp"])
    return RunState(UUID(run["id"]), state["type"], state["name"], state["id"], since)


def batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """`[1, 2, 3]` by 2 gives `[1, 2]`, `[3]`."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
