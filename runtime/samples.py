"""The bundled sample complaints, filed through the real hooks of the running web process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlmodel import Session, col, select

from intake.signing import signed
from process_definitions.catalogue import Sample, load_samples
from runtime.errors import SetupError
from runtime.wiring import Wiring, machine_time
from store.database import queue_up
from store.erasers import erased_id
from store.tables import HookReceipt

TRICKLE = 8
"""Samples that the player files later, one after the other."""


class SampleRefused(SetupError):
    """The hook did not take a bundled sample; its answer says why."""


def file_samples(wiring: Wiring) -> tuple[int, int]:
    """File all but the last few samples. (filed now, known already); safe to repeat."""
    return file(wiring, load_samples()[:-TRICKLE])


def file(wiring: Wiring, samples: Iterable[Sample]) -> tuple[int, int]:
    """Send samples to their channels' hooks as the channels would, signed with their keys.

    What the store has is known, whichever machine filed it: each says that it happened a minute before.
    """
    filed = known = 0
    base = f"http://127.0.0.1:{wiring.settings.port}"
    with httpx.Client(base_url=base, timeout=30) as client:
        for sample in samples:
            with wiring.database.read() as session:
                queue_up(session.connection())  # behind a machine that files the same one now
                if _is_known(session, wiring, sample):
                    known += 1
                    continue
                happened = (wiring.process_now() - timedelta(minutes=1)).isoformat()
                body = {"occurred_at": happened, **sample.body}
                answer = send(client, wiring, sample.channel, body, machine_time())
            if answer.status_code != httpx.codes.ACCEPTED:
                raise SampleRefused(f"{body['external_id']}: {answer.status_code} {answer.text[:300]}")
            filed += 1
    return filed, known


def _is_known(session: Session, wiring: Wiring, sample: Sample) -> bool:
    given = str(sample.body["external_id"])
    names = (given, erased_id(wiring.casework.secret, sample.channel, given))
    query = select(HookReceipt.id).where(
        HookReceipt.channel == sample.channel, col(HookReceipt.external_id).in_(names)
    )
    return session.exec(query).first() is not None


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
