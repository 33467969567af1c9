"""One lane for new complaints: whoever comes while a transaction runs goes with the next, together.

A burst then costs one transaction for dozens, and a process has one writer that waits for the store instead of
many that wait for each other. A complaint that comes alone is received and opened at once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.receiving import Event, Received, Receiver

AT_ONCE = 50
"""Complaints of one transaction at most."""


@dataclass(eq=False, slots=True)
class _Waiting:
    event: Event
    woken: threading.Event = field(default_factory=threading.Event)
    served: bool = False
    """Woken otherwise, it is its turn to lead."""
    received: Received | None = None


class Lane:
    """Takes events from any number of threads; each waits for its own answer.

    Who comes first leads: accepts all that wait, then hands the lead to the next in line, so that nobody is kept
    longer than by the transaction before their own and by that.
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._led = False

    def receive(self, event: Event) -> Received:
        """As `Receiver.receive`, which also answers for whatever cannot be accepted together with others."""
        if event.body.kind != "complaint":
            return self._receiver.receive(event)
        own = _Waiting(event)
        with self._lock:
            self._waiting.append(own)
            leads, self._led = not self._led, True
        if not leads:
            own.woken.wait()
        if not own.served:
            self._lead()
        return own.received or self._receiver.receive(event)

    def _lead(self) -> None:
        """Serve those in front; the leader is the first of them. What goes wrong is the leader's to tell, and the
        others find it out for themselves."""
        with self._lock:
            served, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        try:
            for one, received in zip(served, self._together([one.event for one in served]), strict=True):
                one.received = received
        finally:
            with self._lock:
                after = self._waiting[0] if self._waiting else None
                self._led = after is not None
            if after is not None:
                after.woken.set()
            for one in served:
                one.served = True
                one.woken.set()

    def _together(self, events: Sequence[Event]) -> Sequence[Received | None]:
        return self._receiver.accept(events) if len(events) > 1 else [self._receiver.receive(events[0])]
