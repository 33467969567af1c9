"""Receive first: an event of a channel is stored under its own keys, and acted on only if it is new.

One transaction for each event: the receipt and everything that follows from it commit together, and the
unique keys of the receipt make two deliveries at the same moment safe. New complaints that come faster than that
are accepted many in one transaction, and begin with their first step.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, insert, or_, tuple_
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, SQLModel, col, select

from cases.casework import Casework
from cases.errors import CaseAtFault
from cases.opening import Arrival, Complainant, Opened, accept, open_case
from cases.stored import at_fault_or
from complaints.automatic import automatic
from complaints.errors import Conflict
from complaints.problems import FieldError
from intake.attaching import AttachingFailed, addressee, attach, is_loop
from intake.body import HookBody, HookCustomer, check_times, daily_count, delivery_receipt
from intake.errors import ReceiptLost, WrongBody
from store.case_file import CaseFile
from store.erasers import erased_id
from store.process_time import circumstances, process_time
from store.seams import Change
from store.tables import Case, ChannelCount, HookConflict, HookReceipt, Letter

log = logging.getLogger(__name__)

RECEIPTS = SQLModel.metadata.tables["hook_receipts"]
NEW_RECEIPTS = insert(RECEIPTS)
BY_EXTERNAL = tuple_(RECEIPTS.c.channel, RECEIPTS.c.external_id)
BY_WEBHOOK = tuple_(RECEIPTS.c.channel, RECEIPTS.c.webhook_id)
RECEIVED_BEFORE = RECEIPTS.select().where(
    or_(
        BY_EXTERNAL.in_(bindparam("external", expanding=True)),
        BY_WEBHOOK.in_(bindparam("webhook", expanding=True)),
    )
)

TRIES = 4
"""How often a transaction that met another one is begun anew."""


class KeyReused(Conflict):
    """An event with a key that another event has; both are kept."""

    code = "key-reused"


@dataclass(frozen=True, slots=True)
class Event:
    """What came through the door: signed, parsed, and not yet looked at."""

    channel: str
    webhook_id: str
    body: HookBody
    canonical: str
    """The body as JSON with sorted names: a channel that writes the same thing differently repeats itself."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an event. `new` is False for a repeat; `ignored` says why nothing was opened."""

    new: bool
    ref: str | None = None
    track_url: str | None = None
    ignored: str | None = None
    conflict: str | None = None


def event_of(channel: str, webhook_id: str, body: HookBody, value: Mapping[str, object]) -> Event:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Event(channel, webhook_id, body, canonical)


class Receiver:
    """Takes events of every channel. Holds no state; any number work side by side."""

    def __init__(self, casework: Casework) -> None:
        self._casework = casework

    def receive(self, event: Event) -> Received:
        """Store the event and do what it asks. `KeyReused`, with both kept, when its key has another body.

        A message to a complaint that is at fault is stored all the same, and heard when that is mended.
        """
        try:
            return self._stored(event, keep=False)
        except AttachingFailed as failed:
            ref, fault = failed.ref, failed.__cause__ or failed

        def fail() -> None:
            raise fault

        try:
            at_fault_or(self._casework, ref, fail)
        except CaseAtFault:
            told = "%s is at fault: a message of %s is kept"
            log.warning(told, ref, event.channel, extra={"ref": ref})
        return self._stored(event, keep=True)

    def _stored(self, event: Event, *, keep: bool) -> Received:
        for _ in range(TRIES):
            try:
                with self._casework.database.write(Change.RECEIVE) as session:
                    received = self._receive(session, event, keep=keep)
            except IntegrityError as error:  # somebody else was first with this event or this customer
                met = error
                continue
            if received.conflict is not None:
                raise KeyReused(received.conflict)
            _note(event, received)
            return received
        raise ReceiptLost(f"an event of {event.channel} met others {TRIES} times") from met

    def accept(self, events: Sequence[Event]) -> list[Received | None]:
        """Keep new complaints in one transaction; each begins with the first step that anybody takes on it.

        None for an event that must be received by itself: no complaint, known already, wrong, a machine's, of a
        customer who is among the others, or, for all of them, a transaction that met another one.
        """
        try:
            with self._casework.database.write(Change.RECEIVE) as session:
                at = circumstances(session, self._casework.machine_clock())
                plain = self._plain(session, events, at.now)
                if not plain:
                    return [None] * len(events)
                opened = accept(self._casework, session, [_arrival(event) for event in plain], at)
                rows = [
                    {
                        "channel": event.channel, "external_id": event.body.external_id,
                        "webhook_id": event.webhook_id, "kind": event.body.kind, "digest": self._digest(event),
                        "received_at": at.now, "occurred_at": event.body.occurred_at, "case_id": new.id,
                    }
                    for event, new in zip(plain, opened, strict=True)
                ]  # fmt: skip
                # In one order, so that two receivers never wait for each other.
                rows.sort(key=lambda row: (str(row["channel"]), str(row["external_id"])))
                session.connection().execute(NEW_RECEIPTS, rows)
        except (IntegrityError, OperationalError):
            return [None] * len(events)
        for event, new in zip(plain, opened, strict=True):
            log.info("%s of channel %s: accepted", event.body.kind, event.channel, extra={"ref": new.ref})
        kept = {id(event): self._answered(new, new=True) for event, new in zip(plain, opened, strict=True)}
        for event in plain:
            _note(event, kept[id(event)])
        return [kept.get(id(event)) for event in events]

    def _plain(self, session: Session, events: Sequence[Event], now: datetime) -> list[Event]:
        """Those that are new complaints of different customers, and nothing is wrong with."""
        names = {id(event): self._names(event) for event in events}
        asked = {
            kind: [(channel, known) for of in names.values() for named, channel, known in of if named == kind]
            for kind in ("external", "webhook")
        }
        seen: set[object] = set()
        for row in session.connection().execute(RECEIVED_BEFORE, asked):
            seen |= {("external", row.channel, row.external_id), ("webhook", row.channel, row.webhook_id)}
        plain: list[Event] = []
        for event in events:
            own = names[id(event)].union(_complainant(event).keys)
            if (
                event.body.kind != "complaint"
                or own & seen
                or automatic(event.body.text or "", event.body.extra)
            ):
                continue
            try:
                check_times(event.body, now)
            except WrongBody:
                continue  # it is told so when it is received by itself
            seen |= own
            plain.append(event)
        return plain

    def _names(self, event: Event) -> set[tuple[str, ...]]:
        """Every way in which a receipt may name this event."""
        secret, channel = self._casework.secret, event.channel
        return {
            *(("external", channel, known) for known in _known_as(secret, channel, event.body.external_id)),
            *(("webhook", channel, known) for known in _known_as(secret, channel, event.webhook_id)),
        }

    def _receive(self, session: Session, event: Event, *, keep: bool) -> Received:
        earlier = _earlier(session, event, self._casework.secret)
        if earlier is not None:
            return self._again(session, event, earlier)
        now = process_time(session, self._casework.machine_clock())
        check_times(event.body, now)
        receipt = HookReceipt(
            channel=event.channel, external_id=event.body.external_id, webhook_id=event.webhook_id,
            kind=event.body.kind, digest=self._digest(event), received_at=now,
            occurred_at=event.body.occurred_at,
        )  # fmt: skip
        session.add(receipt)
        session.flush()
        match event.body.kind:
            case "complaint":
                return self._complaint(session, event, receipt)
            case "message":
                return self._message(session, event, receipt, keep=keep)
            case "receipt":
                return self._delivery(session, event, receipt)
            case "count":
                found = daily_count(event.body)
                session.merge(
                    ChannelCount(channel=event.channel, day=found.day, count=found.count, reported_at=now)
                )
                return Received(new=True)

    # --- kinds

    def _complaint(self, session: Session, event: Event, receipt: HookReceipt) -> Received:
        if why := automatic(event.body.text or "", event.body.extra):
            return self._keep_aside(session, event, receipt, why)
        return self._open(session, event, receipt)

    def _message(self, session: Session, event: Event, receipt: HookReceipt, *, keep: bool) -> Received:
        body, text = event.body, event.body.text or ""
        if why := automatic(text, body.extra):
            return self._keep_aside(session, event, receipt, why)
        case = addressee(self._casework, session, body, receipt.received_at)
        if case is None:
            if body.customer is None:
                ref = str(body.ref or body.extra.get("ref"))[:40]
                raise WrongBody((FieldError("ref", f"there is no complaint {ref!r} to attach this to"),))
            return self._open(session, event, receipt)
        receipt.case_id = case.id
        if is_loop(session, case, receipt.received_at):
            return self._keep_aside(session, event, receipt, "two machines are answering each other")
        key = f"hook/{receipt.id}"
        attach(self._casework, session, case, channel=event.channel, text=text, key=key, keep=keep)
        return self._answer(session, receipt, new=True)

    def _delivery(self, session: Session, event: Event, receipt: HookReceipt) -> Received:
        found = delivery_receipt(event.body)
        letter = session.exec(select(Letter).where(Letter.key == found.letter)).first()
        if letter is None or letter.direction != "out" or letter.case_id is None:
            raise WrongBody(
                (FieldError("extra.letter", "is the key of no letter that we sent about a complaint"),)
            )
        if letter.receipt_at is None or event.body.occurred_at >= letter.receipt_at:
            letter.receipt, letter.receipt_at = found.status, event.body.occurred_at
            session.add(letter)
        receipt.case_id = letter.case_id
        session.add(receipt)
        if found.status == "failed":
            case = self._casework.find(session, letter.case_id, lock=True)
            file = self._casework.open_file(session, case, actor=event.channel)
            file.open_incident(
                "undeliverable", f"the provider could not deliver letter {letter.id} ({letter.kind})"
            )
        return self._answer(session, receipt, new=True)

    def _open(self, session: Session, event: Event, receipt: HookReceipt) -> Received:
        case = open_case(self._casework, session, _arrival(event))
        receipt.case_id = case.id
        session.add(receipt)
        return self._answer(session, receipt, new=True)

    def _keep_aside(self, session: Session, event: Event, receipt: HookReceipt, why: str) -> Received:
        """Nothing is opened and nothing answered; the whole body is kept, in case a person did write it."""
        receipt.kind, receipt.kept = "automatic", event.canonical
        session.add(receipt)
        return Received(new=False, ignored=why)

    # --- repeats

    def _again(self, session: Session, event: Event, earlier: HookReceipt) -> Received:
        if hmac.compare_digest(earlier.digest, self._digest(event)):
            if earlier.kind == "automatic":
                return Received(new=False, ignored="repeat of what opened nothing")
            return self._answer(session, earlier, new=False)
        ours = _known_as(self._casework.secret, event.channel, event.body.external_id)
        same = "external_id" if earlier.external_id in ours else "webhook-id"
        self._keep_conflict(session, event, earlier)
        return Received(
            new=False,
            conflict=f"another event of {event.channel} has this {same}; both are kept and operations know: "
            "send what is new under a new id",
        )

    def _keep_conflict(self, session: Session, event: Event, earlier: HookReceipt) -> None:
        assert earlier.id is not None, "it was read from the store"
        digest = self._digest(event)
        query = select(HookConflict.id).where(
            HookConflict.receipt_id == earlier.id, HookConflict.digest == digest
        )
        if session.exec(query).first() is not None:
            return
        now = process_time(session, self._casework.machine_clock())
        row = HookConflict(receipt_id=earlier.id, digest=digest, body=event.canonical, received_at=now)
        session.add(row)
        session.flush()
        log.warning("channel %s reused the key of receipt %s: conflict %s", event.channel, earlier.id, row.id)
        if earlier.case_id is not None:
            case = self._casework.find(session, earlier.case_id, lock=True)
            file = self._casework.open_file(session, case, actor=event.channel)
            file.log("key_reused", receipt=earlier.id, conflict=row.id)
            _tell_operations(file, f"hook conflict {row.id}", f"/conflict/{row.id}")

    # --- answers

    def _answer(self, session: Session, receipt: HookReceipt, *, new: bool) -> Received:
        case = session.get(Case, receipt.case_id) if receipt.case_id else None
        return Received(new=new) if case is None else self._answered(case, new=new)

    def _answered(self, case: Case | Opened, *, new: bool) -> Received:
        # All that the address of the progress needs is the reference.
        links = self._casework.links(cast(Case, case), "track")
        return Received(new=new, ref=case.ref, track_url=next(iter(links.values()), None))

    def _digest(self, event: Event) -> str:
        """Salted, so that what stays after an erasure cannot be tried against guessed texts."""
        return hmac.new(self._casework.secret, event.canonical.encode(), hashlib.sha256).hexdigest()


def _note(event: Event, received: Received) -> None:
    how = "received" if received.new else "known or kept aside"
    log.info("%s of channel %s: %s", event.body.kind, event.channel, how, extra={"ref": received.ref})


def _earlier(session: Session, event: Event, secret: bytes) -> HookReceipt | None:
    """The receipt with one of the event's keys; the channel's own id counts before the webhook's."""
    external = _known_as(secret, event.channel, event.body.external_id)
    query = select(HookReceipt).where(
        HookReceipt.channel == event.channel,
        col(HookReceipt.external_id).in_(external)
        | col(HookReceipt.webhook_id).in_(_known_as(secret, event.channel, event.webhook_id)),
    )
    found = session.exec(query.order_by(col(HookReceipt.id))).all()
    return next((r for r in found if r.external_id in external), found[0] if found else None)


def _known_as(secret: bytes, channel: str, given: str) -> tuple[str, str]:
    """How a channel's id stands in a receipt: as it came, or as what an erasure left of it."""
    return given, erased_id(secret, channel, given)


def _arrival(event: Event) -> Arrival:
    body, extra = event.body, dict(event.body.extra)
    customer = body.customer
    if customer is not None and customer.phone and "phone" not in customer.keys:
        extra["masked_phone"] = customer.phone
    return Arrival(
        channel=event.channel, external_id=body.external_id, occurred_at=body.occurred_at, text=body.text or "",
        customer=_complainant(event), order_id=body.order_id, product=body.product, region=body.region,
        wants=body.wants, amount=body.amount, attachments=tuple(body.attachments), extra=extra,
    )  # fmt: skip


def _complainant(event: Event) -> Complainant:
    customer = event.body.customer or HookCustomer()
    keys = customer.keys
    return Complainant(
        id=keys.get("id"), phone=keys.get("phone"), email=keys.get("email"), name=customer.name,
        value=customer.value or "standard", language=customer.language or "zh",
    )  # fmt: skip


def _tell_operations(file: CaseFile, task: str, suffix: str) -> None:
    holder = file.holder("ops")
    if holder is not None:
        file.tell.to_person(holder.id, "incident", {"task": task}, suffix=suffix)
