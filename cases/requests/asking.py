"""What only the customer has: asking them for it by name, and what brings it (process.md, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.events import Message
from cases.errors import NotWanted
from cases.passage import Passage
from complaints.errors import need_reason
from store.case_file import MAIN, CaseFile
from store.tables import ClockRow, WorkItem

if TYPE_CHECKING:
    from cases.requests.work import ActOnItem

ANSWERED = "question_answered"


def ask_customer(ask: ActOnItem, file: CaseFile, passage: Passage, item: WorkItem) -> None:
    """Ask for one named thing that the firm does not hold; the time to resolve stands still meanwhile."""
    need_reason(ask.text, "asking the customer (--text)")
    ref, cycle = file.case.ref, file.case.cycle
    if item.kind not in MAIN or item.status != "confirmed":
        raise NotWanted(f"work item {item.id} ({item.kind}, {item.status}) is not one that asks the customer")
    if file.case.status == "waiting_customer" or any(
        i.kind == "question" and i.actions for i in file.items()
    ):
        raise NotWanted(f"{ref}: the customer is being asked for something already; wait for that first")
    asked = [r for r in file.records.of(ClockRow) if (r.name, r.key) == ("question", str(cycle))]
    if asked and file.time_to_ask() is None:
        raise NotWanted(
            f"{ref}: the time to wait for the customer in this cycle is used up; decide without it"
        )
    note = file.note("customer_question", f"{ask.thing}：{ask.text}", item_id=item.id, by=ask.actor)
    file.session.flush()
    payload = {"question": note.id, "again": bool(asked)}
    if not passage.feed(Message("customer_asked", payload)):
        raise NotWanted(f"{ref}: the customer cannot be asked at this point")


def it_came(ask: ActOnItem, file: CaseFile, passage: Passage, item: WorkItem) -> None:
    """A person says that the thing asked for is here, however it came; the clock goes on."""
    file.note("note", ask.text, item_id=item.id, by=ask.actor)
    if not passage.feed(Message(ANSWERED)):
        raise NotWanted(f"{file.case.ref}: nothing is asked of the customer now")
    file.letters.drop_answered(file.now)


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """The customer sends what was asked for, on the page that asks for it."""

    text: str
    channel: str
    key: str
    actor: str = "customer"

    def apply(self, file: CaseFile, passage: Passage) -> None:
        if not passage.feed(self.said(file)):
            raise NotWanted(f"{file.case.ref}: nothing is asked of you any more; write to us instead")

    def said(self, file: CaseFile) -> Message:
        """As in `cases.requests.customer`."""
        letter = file.letters.receive(
            key=self.key, kind="answer", channel=self.channel, language=file.case.language, body=self.text, at=file.now,
        )  # fmt: skip
        file.log("message_received", letter=letter.id, digest=file.history.digest(self.text))
        file.letters.drop_answered(file.now)
        return Message(ANSWERED)
