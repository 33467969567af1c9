"""Puts the work pool, its queues and the deployments of `prefect.yaml` into Prefect. Safe to repeat.

`prefect deploy --all` reads the same file and gives the same deployments; this does it without a terminal,
in a second, and makes pool and queues too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from runtime.prefect_api import PrefectApi
from runtime.prefect_errors import PrefectError
from runtime.worker import POOL, AmendsWorker

QUEUES = (("severe", 1), ("medium", 2), ("light", 3))
"""Work queue of each tier and its priority; workers empty them in this order."""
PATIENCE_SECONDS = 30.0
DEFINITION = Path(__file__).resolve().parent.parent / "prefect.yaml"
log = logging.getLogger("amends.prefect")


class DeploymentInvalid(PrefectError):
    """An entry of prefect.yaml cannot be deployed."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment as it now is in Prefect."""

    name: str
    """`flow/deployment`."""
    deployment_id: UUID


def deploy(api: PrefectApi, definition: Path = DEFINITION, *, zone: str | None = None) -> list[Deployed]:
    """Makes Prefect have what `definition` says, with schedules in the time zone `zone` where one is given.

    Raises PrefectError, or DeploymentInvalid naming the entry.
    """
    api = api.patient(PATIENCE_SECONDS)
    make_pool(api)
    try:
        entries = yaml.safe_load(definition.read_text(encoding="utf-8"))["deployments"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise DeploymentInvalid(f"{definition}: no readable list of deployments: {error}") from error
    return [_deploy(api, entry, zone) for entry in entries]


def make_pool(api: PrefectApi) -> None:
    """The work pool of our worker type and a queue for each tier."""
    template = AmendsWorker.get_default_base_job_template()
    about = "Complaints, run by Amends workers: `amends up` or `prefect worker start --pool amends`."
    pool = {"name": POOL, "type": AmendsWorker.type, "description": about, "base_job_template": template}
    if api.call("POST", "/work_pools/", pool, accept=(409,)).status_code == 409:
        api.call("PATCH", f"/work_pools/{POOL}", {"description": about, "base_job_template": template})
    for queue, priority in QUEUES:
        body = {"name": queue, "priority": priority, "description": f"Complaints of the tier {queue}."}
        if api.call("POST", f"/work_pools/{POOL}/queues", body, accept=(409,)).status_code == 409:
            api.call("PATCH", f"/work_pools/{POOL}/queues/{queue}", {"priority": priority})


def _deploy(api: PrefectApi, entry: Mapping[str, Any], zone: str | None) -> Deployed:
    try:
        flow: Flow[..., Any] = load_flow_from_entrypoint(entry["entrypoint"])
        name, pool = str(entry["name"]), entry["work_pool"]
    except (KeyError, ImportError, AttributeError) as error:
        raise DeploymentInvalid(
            f"deployment {entry.get('name', '?')!r} of prefect.yaml: {error!r}"
        ) from error
    flow_id = api.call("POST", "/flows/", {"name": flow.name}).json()["id"]
    body = {
        "name": name,
        "flow_id": flow_id,
        "entrypoint": entry["entrypoint"],
        "description": entry.get("description", flow.description),
        "tags": entry.get("tags", []),
        "parameters": entry.get("parameters", {}),
        "parameter_openapi_schema": parameter_schema(flow).model_dump(mode="json"),
        "enforce_parameter_schema": entry.get("enforce_parameter_schema", True),
        "work_pool_name": pool["name"],
        "work_queue_name": pool.get("work_queue_name"),
        "schedules": [
            {"active": s.get("active", True), "schedule": _schedule(s, zone)}
            for s in entry.get("schedules", [])
        ],
        "pull_steps": [],
    }
    made = api.call("POST", "/deployments/", body).json()
    log.info("deployed %s/%s", flow.name, name)
    return Deployed(f"{flow.name}/{name}", UUID(made["id"]))


def _schedule(entry: Mapping[str, Any], zone: str | None) -> dict[str, Any]:
    """`cron` and `timezone` as in prefect.yaml."""
    if "cron" not in entry:
        raise DeploymentInvalid(f"prefect.yaml: only cron schedules are used here, not {dict(entry)!r}")
    return {
        "cron": entry["cron"],
        "timezone": zone or entry.get("timezone", "UTC"),
        "day_or": entry.get("day_or", True),
    }
