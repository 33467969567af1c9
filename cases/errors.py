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


class NotTheLead(NotWanted):
    """What a complaint cannot be merged into."""

    code = "not-the-lead"


class NewerWord(NotWanted):
    """The definitions that the case runs on are older than a value that somebody gives it."""

    code = "newer-word"


class WrongGrade(Refusal):
    """No value that a grade may have, or no part of a grade."""

    code = "wrong-grade"


class CaseAtFault(Fault):
    """Not even the step without a request works: whatever is asked of the case has to wait until it is mended."""

    code = "case-at-fault"
    transient = True
    told = "this complaint is at fault and operations know of it; nothing was changed: send it again later"


class StaleClaim(Fault):
    """Somebody else has taken this activity over since it was claimed; what was prepared is thrown away."""

    code = "stale-claim"


class EndlessStep(Fault):
    """A step did not come to rest: the definition loops without waiting."""

    code = "endless-step"
