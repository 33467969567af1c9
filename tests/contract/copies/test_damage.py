"""A file that is no whole backup of ours, or not for this release, changes nothing."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from runtime.copies import archive
from runtime.copies.archive import MANIFEST, BackupDamaged, BackupExists
from runtime.copies.making import back_up
from runtime.copies.postgres import NoTool
from runtime.copies.restoring import NewerBackup, OtherKind, restore
from runtime.wiring import Wiring
from tests.contract.copies.conftest import installed


def rewritten(path: Path, target: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The archive with other members, and nothing else put right."""
    with tarfile.open(path) as tar:
        members = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(target, "w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target


def _manifest(**changed: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = json.dumps({**json.loads(members[MANIFEST]), **changed}).encode()

    return change


def _first_letter(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.startswith("mailbox/"))


DAMAGES: dict[str, Callable[[dict[str, bytes]], object]] = {
    "no usable manifest": lambda m: m.pop(MANIFEST),
    "is missing": lambda m: m.pop(_first_letter(m)),
    "is not in the manifest": lambda m: m.update({"mailbox/forged.eml": b""}),
    "is not what was written": lambda m: m.update({_first_letter(m): b"forged"}),
    "which no backup holds": lambda m: m.update({"../outside": b""}),
    "has format 2": _manifest(format=2),
}


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    made = back_up(here).path
    there = installed(tmp_path / "other", elsewhere, opened)
    for number, (said, damage) in enumerate(DAMAGES.items()):
        path = rewritten(made, tmp_path / f"damaged-{number}.tar.gz", damage)
        with pytest.raises(BackupDamaged, match=said):
            restore(there, path)
        assert not (tmp_path / "outside").exists()
        assert [p.name for p in there.settings.home.iterdir()] == ["household.lock"]


def test_a_backup_cut_short_or_scrambled_is_refused(here: Wiring, tmp_path: Path) -> None:
    whole = back_up(here).path.read_bytes()
    middle = len(whole) // 2
    scrambled = whole[:middle] + bytes(64) + whole[middle + 64 :]
    for broken in (whole[:middle], scrambled, b"", b"text", gzip.compress(b"no tar")):
        path = tmp_path / "broken.tar.gz"
        path.write_bytes(broken)
        with pytest.raises(BackupDamaged):
            archive.unpack(path, tmp_path / uuid4().hex)


def test_a_backup_of_a_newer_release_or_of_another_kind_is_refused(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    made = back_up(here).path
    there = installed(tmp_path / "other", elsewhere, opened)
    with pytest.raises(NewerBackup, match="schema 9999 of Amends"):
        restore(there, rewritten(made, tmp_path / "newer.tar.gz", _manifest(revision="9999")))
    kind = "postgresql" if there.settings.embedded else "sqlite"
    stored = {"sqlite": "store.db", "postgresql": "store.dump"}

    def other(members: dict[str, bytes]) -> None:
        files = json.loads(members[MANIFEST])["files"]
        mine, theirs = next(n for n in members if n.startswith("store.")), stored[kind]
        members[theirs], files[theirs] = members.pop(mine), files.pop(mine)
        _manifest(kind=kind, files=files)(members)

    with pytest.raises(OtherKind, match=f"on {kind}"):
        restore(there, rewritten(made, tmp_path / "other.tar.gz", other))


def test_a_backup_never_overwrites_a_file(here: Wiring, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("something")
    with pytest.raises(BackupExists):
        back_up(here, path)
    assert path.read_text() == "something"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_without_its_tool_a_copy_of_postgresql_is_refused_with_the_cure(
    here: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    if here.settings.embedded:
        monkeypatch.setenv("PATH", "")
        assert back_up(here).path.exists(), "SQLite needs none"
        return
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoTool, match="pg_dump is not installed here: `apt-get install postgresql-client`"):
        back_up(here)
