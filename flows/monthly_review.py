"""The flow of the monthly review: print a month, show it on the run, tell the managers.

Deployment `monthly-review/monthly-review`, the first of the month at 08:00; any month by hand from its form.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from anyio import to_thread
from prefect import flow, task
from prefect.artifacts import acreate_link_artifact, acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows import review_port
from flows.review_port import Printed

SCRATCH = Path(tempfile.gettempdir()) / "amends-prefect-results"
Month = Annotated[
    str | None,
    Field(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        description="A month as 2026-11. Empty: the last month that is over.",
    ),
]
Language = Annotated[
    Literal["zh", "en"] | None,
    Field(description="Language of the report shown here. Empty: that of the installation."),
]
Mail = Annotated[
    bool, Field(description="Tell the managers by mail. A month is told once, however often this runs.")
]


@task(
    name="Count and freeze the month",
    retries=2,
    retry_delay_seconds=10,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def print_month(month: str | None, language: str | None) -> Printed:
    return await to_thread.run_sync(review_port.review().print, month, language)


@task(name="Show the report", cache_policy=NO_CACHE, persist_result=False)
async def show(printed: Printed) -> None:
    """Markdown, table and link on this run, under keys of the month."""
    key = f"review-{printed.month}"
    await acreate_markdown_artifact(printed.markdown, key=key, description=printed.heading)
    await acreate_table_artifact(
        [dict(row) for row in printed.figures], key=f"{key}-figures", description=printed.heading
    )
    await acreate_link_artifact(
        printed.link, link_text=printed.heading, key=f"{key}-page", description=printed.heading
    )


@task(
    name="Tell the managers", retries=2, retry_delay_seconds=10, cache_policy=NO_CACHE, persist_result=False
)
async def tell(month: str) -> int:
    return await to_thread.run_sync(review_port.review().mail, month)


@flow(name="monthly-review", retries=0, persist_result=False, result_storage=SCRATCH, log_prints=False)
async def monthly_review(month: Month = None, language: Language = None, mail: Mail = True) -> State[None]:
    """Prints the monthly review of complaints.

    A month that is over is frozen when it is first printed, and prints the same ever after. The report appears as
    artifacts of this run, as a page of the desk, and in a letter to each manager.
    """
    printed = await print_month(month, language)
    await show(printed)
    told = await tell(printed.month) if mail and printed.frozen else 0
    state = "frozen" if printed.frozen else "not frozen, the month is not over or not known"
    return Completed(message=f"{printed.month}: {state}; {told} letters written")
