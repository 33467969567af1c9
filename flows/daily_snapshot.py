"""The flow of the daily snapshot: keep how the complaints stood when the day ended.

Deployment `daily-snapshot/daily-snapshot`, each night. A day that was missed is made up for three days.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from anyio import to_thread
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import review_port

SCRATCH = Path(tempfile.gettempdir()) / "amends-prefect-results"


@task(
    name="Take the picture of the day",
    retries=3,
    retry_delay_seconds=60,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def take() -> list[str]:
    return await to_thread.run_sync(review_port.review().take_snapshots)


@flow(name="daily-snapshot", retries=0, persist_result=False, result_storage=SCRATCH, log_prints=False)
async def daily_snapshot() -> State[None]:
    """Keeps how many complaints are open, how old they are and where they lie, at the end of each day."""
    days = await take()
    return Completed(message=f"taken: {', '.join(days)}" if days else "nothing was missing")
