"""What can be wrong with the way Amends was set up: refusals, each with its cure, never a traceback."""

from __future__ import annotations


class SetupError(Exception):
    """Base class: whoever started the program can put it right."""


class SettingsInvalid(SetupError):
    """One or more settings cannot be used. `problems` holds a line each: name, reason, cure."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class SecretUnusable(SetupError):
    """A secret is there but must not be trusted: too short, unreadable, or open to other users."""
