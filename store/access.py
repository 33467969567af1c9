"""Who may come in: hook keys of channels and keys of people and machines.

A secret is derived from the master secret by its key's id and never stored, so a copy of the database
opens nothing. Channel keys rotate with both alive for a while. All times here are machine time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from complaints import acting
from complaints.errors import Refusal
from complaints.roles import Role
from store.database import Database
from store.tables import AccessKey

OVERLAP = timedelta(days=7)
"""How long the old key of a channel stays alive after a rotation (O)."""
REMEMBERED = timedelta(seconds=5)
"""How long a channel's keys are kept in mind; an ended key may be accepted this much longer."""

HOOK_PREFIX = "whsec_"
ROLE_PREFIX = "amk"
_MAC_DIGITS = 40
_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class NoSuchKey(Refusal):
    code = "not-found"


class WrongKeyName(Refusal):
    code = "wrong-body"


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key in the moment it is given out. `secret` is shown once; it can be derived again, never looked up."""

    id: str
    name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as operations see it, without its secret."""

    id: str
    purpose: Literal["hook", "role"]
    name: str
    role: str | None
    staff: str | None
    created_at: datetime
    expires_at: datetime | None
    alive: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a bearer key speaks for. `staff` is a person of the organisation; None is a machine."""

    name: str
    role: Role
    staff: str | None

    @property
    def acting(self) -> acting.Actor:
        """As the rules of who may act see them: the person where there is one."""
        return acting.Actor(self.staff or self.name, self.role)


def key_id_of(bearer: str) -> str:
    """The id within a role key that `Access.who` recognised."""
    return bearer.split("_")[1]


class Access:
    """Gives out, rotates and recognises keys. `master` is the secret `keys` of the installation."""

    def __init__(self, database: Database, master: bytes, machine_clock: Callable[[], datetime]) -> None:
        self._database, self._master, self._machine_clock = database, master, machine_clock
        self._remembered: dict[str, tuple[datetime, tuple[AccessKey, ...]]] = {}

    # --- hooks

    def add_hook_key(self, channel: str) -> GivenKey:
        """One key more for a channel; those it has stay alive."""
        with self._database.write() as session:
            return self._add(session, "hook", channel)

    def rotate(self, channel: str, overlap: timedelta = OVERLAP) -> GivenKey:
        """A new key; the newest of the others lives on for `overlap`, older ones end now: two are alive at most.

        `NoSuchKey` when the channel has none to replace.
        """
        now = self._machine_clock()
        with self._database.write() as session:
            alive = [key for key in _hook_keys(session, channel) if _is_alive(key, now)]
            if not alive:
                raise NoSuchKey(f"channel {channel!r} has no key to replace: use keys add {channel}")
            for position, key in enumerate(alive):
                ends = now if position else now + overlap
                key.expires_at = ends if key.expires_at is None else min(ends, key.expires_at)
                session.add(key)
            given = self._add(session, "hook", channel)
        self._remembered.pop(channel, None)
        return given

    def hook_secrets(self, channel: str, *, fresh: bool = False) -> list[str]:
        """The live secrets of a channel, newest first. `fresh` reads them now instead of from memory."""
        now = self._machine_clock()
        read_at, keys = self._remembered.get(channel, (None, ()))
        if fresh or read_at is None or now - read_at > REMEMBERED or now < read_at:
            with self._database.read() as session:
                keys = tuple(_hook_keys(session, channel))
            self._remembered[channel] = (now, keys)
        return [self._hook_secret(key) for key in keys if _is_alive(key, now)]

    # --- roles

    def add_role_key(
        self, role: Role, name: str, *, staff: str | None = None, lives: timedelta | None = None
    ) -> GivenKey:
        """A bearer key that speaks as `name` with the rights of `role`, for ever or as long as it `lives`."""
        with self._database.write() as session:
            return self._add(session, "role", name, role=role, staff=staff, lives=lives)

    def who(self, bearer: str) -> Actor | None:
        """Whom a bearer key speaks for; None for a key that is malformed, unknown, forged or over."""
        prefix, _, rest = bearer.partition("_")
        key_id, _, mac = rest.partition("_")
        readable = prefix == ROLE_PREFIX and 0 < len(key_id) <= 20 and key_id.isascii() and key_id.isalnum()
        if not readable:
            return None
        with self._database.read() as session:
            key = session.get(AccessKey, key_id)
        if key is not None and key.purpose != "role":
            key = None
        # An unknown id costs the same work as a known one.
        expected = self._role_mac(key or AccessKey(id=key_id, purpose="role", name=""))  # type: ignore[call-arg]
        genuine = hmac.compare_digest(expected.encode(), mac.encode())
        return self._speaks(key) if genuine else None

    def holder(self, key_id: str) -> Actor | None:
        """Whom the role key with this id speaks for, to somebody who showed it before; None when it is over."""
        with self._database.read() as session:
            key = session.get(AccessKey, key_id)
        return self._speaks(key) if key is not None and key.purpose == "role" else None

    def _speaks(self, key: AccessKey | None) -> Actor | None:
        if key is None or not _is_alive(key, self._machine_clock()):
            return None
        return Actor(key.name, Role(key.role or ""), key.staff)

    # --- both

    def end(self, key_id: str) -> None:
        """The key opens nothing from now on."""
        with self._database.write() as session:
            key = session.get(AccessKey, key_id)
            if key is None:
                raise NoSuchKey(f"there is no key {key_id!r}: see keys list")
            key.expires_at = self._machine_clock()
            session.add(key)
        self._remembered.pop(key.name, None)

    def listed(self) -> list[ListedKey]:
        """Every key ever given out, oldest first."""
        now = self._machine_clock()
        with self._database.read() as session:
            rows = session.exec(
                select(AccessKey).order_by(col(AccessKey.created_at), col(AccessKey.id))
            ).all()
        return [
            ListedKey(
                k.id, "hook" if k.purpose == "hook" else "role", k.name, k.role, k.staff, k.created_at,
                k.expires_at, _is_alive(k, now),
            )
            for k in rows
        ]  # fmt: skip

    def _add(
        self, session: Session, purpose: Literal["hook", "role"], name: str, *, role: Role | None = None,
        staff: str | None = None, lives: timedelta | None = None,
    ) -> GivenKey:  # fmt: skip
        if not 0 < len(name) <= 60 or not name.isprintable():
            raise WrongKeyName(f"a key is named with 1 to 60 printable characters, not {name[:60]!r}")
        now = self._machine_clock()
        key = AccessKey(
            id="".join(secrets.choice(_ID_ALPHABET) for _ in range(12)), purpose=purpose, name=name, role=role,
            staff=staff, created_at=now, expires_at=now + lives if lives else None,
        )  # fmt: skip
        session.add(key)
        self._remembered.pop(name, None)
        secret = (
            self._hook_secret(key) if purpose == "hook" else f"{ROLE_PREFIX}_{key.id}_{self._role_mac(key)}"
        )
        return GivenKey(key.id, name, secret)

    def _hook_secret(self, key: AccessKey) -> str:
        return HOOK_PREFIX + base64.b64encode(self._derived("hook", key.name, key.id)).decode()

    def _role_mac(self, key: AccessKey) -> str:
        """The role and the person are part of what is signed: a row changed by hand opens nothing."""
        derived = self._derived("role", key.name, key.id, key.role or "", key.staff or "")
        return derived.hex()[:_MAC_DIGITS]

    def _derived(self, *parts: str) -> bytes:
        return hmac.new(self._master, "\0".join(parts).encode(), hashlib.sha256).digest()


def _hook_keys(session: Session, channel: str) -> Sequence[AccessKey]:
    query = select(AccessKey).where(AccessKey.purpose == "hook", AccessKey.name == channel)
    return session.exec(query.order_by(col(AccessKey.created_at).desc(), col(AccessKey.id).desc())).all()


def _is_alive(key: AccessKey, now: datetime) -> bool:
    return key.expires_at is None or now < key.expires_at
