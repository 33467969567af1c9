"""The bundled sample complaints, filed through the real hooks of the running web process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from intake.signing import signed
from process_definitions.catalogue import Sample, load_samples
from runtime.errors import SetupError
from runtime.wiring import Wiring, machine_time

TRICKLE = 8
"""Samples that the player files later, one after the other."""


class SampleRefused(SetupError):
    """The hook did not take a bundled sample; its answer says why."""


def file_samples(wiring: Wiring) -> tuple[int, int]:
    """File all but the last few samples. (filed now, known already); safe to repeat."""
    return file(wiring, load_samples()[:-TRICKLE])


def file(wiring: Wiring, samples: Iterable[Sample]) -> tuple[int, int]:
    """Send samples to their channels' hooks as the channels would, signed with their keys."""
    filed = known = 0
    base = f"http://127.0.0.1:{wiring.settings.port}"
    with httpx.Client(base_url=base, timeout=30) as client:
        for sample in samples:
            answer = send(client, wiring, sample.channel, sample.body, machine_time())
            if answer.status_code == httpx.codes.ACCEPTED:
                filed += 1
            elif answer.status_code == httpx.codes.OK:
                known += 1
            else:
                raise SampleRefused(
                    f"{sample.body.get('external_id')}: {answer.status_code} {answer.text[:300]}"
                )
    return filed, known


def send(
    client: httpx.Client, wiring: Wiring, channel: str, body: Mapping[str, Any], now: datetime
) -> httpx.Response:
    """One signed hook call. The time of happening is a minute ago in process time unless the body says it."""
    secrets = wiring.access.hook_secrets(channel, fresh=True)
    secret = secrets[0] if secrets else wiring.access.add_hook_key(channel).secret
    happened = wiring.process_now() - timedelta(minutes=1)
    whole = {"occurred_at": happened.isoformat(), **body}
    content = json.dumps(whole, ensure_ascii=False).encode()
    headers = signed(secret, content, f"msg_{channel}_{body['external_id']}", now)
    return client.post(
        f"/hooks/{channel}", content=content, headers={**headers, "content-type": "application/json"}
    )
