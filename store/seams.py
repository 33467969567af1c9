"""Crash seams: the named places between which nothing may be lost, and a way to die exactly there.

Each changing transaction that matters has a name; just before and just after its commit it passes a seam, and
so does a letter around its sending. In production a seam is one comparison with None. The fault runner alone
sets `AMENDS_TEST_KILL_AT=step.after:17`: the process then kills itself with SIGKILL at the 17th passage of it.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from threading import Lock

from complaints.errors import near

ENVIRONMENT = "AMENDS_TEST_KILL_AT"


class Change(StrEnum):
    """A changing transaction, by what it does."""

    RECEIVE = "receive"
    """An event of a channel is stored, and what follows from it."""
    STEP = "step"
    """A case is stepped: by a person, by what is due."""
    CLAIM = "claim"
    """An activity is taken by whoever will prepare it."""
    PERFORM = "perform"
    """An activity without anything to prepare is taken and carried out at once."""
    FINISH = "finish"
    """An activity that was prepared is finished in a step."""
    POSTPONE = "postpone"
    """The failure of an activity is kept: a later attempt, or an incident."""
    FAULT = "fault"
    """The failure of a whole step is kept as an incident."""
    KEEP = "keep"
    """A person's action is kept while its case is at fault."""
    TAKE_LETTERS = "take_letters"
    """Letters that are due are leased to a sender."""
    DELIVERED = "delivered"
    """A letter is marked as gone."""
    PUT_BACK = "put_back"
    """A letter did not go and waits."""
    GIVE_UP = "give_up"
    """A way is given up: another way, or an incident."""
    GATHER = "gather"
    """Newly graded complaints are compared with others of their cause, and asked to be one matter with them."""
    ANCHOR = "anchor"
    """The day's anchor over the heads of all chains."""


BETWEEN: Mapping[str, str] = {
    "prepared": "an activity's slow part is done, nothing of it is written",
    "sending": "a letter is about to be handed to its transport",
    "sent": "the transport has the letter, nothing of it is written",
}
"""Seams that lie between transactions, with what holds there."""

SEAMS: tuple[str, ...] = (
    *(f"{change}.{side}" for change in Change for side in ("before", "after")),
    *BETWEEN,
)
"""`CHANGE.before`: everything is written and nothing committed. `CHANGE.after`: committed, nobody told yet."""

Observer = Callable[[str], None]
_observers: tuple[Observer, ...] = ()


class UnknownSeam(ValueError):
    """The variable names a seam that there is not, or no passage of it."""


def passed(seam: str) -> None:
    """Say that this process is at a seam."""
    for observer in _observers:
        observer(seam)


def watch(observer: Observer) -> None:
    """Tell `observer` of each passage from now on, in this process."""
    global _observers
    _observers = (*_observers, observer)


def unwatch(observer: Observer) -> None:
    global _observers
    _observers = tuple(known for known in _observers if known is not observer)


def arm(text: str) -> Observer | None:
    """Die at the passages that `text` names, as in `sent:3` or `step.after:17,sent:3`; None when it is empty."""
    wanted = dict(_passage(part) for part in text.split(",") if part.strip())
    if not wanted:
        return None
    killer = _Killer(wanted)
    watch(killer)
    return killer


def arm_from_environment() -> Observer | None:
    """The same with what the fault runner put into the environment; nothing in production."""
    return arm(os.environ.get(ENVIRONMENT, ""))


def _passage(part: str) -> tuple[str, int]:
    seam, _, number = part.strip().partition(":")
    if seam not in SEAMS:
        raise UnknownSeam(f"{ENVIRONMENT}: there is no seam {seam!r}{near(seam, SEAMS)}")
    if not number.isdecimal() or int(number) < 1:
        raise UnknownSeam(f"{ENVIRONMENT}: say which passage of {seam}, counted from 1, as in {seam}:1")
    return seam, int(number)


class _Killer:
    """Counts passages, of all threads together, and ends the process at the one that was named."""

    def __init__(self, wanted: Mapping[str, int]) -> None:
        self._wanted, self._seen, self._lock = wanted, Counter[str](), Lock()

    def __call__(self, seam: str) -> None:
        with self._lock:
            self._seen[seam] += 1
            if self._seen[seam] == self._wanted.get(seam):
                os.kill(os.getpid(), signal.SIGKILL)
