"""The file of a backup: a tar of the store, the mailbox, the list of erasures and the secrets, with a manifest.

The manifest is the last member and holds size and SHA-256 of every other, so an archive that was cut short or
changed is known before anything of it is used.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from runtime.errors import SetupError

FORMAT = 1
MANIFEST = "manifest.json"
STORE = {"sqlite": "store.db", "postgresql": "store.dump"}
"""Name of the store in the archive, by its kind: an SQLite file, a dump of `pg_dump --format=custom`."""
MEMBERS = re.compile(
    r"store\.(db|dump)|erasures\.jsonl|mailbox/[A-Za-z0-9-]{1,200}\.eml|secrets/[a-z]{1,20}|manifest\.json"
)
BLOCK = 1 << 20

Kind = Literal["sqlite", "postgresql"]


class BackupDamaged(SetupError):
    """The file is no backup, or not whole. Take another one."""


class BackupExists(SetupError):
    """A backup never overwrites a file. Name another one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    """ISO 8601, machine time."""
    amends: str
    """Version of the program."""
    kind: Kind
    server: str
    """Version of the database."""
    revision: str
    """Number of the newest migration that the store had."""
    counts: Mapping[str, int]
    """Rows of each table."""
    secrets: Mapping[str, str]
    """Where each secret came from: file, left out, or environment."""
    fingerprints: Mapping[str, str]
    """By which a home can tell that its secrets are those of the backup; the secrets do not follow from them."""
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Member to `{bytes, sha256}`."""
    format: int = FORMAT


class Writer:
    """Adds members, and the manifest when everything is in."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._files = tar, dict[str, dict[str, Any]]()

    def add(self, name: str, content: bytes) -> None:
        self._put(name, io.BytesIO(content), len(content))
        self._files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    def add_file(self, name: str, path: Path) -> None:
        """A file that nobody changes any more."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            self._put(name, file, size)
        self._files[name] = {"bytes": size, "sha256": digest}

    def close(self, manifest: Manifest) -> None:
        content = json.dumps({**asdict(manifest), "files": self._files}, sort_keys=True, indent=1).encode()
        self._put(MANIFEST, io.BytesIO(content), len(content))

    def _put(self, name: str, content: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, content)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive, for its owner alone; it appears under its name when it is whole. `BackupExists` for an old
    name."""
    if path.exists():
        raise BackupExists(f"{path} exists already: name another file")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            raise BackupExists(f"{path} exists already: name another file") from None
    finally:
        draft.unlink(missing_ok=True)


def unpack(path: Path, into: Path) -> Manifest:
    """Unpack an archive and check every member. `BackupDamaged` names what is wrong; `into` is then worth nothing."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            for entry in tar:
                _unpack_one(path, tar, entry, into)
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BackupDamaged(f"{path} is no whole backup ({error}): take another one") from error
    return _checked(path, into)


def _unpack_one(path: Path, tar: tarfile.TarFile, entry: tarfile.TarInfo, into: Path) -> None:
    """Members have fixed names, so none leads out of the folder."""
    if not entry.isreg() or not MEMBERS.fullmatch(entry.name):
        raise BackupDamaged(f"{path} holds {entry.name[:80]!r}, which no backup holds: take another one")
    target = into / entry.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = tar.extractfile(entry)
    assert source is not None, "a regular file"
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := source.read(BLOCK):
            file.write(block)


def _checked(path: Path, into: Path) -> Manifest:
    try:
        found = json.loads((into / MANIFEST).read_text())
        if found["format"] != FORMAT:
            raise BackupDamaged(f"{path} has format {found['format']}, this release reads {FORMAT}")
        manifest = Manifest(**found)
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(f"{path} has no usable manifest, so it is not whole: take another one") from error
    present = {str(p.relative_to(into)) for p in into.rglob("*") if p.is_file()} - {MANIFEST}
    for name in sorted(present ^ set(manifest.files)):
        raise BackupDamaged(
            f"{path}: {name} is {'missing' if name in manifest.files else 'not in the manifest'}"
        )
    for name, told in manifest.files.items():
        with (into / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != told["sha256"]:
            raise BackupDamaged(f"{path}: {name} is not what was written: take another backup")
    if STORE.get(manifest.kind) not in manifest.files:
        raise BackupDamaged(f"{path} holds no store: take another one")
    return manifest
