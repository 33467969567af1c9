"""What happens when a way is given up: another way, and when none is left, a person."""

from __future__ import annotations

from sqlmodel import Session

from cases.casework import Casework
from complaints.outbound import other_way
from runtime.post.outbox import Hear
from store.outbox import send_by
from store.tables import Letter


def next_way_or_incident(casework: Casework) -> Hear:
    """The case hears of it: the letter goes by the customer's next way, else an incident is opened."""

    def hear(session: Session, letter: Letter, why: str) -> None:
        if letter.case_id is None:  # `doctor` names it
            return
        case = casework.find(session, letter.case_id, lock=True)
        file = casework.open_file(session, case)
        way: str | None = None
        if letter.audience == "customer":
            customer = file.customer
            way = other_way(letter.channel, letter.tried, email=customer.email, phone=customer.phone)
        if way is not None:
            file.log("letter_redirected", letter=letter.id, before=letter.channel, way=way)
            send_by(session, letter, way, machine_now=file.machine_now)
        elif letter.kind == "incident":
            # An incident about the letter of an incident would write the next such letter.
            file.log("letter_failed", letter=letter.id, way=letter.channel)
        else:
            file.log("letter_failed", letter=letter.id, way=letter.channel)
            file.open_incident("undeliverable", f"letter {letter.id} ({letter.kind}): {why}")

    return hear
