"""What the customer does: answers the survey, chooses a solution, asks for a person, writes.

`said` judges what can be judged without the process, writes the facts, and gives what the process hears of it (None:
a repeat), so that it can be kept while the case is at fault; see `cases.stored`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bpmn.events import Message
from cases.errors import CaseEnded, NotWanted
from cases.passage import Passage
from complaints.survey import parse_nps, parse_score
from store.case_file import CaseFile
from store.tables import Survey, UsedNonce


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """A score for the cycle the survey was sent for. The nonce makes a repeat count once.

    Inside the quarter hour after the first answer the same page may correct it once; after that it is frozen.
    """

    cycle: int
    score: object
    leave: bool
    nonce: str
    actor: str = "customer"
    attitude: object = None
    nps: object = None
    comment: str = ""

    def apply(self, file: CaseFile, passage: Passage) -> str:
        """ "answered", "corrected", or "repeated" for a replayed nonce."""
        message = self.said(file)
        if message is None:
            return "repeated"
        if not passage.feed(message):
            raise NotWanted(f"{file.case.ref}: this answer stands and cannot be changed any more")
        return message.name.removeprefix("survey_")

    def said(self, file: CaseFile) -> Message | None:
        score = parse_score(self.score)
        if file.session.get(UsedNonce, self.nonce) is not None:
            return None
        survey = file.survey(self.cycle)
        if survey is None or file.case.ended:
            raise CaseEnded(f"{file.case.ref}: this survey is closed; write to us if something is still open")
        name = "survey_answered" if survey.first_score is None else "survey_corrected"
        file.session.add(UsedNonce(nonce=self.nonce, used_at=file.machine_now))
        if self.attitude is not None:
            survey.attitude = parse_score(self.attitude)
        if self.nps is not None:
            survey.nps = parse_nps(self.nps)
        if self.comment:
            survey.comment = self.comment
            file.log("comment_kept", digest=file.history.digest(self.comment))
        return Message(name, {"score": score, "leave": self.leave}, self.cycle)


@dataclass(frozen=True, slots=True)
class AnswerNps:
    """Some days after closing: how likely they recommend the firm (0 to 10), and whether they would choose it again.

    Counts once; it moves no process, because the case is over.
    """

    nps: object
    choose_again: bool
    nonce: str
    actor: str = "customer"

    def apply(self, file: CaseFile, passage: Passage) -> str:
        """ "answered", or "repeated" for a replayed nonce."""
        nps = parse_nps(self.nps)
        if file.session.get(UsedNonce, self.nonce) is not None:
            return "repeated"
        asked = [s for s in file.records.of(Survey) if s.nps_ask_at is not None]
        if not asked or file.case.status != "closed" or (asked[-1].nps_ask_at or file.now) > file.now:
            raise NotWanted(f"{file.case.ref}: nobody asks this now")
        survey = asked[-1]
        if survey.nps_answered_at is not None:
            raise NotWanted(f"{file.case.ref}: this answer stands and cannot be changed any more")
        file.session.add(UsedNonce(nonce=self.nonce, used_at=file.machine_now))
        survey.nps, survey.choose_again, survey.nps_answered_at = nps, self.choose_again, file.now
        file.log("nps_given", nps=nps, choose_again=self.choose_again)
        return "answered"


def check_choice(file: CaseFile, position: int, proposal: str) -> None:
    """`NotWanted` unless it is the position of an option, or 0 with a proposal while one may still be made."""
    decision = file.decision()
    if decision is not None and position in {o.position for o in file.options(decision)}:
        return
    if position != 0 or not proposal.strip():
        raise NotWanted(f"{file.case.ref}: choose one of the options, or write what you propose instead")
    if not file.may_propose():
        raise NotWanted(f"{file.case.ref}: no more proposals in this cycle; choose one of the options")


@dataclass(frozen=True, slots=True)
class ChooseOption:
    """The customer takes the option at `position`; 0 with their own `proposal` asks for another decision."""

    position: int
    proposal: str = ""
    actor: str = "customer"

    def apply(self, file: CaseFile, passage: Passage) -> None:
        if not passage.feed(self.said(file)):
            raise NotWanted(f"{file.case.ref}: the choice is closed already")

    def said(self, file: CaseFile) -> Message:
        check_choice(file, self.position, self.proposal)
        if self.proposal.strip():
            file.note("proposal", self.proposal, by="customer")
        return Message("options_chosen", {"choice": self.position})


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """After an answer of the light tier: it helps, or a person should look at it."""

    accepted: bool
    actor: str = "customer"

    def apply(self, file: CaseFile, passage: Passage) -> None:
        if not passage.feed(self.said(file)):
            raise NotWanted(f"{file.case.ref}: this question is closed; tell us in the survey or write to us")

    def said(self, _file: CaseFile) -> Message:
        return Message("answer_accepted" if self.accepted else "answer_declined")


@dataclass(frozen=True, slots=True)
class CustomerWrites:
    """A message of the customer (or one that staff took down), attached to the case and heard by its owner."""

    text: str
    channel: str
    kind: str = "message"
    very_negative: bool = False
    actor: str = "customer"
    key: str = ""

    def apply(self, file: CaseFile, passage: Passage) -> int | None:
        """Number of the letter."""
        message = self.said(file)
        if not file.case.ended:
            passage.feed(message)
        number = message.payload["message"]
        return number if isinstance(number, int) else None

    def said(self, file: CaseFile) -> Message:
        key = self.key or f"{file.case.ref}/in/{file.case.version}"
        letter = file.letters.receive(
            key=key, kind=self.kind, channel=self.channel, language=file.case.language, body=self.text, at=file.now,
        )  # fmt: skip
        file.log("message_received", letter=letter.id, digest=file.history.digest(self.text))
        return Message("very_negative" if self.very_negative else "customer_message", {"message": letter.id})
