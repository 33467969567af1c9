"""The sender's side of a hook: headers that sign a body (Standard Webhooks)."""

from __future__ import annotations

from datetime import UTC, datetime

from standardwebhooks import Webhook


def signed(secret: str, body: bytes, id: str, at: datetime) -> dict[str, str]:
    """Headers for `POST /hooks/{channel}`.

    `secret` as `amends keys add` printed it (`whsec_…`); `id` names the event and stays the same when it is
    sent again; `at` is aware machine time, accepted for five minutes.
    """
    if at.tzinfo is None:
        raise ValueError("the time of signing has no zone: hand in an aware datetime")
    moment = at.astimezone(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, moment, body.decode()),
    }
