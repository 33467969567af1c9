"""Why a front door turns something away."""

from __future__ import annotations

from collections.abc import Iterable

from complaints.errors import Fault, Refusal, near
from complaints.problems import FieldError


class IntakeRefusal(Refusal):
    """Base class: the sender can mend it."""


class UnknownChannel(IntakeRefusal):
    code = "unknown-channel"

    def __init__(self, channel: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"there is no channel {channel[:40]!r}{near(channel[:40], known)}")


class Unsigned(IntakeRefusal):
    """One answer for every channel, so that a stranger learns nothing of its keys."""

    code = "unsigned"


class TooLarge(IntakeRefusal):
    code = "too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is over {limit_bytes:,} bytes: send attachments as links, not as content")


class WrongBody(IntakeRefusal):
    """`errors` names every wrong field."""

    code = "wrong-body"

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        names = ", ".join(dict.fromkeys(error.field for error in errors))
        super().__init__(f"the body cannot be used: {names[:300]}")
        self.errors = errors


class ReceiptLost(Fault):
    """Others kept changing the same rows; nothing was kept, and the channel's next try will find room."""

    code = "receipt-lost"
    transient = True
