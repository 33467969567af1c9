"""What a step may refuse, and what may go wrong in it."""

from __future__ import annotations

from complaints.errors import Fault, Refusal


class CaseNotFound(Refusal):
    """No case with this ref, or none that the asker may see."""

    code = "not-found"


class NotWanted(Refusal):
    """The process does not wait for this now: it is too late, or too early."""

    code = "not-wanted"


class CaseEnded(Refusal):
    """The case is over; what was asked needs an open one."""

    code = "case-ended"


class StaleClaim(Fault):
    """Somebody else has taken this activity over since it was claimed; what was prepared is thrown away."""

    code = "stale-claim"


class EndlessStep(Fault):
    """A step did not come to rest: the definition loops without waiting."""

    code = "endless-step"
