"""The list of erased customers beside the store: a restored backup is older than some erasures, and erases again.

One JSON object a line in `erasures.jsonl` of the home: ids, a reason, times and keyed digests, nothing that
names a customer. A line is on disk before anything is erased, another one when nothing is left to erase.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session

from cases.erasing import Order, as_order
from runtime.errors import SetupError
from store.queries.privacy import every_erasure

FILE = "erasures.jsonl"
LONGEST_LINE = 1 << 20


class ListUnreadable(SetupError):
    """A list of erasures holds a line that is none. Nothing is restored on a guess of who was erased."""


class ErasureList:
    """The list of one home."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    def keep(self, order: Order) -> None:
        """Add an order; it is on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _to_end_of_last_line(file)
            file.write(json.dumps(asdict(order), sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def orders(self) -> list[Order]:
        """Every line; none when there is no list yet."""
        return read_orders(self.path) if self.path.exists() else []

    def merge(self, orders: Iterable[Order]) -> None:
        """Add those that the list does not have."""
        known = {(order.id, order.done_at is None) for order in self.orders()}
        for order in orders:
            if (order.id, order.done_at is None) not in known:
                known.add((order.id, order.done_at is None))
                self.keep(order)


def _to_end_of_last_line(file: BinaryIO) -> None:
    """What follows the last line end was cut short by a crash, before anything was erased under it."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - LONGEST_LINE)
    file.seek(start)
    file.truncate(start + file.read().rfind(b"\n") + 1 if end else 0)
    file.seek(0, os.SEEK_END)


def read_orders(path: Path) -> list[Order]:
    """The orders of a list. A last line cut short by a crash is no order: nothing was erased under it."""
    lines = path.read_bytes().split(b"\n")
    orders = []
    for number, line in enumerate(lines[:-1], start=1):
        try:
            found = json.loads(line)
            orders.append(Order(**{**found, "digests": tuple(found["digests"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise ListUnreadable(
                f"{path.name} line {number} is no erasure: put the list back whole"
            ) from error
    return orders


def orders_in(session: Session) -> list[Order]:
    """The orders that a store knows of itself."""
    return [as_order(row) for row in every_erasure(session)]
