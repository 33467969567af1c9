"""Personal action codes: who acts through a form of Prefect, which knows one shared user.

A code is signed, lives for a quarter of an hour of machine time and serves one run: Prefect shows the parameters
of a run to everybody, and by then the code opens nothing. No code is stored, only that its chance was spent.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from complaints.acting import Actor
from complaints.errors import Refusal
from complaints.roles import Role
from store.database import Database
from store.tables import UsedNonce

LIVES = timedelta(minutes=15)
LONGEST = 400
"""Characters of a code at most; a longer one is none of ours."""


class BadCode(Refusal):
    """No code of ours, too old, or spent by another run."""

    code = "no-access"


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code in the moment it is given out; it works for one run until `expires_at` (machine time)."""

    code: str = field(repr=False)
    expires_at: datetime


class ActionCodes:
    """Gives codes out and takes them. `secret` is the secret `keys` of the installation."""

    def __init__(self, database: Database, secret: bytes, machine_clock: Callable[[], datetime]) -> None:
        self._database, self._machine_clock = database, machine_clock
        self._signer = URLSafeSerializer(
            secret, salt="amends/action-code",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )  # fmt: skip

    def give(self, who: Actor) -> GivenCode:
        expires_at = self._machine_clock() + LIVES
        content = [who.name, who.role, int(expires_at.timestamp()), secrets.token_urlsafe(9)]
        code = self._signer.dumps(content)
        return GivenCode(code if isinstance(code, str) else code.decode(), expires_at)

    def spend(self, code: str, run: str) -> Actor:
        """Whose code it is, from now on for this run alone; the same run may come again. `BadCode` otherwise."""
        who, expires_at, chance = self._read(code)
        now = self._machine_clock()
        with self._database.write() as session:
            spent = session.get(UsedNonce, chance)
            if spent is None and now > expires_at:
                raise BadCode(
                    f"the action code ran out at {expires_at:%H:%M:%S %Z}: get a new one at the desk"
                )
            if spent is None:
                session.add(UsedNonce(nonce=chance, used_at=now, used_by=run))
            elif spent.used_by != run:
                raise BadCode("the action code has served another run: get a new one at the desk")
        return who

    def _read(self, code: str) -> tuple[Actor, datetime, str]:
        wrong = BadCode(
            "this is no action code of ours: get one with `amends keys code --as STAFF` or POST /api/v1/action-codes"
        )
        if len(code) > LONGEST:
            raise wrong
        try:
            content = self._signer.loads(code.strip())
        except BadData:
            raise wrong from None
        match content:
            case [str(name), str(role), int(until), str(chance)] if role in set(Role):
                return Actor(name, role), datetime.fromtimestamp(until, UTC), chance
        raise wrong
