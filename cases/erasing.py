"""Erasing a customer: ordered once, carried out case by case, finished when the last complaint has ended.

Each case is one step. A crash in between loses nothing: the order stands in the store and is taken up again,
by the clock or by the same command. The customer's row and keys go last, in the transaction that finds every
complaint erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from cases.casework import Casework
from cases.errors import CaseNotFound, NotWanted
from cases.requests.direction import End
from cases.requests.erasure import Erase, NotYetErasable, waits_for
from complaints.acting import Actor
from complaints.errors import Refusal
from complaints.reference import MistypedReference, parse_ref
from store.erasers import KINDS, Erasers, Subject, customer_digest
from store.process_time import process_time
from store.queries.privacy import (
    cases_of,
    customers_known_by,
    erasures_of,
    every_erasure,
    keys_of,
    waiting_erasures,
)
from store.tables import Case, Customer, Erasure

REASONS = ("request", "consent", "expired", "unlawful", "order")
"""The customer asked; took back a consent; it was kept long enough; should not have been kept; an authority ordered."""
LEAVES = "the customer's data are to be erased"


class NoSuchCustomer(Refusal):
    """Nobody is known by this."""

    code = "not-found"


class SeveralCustomers(Refusal):
    """A number or address that is a different customer's as another kind of key."""

    code = "several-customers"


class Held(NotWanted):
    """A legal hold forbids it."""

    code = "held"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint of the customer. `waits` says why its words are still needed, "" when they are not."""

    ref: str
    waits: str
    held: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a customer. `pieces`: place to how many pieces still hold words."""

    customer_id: str
    complaints: tuple[Complaint, ...]
    pieces: Mapping[str, int]

    @property
    def held(self) -> tuple[str, ...]:
        return tuple(c.ref for c in self.complaints if c.held)

    @property
    def waiting(self) -> tuple[Complaint, ...]:
        return tuple(c for c in self.complaints if c.waits)


@dataclass(frozen=True, slots=True)
class Order:
    """An erasure as it is kept outside of the store too, so that a restored backup is erased again."""

    id: str
    customer_id: str
    reason: str
    by: str
    asked_at: str
    """ISO 8601."""
    digests: tuple[str, ...] = ()
    done_at: str | None = None
    """When nothing was left to erase: then every complaint had ended."""


@dataclass(slots=True)
class Outcome:
    """What carrying an order out did. `done` when nothing is left to erase."""

    order: str
    customer_id: str
    done: bool = False
    erased: dict[str, int] = field(default_factory=dict)
    """Place to pieces taken out now."""
    complaints: list[Complaint] = field(default_factory=list)


class Erasing:
    """Wired once. `erasers` are those of every room; `keep` writes an order down outside of the store, first."""

    def __init__(self, casework: Casework, erasers: Erasers, keep: Callable[[Order], None]) -> None:
        self._casework, self._erasers, self._keep = casework, erasers, keep

    # --- whom

    def customer(self, name: str) -> str:
        """Id of the customer known by a number, phone or address (`KIND:VALUE` where it could be several), by the
        reference of a complaint, by that id itself, or by what they were known by before they were erased."""
        with self._casework.database.read() as session:
            return (
                self._by_key(session, name)
                or self._by_id_or_ref(session, name)
                or self._by_digest(session, name)
                or _nobody(name)
            )

    def _by_key(self, session: Session, name: str) -> str | None:
        kind, value = _kind_and_value(name)
        found = {key.customer_id: key for key in customers_known_by(session, value, kind)}
        if len(found) > 1:
            kinds = " or ".join(sorted(f"{key.kind}:" for key in found.values()))
            raise SeveralCustomers(
                f"that is what {len(found)} customers are known by: write {kinds} before it"
            )
        return next(iter(found), None)

    def _by_id_or_ref(self, session: Session, name: str) -> str | None:
        customer = session.get(Customer, name.strip())
        if customer is not None:
            return customer.id
        try:
            return self._casework.find(session, parse_ref(name)).customer_id
        except (MistypedReference, CaseNotFound):
            return None

    def _by_digest(self, session: Session, name: str) -> str | None:
        kind, value = _kind_and_value(name)
        wanted = {
            customer_digest(self._casework.secret, k, value) for k in ((kind,) if kind else KINDS)
        }  # fmt: skip
        return next((e.customer_id for e in every_erasure(session) if wanted & set(e.digests)), None)

    # --- what there is

    def look(self, customer_id: str) -> Found:
        """What an erasure would take out; changes nothing."""
        with self._casework.database.read() as session:
            complaints, pieces = [], dict[str, int]()
            keys = keys_of(session, customer_id)
            for case in (*cases_of(session, customer_id), None):
                if case is not None:
                    complaints.append(self._complaint(session, case))
                subject = self._subject(session, customer_id, case, keys)
                _add(pieces, {e.place: len(e.find(subject)) for e in self._erasers})
            return Found(customer_id, tuple(complaints), pieces)

    # --- doing it

    def order(self, customer_id: str, who: Actor, reason: str) -> str:
        """Write the order down; its number. One that still waits is taken up again. `Held` under a legal hold."""
        found = self.look(customer_id)
        if found.held:
            raise Held(
                f"{', '.join(found.held)}: under legal hold, so nothing of this customer is erased; "
                "release it first (`amends release`), then erase again"
            )
        with self._casework.database.read() as session:
            earlier = erasures_of(session, customer_id)
            waiting = next((e for e in earlier if e.done_at is None), None)
            if waiting is not None:
                return waiting.id
            if earlier and not found.pieces and all(c.erased for c in found.complaints):
                return earlier[0].id
            now = process_time(session, self._casework.machine_clock())
            digests = [customer_digest(self._casework.secret, *key) for key in keys_of(session, customer_id)]
        order = Order(str(uuid4()), customer_id, reason, who.name, now.isoformat(), tuple(sorted(digests)))
        self._keep(order)
        with self._casework.database.write() as session:
            session.add(Erasure(
                id=order.id, customer_id=customer_id, reason=reason, by=who.name, asked_at=now,
                digests=list(order.digests),
            ))  # fmt: skip
        return order.id

    def order_again(self, orders: Iterable[Order]) -> int:
        """Take up orders that this store does not know, because it is older than they are; how many.

        Where nothing had been left to erase, complaints that are open here had ended since: they are withdrawn.
        Customers whom this store never knew are passed over.
        """
        newest: dict[str, Order] = {}
        for order in orders:
            if order.id not in newest or order.done_at is not None:
                newest[order.id] = order
        with self._casework.database.write() as session:
            anew = [
                order for order in newest.values()
                if session.get(Erasure, order.id) is None and session.get(Customer, order.customer_id) is not None
            ]  # fmt: skip
            session.add_all(
                Erasure(
                    id=order.id,
                    customer_id=order.customer_id,
                    reason=order.reason,
                    by=order.by,
                    asked_at=datetime.fromisoformat(order.asked_at),
                    digests=list(order.digests),
                )
                for order in anew
            )
        for order in anew:
            if order.done_at is not None:
                self.withdraw(order.customer_id, Actor(order.by, "admin"))
        return len(anew)

    def withdraw(self, customer_id: str, who: Actor) -> None:
        """End the customer's open complaints as withdrawn by them. What was granted is still carried out."""
        with self._casework.database.read() as session:
            refs = [c.ref for c in cases_of(session, customer_id) if not c.ended and c.status != "withdrawn"]
        for ref in refs:
            self._casework.step(ref, End("withdrawn", who, LEAVES, by_customer=True))

    def carry_out(self, order_id: str) -> Outcome:
        """Erase what may be erased now; the rest waits. Safe to repeat."""
        with self._casework.database.read() as session:
            order = session.get(Erasure, order_id)
            if order is None:
                raise LookupError(f"there is no erasure {order_id}")
            refs = [case.ref for case in cases_of(session, order.customer_id)]
            keys = keys_of(session, order.customer_id)
        outcome = Outcome(order.id, order.customer_id)
        for ref in refs:
            self._erase_case(ref, order, keys, outcome)
        self._erase_customer(order, outcome)
        if outcome.erased:
            self._casework.database.forget_overwritten()
        return outcome

    def carry_out_waiting(self) -> list[Outcome]:
        """Go on with every order that waits."""
        with self._casework.database.read() as session:
            orders = [order.id for order in waiting_erasures(session)]
        return [self.carry_out(order) for order in orders]

    def _erase_case(
        self, ref: str, order: Erasure, keys: frozenset[tuple[str, str]], outcome: Outcome
    ) -> None:
        request = Erase(Actor(order.by, "admin"), order.id, order.reason, self._erasers, keys)
        try:
            with self._casework.database.write() as session:
                case = self._casework.find(session, ref, lock=True)
                there = self._complaint(session, case)
                subject = self._subject(session, order.customer_id, case, keys)
                clean = there.erased and not any(eraser.find(subject) for eraser in self._erasers)
                if not there.waits and not clean:
                    taken = self._casework.step_in(session, case, request) or {}
                    there = self._complaint(session, case)
                    _add(outcome.erased, taken)
        except NotYetErasable:  # it was put under hold, or taken up again, since it was looked at
            with self._casework.database.read() as session:
                there = self._complaint(session, self._casework.find(session, ref))
        outcome.complaints.append(there)

    def _erase_customer(self, order: Erasure, outcome: Outcome) -> None:
        """The customer's own row and keys, once every complaint is erased; nobody files another meanwhile."""
        with self._casework.database.write() as session:
            keys = keys_of(session, order.customer_id, lock=True)
            if any(case.erased_at is None for case in cases_of(session, order.customer_id)):
                return
            subject = self._subject(session, order.customer_id, None, keys)
            _add(outcome.erased, {e.place: e.erase(subject) for e in self._erasers})
            row = session.get(Erasure, order.id)
            assert row is not None, "an order is never taken back"
            outcome.done = True
            if row.done_at is None:
                row.done_at = process_time(session, self._casework.machine_clock())
                session.add(row)
                self._keep(replace(as_order(row), done_at=row.done_at.isoformat()))

    # --- parts

    def _complaint(self, session: Session, case: Case) -> Complaint:
        file = self._casework.open_file(session, case)
        return Complaint(case.ref, waits_for(file), case.hold, case.erased_at is not None)

    def _subject(
        self, session: Session, customer_id: str, case: Case | None, keys: frozenset[tuple[str, str]]
    ) -> Subject:
        customer = session.get(Customer, customer_id)
        if customer is None:
            _nobody(customer_id)
        assert customer is not None, "refused above"
        return Subject(
            session, customer, case, keys, self._casework.secret, self._casework.machine_clock()
        )  # fmt: skip


def as_order(row: Erasure) -> Order:
    """As it is kept outside of the store."""
    return Order(
        row.id, row.customer_id, row.reason, row.by, row.asked_at.isoformat(), tuple(row.digests),
        row.done_at.isoformat() if row.done_at is not None else None,
    )  # fmt: skip


def _kind_and_value(name: str) -> tuple[str | None, str]:
    """`phone:138…` names its kind; anything else may be of any."""
    kind, separator, value = name.partition(":")
    if separator and kind in KINDS:
        return kind, value.strip().lower()
    return None, name.strip().lower()


def _nobody(name: str) -> str:
    raise NoSuchCustomer(
        f"no customer is known by {name[:80]!r}: name their number, phone, mail address or a complaint of theirs"
    )


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for place, number in more.items():
        if number:
            total[place] = total.get(place, 0) + number
