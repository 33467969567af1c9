"""Once a day: what is kept for a time only goes, and customers whose time is over are erased."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.erasing import Erasing, Held
from complaints.acting import Actor
from desk.tokens import LIFETIMES
from runtime.copies.leftovers import sweep_copies
from runtime.post.mailbox import Mailbox
from runtime.settings import Settings
from store import answers, retention
from store.database import Database
from store.process_time import process_time
from store.queries.privacy import customers_over

DRAFTS_FOR = timedelta(hours=1)
"""A letter is written to disk in moments; what is older was left by a process that died."""
COPIES_FOR = timedelta(days=1)
"""So long may a backup or a restore be under way; what is older was left by one that died."""
NONCES_FOR = max(LIFETIMES.values())
"""As long as the page that brought the nonce can be opened."""
AT_ONCE = 100
log = logging.getLogger("amends.retention")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much went: rows, files, customers ordered to be erased."""

    bodies: int = 0
    conflicts: int = 0
    nonces: int = 0
    answers: int = 0
    drafts: int = 0
    copies: int = 0
    customers: int = 0


def forget_what_is_over(
    database: Database, settings: Settings, mailbox: Mailbox, erasing: Erasing, machine_now: datetime
) -> Forgotten:
    """Ages of what came from channels are process time, of what only guards against repeats machine time."""
    with database.write() as session:
        now = process_time(session, machine_now)
        aside = now - timedelta(days=settings.keep_aside_days)
        bodies = retention.forget_kept_bodies(session, aside)
        conflicts = retention.forget_conflicts(session, aside)
        nonces = retention.forget_nonces(session, machine_now - NONCES_FOR)
        repeatable = answers.forget_before(session, machine_now - answers.KEPT_FOR)
    done = Forgotten(
        bodies, conflicts, nonces, repeatable, mailbox.sweep(machine_now - DRAFTS_FOR),
        sweep_copies(settings.home, machine_now - COPIES_FOR),
        _erase_after(database, settings, erasing, now),
    )  # fmt: skip
    database.forget_overwritten()
    return done


def _erase_after(database: Database, settings: Settings, erasing: Erasing, now: datetime) -> int:
    """Customers whose last complaint ended longer ago than the settings let us keep it."""
    if settings.erase_after_days is None:
        return 0
    before, ordered = now - timedelta(days=settings.erase_after_days), 0
    while True:
        with database.read() as session:
            customers = customers_over(session, before, AT_ONCE)
        for customer in customers:
            try:
                erasing.carry_out(erasing.order(customer, Actor("amends", "admin"), "expired"))
            except Held:  # since we looked
                log.info("customer %s is held and is not erased", customer)
                return ordered
            ordered += 1
        if len(customers) < AT_ONCE:
            return ordered
