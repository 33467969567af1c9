"""Why the rules of complaint handling say no: one base, two families, one class for each situation.

A `Refusal` is a user's doing: nothing is wrong with the system, nobody is alarmed, the message says
what to do instead. A `Fault` is ours and raises an alarm. Other rooms subclass these. Messages hold
ids, numbers and times, never customer text.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class ComplaintError(Exception):
    """`code` names the situation for machines (kebab-case), `message` names cause and cure for people."""

    code: ClassVar[str] = "complaint-error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders whole, whatever their constructor takes."""
        return _revived, (type(self), self.args, dict(self.__dict__))


class Refusal(ComplaintError):
    """A user asked for what the rules do not allow."""

    code = "refused"


class Fault(ComplaintError):
    """Something of ours is wrong. Only a `transient` one is worth another try.

    `told` is what a client over the network hears of it; the message is for operations.
    """

    code = "fault"
    transient: ClassVar[bool] = False
    told: ClassVar[str] = "something of ours is wrong; operations will hear of it"


class NaiveTime(Fault):
    code = "naive-time"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has no time zone: hand in an aware datetime")
        self.what = what


class Conflict(Refusal):
    """The state of the case does not allow it (any more)."""

    code = "conflict"


class TooLate(Conflict):
    """Somebody else, or the clock, came first."""

    code = "too-late"

    def __init__(self, item: str, owner: str | None) -> None:
        now_with = f"it is with {owner} now" if owner else "it is being offered to somebody else"
        super().__init__(f"too late for work item {item}: {now_with}; ask them, or your head to reassign it")
        self.item = item
        self.owner = owner


class NotYours(Refusal):
    code = "not-yours"

    def __init__(self, item: str, person: str, owner: str | None) -> None:
        belongs = f"belongs to {owner}" if owner else "belongs to nobody yet"
        super().__init__(
            f"work item {item} {belongs}, not to {person}: let them act, or have it reassigned first"
        )
        self.item = item
        self.person = person
        self.owner = owner


class ReasonMissing(Refusal):
    code = "reason-missing"

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} needs a reason: say in a few words why")
        self.action = action


def need_reason(text: str, action: str) -> None:
    """`ReasonMissing` unless `text` says something."""
    if not text.strip():
        raise ReasonMissing(action)


class UnknownPerson(Refusal):
    code = "unknown-person"

    def __init__(self, person: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"there is no person {person!r} in the organisation{near(person, known)}")
        self.person = person


class UnknownDepartment(Refusal):
    code = "unknown-department"

    def __init__(self, department: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            f"there is no department {department!r} in the organisation{near(department, known)}"
        )
        self.department = department


class EmptyPool(Refusal):
    """Nobody can be given the work; whoever asked alerts a person at once."""

    code = "empty-pool"

    def __init__(self, pool: str, why: str) -> None:
        super().__init__(f"nobody in {pool} can take this ({why}): assign a person of another department")
        self.pool = pool


class FourEyes(Refusal):
    code = "four-eyes"

    def __init__(self, person: str) -> None:
        super().__init__(f"{person} proposed this and cannot approve it: a second person must")
        self.person = person


class EarlierCycle(Refusal):
    code = "earlier-cycle"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"{person} had a part in an earlier cycle of this complaint and cannot decide the next: "
            "choose someone without a part"
        )
        self.person = person


def near(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the nearest known one, or all when they are few."""
    names = sorted(known)
    if close := get_close_matches(name, names, n=1):
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(names)}" if 0 < len(names) <= 12 else ""


def _revived(
    kind: type[ComplaintError], args: tuple[object, ...], state: dict[str, object]
) -> ComplaintError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error
