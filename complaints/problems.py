"""How an error looks to an HTTP client: RFC 9457 problem details, by the code of the error.

Pure data and one lookup; the room that speaks HTTP turns a `Problem` into an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from complaints.errors import ComplaintError, Fault

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""When a client should try again after a passing fault."""

STATUS: Mapping[str, int] = {
    # who asks
    "unsigned": 401,
    "no-access": 401,
    "not-yours": 403,
    "four-eyes": 403,
    "earlier-cycle": 403,
    "not-allowed": 404,  # the same answer for absent and forbidden
    # what is asked for
    "not-found": 404,
    "unknown-channel": 404,
    "mistyped-reference": 404,
    # what was sent
    "too-large": 413,
    "wrong-body": 422,
    "reason-missing": 422,
    "replacement-missing": 422,
    "words-missing": 422,
    "not-a-score": 422,
    "wrong-remedy": 422,
    "wrong-grade": 422,
    "unknown-judgement": 422,
    "no-expectation": 422,
    "no-such-breakdown": 422,
    "unknown-figure": 422,
    "unknown-person": 422,
    "unknown-department": 422,
    "unknown-item": 422,
    # the state does not allow it
    "refused": 409,
    # ours
    "fault": 500,
    "unreachable": 503,
}
"""Status by code. A code that is not here takes the status of its parent class: refusals 409, faults 500."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a body: where (`customer.phone`), and what is wrong with it and how to mend it."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    status: int
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    retry_after_seconds: int | None = None

    def body(self) -> dict[str, object]:
        """The members of the JSON object; `errors` only where there are some."""
        members: dict[str, object] = {
            "type": f"urn:amends:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            members["errors"] = [{"field": e.field, "detail": e.detail} for e in self.errors]
        return members


def problem(
    code: str, detail: str, *, status: int | None = None, errors: tuple[FieldError, ...] = ()
) -> Problem:
    """A problem of a known code, or of any code with its status given."""
    found = STATUS[code] if status is None else status
    title = code.replace("-", " ").capitalize()
    return Problem(code, found, title, detail, errors, RETRY_SECONDS if found == 503 else None)


def problem_of(error: ComplaintError, errors: tuple[FieldError, ...] = ()) -> Problem:
    """The problem an error is. What a fault says is for operations: a client learns its code and what it may do."""
    if isinstance(error, Fault):
        status = 503 if error.transient else 500
        return problem(error.code, error.told, status=status)
    return problem(error.code, error.message, status=_status_of(type(error)), errors=errors)


def _status_of(kind: type[ComplaintError]) -> int:
    codes = (parent.code for parent in kind.__mro__ if issubclass(parent, ComplaintError))
    return next((STATUS[code] for code in codes if code in STATUS), 500)
