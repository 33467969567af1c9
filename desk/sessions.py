"""Who is signed in at the desk: a signed cookie that names the role key, and the token of its forms.

The cookie holds the id of a key, never the key. It is read with the key at every request: a key that ends signs
out everywhere at once. All times are machine time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from store.access import Access, Actor, key_id_of

COOKIE = "amends_desk"
LASTS = timedelta(hours=12)
"""A working day; then one signs in again (O)."""
LONGEST = 400
"""Characters of a cookie at most; a longer one is none of ours."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. `csrf` is what each of their forms brings back."""

    who: Actor
    csrf: str


class Sessions:
    """Opens and recognises sessions. `secret` is the installation's secret `session`."""

    def __init__(self, access: Access, secret: bytes, machine_clock: Callable[[], datetime]) -> None:
        self._access, self._secret, self._machine_clock = access, secret, machine_clock
        self._signer = URLSafeSerializer(
            secret,
            salt="amends/desk",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def open(self, bearer: str) -> str | None:
        """The cookie for whoever holds this role key; None for a key that opens nothing."""
        bearer = bearer.strip()
        if self._access.who(bearer) is None:
            return None
        began = int(self._machine_clock().timestamp())
        cookie = self._signer.dumps([key_id_of(bearer), began, secrets.token_urlsafe(12)])
        return cookie if isinstance(cookie, str) else cookie.decode()

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie; None for none, a forged one, one that lasted too long, or whose key is over."""
        if cookie is None or len(cookie) > LONGEST:
            return None
        try:
            content = self._signer.loads(cookie)
        except BadData:
            return None
        match content:
            case [str(key_id), int(began), str()]:
                age = self._machine_clock().timestamp() - began
                who = self._access.holder(key_id) if age + 1 >= 0 and age < LASTS.total_seconds() else None
                return Session(who, self._csrf(cookie)) if who is not None else None
        return None

    def _csrf(self, cookie: str) -> str:
        return hmac.new(self._secret, f"amends/csrf\0{cookie}".encode(), hashlib.sha256).hexdigest()[:40]


def is_genuine(session: Session, csrf: str) -> bool:
    """Does the form come from a page that this session was shown?"""
    return hmac.compare_digest(session.csrf.encode(), csrf.encode())
