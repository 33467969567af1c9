"""What can go wrong between Amends and a Prefect server. None of it ever stops a complaint."""

from __future__ import annotations


class PrefectError(Exception):
    """Base of what goes wrong with Prefect."""


class PrefectUnreachable(PrefectError):
    """No answer, in time, from the address; transient."""


class PrefectRefused(PrefectError):
    """The server answered that it will not do what was asked."""

    def __init__(self, what: str, status: int, answer: str) -> None:
        super().__init__(f"Prefect refused {what}: HTTP {status}: {answer[:300]}")
        self.status = status


class NotDeployed(PrefectError):
    """The deployment is not there yet, or not any more."""


class ServerNotStarted(PrefectError):
    """The embedded Prefect server did not come up."""


class RunsNotMade(PrefectError):
    """The server answers but makes no runs."""
