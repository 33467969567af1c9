"""The keys of this installation: one file each in `secrets/` of the home folder, or from the environment.

Nothing here shows a value: `Secret` leaves it out of its `repr`, errors name the secret only.
"""

from __future__ import annotations

import os
import secrets as random_source
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from runtime.errors import SecretUnusable

LENGTH_BYTES = 32
SHORTEST_CHARACTERS = 32
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretName(StrEnum):
    """What each key protects, and what its loss or change breaks."""

    HISTORY = "history"  # HMAC of the history chains, salt of digests: lost, old chains cannot be verified
    SESSION = "session"  # signs desk sessions and nonces: changed, everybody logs in again
    LINKS = "links"  # makes customers' links unguessable: changed, links already sent stop working
    KEYS = "keys"  # seals hook keys and API keys in the store: changed, every channel needs a new key


@dataclass(frozen=True, slots=True)
class Secret:
    """A key. `made` is true only in the process that created it, so that it says so once."""

    name: SecretName
    value: bytes = field(repr=False)
    made: bool = False


def obtain(name: SecretName, home: Path, environment: Mapping[str, str] = os.environ) -> Secret:
    """The key `name`: from `AMENDS_SECRET_<NAME>`, else from its file, else made now with mode 0600.

    Any number of processes may ask at once on the first start; all get the same value.
    """
    given = environment.get(variable(name))
    if given is not None:
        if len(given) < SHORTEST_CHARACTERS:
            raise SecretUnusable(
                f"{variable(name)} has under {SHORTEST_CHARACTERS} characters; use 32 random bytes in hex"
            )
        return Secret(name, given.encode())
    path = home / "secrets" / name
    made = False if path.exists() else _make(path)
    return Secret(name, _read(path, name), made)


def obtain_all(home: Path, environment: Mapping[str, str] = os.environ) -> dict[SecretName, Secret]:
    """Every key of the installation, made where absent."""
    return {name: obtain(name, home, environment) for name in SecretName}


def variable(name: SecretName) -> str:
    return f"AMENDS_SECRET_{name.upper()}"


def _make(path: Path) -> bool:
    """Create the file whole or not at all; true if this process did.

    Written beside under a name of its own, then linked: `link` refuses an existing name, so of several
    processes one wins, and nobody ever reads a file that is created but still empty.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{random_source.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(random_source.token_hex(LENGTH_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _read(path: Path, name: SecretName) -> bytes:
    try:
        mode = path.stat().st_mode
        value = path.read_bytes().strip()
    except OSError as error:
        raise SecretUnusable(
            f"secret {name}: cannot read {path} ({error.strerror}); run as its owner or set {variable(name)}"
        ) from error
    if mode & OPEN_TO_OTHERS:
        raise SecretUnusable(f"secret {name}: other users can read {path}; chmod 600 {path}")
    if len(value) < SHORTEST_CHARACTERS:
        raise SecretUnusable(
            f"secret {name}: {path} is cut short; put it back from a backup, or delete it to make a new one "
            "(what the old one protected stays behind)"
        )
    return value
