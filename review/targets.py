"""What a figure is held against: its target, and which way is good. From `process_definitions/targets.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """`value` is None where only the good direction is known."""

    better: Literal["more", "less"]
    value: float | None = None

    def met(self, value: float | None) -> bool | None:
        """None where there is no value, or nothing to hold it against."""
        if value is None or self.value is None:
            return None
        return value >= self.value if self.better == "more" else value <= self.value


@cache
def targets() -> Mapping[str, Target]:
    found = tomllib.loads(files("process_definitions").joinpath("targets.toml").read_text("utf-8"))["figures"]
    return {name: _target(entry) for name, entry in found.items()}


def _target(entry: Mapping[str, float | str]) -> Target:
    match entry:
        case {"most": float() | int() as most}:
            return Target("less", float(most))
        case {"least": float() | int() as least}:
            return Target("more", float(least))
        case {"better": "more"}:
            return Target("more")
        case _:
            return Target("less")
