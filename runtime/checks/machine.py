"""The machine: folders, disk, port, and its clock beside those of the other machines."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from runtime import status
from runtime.checks.finding import Finding
from runtime.post.wiring import MAILBOX
from runtime.wiring import Wiring, machine_time
from store.queries.health import ticks

LEAST_FREE_BYTES = 500 * 1024**2
APART = timedelta(seconds=5)
"""How far the clocks of several machines may differ."""
LIVES_SECONDS = 2.5
"""A clock process looks each second; one that has not in so long is not alive."""
YOUNG = timedelta(hours=1)
CONNECT_SECONDS = 1.0


def home(wiring: Wiring) -> Finding:
    folder = wiring.settings.home
    place = folder if folder.exists() else folder.parent
    trouble = _cannot_write(place)
    if trouble is None:
        return Finding(
            "home", True, f"{folder} can be written" + ("" if folder.exists() else " (not made yet)")
        )
    return Finding("home", False, f"{folder}: {trouble}", "give it to this user, or set AMENDS_HOME")


def mailbox(wiring: Wiring) -> Finding:
    """Letters without another way go there; while they cannot, each waits and is tried again."""
    folder = wiring.settings.home / MAILBOX
    trouble = _cannot_write(folder) if folder.exists() else None
    if trouble is None:
        return Finding(
            "mailbox", True, f"{folder} can be written" + ("" if folder.exists() else " (not made yet)")
        )
    return Finding("mailbox", False, f"{folder}: {trouble}", "make it a folder that this user can write")


def disk(
    wiring: Wiring, free_bytes: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free
) -> Finding:
    folder = wiring.settings.home
    free = free_bytes(folder if folder.exists() else folder.parent)
    told = f"{free / 1024**3:.1f} GB free at {folder}"
    if free >= LEAST_FREE_BYTES:
        return Finding("disk", True, told)
    cure = "make room: old backups/ and replaced/, logs/, then what else is there; nothing is lost while it is full"
    return Finding(
        "disk", False, f"{told}: when it is full no letter and, with SQLite, no complaint can be kept", cure
    )


def web(wiring: Wiring) -> Finding:
    place = f"{wiring.settings.host}:{wiring.settings.port}"
    if status.web_answers(wiring):
        return Finding("web", True, f"answers at {place}")
    if _taken(wiring):
        return Finding(
            "web", False, f"another program has {place}",
            "stop it (`ss -ltnp` names it), or set AMENDS_PORT to a free one",
        )  # fmt: skip
    return Finding(
        "web", False, f"no answer at {place}", "`amends up`; its log is in logs/web.log of the home"
    )


def clocks(
    wiring: Wiring, now: Callable[[], datetime] = machine_time, pause: Callable[[float], None] = time.sleep
) -> Finding:
    """Each machine's clock process says its own machine's time each second; those that live must agree."""
    before, looked_at = _ticks(wiring), now()
    if before and looked_at < max(before.values()) - APART:
        behind = max(before.values()) - looked_at
        return Finding(
            "clock", False,
            f"this machine's clock is {behind.total_seconds():.0f} s behind the newest tick: process time stands still "
            "until it has caught up",
            "set the clocks of all machines by one time server (chrony, systemd-timesyncd); nothing is lost meanwhile",
        )  # fmt: skip
    cure = "`amends up` on any machine"
    if not before:
        return Finding("clock", False, "no clock has ever ticked", cure)
    suspects = {name for name, at in before.items() if APART < looked_at - at < YOUNG}
    if suspects:
        pause(LIVES_SECONDS)
        after = _ticks(wiring)
        alive = [name for name in sorted(suspects) if after.get(name, before[name]) > before[name]]
        if alive:
            behind = looked_at - min(before[name] for name in alive)
            return Finding(
                "clock", False,
                f"the machine of {alive[0]} is {behind.total_seconds():.0f} s behind this one",
                "set the clocks of all machines by one time server (chrony, systemd-timesyncd)",
            )  # fmt: skip
    told = f"last tick {(looked_at - max(before.values())).total_seconds():.0f} s ago"
    if looked_at - max(before.values()) < status.SILENT_AFTER:
        return Finding("clock", True, told)
    return Finding("clock", False, told, cure)


def _ticks(wiring: Wiring) -> Mapping[str, datetime]:
    with wiring.database.read() as session:
        return ticks(session)


def _cannot_write(folder: Path) -> str | None:
    """Why nothing can be written there; None when it can. The try leaves nothing behind."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _taken(wiring: Wiring) -> bool:
    host = status.LOCAL.get(wiring.settings.host, wiring.settings.host).strip("[]")
    try:
        socket.create_connection((host, wiring.settings.port), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
