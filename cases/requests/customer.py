"""What the customer does: answers the survey, chooses a solution, asks for a person, writes."""

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
        score = parse_score(self.score)
        if file.session.get(UsedNonce, self.nonce) is not None:
            return "repeated"
        survey = file.survey(self.cycle)
        if survey is None or file.case.ended:
            raise CaseEnded(f"{file.case.ref}: this survey is closed; write to us if something is still open")
        name = "survey_answered" if survey.first_score is None else "survey_corrected"
        if not passage.feed(Message(name, {"score": score, "leave": self.leave}, self.cycle)):
            raise NotWanted(f"{file.case.ref}: this answer stands and cannot be changed any more")
        file.session.add(UsedNonce(nonce=self.nonce, used_at=file.machine_now))
        if self.attitude is not None:
            survey.attitude = parse_score(self.attitude)
        if self.nps is not None:
            survey.nps = parse_nps(self.nps)
        if self.comment:
            survey.comment = self.comment
            file.log("comment_kept", digest=file.history.digest(self.comment))
        return "answered" if name == "survey_answered" else "corrected"


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
        check_choice(file, self.position, self.proposal)
        if not passage.feed(Message("options_chosen", {"choice": self.position})):
            raise NotWanted(f"{file.case.ref}: the choice is closed already")
        if self.proposal.strip():
            file.note("proposal", self.proposal, by="customer")


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """After an answer of the light tier: it helps, or a person should look at it."""

    accepted: bool
    actor: str = "customer"

    def apply(self, file: CaseFile, passage: Passage) -> None:
        name = "answer_accepted" if self.accepted else "answer_declined"
        if not passage.feed(Message(name)):
            raise NotWanted(f"{file.case.ref}: this question is closed; tell us in the survey or write to us")


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
        key = self.key or f"{file.case.ref}/in/{file.case.version}"
        letter = file.letters.receive(
            key=key, kind=self.kind, channel=self.channel, language=file.case.language, body=self.text, at=file.now,
        )  # fmt: skip
        file.log("message_received", letter=letter.id, digest=file.history.digest(self.text))
        name = "very_negative" if self.very_negative else "customer_message"
        if not file.case.ended:
            passage.feed(Message(name, {"message": letter.id}))
        return letter.id
