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
    happened = _Happened(wiring)
    base = f"http://127.0.0.1:{wiring.settings.port}"
    with httpx.Client(base_url=base, timeout=30) as client:
        for sample in samples:
            body = {"occurred_at": happened.of(str(sample.body["external_id"])), **sample.body}
            answer = send(client, wiring, sample.channel, body, machine_time())
            if answer.status_code == httpx.codes.ACCEPTED:
                filed += 1
            elif answer.status_code == httpx.codes.OK:
                known += 1
            else:
                raise SampleRefused(f"{body['external_id']}: {answer.status_code} {answer.text[:300]}")
    return filed, known


def send(
    client: httpx.Client, wiring: Wiring, channel: str, body: Mapping[str, Any], now: datetime
) -> httpx.Response:
    """One signed hook call, with a key that is made when the channel has none."""
    secrets = wiring.access.hook_secrets(channel, fresh=True)
    secret = secrets[0] if secrets else wiring.access.add_hook_key(channel).secret
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = signed(secret, content, f"msg_{channel}_{body['external_id']}", now)
    return client.post(
        f"/hooks/{channel}", content=content, headers={**headers, "content-type": "application/json"}
    )


class _Happened:
    """When each sample happened: a minute before it was first filed, and the same at every later start."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._file = wiring.settings.home / "samples.json"
        self._known: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}

    def of(self, external_id: str) -> str:
        if external_id not in self._known:
            self._known[external_id] = (self._wiring.process_now() - timedelta(minutes=1)).isoformat()
            draft = self._file.with_suffix(".draft")
            draft.write_text(json.dumps(self._known))
            draft.replace(self._file)
        return self._known[external_id]
