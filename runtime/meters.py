"""What the processes of this home count as they work: steps, and answers of hooks.

Each process of a home counts into files of one folder, so that any web of the home answers for all of them.
`count_together` must come before `prometheus_client` is imported: it reads the variable then.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
FOLDER = "metrics"
"""In the home."""
STEP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
HOOKS = "/hooks/"


def count_together(home: Path) -> None:
    """Let this process count into the folder of the home."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[VARIABLE] = str(folder)


def begin_anew(home: Path) -> None:
    """Forget the counts of processes that are gone; before the first one starts."""
    for file in (home / FOLDER).glob("*.db"):
        file.unlink(missing_ok=True)


class Meters:
    """The counters of this process. Without `count_together` they are this process's alone."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Histogram

        self._own = CollectorRegistry()
        self._steps = Histogram(
            "amends_step_seconds", "Steps of cases, by what was asked; `due` is what fell due or was stored.",
            ["request"], registry=self._own, buckets=STEP_SECONDS,
        )  # fmt: skip
        self._hooks = Histogram(
            "amends_hook_answer_seconds", "Answers of the hooks, by HTTP status.",
            ["code"], registry=self._own, buckets=ANSWER_SECONDS,
        )  # fmt: skip

    def stepped(self, request: str, seconds: float) -> None:
        self._steps.labels(request).observe(seconds)

    def answered(self, code: int, seconds: float) -> None:
        self._hooks.labels(str(code)).observe(seconds)

    @property
    def registry(self) -> CollectorRegistry:
        """What is to be shown: of all processes of the home where they count together."""
        if VARIABLE not in os.environ:
            return self._own
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry


class MeteredHooks:
    """Around the web application: notes how each hook call was answered."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app, self._meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(HOOKS):
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._meters.answered(message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, noting)
