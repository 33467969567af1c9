"""A survey answer that the customer gave by phone, recorded by somebody without a part in the case."""

from __future__ import annotations

from dataclasses import dataclass

from cases.errors import NotWanted
from cases.passage import Passage
from cases.requests.customer import AnswerSurvey
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from complaints.survey import parse_nps, parse_score
from store.case_file import CaseFile


class HadPart(NotWanted):
    """Whoever took part in a case may not take its score."""

    code = "had-part"


@dataclass(frozen=True, slots=True)
class AnswerByPhone:
    """The score of the present cycle: for the survey that was sent, or for the call that was asked for."""

    who: Actor
    score: object
    nonce: str
    leave: bool = False
    attitude: object = None
    nps: object = None
    comment: str = ""

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> str:
        """ "answered", "corrected" or "repeated", as over the link."""
        if self.actor in file.hands():
            raise HadPart(
                f"{self.actor} had a part in {file.case.ref}: the score is taken by someone without one"
            )
        calls = [i for i in file.items(kind="ask_score", cycle=file.case.cycle) if "done" in i.actions]
        if not calls:
            return AnswerSurvey(
                cycle=file.case.cycle, score=self.score, leave=self.leave, nonce=self.nonce, actor=self.actor,
                attitude=self.attitude, nps=self.nps, comment=self.comment,
            ).apply(file, passage)  # fmt: skip
        number = calls[-1].id
        assert number is not None, "it was stored"
        attitude = parse_score(self.attitude) if self.attitude is not None else None
        nps = parse_nps(self.nps) if self.nps is not None else None
        ActOnItem(number, "done", self.who, score=self.score, leave=self.leave).apply(file, passage)
        survey = file.survey(file.case.cycle)
        if survey is not None:
            survey.attitude, survey.nps = attitude, nps
            if self.comment:
                survey.comment = self.comment
                file.log("comment_kept", digest=file.history.digest(self.comment))
        return "answered"
