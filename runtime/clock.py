"""The clock process: a ticker that wakes whatever is due. Any number may run side by side."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from cases.sweeping import (
    anchor_yesterday,
    follow_improvements,
    run_unclaimed,
    stand_in_for_absent,
    step_due,
)
from runtime.prefect_errors import PrefectError
from runtime.retention import forget_what_is_over
from runtime.wiring import Wiring, machine_time
from store.process_time import process_time
from store.queries.due import WHOLE, note_tick, share_of

DUE_SECONDS = 0.25
"""What is stored or due for a complaint waits for its step no longer than this, and for those before it."""
AT_ONCE = 25
"""First steps and activities of one sweep: so soon a crowd at the front door is noticed, and what is more urgent."""
MANY = 100
"""Cases stepped in one sweep that mean that more are due than one sweep can step."""
LETTERS_BETWEEN = 10
"""Letters a second while steps are behind: enough that none waits for ever, and few beside some hundred steps."""
log = logging.getLogger("amends.clock")


class ClockProcess:
    """Ticks each second: due timers, activities nobody took, letters, Prefect runs; each day the anchor and what is
    kept for a time only.

    A job that is still running when its next tick comes is not started twice; one that finds much works it off
    without a pause.
    """

    def __init__(self, wiring: Wiring, name: str) -> None:
        self._wiring, self._name = wiring, name
        self._prefect_down_since: datetime | None = None
        self._share = WHOLE
        self._behind = False
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(6)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._scheduler.add_listener(_failed, EVENT_JOB_ERROR)

    def start(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of every tick, run or skipped
        self._note()
        self._every(1, self._note)
        self._every(DUE_SECONDS, self._due)
        self._every(1, self._unclaimed)
        self._every(1, self._letters)
        self._every(1, self._runs)
        self._every(5, self._improvements)
        self._every(60, self._absent)
        self._every(600, self._anchor)
        self._every(60, self._erasures)
        self._every(86_400, self._retention)
        self._scheduler.start()

    def stop(self) -> None:
        """Let running jobs finish what they have in hand, then stop."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def run_until_signal(self) -> None:
        """Tick until SIGTERM or SIGINT."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.start()
        stopped.wait()
        self.stop()

    def _every(self, seconds: float, job: Callable[[], object]) -> None:
        self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=machine_time())

    def _note(self) -> None:
        with self._wiring.database.write() as session:
            machine_now = machine_time()
            downtime = note_tick(session, self._name, machine_now, process_time(session, machine_now))
            self._share = share_of(session, self._name, machine_now)
            if downtime is not None:
                log.warning("nobody looked from %s to %s", downtime.began_at, downtime.ended_at)

    def _due(self) -> None:
        casework = self._wiring.casework
        while (
            swept := step_due(casework, first_steps=AT_ONCE, share=self._share)
        ) and not self._stopping.is_set():
            log.info("stepped %d cases", swept.stepped)
            self._behind = swept.stepped >= MANY
        self._behind = False

    def _unclaimed(self) -> None:
        casework = self._wiring.casework
        while (
            swept := run_unclaimed(casework, AT_ONCE, who=self._name, door_first=True, share=self._share)
        ) and not self._stopping.is_set():
            log.info("ran %d activities directly", swept.performed)

    def _improvements(self) -> None:
        while (swept := follow_improvements(self._wiring.casework)) and not self._stopping.is_set():
            log.info("followed up %d improvement actions", swept.stepped)

    def _absent(self) -> None:
        """Hand on what those who are away answer for."""
        swept = stand_in_for_absent(self._wiring.casework)
        if swept.stepped:
            log.info("somebody stands in on %d cases", swept.stepped)

    def _letters(self) -> None:
        """All that may go; but a few at a tick while steps are behind, for others wait for those."""
        outbox = self._wiring.outbox
        while not self._stopping.is_set():
            if self._behind:
                outbox.send_due(LETTERS_BETWEEN)
                return
            if not outbox.send_due():
                return

    def _runs(self) -> None:
        try:
            self._wiring.reconciler.tick()
        except PrefectError as error:
            if self._prefect_down_since is None:
                log.warning("Prefect is not reachable, complaints go on without it: %s", error)
                self._prefect_down_since = machine_time()
            return
        if self._prefect_down_since is not None:
            log.info("Prefect is back after %s", machine_time() - self._prefect_down_since)
            self._prefect_down_since = None

    def _anchor(self) -> None:
        """Chain all heads of yesterday, once."""
        anchor_yesterday(self._wiring.casework)

    def _erasures(self) -> None:
        """Go on with erasures that waited for a complaint to end."""
        for outcome in self._wiring.erasing.carry_out_waiting():
            if outcome.erased:
                log.info("erasure %s: %d places erased", outcome.order, len(outcome.erased))

    def _retention(self) -> None:
        """By age; and customers who stand on the list of this home but not in the store, which is then an older
        one that somebody put back by hand."""
        wiring = self._wiring
        if again := wiring.erasing.order_again(wiring.erasures.orders()):
            log.warning("%d customers are erased again: this store is older than their erasure", again)
        gone = forget_what_is_over(
            wiring.database, wiring.settings, wiring.mailbox, wiring.erasing, machine_time()
        )
        log.info("by age: %s", gone)


def _failed(event: JobExecutionEvent) -> None:
    log.error("a job of the clock failed; it runs again at the next tick", exc_info=event.exception)
