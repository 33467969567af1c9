"""The receiver's side of Standard Webhooks: was this body sent by a holder of the channel's key, just now?

The library signs; its own check reads the machine's clock, and time is an argument here.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from intake.errors import Unsigned

TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be off (Standard Webhooks)."""
ID_LENGTH = 200

_ID = re.compile(rf"[\x21-\x7e]{{1,{ID_LENGTH}}}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def webhook_id(headers: Mapping[str, str]) -> str:
    """The id of the event; `Unsigned` when it is missing or is no id."""
    found = headers.get("webhook-id", "")
    if not _ID.fullmatch(found):
        raise Unsigned(
            f"the header webhook-id must be 1 to {ID_LENGTH} printable ASCII characters without spaces"
        )
    return found


def verify(body: bytes, headers: Mapping[str, str], secrets: Iterable[str], machine_now: datetime) -> None:
    """`Unsigned` unless one of the signatures was made with one of the secrets within the tolerance.

    `headers` have lower-case names. Every secret is tried, in constant time for each.
    """
    event = webhook_id(headers)
    stamp, given = headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "")
    if not _TIMESTAMP.fullmatch(stamp):
        raise Unsigned("the header webhook-timestamp must be whole seconds since 1970")
    sent_seconds = int(stamp)
    if abs(machine_now.timestamp() - sent_seconds) > TOLERANCE.total_seconds():
        raise Unsigned("webhook-timestamp is over five minutes off: set the clock, and sign each try anew")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Unsigned("the body is not UTF-8 and cannot have been signed as text") from error
    sent_at = datetime.fromtimestamp(sent_seconds, UTC)
    expected = [Webhook(secret).sign(event, sent_at, text).encode() for secret in secrets]
    signatures = [one.encode() for one in given.split(" ") if one.startswith("v1,")]
    # A list, not any(): the time taken must not tell which key came close.
    matches = [hmac.compare_digest(one, other) for one in expected for other in signatures]
    if not any(matches):
        raise Unsigned(
            "webhook-signature fits no key of this channel: sign the body as it is sent, byte for byte"
        )
