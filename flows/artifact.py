"""The case as one markdown artifact of its run: made once, then changed in place."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.exceptions import ObjectNotFound

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Published:
    """What a run's artifact held when this process last wrote or read it."""

    artifact_id: UUID
    text: int
    """hash() of the markdown, good within this process."""


_published: OrderedDict[tuple[UUID, str], Published] = OrderedDict()


def artifact_key(ref: str) -> str:
    """The ref in the letters Prefect allows: `C-2026-000017` gives `c-2026-000017`."""
    return re.sub(r"[^a-z0-9]+", "-", ref.lower()).strip("-")


async def publish(client: PrefectClient, flow_run_id: UUID, ref: str, markdown: str) -> None:
    """Makes the artifact of the case say `markdown`. Writes only when the content changed.

    A new run of the same case (reopened, rebuilt) gets its own artifact under the same key, so that the
    run's page shows it as well as the artifact's page.
    """
    key = artifact_key(ref)
    text = hash(markdown)
    known = _published.get((flow_run_id, key)) or await _read(client, flow_run_id, key)
    if known is not None and known.text != text:
        try:
            await client.update_artifact(known.artifact_id, ArtifactUpdate(data=markdown))
        except ObjectNotFound:
            known = None
        else:
            known = Published(known.artifact_id, text)
    if known is None:
        known = Published(await _create(client, flow_run_id, key, ref, markdown), text)
    _remember((flow_run_id, key), known)


async def _read(client: PrefectClient, flow_run_id: UUID, key: str) -> Published | None:
    answer = await client.request(
        "POST",
        "/artifacts/filter",
        json={
            "artifacts": {"key": {"any_": [key]}, "flow_run_id": {"any_": [str(flow_run_id)]}},
            "sort": "CREATED_DESC",
            "limit": 1,
        },
    )
    for found in answer.json():
        return Published(UUID(found["id"]), hash(found["data"]))
    return None


async def _create(client: PrefectClient, flow_run_id: UUID, key: str, ref: str, markdown: str) -> UUID:
    answer = await client.request(
        "POST",
        "/artifacts/",
        json={
            "key": key,
            "type": "markdown",
            "description": f"Case {ref}",
            "data": markdown,
            "flow_run_id": str(flow_run_id),
        },
    )
    return UUID(answer.json()["id"])


def _remember(which: tuple[UUID, str], known: Published) -> None:
    _published[which] = known
    _published.move_to_end(which)
    while len(_published) > REMEMBERED:
        _published.popitem(last=False)
