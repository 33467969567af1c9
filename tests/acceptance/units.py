"""The shipped systemd units as systemd reads them, with the programs of this checkout instead of the installed ones."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.house import ROOT

FOLDER = ROOT / "deploy" / "systemd"
PROGRAMS = {
    "/srv/amends/.venv/bin/amends": [sys.executable, "-m", "runtime.cli"],
    "/srv/amends/.venv/bin/prefect": [sys.executable, "-m", "prefect"],
}


def options(unit: str) -> dict[str, list[str]]:
    """Name to values of everything that the unit sets."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / unit).read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def command(unit: str, variables: Mapping[str, str], line: str = "ExecStart") -> list[str]:
    """What it starts; `$NAME` alone is split into words and is none when unset, as in systemd."""
    (text,) = options(unit)[line]
    program, *words = shlex.split(text)
    given: list[str] = []
    for word in words:
        name = re.fullmatch(r"\$(\w+)", word)
        given += shlex.split(variables.get(name[1], "")) if name else [word]
    return [*PROGRAMS[program], *given]


def environment(unit: str) -> dict[str, str]:
    """What its `Environment=` lines set."""
    return dict(pair.split("=", 1) for pair in options(unit).get("Environment", []))


def environment_file(path: Path) -> dict[str, str]:
    """A file for `EnvironmentFile=`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
