"""A customer writes again: which of their complaints it belongs to, and how it gets there."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from cases.casework import Casework
from cases.errors import CaseNotFound
from cases.requests.customer import CustomerWrites
from cases.stored import NOT_THE_CASES, keep_saying
from complaints.automatic import LOOP_MESSAGES, LOOP_WINDOW, is_mere_thanks
from complaints.errors import Fault
from complaints.reference import MistypedReference, parse_ref
from intake.body import HookBody
from store.tables import Case, CustomerKey, Letter

REACHABLE_FOR = timedelta(days=30)
"""How long after its end a complaint still takes a message (process.md, 7); a later one is a new complaint."""
MOST_MERGES = 5
"""A lead may be merged itself, but not for ever."""


def addressee(casework: Casework, session: Session, body: HookBody, now: datetime) -> Case | None:
    """The case a message belongs to, locked: the one it names, else the customer's newest that takes messages.

    None when it names none that exists, or when this customer has none: then it is a complaint of its own.
    """
    named = body.ref or body.extra.get("ref")
    case = _named(casework, session, str(named)) if named else _newest(session, body, now)
    if case is None:
        return None
    for _ in range(MOST_MERGES):
        if case.merged_into is None:
            break
        case = casework.find(session, case.merged_into)
    over = case.closed_at is not None and now - case.closed_at > REACHABLE_FOR
    if (over or case.erased_at is not None) and body.customer is not None:
        return None
    return casework.find(session, case.id, lock=True)


def is_loop(session: Session, case: Case, now: datetime) -> bool:
    """Whether messages reach this case faster than people write."""
    query = select(func.count()).where(
        Letter.case_id == case.id, Letter.direction == "in", Letter.created_at > now - LOOP_WINDOW
    )
    return session.exec(query).one() >= LOOP_MESSAGES


class AttachingFailed(Fault):
    """The step in which `ref` should hear of a message failed; the cause says why."""

    code = "attaching-failed"

    def __init__(self, ref: str) -> None:
        super().__init__(f"{ref} could not hear of a message")
        self.ref = ref


def attach(
    casework: Casework, session: Session, case: Case, *, channel: str, text: str, key: str, keep: bool
) -> None:  # fmt: skip
    """Put the message into the case and let its process hear of it, in a step of its own. `keep`: the case is at
    fault, so its process hears of it when it is mended. `AttachingFailed` when the step fails.

    After the end there is no process: a person is told, who reopens, opens a linked complaint, or lets it be.
    """
    reading = casework.books.reader.read(
        text, value="high" if case.value == "high" else "standard", amount=None, authority=False, repeats=0
    )
    thanks = is_mere_thanks(reading, text)
    ended = case.ended
    written = CustomerWrites(
        text, channel, kind="thanks" if thanks else "message",
        very_negative=reading.sentiment == "very_negative", key=key,
    )  # fmt: skip
    if keep:
        keep_saying(casework, session, case, written, key)
    else:
        ref = case.ref
        try:
            casework.step_in(session, case, written)
        except (*NOT_THE_CASES, IntegrityError):
            raise  # refused, or tried again
        except Exception as error:  # as `cases.stored`: whatever the fault is, the question is whose
            raise AttachingFailed(ref) from error
    if ended and not thanks:
        file = casework.open_file(session, case, actor="customer")
        person = case.owner or next(
            (p.id for duty in ("coordinator", "ops") if (p := file.holder(duty)) is not None), None
        )
        if person is None:
            file.open_incident(
                "nobody_acts", "a customer wrote after the end, and nobody is there to be told"
            )
        else:
            file.tell.to_person(person, "customer_message", suffix=f"/{key}")


def _named(casework: Casework, session: Session, text: str) -> Case | None:
    try:
        return casework.find(session, parse_ref(text))
    except (MistypedReference, CaseNotFound):
        return None


def _newest(session: Session, body: HookBody, now: datetime) -> Case | None:
    """Open ones first, then those that ended recently; the newest of each."""
    keys = body.customer.keys if body.customer else {}
    owners = {
        row.customer_id
        for kind, value in keys.items()
        if (row := session.get(CustomerKey, (kind, value.strip().lower()))) is not None
    }
    if not owners:
        return None
    query = select(Case).where(col(Case.customer_id).in_(owners), col(Case.status) != "void")
    recent = query.where(~col(Case.ended) | (col(Case.closed_at) > now - REACHABLE_FOR))
    return session.exec(recent.order_by(col(Case.ended), col(Case.received_at).desc()).limit(1)).first()
