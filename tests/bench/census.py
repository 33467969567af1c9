"""What a household holds while it runs: processes, threads and open connections, read from /proc (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")
SAMPLE_SECONDS = 0.5
DATABASE_FILES = (".db",)
"""One descriptor of the main file for each SQLite connection; -wal and -shm come and go with it."""


@dataclass(frozen=True, slots=True)
class Census:
    processes: int
    threads: int
    connections: int
    """Open sockets of any kind, and connections to SQLite files."""

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def most(roots: Collection[int], seconds: float) -> Census:
    """The most of each that processes `roots` and their descendants held at one moment within so many seconds."""
    found = _watch(roots, seconds)
    return Census(
        max(c.processes for c in found), max(c.threads for c in found), max(c.connections for c in found)
    )


def least(roots: Collection[int], seconds: float) -> Census:
    """The least of each: what is held for good, without what a poll just then opened."""
    found = _watch(roots, seconds)
    return Census(
        min(c.processes for c in found), min(c.threads for c in found), min(c.connections for c in found)
    )


def _watch(roots: Collection[int], seconds: float) -> list[Census]:
    until = time.monotonic() + seconds
    found = [_count(roots)]
    while time.monotonic() < until:
        time.sleep(SAMPLE_SECONDS)
        found.append(_count(roots))
    return found


def _count(roots: Collection[int]) -> Census:
    pids = _family(roots)
    return Census(
        processes=len(pids),
        threads=sum(_entries(pid, "task") for pid in pids),
        connections=sum(_connections(pid) for pid in pids),
    )


def _family(roots: Collection[int]) -> Collection[int]:
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (parent := _parent(int(folder.name))) is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found, rest = set[int](), [*roots]
    while rest:
        pid = rest.pop()
        found.add(pid)
        rest += children.get(pid, [])
    return found


def _parent(pid: int) -> int | None:
    """The parent's id; None for a process that has just ended."""
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _entries(pid: int, folder: str) -> int:
    try:
        return len(os.listdir(PROC / str(pid) / folder))
    except FileNotFoundError:
        return 0


def _connections(pid: int) -> int:
    count = 0
    folder = PROC / str(pid) / "fd"
    try:
        descriptors = os.listdir(folder)
    except FileNotFoundError:
        return 0
    for descriptor in descriptors:
        try:
            target = os.readlink(folder / descriptor)
        except FileNotFoundError:
            continue  # closed meanwhile
        count += target.startswith("socket:") or target.endswith(DATABASE_FILES)
    return count
