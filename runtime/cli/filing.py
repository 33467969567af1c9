"""One complaint on its way to a hook: read, signed with the channel's key, sent, answered."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from complaints.errors import Refusal
from intake.errors import UnknownChannel
from intake.signing import signed
from runtime.errors import SetupError
from runtime.wiring import machine_time

if TYPE_CHECKING:
    from runtime.wiring import Wiring

SEND_SECONDS = 60.0
TRIES = 3
LONGEST_PAUSE_SECONDS = 5.0


class Unusable(Refusal):
    """This one complaint cannot be filed; the next one may."""

    code = "wrong-body"


class NobodyListens(SetupError):
    """Nothing answers at the public address."""

    def __init__(self, url: str, error: Exception) -> None:
        super().__init__(
            f"no answer from {url} ({type(error).__name__}): start Amends with `amends up`, or set "
            "AMENDS_PUBLIC_URL"
        )


@dataclass(frozen=True, slots=True)
class Submission:
    """What goes to the hook of `channel`; `external_id` makes a repeat harmless."""

    channel: str
    external_id: str
    body: bytes

    @property
    def webhook_id(self) -> str:
        """The same for the same event, and ASCII whatever the channel's id is."""
        return "cli-" + hashlib.sha256(f"{self.channel}\0{self.external_id}".encode()).hexdigest()[:40]


def typed(channel: str, text: str, customer: Mapping[str, str], now: datetime) -> Submission:
    """A complaint typed on the command line; it happened now, in process time."""
    external_id = f"typed-{uuid4()}"
    body = {
        "external_id": external_id,
        "occurred_at": now.isoformat(),
        "customer": dict(customer),
        "text": text,
    }
    return Submission(channel, external_id, _encoded(body))


def read_line(line: bytes, channel: str | None, then: datetime) -> Submission:
    """A line of a file: a hook body, with `channel` beside. `Unusable` says what is wrong with it.

    Fields that begin with an underscore are remarks and stay here; a line without `occurred_at` happened `then`,
    which must be the same at a repeat. Everything else is for the hook to judge.
    """
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unusable(f"is not UTF-8 at byte {error.start}: save the file as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unusable(f"is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Unusable(f"holds {type(value).__name__}, not a JSON object")
    body: dict[str, Any] = {key: one for key, one in value.items() if not key.startswith("_")}
    named = body.pop("channel", None)
    to = channel or named or "web_form"
    external_id = body.get("external_id")
    if not isinstance(to, str):
        raise Unusable(f"channel must be a text, not {to!r}")
    if not isinstance(external_id, str):
        raise Unusable(
            "external_id is missing or no text: give each line an id of its own, so that a repeat is known"
        )
    body.setdefault("occurred_at", then.isoformat())
    return Submission(to, external_id, _encoded(body))


@contextmanager
def hook_of(wiring: Wiring) -> Iterator[Hook]:
    """The hooks of this installation, at its public address."""
    with httpx.Client(base_url=wiring.settings.public_url, timeout=SEND_SECONDS, trust_env=False) as http:
        yield Hook(wiring, http)


@dataclass
class Hook:
    """Sends submissions one by one. Keys are made on demand, one for each channel that has none."""

    wiring: Wiring
    http: httpx.Client
    _keys: dict[str, str] = field(default_factory=dict)

    def file(self, one: Submission) -> str:
        """The reference, or a line saying why none was given. `Unusable` when the hook refuses it."""
        path = f"/hooks/{one.channel}"
        key = self._key(one.channel)
        for attempt in range(1, TRIES + 1):
            headers = signed(key, one.body, one.webhook_id, machine_time())
            try:
                answer = self.http.post(path, content=one.body, headers=headers)
            except httpx.TransportError as error:
                raise NobodyListens(self.wiring.settings.public_url, error) from error
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or attempt == TRIES:
                break
            time.sleep(_pause(answer))
        return _judged(answer)

    def _key(self, channel: str) -> str:
        if channel not in self._keys:
            known = self.wiring.catalogue.channels
            if channel not in known:
                raise Unusable(str(UnknownChannel(channel, known)))
            access = self.wiring.access
            alive = access.hook_secrets(channel, fresh=True)
            self._keys[channel] = alive[0] if alive else access.add_hook_key(channel).secret
        return self._keys[channel]


def _judged(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unusable(f"the answer is no JSON object (HTTP {answer.status_code}): does Amends listen there?")
    if answer.is_success:
        ref = said.get("ref")
        return str(ref) if ref else f"(nothing opened: {said.get('ignored', 'no reason given')})"
    wrong = "; ".join(f"{e['field']} {e['detail']}" for e in said.get("errors", ()))
    raise Unusable(f"{wrong or said.get('detail', 'refused')} (HTTP {answer.status_code})")


def _pause(answer: httpx.Response) -> float:
    """What the server asks for, within reason; it answers in whole seconds."""
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdecimal() else 1.0


def _encoded(body: Mapping[str, Any]) -> bytes:
    """Escaped, so that half a character in the file reaches the hook, which names it, instead of failing here."""
    return json.dumps(body).encode()
