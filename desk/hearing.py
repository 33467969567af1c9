"""A message of the customer, read before it is attached: a mere thanks troubles nobody, fury is heard at once."""

from __future__ import annotations

from dataclasses import dataclass

from cases.casework import Casework
from cases.passage import Passage
from cases.requests.customer import CustomerWrites
from cases.stored import Said
from complaints.automatic import is_mere_thanks
from store.case_file import CaseFile


@dataclass(frozen=True, slots=True)
class Heard:
    """The message, and after the end of the case a person who is told: they reopen, or let it be."""

    message: CustomerWrites

    @property
    def actor(self) -> str:
        return self.message.actor

    def apply(self, file: CaseFile, passage: Passage) -> int | None:
        letter = self.message.apply(file, passage)
        if file.case.ended and self.message.kind != "thanks":
            person = file.case.owner or next(
                (p.id for duty in ("coordinator", "ops") if (p := file.holder(duty)) is not None), None
            )
            if person is None:
                file.open_incident(
                    "nobody_acts", "a customer wrote after the end, and nobody is there to be told"
                )
            else:
                file.tell.to_person(person, "customer_message", suffix=f"/{letter}")
        return letter

    def said(self, file: CaseFile) -> Said:
        return self.message.said(file)


def heard(casework: Casework, value: str, text: str, *, channel: str, actor: str, key: str) -> Heard:
    """The request for a message of a customer of this `value`. `key` makes it one letter."""
    reading = casework.books.reader.read(
        text, value="high" if value == "high" else "standard", amount=None, authority=False, repeats=0
    )
    return Heard(CustomerWrites(
        text, channel, kind="thanks" if is_mere_thanks(reading, text) else "message",
        very_negative=reading.sentiment == "very_negative", actor=actor, key=key,
    ))  # fmt: skip
