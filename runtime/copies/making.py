"""Taking a backup while everything runs."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import SQLModel

from runtime.copies import archive, embedded, postgres
from runtime.copies.archive import STORE, Manifest
from runtime.erasures import FILE as ERASURES
from runtime.post.wiring import MAILBOX
from runtime.secrets import SecretName, variable
from runtime.wiring import Wiring, machine_time
from store.schema import current

FOLDER = "backups"
"""Of the home, where backups go unless a file is named."""
SECRETS = "secrets"
STAGED = ".backup-"
"""Begins the name of the folder in which a backup is put together."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is whole and on disk."""

    path: Path
    bytes: int
    manifest: Manifest
    letters: int
    """Files of the mailbox in it."""


def back_up(wiring: Wiring, path: Path | None = None, *, secrets: bool = True) -> Made:
    """Copy the store as it is at one moment, with the mailbox, the list of erasures and, unless left out, the
    secrets. Holds no writer up. `BackupExists`, `NoTool`, `ToolFailed`."""
    settings, now = wiring.settings, machine_time()
    path = path or settings.home / FOLDER / f"amends-{now:%Y%m%dT%H%M%SZ}.tar.gz"
    kind: archive.Kind = "sqlite" if settings.embedded else "postgresql"
    if kind == "postgresql":
        postgres.check_tool("pg_dump")
    fingerprints = {str(name): fingerprint(value) for name, value in wiring.secrets.items()}
    with archive.writing(path) as writer, TemporaryDirectory(dir=path.parent, prefix=STAGED) as staged:
        copy = Path(staged) / STORE[kind]
        # The list first: an erasure that comes in between is carried out again, never missed.
        listed = wiring.erasures.path.read_bytes() if wiring.erasures.path.exists() else b""
        counts, server, revision = _copy_store(wiring, kind, copy)
        writer.add_file(STORE[kind], copy)
        writer.add(ERASURES, listed)
        letters = 0
        for letter in sorted((settings.home / MAILBOX).glob("*.eml")):
            try:
                content = letter.read_bytes()
            except FileNotFoundError:  # erased since
                continue
            writer.add(f"{MAILBOX}/{letter.name}", content)
            letters += 1
        told = _add_secrets(writer, settings.home, include=secrets)
        manifest = Manifest(
            made_at=now.isoformat(), amends=version("amends"), kind=kind, server=server, revision=revision,
            counts=counts, secrets=told, fingerprints=fingerprints,
        )  # fmt: skip
        writer.close(manifest)
    return Made(path, path.stat().st_size, manifest, letters)


def fingerprint(secret: bytes) -> str:
    """Tells two secrets apart without telling them."""
    return hmac.new(secret, b"amends backup", hashlib.sha256).hexdigest()[:16]


def sqlite_file(database_url: str) -> Path:
    """The file of an embedded store."""
    return Path(database_url.removeprefix("sqlite:///"))


def _copy_store(wiring: Wiring, kind: archive.Kind, copy: Path) -> tuple[Mapping[str, int], str, str]:
    revision = current(wiring.database) or ""
    if kind == "sqlite":
        embedded.copy(sqlite_file(wiring.settings.database_url), copy)
        return embedded.counts(copy), embedded.version(), revision
    counts, server = postgres.dump(wiring.database, sorted(SQLModel.metadata.tables), copy)
    return counts, server, revision


def _add_secrets(writer: archive.Writer, home: Path, *, include: bool) -> dict[str, str]:
    told = {}
    for name in SecretName:
        if variable(name) in os.environ:
            told[str(name)] = "environment"
        elif include:
            writer.add(f"{SECRETS}/{name}", (home / SECRETS / name).read_bytes())
            told[str(name)] = "file"
        else:
            told[str(name)] = "left out"
    return told
